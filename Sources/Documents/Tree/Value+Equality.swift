extension Value {
  /// Strings are the same when their bytes are, as in Go: a label in another Unicode form is another.
  package static func == (a: Value, b: Value) -> Bool {
    switch (a, b) {
    case (.null, .null): true
    case (.bool(let x), .bool(let y)): x == y
    case (.int(let x), .int(let y)): x == y
    case (.double(let x), .double(let y)): x == y
    case (.string(let x), .string(let y)): ByteOrder.equal(x, y)
    case (.array(let x), .array(let y)): x == y
    case (.object(let x), .object(let y)): x == y
    default: false
    }
  }

  /// Whether nothing was written since one was copied from the other; scalars by comparison.
  package func sharesStorage(with other: Value) -> Bool {
    switch (self, other) {
    case (.object(let a), .object(let b)): a.sharesStorage(with: b)
    case (.array(let a), .array(let b)): a.sharesStorage(with: b)
    case (.object, _), (.array, _), (_, .object), (_, .array): false
    default: self == other
    }
  }
}

extension Array {
  /// Whether both are one piece of memory: then they are equal, at no cost.
  func sharesStorage(with other: [Element]) -> Bool {
    withUnsafeBufferPointer { own in
      other.withUnsafeBufferPointer {
        own.baseAddress == $0.baseAddress && own.count == $0.count
      }
    }
  }
}

extension Mapping.Entry {
  static func == (a: Mapping.Entry, b: Mapping.Entry) -> Bool {
    ByteOrder.equal(a.key, b.key) && a.value == b.value
  }
}
