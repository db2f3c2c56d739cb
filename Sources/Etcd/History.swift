/// The changes since the last compaction, in order.
struct History: Sendable {
  private var events: [KeyValueStore.Event] = []

  mutating func append(_ event: KeyValueStore.Event) { events.append(event) }

  var count: Int { events.count }

  /// Newer than a revision, the oldest first.
  func events(after revision: Int64) -> ArraySlice<KeyValueStore.Event> {
    events(from: revision + 1)
  }

  func events(from revision: Int64) -> ArraySlice<KeyValueStore.Event> {
    var low = 0
    var high = events.count
    while low < high {
      let middle = (low + high) / 2
      if events[middle].revision < revision { low = middle + 1 } else { high = middle }
    }
    return events[low...]
  }

  /// Forgets the changes up to a revision; returns how many bytes of older entries went with them.
  mutating func drop(through revision: Int64) -> Int {
    let kept = events(from: revision + 1).startIndex
    let freed = events[..<kept].reduce(0) { $0 + ($1.previous?.size ?? 0) }
    events.removeFirst(kept)
    return freed
  }
}
