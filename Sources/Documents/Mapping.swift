/// The members of an object, sorted by the bytes of their names; the last of equal names counts.
///
/// A sorted array: half the memory of a hash table, the order of Go's maps when printed, equality
/// without hashing, and look-ups of four or five comparisons at the sizes that objects have.
package struct Mapping: Hashable, Sendable {
  package typealias Element = (key: String, value: Value)

  @usableFromInline struct Entry: Hashable, Sendable {
    @usableFromInline var key: String
    @usableFromInline var value: Value
  }
  private var entries: [Entry]

  package init() { entries = [] }

  package init(_ pairs: some Sequence<(String, Value)>) {
    entries = pairs.map { Entry(key: $0.0, value: $0.1) }
    normalize()
  }

  package var keys: [String] { entries.map(\.key) }
  package var values: [Value] { entries.map(\.value) }

  package subscript(_ key: String) -> Value? {
    get {
      let index = position(of: key)
      return index < entries.count && entries[index].key == key ? entries[index].value : nil
    }
    _modify {
      let index = position(of: key)
      let present = index < entries.count && entries[index].key == key
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

  /// Where `key` is or would be.
  private func position(of key: String) -> Int {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].key < key { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private mutating func normalize() {
    let sorted = zip(entries, entries.dropFirst()).allSatisfy { $0.key < $1.key }
    if sorted { return }
    var kept: [Entry] = []
    kept.reserveCapacity(entries.count)
    // A stable sort keeps the later of equal names behind the earlier.
    for entry in entries.enumerated().sorted(by: {
      $0.element.key == $1.element.key ? $0.offset < $1.offset : $0.element.key < $1.element.key
    }).map(\.element) {
      if kept.last?.key == entry.key { kept.removeLast() }
      kept.append(entry)
    }
    entries = kept
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
