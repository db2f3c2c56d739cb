import Testing

@testable import Documents

@Suite("Mapping")
struct MappingTests {
  @Test("members are sorted by the bytes of their names")
  func sorted() {
    let mapping: Mapping = ["b": 1, "a": 2, "é": 3, "e\u{301}": 4, "B": 5, "a": 6]
    #expect(
      mapping.keys.map { Array($0.utf8) }
        == ["B", "a", "b", "e\u{301}", "é"].map { Array($0.utf8) })
    #expect(mapping["a"] == 6)
    #expect(mapping["é"] == 3)
    #expect(mapping["e\u{301}"] == 4)
    #expect(mapping["c"] == nil)
  }

  @Test(
    "members are found whatever the lengths of their names and their number", arguments: [3, 40])
  func finding(count: Int) {
    // From 16 bytes on a name is a piece of memory of its own.
    let names = (0..<count).map { String(repeating: "n", count: 5 + $0 % 20) + "\($0)" }
    let mapping = Mapping(names.enumerated().map { ($0.element, .int(Int64($0.offset))) })
    for (index, name) in names.enumerated() {
      #expect(mapping[String(decoding: Array(name.utf8), as: UTF8.self)] == .int(Int64(index)))
      #expect(mapping[name + "x"] == nil)
    }
  }

  @Test("texts are ordered by their bytes, beyond the eighth too")
  func order() {
    let sorted = [
      "", "a", "aaaaaaaa", "aaaaaaaab", "aaaaaaab", "b", "bbbbbbbbbbbbbbbbbb", "\u{E9}",
    ]
    for (i, a) in sorted.enumerated() {
      for (j, b) in sorted.enumerated() {
        #expect((ByteOrder.compare(a, b) < 0) == (i < j), "\(a) \(b)")
        #expect(ByteOrder.equal(a, b) == (i == j))
        #expect((ByteOrder.digest(a) == ByteOrder.digest(b)) == (i == j))
      }
    }
  }

  @Test("changing a copy leaves the original")
  func copies() {
    let original: Value = ["a": ["b": [1, 2]], "c": "d"]
    var copy = original
    copy[path: "a", "b"] = "x"
    copy[path: "n", "m"] = 1
    copy["c"] = nil
    #expect(original == ["a": ["b": [1, 2]], "c": "d"])
    #expect(copy == ["a": ["b": "x"], "n": ["m": 1]])
  }

  @Test("texts are the same when their bytes are, not when they look the same")
  func equality() {
    let composed: Value = ["a": "\u{E9}"]
    let decomposed: Value = ["a": "e\u{301}"]
    #expect(composed != decomposed)
    #expect(MergePatch.diff(composed, decomposed) == decomposed)
    #expect(Set([composed, decomposed]).count == 2)
    #expect(Value.int(1) != .double(1))
  }

  @Test("an entry takes no more than 40 bytes")
  func size() {
    #expect(MemoryLayout<Value>.size <= 17)
    #expect(MemoryLayout<Mapping.Entry>.stride <= 40)
  }
}
