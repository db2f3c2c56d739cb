import Foundation
import Synchronization

/// Work that many share, told of in order whoever is done first.
package struct WorkerPool: Sendable {
  private let jobs: Int
  /// The program and arguments that call `WorkerProcess.serve`; empty for threads of this process.
  private let command: [String]

  package init(jobs: Int, command: [String]) {
    self.jobs = max(1, min(jobs, 256))
    self.command = command
  }

  /// Things to do, and how.
  package struct Work<Answer: Sendable>: Sendable {
    package var count: Int
    /// The line that asks a process for the thing of that number.
    package var request: @Sendable (Int) -> [UInt8]
    /// What a process answered; nil: that is no answer.
    package var answer: @Sendable (_ line: [UInt8]) -> Answer?
    /// What is said of a thing that ends whatever process does it.
    package var loss: @Sendable (Int) -> Answer
    /// Does it here.
    package var local: @Sendable (Int) -> Answer

    package init(
      count: Int, request: @escaping @Sendable (Int) -> [UInt8],
      answer: @escaping @Sendable (_ line: [UInt8]) -> Answer?,
      loss: @escaping @Sendable (Int) -> Answer, local: @escaping @Sendable (Int) -> Answer
    ) {
      self.count = count
      self.request = request
      self.answer = answer
      self.loss = loss
      self.local = local
    }
  }

  /// Does it all, unless `tell` throws: then no more is begun. `tell` is called in order, by one
  /// thread at a time.
  package func run<Answer>(
    _ work: Work<Answer>, tell: @escaping @Sendable (Int, Answer) throws -> Void
  ) throws {
    let board = Mutex(Board<Answer>(count: work.count))
    let command = command
    Self.onThreads(min(jobs, max(1, work.count))) {
      let desk = command.isEmpty ? nil : WorkerProcess.Desk(command)
      while let index = board.withLock({ $0.take() }) {
        let answer: Answer =
          switch desk?.ask(work.request(index)) ?? .nobody {
          case .line(let line): work.answer(line) ?? work.loss(index)
          case .deadly: work.loss(index)
          case .nobody: work.local(index)
          }
        board.withLock { board in
          board.put(answer, at: index) { try tell($0, $1) }
        }
      }
    }
    if let failure = board.withLock({ $0.failure }) { throw failure }
  }

  /// Runs `body` on threads with stacks large enough for any script that the shell reads.
  static func onThreads(_ count: Int, _ body: @escaping @Sendable () -> Void) {
    let done = DispatchSemaphore(value: 0)
    for _ in 0..<count {
      let thread = Thread {
        body()
        done.signal()
      }
      thread.stackSize = 64 << 20
      thread.start()
    }
    for _ in 0..<count { done.wait() }
  }

  /// What is done and waits for what comes before it.
  private struct Board<Answer: Sendable>: Sendable {
    private var next = 0
    private var told = 0
    private var found: [Answer?]
    private(set) var failure: (any Error)?

    init(count: Int) { found = Array(repeating: nil, count: count) }

    mutating func take() -> Int? {
      guard next < found.count, failure == nil else { return nil }
      next += 1
      return next - 1
    }

    mutating func put(_ answer: Answer, at index: Int, tell: (Int, Answer) throws -> Void) {
      found[index] = answer
      while told < found.count, failure == nil, let answer = found[told] {
        do { try tell(told, answer) } catch { failure = error }
        found[told] = nil
        told += 1
      }
    }
  }
}
