/// The members of an object, sorted by the bytes of their names; the last of equal names counts.
///
/// A sorted array: half the memory of a hash table, the order of Go's maps when printed, equality
/// without hashing, and look-ups of four or five comparisons at the sizes that objects have.
package struct Mapping: Hashable, Sendable {
  package typealias Element = (key: String, value: Value)

  @usableFromInline struct Entry: Hashable, Sendable {
    @usableFromInline let key: String
    @usableFromInline var value: Value

    init(key: String, value: Value) {
      self.key = ByteOrder.compact(key)
      self.value = value
    }
  }
  private var entries: [Entry]

  package init() { entries = [] }

  // Not generic: the callers of other modules would pay for what the compiler does not know.
  package init(_ pairs: [(String, Value)]) {
    self.init(entries: pairs.map { Entry(key: $0.0, value: $0.1) })
  }

  /// Sorts; `duplicate` hears the name of every entry that a later one hides.
  init(entries: [Entry], duplicate: (String) -> Void = { _ in }) {
    self.entries = entries
    if !Self.isSorted(entries) { normalize(duplicate) }
  }

  package var keys: [String] { entries.map(\.key) }
  package var values: [Value] { entries.map(\.value) }

  package subscript(_ key: String) -> Value? {
    get {
      entries.withUnsafeBufferPointer { entries in
        Self.index(of: key, in: entries).map { entries[$0].value }
      }
    }
    _modify {
      let (index, present) = entries.withUnsafeBufferPointer { Self.place(of: key, in: $0) }
      var value: Value?
      if present {
        value = entries[index].value
        entries[index].value = .null  // leave the only reference in `value`
      }
      defer {
        switch (value, present) {
        case (let new?, true): entries[index].value = new
        case (let new?, false): entries.insert(Entry(key: key, value: new), at: index)
        case (nil, true): entries.remove(at: index)
        case (nil, false): break
        }
      }
      yield &value
    }
  }

  /// The same names with other values; nil leaves a member out.
  package func compactMapValues(_ transform: (Value) throws -> Value?) rethrows -> Mapping {
    var result = Mapping()
    result.entries = try entries.compactMap { entry in
      try transform(entry.value).map { Entry(key: entry.key, value: $0) }
    }
    return result
  }

  /// The members that `isIncluded` holds for.
  package func filter(_ isIncluded: (Element) throws -> Bool) rethrows -> Mapping {
    var result = Mapping()
    result.entries = try entries.filter { try isIncluded(($0.key, $0.value)) }
    return result
  }

  /// Whether both are one piece of memory: then they are equal, at no cost.
  package func sharesStorage(with other: Mapping) -> Bool {
    entries.sharesStorage(with: other.entries)
  }

  /// Where the members lie in memory; another mapping has the same place only as long as it shares
  /// them, or after they are gone.
  package var storageIdentity: UnsafeRawPointer? {
    entries.withUnsafeBufferPointer { UnsafeRawPointer($0.baseAddress) }
  }

  /// Calls `body` for every name that one of both has, in order.
  package func forEachPair(with other: Mapping, _ body: (String, Value?, Value?) -> Void) {
    var i = 0
    var j = 0
    while i < entries.count || j < other.entries.count {
      let order =
        i == entries.count
        ? 1
        : j == other.entries.count ? -1 : ByteOrder.compare(entries[i].key, other.entries[j].key)
      let own = order <= 0 ? entries[i] : nil
      let its = order >= 0 ? other.entries[j] : nil
      body(own?.key ?? its?.key ?? "", own?.value, its?.value)
      if order <= 0 { i += 1 }
      if order >= 0 { j += 1 }
    }
  }

  /// See `Value.textSize`.
  var textSize: Int {
    entries.withUnsafeBufferPointer { entries in
      entries.reduce(2) { $0 + $1.key.utf8.count + $1.value.textSize + 4 }
    }
  }

  /// Where `key` is.
  private static func index(of key: String, in entries: UnsafeBufferPointer<Entry>) -> Int? {
    let key = ByteOrder.compact(key)
    // Most names are short and hold their text themselves: found without reading it.
    guard ByteOrder.isInline(key), entries.count <= 24 else {
      let (index, isPresent) = place(of: key, in: entries)
      return isPresent ? index : nil
    }
    var index = 0
    while index < entries.count {
      if ByteOrder.isSame(entries[index].key, key) { return index }
      index += 1
    }
    return nil
  }

  /// Where `key` is or would be.
  private static func place(
    of key: String, in entries: UnsafeBufferPointer<Entry>
  ) -> (index: Int, isPresent: Bool) {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      let order = ByteOrder.compare(entries[middle].key, key)
      if order == 0 { return (middle, true) }
      if order < 0 { low = middle + 1 } else { high = middle }
    }
    return (low, false)
  }

  private static func isSorted(_ entries: [Entry]) -> Bool {
    var index = 1
    while index < entries.count {
      if !ByteOrder.precedes(entries[index - 1].key, entries[index].key) { return false }
      index += 1
    }
    return true
  }

  private mutating func normalize(_ duplicate: (String) -> Void) {
    // The standard library's sort is stable: the later of equal names stays behind the earlier.
    entries.sort { ByteOrder.precedes($0.key, $1.key) }
    var kept = 0
    for index in entries.indices.dropFirst() {
      if ByteOrder.equal(entries[index].key, entries[kept].key) {
        duplicate(entries[index].key)
      } else {
        kept += 1
      }
      if kept != index { entries.swapAt(kept, index) }
    }
    if kept + 1 < entries.count { entries.removeSubrange((kept + 1)...) }
  }
}

extension Mapping: RandomAccessCollection {
  package var startIndex: Int { 0 }
  package var endIndex: Int { entries.count }
  package subscript(position: Int) -> Element {
    (entries[position].key, entries[position].value)
  }
}

extension Mapping: ExpressibleByDictionaryLiteral {
  package init(dictionaryLiteral elements: (String, Value)...) { self.init(elements) }
}
