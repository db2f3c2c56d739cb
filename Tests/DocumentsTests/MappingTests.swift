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
