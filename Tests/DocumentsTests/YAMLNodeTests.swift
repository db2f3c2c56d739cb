import Testing

@testable import Documents

@Suite struct YAMLNodeTests {
  @Test("aliases that would grow without bound are refused")
  func bomb() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    for index in 1...8 {
      let names = Array(repeating: "*a\(index - 1)", count: 9).joined(separator: ", ")
      text += "a\(index): &a\(index) [\(names)]\n"
    }
    #expect {
      try YAMLNodeReader.read(Array(text.utf8))
    } throws: { error in
      (error as? YAMLNodeReader.Failure)?.message == "yaml: document contains excessive aliasing"
    }
  }

  @Test("comments stand where they stood, above, behind and below")
  func comments() throws {
    let text = "# top\na: 1 # one\n# above b\nb:\n  - x\n  # end of b\nc: 2\n"
    let root = try #require(try YAMLNodeReader.read(Array(text.utf8)).first)
    #expect(root.content.map(\.text) == ["a", "1", "b", "", "c", "2"])
    #expect(root.content[1].line == "# one")
    #expect(root.content[2].head == "# above b")
  }
}
