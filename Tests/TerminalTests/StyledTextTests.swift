import Testing

@testable import Terminal

@Suite struct StyledTextTests {
  @Test(
    "width is counted in columns",
    arguments: [
      ("abc", 3), ("größe", 5), ("日本", 4), ("e\u{301}", 1), ("\u{1B}", 0), ("✔", 1), ("🚢", 2),
      ("", 0),
    ])
  func width(text: String, columns: Int) {
    #expect(DisplayWidth.of(text) == columns)
  }

  @Test("a prompt has its codes between marks, merged, and ends in something visible")
  func prompt() {
    var text = StyledText("controlplane", Style(colour: .green))
    text.append(" $", Style(bold: true))
    #expect(
      text.prompt(.colour)
        == "\u{1}\u{1B}[32m\u{1}controlplane\u{1}\u{1B}[0;1m\u{1} $\u{1}\u{1B}[0m\u{1} ")
    #expect(text.prompt(.plain) == "controlplane $ ")
  }

  @Test("what programs wrote behind the last newline is an editor's prompt, codes without width")
  func unfinishedLine() {
    var line = UnfinishedLine()
    line.take(Array("one\ntwo".utf8))
    #expect(line.prompt == Prompt(marked: "two", .plain))
    line.take(Array("\n\u{1B}[1;32mroot@".utf8))
    line.take(Array("web\u{1B}[0m:/# ".utf8))
    #expect(
      line.prompt
        == Prompt(marked: "\u{1}\u{1B}[1;32m\u{1}root@web\u{1}\u{1B}[0m\u{1}:/# ", .colour))
    #expect(line.prompt.width == "root@web:/# ".count)
    line.take(Array("\n\u{1B}]0;a title\u{7}$ ".utf8))
    #expect(line.prompt.width == 2)
    line.take([UInt8](repeating: 0x78, count: 100_000))
    #expect(line.prompt.width <= 4096)
  }

  @Test("a shell's prompt keeps its codes where there are colours, and its width counts none")
  func marked() {
    let source = "\u{1}\u{1B}[1m\u{1}\u{1}\u{1B}[32m\u{1}root@é\u{1}\u{1B}[0m\u{1}"
    let prompt = Prompt(marked: source, .colour)
    #expect(prompt.marked == "\u{1}\u{1B}[1m\u{1B}[32m\u{1}root@é\u{1}\u{1B}[0m\u{1} ")
    #expect(prompt.width == 7)
    #expect(Prompt(marked: source, .plain).marked == "root@é")
    #expect(Prompt(marked: "a\u{1}b", .colour).marked == "a\u{1}b\u{1} ")
  }

  @Test(
    "completion types what all candidates agree on",
    arguments: [
      ("ge", ["get"], "t "),
      ("de", ["delete", "describe"], nil),
      ("d", ["delete", "describe"], "e"),
      ("", ["pods", "podtemplates"], "pod"),
      ("x", [], nil),
      ("get", ["get"], " "),
    ] as [(String, [String], String?)])
  func insertion(word: String, candidates: [String], typed: String?) {
    #expect(Completion(word: word, candidates: candidates).insertion == typed)
  }

  @Test("candidates stand in columns, filled downwards")
  func columns() {
    #expect(
      ColumnLayout.lines(["a", "b", "ccc", "d", "e"], width: 15) == ["a    ccc  e", "b    d"])
    #expect(ColumnLayout.lines(["long word"], width: 3) == ["long word"])
    #expect(ColumnLayout.lines([], width: 3) == [])
  }

  @Test(
    "characters are taken from bytes as they arrive",
    arguments: [
      ([0x61, 0x62], 0x61, 1), ([0xC3, 0xBC], 0xFC, 2), ([0xE6, 0x97, 0xA5, 0x61], 0x65E5, 3),
      ([0xF0, 0x9F, 0x9A, 0xA2], 0x1F6A2, 4), ([0xFF], 0xFFFD, 1), ([0xC3, 0x28], 0xFFFD, 1),
      ([0xED, 0xA0, 0x80], 0xFFFD, 3),
    ] as [([UInt8], UInt32, Int)])
  func characters(bytes: [UInt8], scalar: UInt32, length: Int) throws {
    let first = try #require(UTF8Reader.first(of: bytes))
    #expect(first.scalar == scalar && first.length == length)
  }

  @Test("an unfinished character waits for its rest")
  func unfinished() {
    for bytes in [[0xC3], [0xE6, 0x97], [0xF0, 0x9F, 0x9A], []] as [[UInt8]] {
      #expect(UTF8Reader.first(of: bytes) == nil)
    }
  }
}
