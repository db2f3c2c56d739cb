package import KubeObjects
package import Simulation

/// A controller's list of things to look at: each at most once at a time, one after another on the
/// timeline, later again after a failure (client-go's rate-limited work queue).
package final class WorkQueue<Key: Hashable> {
  /// What a controller wants after one look at a key.
  package enum Outcome {
    case done
    /// Look again after a while, though nothing failed.
    case again(after: Span)
    /// Look again with exponential back-off, as after an error.
    case retry
  }

  /// What the last failure of a key was, for those who ask why nothing happens.
  package private(set) var lastFailure: [Key: StatusError] = [:]

  private let timeline: Timeline
  private let backoff: (first: Span, most: Span)
  private let handler: (Key) throws(StatusError) -> Outcome
  private var order: [Key] = []
  private var head = 0
  private var waiting: Set<Key> = []
  private var failures: [Key: Int] = [:]
  private var delayed: [Key: (moment: Moment, timer: Timeline.Timer)] = [:]
  private var isPumping = false

  /// `backoff`: how long after a first failure a key is looked at again, and at most; as it stands,
  /// that of DefaultControllerRateLimiter.
  package init(
    timeline: Timeline, backoff: (first: Span, most: Span) = (.milliseconds(5), .seconds(1000)),
    handler: @escaping (Key) throws(StatusError) -> Outcome
  ) {
    self.timeline = timeline
    self.backoff = backoff
    self.handler = handler
  }

  /// Asks for a look at `key` now, unless one is already waiting.
  package func add(_ key: Key) {
    guard waiting.insert(key).inserted else { return }
    order.append(key)
    pump()
  }

  /// Asks for a look at `key` after `delay`; of two delays the earlier counts.
  package func add(_ key: Key, after delay: Span) {
    guard delay > .zero else { return add(key) }
    let moment = timeline.now + delay
    if let known = delayed[key] {
      guard moment < known.moment else { return }
      timeline.cancel(known.timer)
    }
    let timer = timeline.at(moment) { [weak self] in
      self?.delayed[key] = nil
      self?.add(key)
    }
    delayed[key] = (moment, timer)
  }

  /// Asks for a look after a back-off that doubles with every failure in a row.
  package func addRateLimited(_ key: Key) {
    let count = failures[key, default: 0]
    failures[key] = count + 1
    var delay = backoff.first
    for _ in 0..<min(count, 30) where delay < backoff.most { delay = delay + delay }
    add(key, after: min(delay, backoff.most))
  }

  /// Whether nothing waits for a look at this moment.
  package var isIdle: Bool { head == order.count }

  package func forget(_ key: Key) {
    failures[key] = nil
    lastFailure[key] = nil
  }

  /// How often in a row `key` failed.
  package func failureCount(_ key: Key) -> Int { failures[key, default: 0] }

  private func pump() {
    guard !isPumping, head < order.count else { return }
    isPumping = true
    timeline.after(.zero) { [weak self] in self?.work() }
  }

  private func work() {
    isPumping = false
    guard head < order.count else { return }
    let key = order[head]
    head += 1
    if head == order.count {
      order.removeAll(keepingCapacity: true)
      head = 0
    } else if head >= 1024, head * 2 >= order.count {
      order.removeFirst(head)
      head = 0
    }
    waiting.remove(key)
    do throws(StatusError) {
      switch try handler(key) {
      case .done: forget(key)
      case .again(let delay):
        forget(key)
        add(key, after: delay)
      case .retry: addRateLimited(key)
      }
    } catch {
      lastFailure[key] = error
      addRateLimited(key)
    }
    pump()
  }
}
