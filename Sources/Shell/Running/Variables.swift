/// A variable's value and what `declare` said of it.
package struct Variable {
  package struct Attributes: OptionSet, Sendable {
    package let rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }
    package static let exported = Attributes(rawValue: 1)
    package static let readonly = Attributes(rawValue: 2)
    package static let integer = Attributes(rawValue: 4)
    package static let lowercase = Attributes(rawValue: 8)
    package static let uppercase = Attributes(rawValue: 16)
    package static let reference = Attributes(rawValue: 32)
  }

  enum Content {
    /// Declared, but without a value.
    case none
    case scalar(String)
    case indexed(IndexedArray)
    case associative([String: AssociativeElement])
  }

  var content: Content
  package var attributes: Attributes = []

  var isAssociative: Bool { if case .associative = content { true } else { false } }
  var isIndexed: Bool { if case .indexed = content { true } else { false } }
  var isArray: Bool { isAssociative || isIndexed }

  /// What `$name` gives.
  package var scalar: String? {
    switch content {
    case .none: nil
    case .scalar(let text): text
    case .indexed(let array): array[0]
    case .associative(let elements): elements["0"]?.value
    }
  }

  func element(at index: Int) -> String? {
    switch content {
    case .none: return nil
    case .scalar(let text): return index == 0 || index == -1 ? text : nil
    case .indexed(let array): return array[index < 0 ? max(0, array.end) + index : index]
    case .associative(let elements): return elements[String(index)]?.value
    }
  }

  func element(key: String) -> String? {
    guard case .associative(let elements) = content else { return nil }
    return elements[key]?.value
  }

  /// All elements in the order in which bash lists them.
  var elements: [(key: String, value: String)] {
    switch content {
    case .none: []
    case .scalar(let text): [("0", text)]
    case .indexed(let array): zip(array.indices, array.values).map { (String($0), $1) }
    case .associative(let elements): AssociativeElement.ordered(elements)
    }
  }
}

/// The elements of an indexed array that are set, by rising index.
struct IndexedArray {
  private(set) var indices: [Int] = []
  private(set) var values: [String] = []

  /// Bytes that the elements take, roughly.
  private(set) var size = 0

  init(_ values: [String] = []) {
    self.values = values
    indices = Array(values.indices)
    size = values.reduce(0) { $0 + Self.cost($1) }
  }

  private static func cost(_ value: String) -> Int { value.utf8.count + 32 }

  /// One more than the highest index; negative behind the last one possible.
  var end: Int { (indices.last ?? -1) &+ 1 }

  subscript(index: Int) -> String? {
    get {
      if index >= 0, index < indices.count, indices[index] == index { return values[index] }
      let place = self.place(of: index)
      return place < indices.count && indices[place] == index ? values[place] : nil
    }
    set {
      let place = index >= end ? indices.count : self.place(of: index)
      let isThere = place < indices.count && indices[place] == index
      switch (isThere, newValue) {
      case (true, let value?):
        size += Self.cost(value) - Self.cost(values[place])
        values[place] = value
      case (true, nil):
        size -= Self.cost(values[place])
        indices.remove(at: place)
        values.remove(at: place)
      case (false, let value?):
        size += Self.cost(value)
        indices.insert(index, at: place)
        values.insert(value, at: place)
      case (false, nil): break
      }
    }
  }

  private func place(of index: Int) -> Int {
    var (low, high) = (0, indices.count)
    while low < high {
      let middle = (low + high) / 2
      if indices[middle] < index { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// An element of an associative array and when it came.
struct AssociativeElement {
  var value: String
  var order: Int

  // bash lists its hash table: 1024 buckets by FNV-1, the newest of a bucket first; the table
  // grows by four when it holds twice as many entries as buckets.
  static func ordered(_ elements: [String: AssociativeElement]) -> [(key: String, value: String)] {
    var buckets: UInt32 = 1024
    while elements.count >= Int(buckets) * 2 { buckets *= 4 }
    return elements.map { (hash($0.key) & (buckets - 1), $0.key, $0.value) }
      .sorted { $0.0 != $1.0 ? $0.0 < $1.0 : $0.2.order > $1.2.order }
      .map { ($0.1, $0.2.value) }
  }

  private static func hash(_ key: String) -> UInt32 {
    var hash: UInt32 = 2_166_136_261
    for byte in key.utf8 {
      hash = hash &* 16_777_619
      // bash hashes plain chars, which are signed.
      hash ^= UInt32(bitPattern: Int32(Int8(bitPattern: byte)))
    }
    return hash
  }
}

/// All variables of a shell, with what its functions' locals hide.
struct Variables {
  private(set) var table: [String: Variable] = [:]
  /// What each running function's locals hide: nil for a name that was not set.
  private var hidden: [[String: Variable?]] = []

  subscript(name: String) -> Variable? {
    get { table[name] }
    set { table[name] = newValue }
    _modify { yield &table[name] }
  }

  var depth: Int { hidden.count }

  mutating func enterFunction() { hidden.append([:]) }

  mutating func leaveFunction() {
    guard let last = hidden.popLast() else { return }
    for (name, variable) in last { table[name] = variable }
  }

  /// Makes `name` local to the running function; true when it was not before.
  mutating func makeLocal(_ name: String) -> Bool {
    guard !hidden.isEmpty, hidden[hidden.count - 1][name] == nil else { return false }
    hidden[hidden.count - 1][name] = .some(table[name])
    return true
  }

  func isLocal(_ name: String) -> Bool { hidden.last?[name] != nil }

  /// `unset` of a local leaves the name unset until the function ends.
  mutating func remove(_ name: String) { table[name] = nil }

  /// For `declare -g`: what the outermost scope holds.
  mutating func setGlobal(_ name: String, _ change: (inout Variable?) -> Void) {
    for index in hidden.indices where hidden[index][name] != nil {
      var variable = hidden[index][name] ?? nil
      change(&variable)
      hidden[index][name] = .some(variable)
      return
    }
    change(&table[name])
  }

  var names: [String] { table.keys.sorted() }

  var exported: [String: String] {
    var result: [String: String] = [:]
    for (name, variable) in table where variable.attributes.contains(.exported) {
      if let value = variable.scalar { result[name] = value }
    }
    return result
  }
}
