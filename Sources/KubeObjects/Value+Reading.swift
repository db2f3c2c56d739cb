package import Documents

/// Reading as Go's structures do: what is absent has the zero of its type.
extension Value {
  /// A string member, or empty.
  package func text(_ key: String) -> String { self[key]?.string ?? "" }

  /// An integer member, or 0.
  package func number(_ key: String) -> Int64 { self[key]?.int ?? 0 }

  /// A boolean member, or false.
  package func flag(_ key: String) -> Bool { self[key]?.bool ?? false }

  /// The elements of an array member, or none.
  package func items(_ key: String) -> [Value] { self[key]?.array ?? [] }

  /// The members of an object member, or none.
  package func members(_ key: String) -> Mapping { self[key]?.object ?? [:] }

  /// The strings of an array member.
  package func texts(_ key: String) -> [String] { items(key).compactMap(\.string) }

  /// The value at the end of a path with dots between its names: spec.nodeName.
  package func at(dotted path: String) -> Value? {
    var value = self
    var rest = path[...]
    while let dot = rest.utf8.firstIndex(of: UInt8(ascii: ".")) {
      guard let next = value[String(rest[..<dot])] else { return nil }
      value = next
      rest = rest[rest.utf8.index(after: dot)...]
    }
    return value[String(rest)]
  }

  /// A member that is there and not null.
  package func has(_ key: String) -> Bool { self[key].map { !$0.isNull } ?? false }
}

/// Changing only what needs a change, so that trees shared by many objects stay shared.
extension Value {
  /// Sets a member that is absent, null or an empty string.
  package mutating func fill(_ key: String, _ value: Value) {
    switch self[key] {
    case nil, .null?, .string("")?: self[key] = value
    default: return
    }
  }

  /// Sets a member that is absent or null.
  package mutating func fillAbsent(_ key: String, _ value: Value) {
    if !has(key) { self[key] = value }
  }

  /// Changes a member that is there; what `body` leaves alone is not copied.
  package mutating func update(_ key: String, _ body: (inout Value) -> Void) {
    guard var member = self[key], !member.isNull else { return }
    let before = member
    body(&member)
    if !member.sharesStorage(with: before) { self[key] = member }
  }

  /// Changes the elements of an array member one by one.
  package mutating func updateEach(_ key: String, _ body: (inout Value) -> Void) {
    guard case .array(let elements)? = self[key] else { return }
    var changed: [Value]?
    for (index, before) in elements.enumerated() {
      var element = before
      body(&element)
      if element.sharesStorage(with: before) { continue }
      var copy = changed ?? elements
      changed = nil
      copy[index] = element
      changed = copy
    }
    if let changed { self[key] = .array(changed) }
  }
}
