/// A value of the language; a failure is one too, so that && and || may pass it over.
package indirect enum Datum: Sendable {
  case null
  case bool(Bool)
  case int(Int64)
  case uint(UInt64)
  case double(Double)
  case string(String)
  case bytes([UInt8])
  case timestamp(Timestamp)
  /// In nanoseconds.
  case duration(Int64)
  case list(ListDatum)
  case map(MapDatum)
  case optional(Datum?)
  case type(String)
  case opaque(any OpaqueDatum)
  case failure(String)
}

/// A value of a library's own type.
package protocol OpaqueDatum: Sendable {
  var typeName: String { get }
  func isEqual(_ other: any OpaqueDatum) -> Bool
}

extension OpaqueDatum {
  package func isEqual(_ other: any OpaqueDatum) -> Bool { false }
}

/// A list, which may have a way of its own to be compared and added to.
package struct ListDatum: Sendable {
  package enum Kind: Sendable, Equatable {
    case atomic
    /// Equal in any order; adding leaves out what is there.
    case set
    /// Elements are told apart by the members of these names.
    case map([String])
  }

  package var elements: [Datum]
  package var kind: Kind

  package init(_ elements: [Datum], _ kind: Kind = .atomic) {
    self.elements = elements
    self.kind = kind
  }
}

/// Keys with values, in the order in which they were given.
package struct MapDatum: Sendable {
  package private(set) var keys: [Datum] = []
  private var values: [DatumKey: Datum] = [:]
  /// The name of the structure that it is; empty for a map.
  package var structure = ""
  /// What keys that are not there lead to; nil: to a failure.
  package var fallback: Datum?

  package init() {}

  package init(_ pairs: some Sequence<(Datum, Datum)>, structure: String = "") {
    self.structure = structure
    for (key, value) in pairs { _ = insert(key, value) }
  }

  package var count: Int { keys.count }

  package subscript(_ key: Datum) -> Datum? { values[DatumKey(key)] ?? fallback }
  package subscript(_ name: String) -> Datum? { self[.string(name)] }

  /// False when the key is there already.
  package mutating func insert(_ key: Datum, _ value: Datum) -> Bool {
    let wrapped = DatumKey(key)
    guard values[wrapped] == nil else { return false }
    keys.append(key)
    values[wrapped] = value
    return true
  }
}

/// A map's key: numbers of equal value are one key.
struct DatumKey: Hashable, Sendable {
  let datum: Datum

  init(_ datum: Datum) { self.datum = datum }

  static func == (a: DatumKey, b: DatumKey) -> Bool { a.datum.equals(b.datum) }

  func hash(into hasher: inout Hasher) {
    switch datum {
    case .bool(let flag): hasher.combine(flag)
    case .int(let number): hasher.combine(Double(number))
    case .uint(let number): hasher.combine(Double(number))
    case .double(let number): hasher.combine(number)
    case .string(let text): for byte in text.utf8 { hasher.combine(byte) }
    default: hasher.combine(0)
    }
  }
}

/// A moment with nanoseconds, in the range of years 1 to 9999.
package struct Timestamp: Hashable, Sendable {
  package var seconds: Int64
  package var nanoseconds: Int64

  package init(seconds: Int64, nanoseconds: Int64) {
    self.seconds = seconds
    self.nanoseconds = nanoseconds
  }

  static let range: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

  func adding(_ duration: Int64) -> Timestamp? {
    let total = nanoseconds + duration % 1_000_000_000
    let carry = total >= 1_000_000_000 ? 1 : (total < 0 ? -1 : 0) as Int64
    let (sum, overflow) = seconds.addingReportingOverflow(duration / 1_000_000_000 + carry)
    guard !overflow, Self.range.contains(sum) else { return nil }
    return Timestamp(seconds: sum, nanoseconds: total - carry * 1_000_000_000)
  }
}

extension Datum {
  package static func list(_ elements: [Datum]) -> Datum { .list(ListDatum(elements)) }

  package var isFailure: Bool { if case .failure = self { true } else { false } }
  package var bool: Bool? { if case .bool(let flag) = self { flag } else { nil } }
  package var int: Int64? { if case .int(let number) = self { number } else { nil } }
  package var string: String? { if case .string(let text) = self { text } else { nil } }
  package var elements: [Datum]? { if case .list(let list) = self { list.elements } else { nil } }
  package var map: MapDatum? { if case .map(let map) = self { map } else { nil } }

  /// As type() and messages name it.
  package var typeName: String {
    switch self {
    case .null: "null_type"
    case .bool: "bool"
    case .int: "int"
    case .uint: "uint"
    case .double: "double"
    case .string: "string"
    case .bytes: "bytes"
    case .timestamp: "google.protobuf.Timestamp"
    case .duration: "google.protobuf.Duration"
    case .list: "list"
    case .map(let map): map.structure.isEmpty ? "map" : map.structure
    case .optional: "optional_type"
    case .type: "type"
    case .opaque(let value): value.typeName
    case .failure: "error"
    }
  }

  /// What size() says; 1 for what has none.
  var cost: UInt64 {
    switch self {
    case .string(let text): UInt64(text.unicodeScalars.count)
    case .bytes(let bytes): UInt64(bytes.count)
    case .list(let list): UInt64(list.elements.count)
    case .map(let map): UInt64(map.count)
    default: 1
    }
  }
}
