/// Runs the coroutines of simulated processes on the caller's thread, first come first served.
///
/// Swift's `async` is used as a coroutine mechanism only: every task of a cluster prefers this
/// executor, and the executor runs solely inside `run()`. So a cluster stays single-threaded and
/// repeatable, ten thousand sleeping containers cost a few kilobytes each, and programs read as
/// straight code. A task must be started with `start`, never by `Task {}`.
package final class Fibers: TaskExecutor, @unchecked Sendable {
  private var ready: [UnownedJob] = []
  private var head = 0
  private var running = false

  package init() {}

  package func enqueue(_ job: consuming ExecutorJob) { ready.append(UnownedJob(job)) }

  /// Whether some coroutine could go on now.
  package var hasWork: Bool { head < ready.count }

  /// Runs coroutines until every one of them waits. Does nothing when called from inside a fiber.
  package func run() {
    guard !running else { return }
    running = true
    defer { running = false }
    while runNext() {}
  }

  /// Runs one coroutine up to its next suspension; false when none is ready.
  package func runNext() -> Bool {
    guard head < ready.count else { return false }
    let job = ready[head]
    head += 1
    if head == ready.count {
      ready.removeAll(keepingCapacity: true)
      head = 0
    } else if head >= 1024, head * 2 >= ready.count {
      ready.removeFirst(head)
      head = 0
    }
    job.runSynchronously(on: asUnownedTaskExecutor())
    return true
  }

  /// Starts a coroutine. It first runs in the next `run()`, and inherits nothing of the one that
  /// starts it: a server must not wait in the place of the client that called it.
  package func start(_ body: @escaping () async -> Void) {
    // The cluster's objects are not Sendable and need not be: this executor never leaves its
    // caller's thread.
    nonisolated(unsafe) let body = body
    _ = Task.detached(executorPreference: self) { await body() }
  }
}

/// The process of a waiting coroutine was told to end.
package struct Interrupted: Error {
  package init() {}
}

/// The place where one coroutine waits to be woken or told to end.
package final class Waiter {
  private var continuation: UnsafeContinuation<Void, Never>?
  private var woken = false
  /// Once set, every wait throws `Interrupted`.
  package private(set) var isCancelled = false

  package init() {}

  /// Waits for `wake`; one that came first is not lost.
  package func wait() async throws(Interrupted) {
    if isCancelled { throw Interrupted() }
    if !woken { await withUnsafeContinuation { continuation = $0 } }
    woken = false
    if isCancelled { throw Interrupted() }
  }

  package func wake() {
    woken = true
    guard let waiting = continuation else { return }
    continuation = nil
    waiting.resume()
  }

  package func cancel() {
    isCancelled = true
    wake()
  }

  /// Lets a process that handled its signal wait again.
  package func clearCancellation() { isCancelled = false }
}
