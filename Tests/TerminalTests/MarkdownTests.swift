import Terminal
import Testing

@Suite struct MarkdownTests {
  @Test(
    "each kind of block has its plain form",
    arguments: [
      ("# Pods\n\nA *pod* is **it**.", "# Pods\n\nA pod is it.\n"),
      ("- one\n- two `x`\n  - in", "- one\n- two `x`\n  - in\n"),
      ("9. a\n10. b", "9.  a\n10. b\n"),
      ("- a\n\n- b", "- a\n\n- b\n"),
      ("```yaml\nkind: Pod\n\n  x: 1\n```", "    kind: Pod\n\n      x: 1\n"),
      ("> said\n> so", "> said so\n"),
      ("a\n\n---\n\nb", "a\n\n---\n\nb\n"),
      ("| A | Bcd |\n|--:|:-:|\n| 10 | x |\n| 2 |", " A   Bcd\n--   ---\n10    x\n 2\n"),
      ("<!-- to authors -->\nseen\n", "seen\n"),
      ("<!-- to authors -->\n\nseen", "seen\n"),
      ("[the docs](https://x.io)", "the docs\n"),
      ("", ""),
    ])
  func plain(source: String, drawn: String) {
    #expect(Markdown(source).drawn(width: 60, .plain) == drawn)
  }

  @Test("text is wrapped to the width, by columns and not by characters")
  func wrapped() {
    let drawn = Markdown("eins zwei drei vier fünf 日本 日本 日本 日本 日本").drawn(width: 20, .plain)
    #expect(drawn == "eins zwei drei vier\nfünf 日本 日本 日本\n日本 日本\n")
  }

  @Test("code is never wrapped, whatever the width")
  func longCode() {
    let line = String(repeating: "x", count: 200)
    #expect(Markdown("```\n\(line)\n```").drawn(width: 40, .plain) == "    \(line)\n")
  }

  @Test("colours and weights end where they should")
  func coloured() {
    let drawn = Markdown("a **b** `c`").drawn(width: 60, .colour)
    #expect(drawn == "a \u{1B}[1mb\u{1B}[0m \u{1B}[32mc\u{1B}[0m\n")
    #expect(Markdown("a `c`").drawn(width: 60, .monochrome) == "a `c`\n")
  }

  @Test("a wide table shrinks its widest column and breaks its cells")
  func wideTable() {
    let long = "word word word word word word word word"
    let drawn = Markdown("| k | v |\n|---|---|\n| a | \(long) |").drawn(width: 24, .plain)
    let lines = drawn.split(separator: "\n")
    #expect(lines.allSatisfy { $0.count <= 24 })
    #expect(lines.count == 4)
    #expect(lines[3] == "    word word word word")
  }

  @Test(
    "what a text would command the terminal is shown and not obeyed",
    arguments: [
      "\u{1B}[31mred", "a\u{1B}]0;title\u{7}", "\u{9B}2J", "`\u{1B}[2J`", "x\u{202E}y", "\r\u{8}",
    ])
  func commands(_ text: String) {
    let drawn = Markdown(text).drawn(width: 40, .plain)
    let commands = drawn.unicodeScalars.filter {
      ($0.value < 0x20 && $0 != "\n") || (0x7F..<0xA0).contains($0.value) || $0.value == 0x202E
    }
    #expect(commands.isEmpty, "\(drawn.debugDescription)")
    #expect("tab\tand\nline, größe 🚢".printable == "tab\tand\nline, größe 🚢")
  }

  @Test("a text nested a hundred thousand deep is drawn without harm")
  func deep() {
    let deep = String(repeating: "> ", count: 100_000) + "x"
    #expect(Markdown(deep).drawn(width: 40, .plain).utf8.count < 10_000)
    let stars = String(repeating: "*a ", count: 5000) + String(repeating: "*", count: 5000)
    #expect(!Markdown(stars).drawn(width: 40, .plain).isEmpty)
  }
}
