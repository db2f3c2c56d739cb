package import Documents

/// The keys of a store in order with what they hold: chunks of a sorted array, so that a change
/// costs O(log n) plus one short move, and a copy of the whole shares every chunk.
package struct OrderedEntries: Sendable {
  private var chunks: [[Entry]] = []
  package private(set) var count = 0

  private static let chunkLimit = 256

  package init() {}

  package subscript(_ key: String) -> Entry? {
    guard let place = find(key), place.found else { return nil }
    return chunks[place.chunk][place.index]
  }

  /// Stores an entry in the place of its key; returns what was there.
  @discardableResult
  package mutating func set(_ entry: Entry) -> Entry? { update(entry.key) { _ in entry }.old }

  /// Puts in the place of a key what `make` makes of the entry that is there.
  mutating func update(_ key: String, _ make: (Entry?) -> Entry) -> (old: Entry?, new: Entry) {
    guard let place = find(key) else {
      let new = make(nil)
      chunks.append([new])
      count += 1
      return (nil, new)
    }
    if place.found {
      let old = chunks[place.chunk][place.index]
      let new = make(old)
      chunks[place.chunk][place.index] = new
      return (old, new)
    }
    count += 1
    let new = make(nil)
    chunks[place.chunk].insert(new, at: place.index)
    if chunks[place.chunk].count > Self.chunkLimit { split(place.chunk, at: place.index) }
    return (nil, new)
  }

  @discardableResult
  package mutating func remove(_ key: String) -> Entry? {
    guard let place = find(key), place.found else { return nil }
    count -= 1
    let old = chunks[place.chunk].remove(at: place.index)
    if chunks[place.chunk].isEmpty { chunks.remove(at: place.chunk) }
    return old
  }

  /// Calls `body` for each entry from `start` on, before `end` (empty: to the last), in order,
  /// until it returns false.
  package func forEach(from start: String, before end: String, _ body: (Entry) -> Bool) {
    guard let place = find(start) else { return }
    var index = place.index
    for chunk in chunks[place.chunk...] {
      while index < chunk.count {
        let entry = chunk[index]
        if !end.isEmpty, !ByteOrder.precedes(entry.key, end) { return }
        if !body(entry) { return }
        index += 1
      }
      index = 0
    }
  }

  /// Where `key` is or would be; nil when there is nothing at all.
  private func find(_ key: String) -> (chunk: Int, index: Int, found: Bool)? {
    guard !chunks.isEmpty else { return nil }
    var low = 0
    var high = chunks.count - 1
    while low < high {
      let middle = (low + high + 1) / 2
      if ByteOrder.compare(chunks[middle][0].key, key) <= 0 {
        low = middle
      } else {
        high = middle - 1
      }
    }
    return chunks[low].withUnsafeBufferPointer { entries in
      var left = 0
      var right = entries.count
      while left < right {
        let middle = (left + right) / 2
        let order = ByteOrder.compare(entries[middle].key, key)
        if order == 0 { return (low, middle, true) }
        if order < 0 { left = middle + 1 } else { right = middle }
      }
      return (low, left, false)
    }
  }

  /// Halves a full chunk, or lets keys that arrive in order start a new one.
  private mutating func split(_ chunk: Int, at index: Int) {
    let isAppending = chunk == chunks.count - 1 && index == chunks[chunk].count - 1
    let middle = isAppending ? chunks[chunk].count - 1 : chunks[chunk].count / 2
    let tail = Array(chunks[chunk][middle...])
    chunks[chunk].removeSubrange(middle...)
    chunks.insert(tail, at: chunk + 1)
  }
}

/// One key with its value and revisions. It never changes: the store and its history share it.
package final class Entry: Sendable {
  package let key: String
  package let value: Value
  /// The store's revision at the key's creation and at its last change.
  package let createRevision: Int64
  package let modRevision: Int64
  /// How often it was written since its creation, from 1.
  package let version: Int64
  /// The lease it lives by; 0: none.
  package let lease: Int64
  /// How the writer had the value written down (a cipher and its key); empty: as it is.
  package let form: String
  /// About how many bytes it takes of the database.
  package let size: Int

  package init(
    key: String, value: Value, createRevision: Int64, modRevision: Int64, version: Int64,
    lease: Int64 = 0, form: String = "", size: Int? = nil
  ) {
    self.form = form
    self.key = key
    self.value = value
    self.createRevision = createRevision
    self.modRevision = modRevision
    self.version = version
    self.lease = lease
    self.size = size ?? Self.size(key, value)
  }
}

extension Entry {
  package static func size(_ key: String, _ value: Value) -> Int {
    key.utf8.count + value.textSize
  }
}

extension Entry: Equatable {
  package static func == (a: Entry, b: Entry) -> Bool {
    a === b
      || a.key == b.key && a.value == b.value && a.createRevision == b.createRevision
        && a.modRevision == b.modRevision && a.version == b.version && a.lease == b.lease
        && a.form == b.form
  }
}
