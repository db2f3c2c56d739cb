/// One step of an owned path: a field, an element of a keyed list, a value of a set, or an index.
package enum PathElement: Hashable, Sendable {
  case field(String)
  /// The key members with their values, sorted by name.
  case key(Mapping)
  case value(Value)
  case index(Int)
}

extension PathElement {
  /// What tells an element of a list apart: structured-merge-diff's listItemToPathElement.
  package init(of value: Value, _ ownership: Ownership) throws(PatchFailure) {
    switch ownership {
    case .set:
      switch value {
      case .object:
        throw PatchFailure("associative list without keys has an element that's a map type")
      case .array:
        throw PatchFailure("not supported: associative list with lists as elements")
      case .null:
        throw PatchFailure("associative list without keys has an element that's an explicit null")
      default: self = .value(value)
      }
    case .keyed(let keys, let defaults):
      guard case .object(let object) = value else {
        throw PatchFailure(
          "associative list with keys may not have "
            + (value.isNull ? "a null element" : "non-map elements"))
      }
      // Some of the keys are enough.
      let members = keys.compactMap { key in (object[key] ?? defaults[key]).map { (key, $0) } }
      if members.isEmpty {
        let names = keys.map { GoText.quote($0) }.joined(separator: " ")
        throw PatchFailure(
          "associative list with keys has an element that omits all key fields [\(names)] (and "
            + "doesn't have default values for any key fields)")
      }
      self = .key(Mapping(members))
    case .atomic, .granular: throw PatchFailure("invalid indexing into a list that is no set")
    }
  }
}

extension PathElement: Comparable {
  package static func == (a: PathElement, b: PathElement) -> Bool {
    switch (a, b) {
    case (.field(let x), .field(let y)): ByteOrder.equal(x, y)
    case (.key(let x), .key(let y)): x == y
    case (.value(let x), .value(let y)): x == y
    case (.index(let x), .index(let y)): x == y
    default: false
    }
  }

  package static func < (a: PathElement, b: PathElement) -> Bool {
    switch (a, b) {
    case (.field(let x), .field(let y)): ByteOrder.precedes(x, y)
    case (.key(let x), .key(let y)): precedes(x, y)
    case (.value(let x), .value(let y)): precedes(x, y)
    case (.index(let x), .index(let y)): x < y
    default: a.rank < b.rank
    }
  }

  private var rank: Int {
    switch self {
    case .field: 0
    case .key: 1
    case .value: 2
    case .index: 3
    }
  }

  private static func precedes(_ a: Mapping, _ b: Mapping) -> Bool {
    for (left, right) in zip(a, b) {
      if !ByteOrder.equal(left.key, right.key) { return ByteOrder.precedes(left.key, right.key) }
      if left.value != right.value { return precedes(left.value, right.value) }
    }
    return a.count < b.count
  }

  private static func precedes(_ a: Value, _ b: Value) -> Bool {
    if let x = a.number, let y = b.number { return x < y }
    switch (a, b) {
    case (.string(let x), .string(let y)): return ByteOrder.precedes(x, y)
    case (.bool(let x), .bool(let y)): return !x && y
    default: return ByteOrder.precedes(JSON.text(a), JSON.text(b))
    }
  }
}

extension PathElement {
  /// A number of the element, quickly made; equal elements have equal ones.
  var digest: UInt64 {
    switch self {
    case .field(let name): ByteOrder.digest(name)
    case .key(let members):
      members.reduce(1) { ByteOrder.mixed(ByteOrder.digest($1.key, $0), Self.digest($1.value)) }
    case .value(let value): ByteOrder.mixed(2, Self.digest(value))
    case .index(let index): ByteOrder.mixed(3, UInt64(truncatingIfNeeded: index))
    }
  }

  private static func digest(_ value: Value) -> UInt64 {
    if case .string(let text) = value { return ByteOrder.digest(text) }
    return UInt64(truncatingIfNeeded: value.hashValue)
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(digest) }
}

extension PathElement: CustomStringConvertible {
  /// As conflicts name it: `.spec`, `[name="web"]`, `[="x"]`, `[3]`.
  package var description: String {
    switch self {
    case .field(let name): "." + name
    case .key(let members):
      "[" + members.map { "\($0.key)=\(Self.text($0.value))" }.joined(separator: ",") + "]"
    case .value(let value): "[=\(Self.text(value))]"
    case .index(let index): "[\(index)]"
    }
  }

  /// value.ToString.
  private static func text(_ value: Value) -> String {
    switch value {
    case .string(let text): GoText.quote(text)
    case .array(let elements): "[" + elements.map(text).joined(separator: ",") + "]"
    case .object(let members): members.map { "\($0.key)=\(text($0.value))" }.joined()
    default: JSON.text(value)
    }
  }

  /// The name of the element in `fieldsV1`.
  package var fieldsName: String {
    switch self {
    case .field(let name): "f:" + name
    case .key(let members): "k:" + JSON.text(.object(members))
    case .value(let value): "v:" + JSON.text(value)
    case .index(let index): "i:\(index)"
    }
  }

  /// The element of a name in `fieldsV1`.
  package init(fieldsName name: String) throws(PatchFailure) {
    let rest = String(name.dropFirst(2))
    switch name.prefix(2) {
    case "f:": self = .field(rest)
    case "v:":
      guard let value = try? JSON.parse(rest) else {
        throw PatchFailure("unable to parse value path element: \(rest)")
      }
      self = .value(value)
    case "k:":
      guard let value = try? JSON.parse(rest), let members = value.object else {
        throw PatchFailure("unable to parse key path element: \(rest)")
      }
      self = .key(members)
    case "i:":
      guard let index = Int(rest) else {
        throw PatchFailure(
          "strconv.Atoi: parsing \(GoText.quote(rest)): invalid syntax")
      }
      self = .index(index)
    case let prefix where prefix.utf8.count < 2 || prefix.utf8.last != UInt8(ascii: ":"):
      throw PatchFailure("missing colon: \(name)")
    default: throw PatchFailure("unknown prefix: \(name)")
    }
  }
}
