/// Virtual time: a queue of things to do, run one after another in order of time and then of asking.
///
/// Nothing here reads a real clock. Whoever owns the timeline decides how far it may go (`advance`)
/// and so whether time leaps (scripts, tests) or keeps pace with the wall (a learner at a prompt).
package final class Timeline {
  package private(set) var now: Moment
  /// Coroutines of simulated processes run here, between timers.
  package let fibers = Fibers()
  /// Steps that the programs on it may still take, all together; nil: no bound.
  package var stepsLeft: Int?

  private var heap = TimerHeap()
  private var sequence: UInt64 = 0
  private var cancelled: Set<UInt64> = []

  package init(now: Moment) { self.now = now }

  package struct Timer: Hashable, Sendable {
    fileprivate let sequence: UInt64
  }

  /// Runs `action` once, `delay` from now; zero means: at this very moment, after what was asked
  /// before it.
  @discardableResult
  package func after(_ delay: Span, _ action: @escaping () -> Void) -> Timer {
    at(now + max(delay, .zero), action)
  }

  @discardableResult
  package func at(_ moment: Moment, _ action: @escaping () -> Void) -> Timer {
    sequence += 1
    heap.push(.init(moment: max(moment, now), sequence: sequence, action: action))
    return Timer(sequence: sequence)
  }

  /// Forgets all that is due and lets coroutines that were told to end do so.
  package func end() {
    heap = TimerHeap()
    cancelled = []
    // A coroutine that will not end is left to itself.
    for _ in 0..<1_000_000 where !fibers.runNext() { break }
    heap = TimerHeap()
  }

  package func cancel(_ timer: Timer) { cancelled.insert(timer.sequence) }

  /// When the next thing is due, or nil when nothing is.
  package var next: Moment? {
    dropCancelled()
    return heap.first?.moment
  }

  /// Runs all that is due now, coroutines included, without moving the clock.
  package func settle() {
    fibers.run()
    while step(until: now) { fibers.run() }
  }

  /// Does the one next thing if it is due no later than `limit`, moving the clock to it.
  /// Returns false, with the clock unmoved, when there is none.
  @discardableResult
  package func step(until limit: Moment) -> Bool {
    dropCancelled()
    guard let first = heap.first, first.moment <= limit else { return false }
    heap.removeFirst()
    now = max(now, first.moment)
    first.action()
    return true
  }

  /// Runs everything due up to and including `moment` and leaves the clock there.
  package func advance(to moment: Moment) {
    fibers.run()
    while step(until: moment) { fibers.run() }
    now = max(now, moment)
  }

  package func advance(by span: Span) { advance(to: now + span) }

  /// Suspends the calling coroutine for `span` of virtual time; throws `Interrupted` when its
  /// process is ended meanwhile (`Waiter.cancel`).
  package func sleep(_ span: Span, _ waiter: Waiter) async throws(Interrupted) {
    let timer = after(span) { waiter.wake() }
    defer { cancel(timer) }
    try await waiter.wait()
  }

  private func dropCancelled() {
    while !cancelled.isEmpty, let first = heap.first, cancelled.remove(first.sequence) != nil {
      heap.removeFirst()
    }
    // A timer cancelled after it ran leaves its number behind; none can be pending in an empty heap.
    if heap.first == nil { cancelled.removeAll() }
  }
}

/// A binary heap ordered by moment, then by the order of asking.
private struct TimerHeap {
  struct Entry {
    let moment: Moment
    let sequence: UInt64
    let action: () -> Void

    func isBefore(_ other: Entry) -> Bool {
      moment == other.moment ? sequence < other.sequence : moment < other.moment
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

  mutating func removeFirst() {
    guard let last = entries.popLast(), !entries.isEmpty else { return }
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
  }
}
