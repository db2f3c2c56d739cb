import Shell

/// Runs a test's coroutines on its own thread, first come first served.
final class ToyFibers: TaskExecutor, @unchecked Sendable {
  private var ready: [UnownedJob] = []
  private var head = 0
  var sleepers: [(time: Int64, order: Int, wake: UnsafeContinuation<Void, Never>)] = []
  var now: Int64 = 1_700_000_000_000_000_000
  private var order = 0

  func enqueue(_ job: consuming ExecutorJob) { ready.append(UnownedJob(job)) }

  func start(_ body: @escaping () async -> Void) {
    nonisolated(unsafe) let body = body
    _ = Task(executorPreference: self) { await body() }
  }

  /// Runs until nothing can go on, moving the time forward over sleeps.
  func run() {
    while true {
      while head < ready.count {
        let job = ready[head]
        head += 1
        job.runSynchronously(on: asUnownedTaskExecutor())
      }
      ready.removeAll()
      head = 0
      guard
        let next = sleepers.indices.min(by: {
          (sleepers[$0].time, sleepers[$0].order) < (sleepers[$1].time, sleepers[$1].order)
        })
      else { return }
      let sleeper = sleepers.remove(at: next)
      now = max(now, sleeper.time)
      sleeper.wake.resume()
    }
  }

  func sleep(_ nanoseconds: Int64) async {
    order += 1
    let place = order
    await withUnsafeContinuation { sleepers.append((now + nanoseconds, place, $0)) }
  }
}

/// A place where coroutines wait for something to change.
final class ToyGate {
  private var waiting: [UnsafeContinuation<Void, Never>] = []

  func wait() async { await withUnsafeContinuation { waiting.append($0) } }

  func open() {
    let all = waiting
    waiting = []
    for one in all { one.resume() }
  }
}
