extension Datum {
  /// Equality of the language: numbers by value, other kinds are never equal.
  package func equals(_ other: Datum) -> Bool {
    switch (self, other) {
    case (.null, .null): return true
    case (.bool(let a), .bool(let b)): return a == b
    case (.string(let a), .string(let b)): return a.utf8.elementsEqual(b.utf8)
    case (.bytes(let a), .bytes(let b)): return a == b
    case (.timestamp(let a), .timestamp(let b)): return a == b
    case (.duration(let a), .duration(let b)): return a == b
    case (.type(let a), .type(let b)): return a == b
    case (.list(let a), .list(let b)): return a.equals(b)
    case (.map(let a), .map(let b)):
      guard a.count == b.count else { return false }
      return a.keys.allSatisfy { key in
        guard let one = a[key], let other = b[key] else { return false }
        return one.equals(other)
      }
    case (.optional(let a), .optional(let b)):
      guard let a, let b else { return a == nil && b == nil }
      return a.equals(b)
    case (.opaque(let a), .opaque(let b)): return a.isEqual(b)
    default: return compareNumbers(other) == 0
    }
  }

  /// Less than 0, 0, or more; nil where there is no order.
  package func compare(_ other: Datum) -> Int? {
    switch (self, other) {
    case (.bool(let a), .bool(let b)): return a == b ? 0 : (a ? 1 : -1)
    case (.string(let a), .string(let b)):
      return Self.order(Array(a.utf8), Array(b.utf8))
    case (.bytes(let a), .bytes(let b)): return Self.order(a, b)
    case (.timestamp(let a), .timestamp(let b)):
      return a.seconds == b.seconds
        ? Self.order(a.nanoseconds, b.nanoseconds) : Self.order(a.seconds, b.seconds)
    case (.duration(let a), .duration(let b)): return Self.order(a, b)
    default: return compareNumbers(other)
    }
  }

  private static func order<T: Comparable>(_ a: T, _ b: T) -> Int { a < b ? -1 : (a == b ? 0 : 1) }

  private static func order(_ a: [UInt8], _ b: [UInt8]) -> Int {
    a.lexicographicallyPrecedes(b) ? -1 : (a == b ? 0 : 1)
  }

  private func compareNumbers(_ other: Datum) -> Int? {
    switch (self, other) {
    case (.int(let a), .int(let b)): return Self.order(a, b)
    case (.uint(let a), .uint(let b)): return Self.order(a, b)
    case (.double(let a), .double(let b)): return a.isNaN || b.isNaN ? nil : Self.order(a, b)
    case (.int(let a), .uint(let b)):
      return a < 0 ? -1 : Self.order(UInt64(a), b)
    case (.uint(let a), .int(let b)): return b < 0 ? 1 : Self.order(a, UInt64(b))
    case (.int(let a), .double(let b)): return b.isNaN ? nil : Self.order(Double(a), b)
    case (.double(let a), .int(let b)): return a.isNaN ? nil : Self.order(a, Double(b))
    case (.uint(let a), .double(let b)): return b.isNaN ? nil : Self.order(Double(a), b)
    case (.double(let a), .uint(let b)): return a.isNaN ? nil : Self.order(a, Double(b))
    default: return nil
    }
  }
}

extension ListDatum {
  func equals(_ other: ListDatum) -> Bool {
    guard elements.count == other.elements.count else { return false }
    switch kind {
    case .atomic: return zip(elements, other.elements).allSatisfy { $0.equals($1) }
    case .set: return elements.allSatisfy { one in other.elements.contains { one.equals($0) } }
    case .map(let keys):
      return elements.allSatisfy { one in
        other.elements.first { Self.isSame(one, $0, keys) }.map { one.equals($0) } ?? false
      }
    }
  }

  /// The elements of both, by the rules of this list.
  func adding(_ other: ListDatum) -> ListDatum {
    var sum = self
    switch kind {
    case .atomic: sum.elements += other.elements
    case .set:
      for one in other.elements where !elements.contains(where: { $0.equals(one) }) {
        sum.elements.append(one)
      }
    case .map(let keys):
      for one in other.elements {
        if let place = sum.elements.firstIndex(where: { Self.isSame($0, one, keys) }) {
          sum.elements[place] = one
        } else {
          sum.elements.append(one)
        }
      }
    }
    return sum
  }

  private static func isSame(_ a: Datum, _ b: Datum, _ keys: [String]) -> Bool {
    guard let a = a.map, let b = b.map else { return false }
    return keys.allSatisfy { key in
      switch (a[key], b[key]) {
      case (let one?, let other?): one.equals(other)
      case (nil, nil): true
      default: false
      }
    }
  }
}
