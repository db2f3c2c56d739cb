/// A binary heap of waiting Pods; entries that moved elsewhere meanwhile are passed over.
struct PodHeap {
  struct Entry {
    var priority: Int64
    var rank: Int64
    var sequence: UInt64
    var pod: QueuedPod

    func isBefore(_ other: Entry) -> Bool {
      if priority != other.priority { return priority > other.priority }
      if rank != other.rank { return rank < other.rank }
      return sequence < other.sequence
    }
  }

  private var entries: [Entry] = []

  var first: Entry? { entries.first }

  mutating func push(_ entry: Entry) {
    entries.append(entry)
    var child = entries.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard entries[child].isBefore(entries[parent]) else { break }
      entries.swapAt(child, parent)
      child = parent
    }
  }

  mutating func popFirst() -> Entry? {
    guard let first = entries.first, let last = entries.popLast() else { return nil }
    guard !entries.isEmpty else { return first }
    entries[0] = last
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < entries.count {
        if entries[child].isBefore(entries[least]) { least = child }
      }
      if least == parent { break }
      entries.swapAt(parent, least)
      parent = least
    }
    return first
  }
}
