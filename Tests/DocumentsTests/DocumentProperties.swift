import Testing

@testable import Documents

/// Numbers from a seed, for trees and damage that are the same on every run.
struct TestNumbers: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }

  private static let texts = [
    "", "a", "true", "1", "é", "a: b", "x\ny\n", " lead", "tail ", "tab\there", "😀", "\u{1}", "no",
    "0x1F", "2026-01-02", "- x", "long " + String(repeating: "word ", count: 30) + "end", "'", "\"",
    "\\", "a #b", "<&>", "null", "\u{2028}", "line \nend", "\n\n", "1_000", "~", "*a", "{{ .x }}",
  ]

  mutating func value(depth: Int = 4, nulls: Bool = true) -> Value {
    switch Int.random(in: 0..<(depth > 0 ? 9 : 6), using: &self) {
    case 0: return nulls ? Value.null : Value.bool(false)
    case 1: return .bool(Bool.random(using: &self))
    case 2: return .int(Int64(truncatingIfNeeded: next()) >> Int64.random(in: 0..<60, using: &self))
    case 3: return .double(Double(Int.random(in: -999...999, using: &self)) / 8 + 0.0625)
    case 4, 5: return .string(Self.texts.randomElement(using: &self) ?? "")
    case 6:
      let count = Int.random(in: 0..<4, using: &self)
      return .array((0..<count).map { _ in value(depth: depth - 1, nulls: nulls) })
    default: return object(depth: depth, nulls: nulls)
    }
  }

  mutating func object(depth: Int = 4, nulls: Bool = true) -> Value {
    let count = Int.random(in: 0..<5, using: &self)
    var members: [(String, Value)] = []
    for _ in 0..<count {
      let name =
        Bool.random(using: &self) ? "m\(next() % 4)" : Self.texts.randomElement(using: &self)
      members.append((name ?? "", value(depth: depth - 1, nulls: nulls)))
    }
    return .object(Mapping(members))
  }

  mutating func damaged(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    let signs = Array("{}[]:,\"'-&*!|>%@`#?\n\t \\\u{0}~<".utf8) + [0xFF, 0xC3, 0x80]
    for _ in 0..<Int.random(in: 1...4, using: &self) {
      let place = Int.random(in: 0...bytes.count, using: &self)
      switch next() % 3 {
      case 0: bytes.insert(signs.randomElement(using: &self) ?? 0, at: place)
      case 1: if place < bytes.count { bytes.remove(at: place) }
      default: bytes.removeSubrange(place..<min(bytes.count, place + 5))
      }
    }
    return bytes
  }
}

@Suite("laws of documents")
struct DocumentProperties {
  @Test(
    "what is written as JSON or YAML is read back the same", arguments: 0..<150 as Range<UInt64>)
  func roundTrips(seed: UInt64) throws {
    var numbers = TestNumbers(seed: seed)
    let value = numbers.value()
    for style in [JSONWriter.Style.compact, .marshal, .indented] {
      #expect(try JSON.parse(JSON.bytes(value, style)) == value)
    }
    // YAML writes names in another order; what it says is the same.
    #expect(try YAML.parse(YAML.text(value)) == value)
    #expect(try YAML.parse(JSON.bytes(value)) == value)
  }

  @Test("a difference leads from one value to the other", arguments: 0..<100 as Range<UInt64>)
  func differences(seed: UInt64) throws {
    var numbers = TestNumbers(seed: seed + 1000)
    let original = numbers.object(nulls: false)
    let modified = numbers.object(nulls: false)
    #expect(MergePatch.apply(MergePatch.diff(original, modified), to: original) == modified)
    let schema = TestSchema?.none
    let patch = try StrategicMergePatch.diff(original, modified, schema: schema)
    #expect(try StrategicMergePatch.apply(patch, to: original, schema: schema) == modified)
    #expect(MergePatch.apply(.emptyObject, to: original) == original)
    let threeWay = MergePatch.threeWay(original: original, modified: modified, current: original)
    #expect(MergePatch.apply(threeWay, to: original) == modified)
  }

  @Test("sets of fields add up", arguments: 0..<100 as Range<UInt64>)
  func ownership(seed: UInt64) throws {
    var numbers = TestNumbers(seed: seed + 2000)
    let set = FieldSet(paths(of: numbers.object()))
    let other = FieldSet(paths(of: numbers.object()))
    #expect(try FieldSet(fieldsV1: set.fieldsV1) == set)
    #expect(set.union(other) == other.union(set))
    #expect(set.subtracting(other).intersection(other).isEmpty)
    #expect(set.subtracting(other).union(set.intersection(other)) == set)
    #expect(set.subtractingRecursively(other).subtracting(set).isEmpty)
    #expect(set.subtractingRecursively(set).isEmpty)
  }

  private func paths(of value: Value, below prefix: [PathElement] = []) -> [[PathElement]] {
    (value.object ?? [:]).flatMap { name, inner in
      let path = prefix + [.field(name)]
      return [path] + paths(of: inner, below: path)
    }
  }

  @Test("damaged texts are refused or read, never worse", arguments: 0..<300 as Range<UInt64>)
  func damage(seed: UInt64) {
    var numbers = TestNumbers(seed: seed + 3000)
    let value = numbers.value()
    let json = numbers.damaged(JSON.bytes(value))
    if let read = try? JSON.parse(json) { #expect((try? JSON.parse(JSON.bytes(read))) == read) }
    let yaml = numbers.damaged(Array(YAML.text(value).utf8))
    let manifest = Manifest(yaml + Array("\n---\n".utf8) + json)
    for document in manifest.documents {
      #expect(document.place(of: [.member("m1"), .element(0)]).line >= 1)
      #expect(!YAML.text(document.value).isEmpty)
      let patched = try? StrategicMergePatch.apply(
        document.value, to: value, schema: TestSchema.workload)
      #expect(patched == nil || patched?.object != nil)
      if let patch = try? JSONPatch(document.value) { _ = try? patch.apply(to: value) }
      _ = try? FieldSet(fieldsV1: document.value)
    }
    let text = String(decoding: yaml, as: UTF8.self)
    if let path = try? JSONPath("{\(text)}") { _ = try? path.text(of: value) }
  }
}
