/// The changes since the last compaction, in order.
struct History: Sendable {
  private var events: [KeyValueStore.Event] = []
  private var head = 0

  mutating func append(_ event: KeyValueStore.Event) { events.append(event) }

  var count: Int { events.count - head }

  /// Newer than a revision, the oldest first.
  func events(after revision: Int64) -> ArraySlice<KeyValueStore.Event> {
    events(from: revision + 1)
  }

  func events(from revision: Int64) -> ArraySlice<KeyValueStore.Event> {
    var low = head
    var high = events.count
    while low < high {
      let middle = (low + high) / 2
      if events[middle].revision < revision { low = middle + 1 } else { high = middle }
    }
    return events[low...]
  }

  mutating func drop(through revision: Int64) {
    events.removeFirst(events(from: revision + 1).startIndex)
    head = 0
  }
}
