/// A tree of JSON's kinds of values: what manifests, API objects and patches are made of.
///
/// Copies share their parts until one is changed, so Pods of one template share it in memory.
package enum Value: Hashable, Sendable {
  case null
  case bool(Bool)
  case int(Int64)
  case double(Double)
  case string(String)
  case array([Value])
  case object(Mapping)
}

extension Value {
  /// The member of an object, or nil when absent or not an object. Setting nil removes it; setting
  /// a member of anything but an object makes it one.
  package subscript(_ key: String) -> Value? {
    get {
      guard case .object(let mapping) = self else { return nil }
      return mapping[key]
    }
    _modify {
      var mapping = Mapping()
      if case .object(let own) = self { mapping = own }
      self = .null  // the only reference is now ours: the change is in place
      defer { self = .object(mapping) }
      yield &mapping[key]
    }
  }

  /// The element of an array, or nil when absent.
  package subscript(_ index: Int) -> Value? {
    guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
    return elements[index]
  }

  /// The value at the end of a path of member names, or nil.
  package subscript(path path: String...) -> Value? {
    get { at(path) }
    set { set(path[...], newValue) }
  }

  package func at(_ path: some Sequence<String>) -> Value? {
    var value = self
    for key in path {
      guard let next = value[key] else { return nil }
      value = next
    }
    return value
  }

  /// Sets the value at the end of a path, making objects on the way; nil removes it.
  package mutating func set(_ path: ArraySlice<String>, _ value: Value?) {
    guard let key = path.first else {
      self = value ?? .null
      return
    }
    let rest = path.dropFirst()
    if rest.isEmpty {
      self[key] = value
    } else if value != nil || self[key] != nil {
      var child = self[key] ?? .object([:])
      self[key] = .null
      child.set(rest, value)
      self[key] = child
    }
  }

  package var string: String? { if case .string(let s) = self { s } else { nil } }
  package var bool: Bool? { if case .bool(let b) = self { b } else { nil } }
  package var int: Int64? { if case .int(let n) = self { n } else { nil } }
  package var array: [Value]? { if case .array(let a) = self { a } else { nil } }
  package var object: Mapping? { if case .object(let o) = self { o } else { nil } }
  package var isNull: Bool { if case .null = self { true } else { false } }
  /// An integer or a fraction as a fraction.
  package var number: Double? {
    switch self {
    case .int(let n): Double(n)
    case .double(let d): d
    default: nil
    }
  }

  /// An empty object.
  package static let emptyObject = Value.object(Mapping())

  /// An object of strings, as labels and annotations are.
  package static func strings(_ pairs: [String: String]) -> Value {
    .object(Mapping(pairs.map { ($0.key, .string($0.value)) }))
  }

  /// The string members of an object, or nothing.
  package var strings: [String: String] {
    guard case .object(let mapping) = self else { return [:] }
    var found: [String: String] = [:]
    for (key, value) in mapping { if case .string(let s) = value { found[key] = s } }
    return found
  }
}

extension Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByFloatLiteral, ExpressibleByNilLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByStringInterpolation
{
  package init(stringLiteral value: String) { self = .string(value) }
  package init(integerLiteral value: Int64) { self = .int(value) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(floatLiteral value: Double) { self = .double(value) }
  package init(nilLiteral: ()) { self = .null }
  package init(arrayLiteral elements: Value...) { self = .array(elements) }
  package init(dictionaryLiteral elements: (String, Value)...) {
    self = .object(Mapping(elements))
  }
}
