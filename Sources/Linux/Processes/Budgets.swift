import Shell

/// What a machine's processes may use before drydock ends them and says so.
package struct Budgets: Hashable, Sendable {
  /// Steps of one process, nil for no limit: containers may burn CPU for ever, at growing slices.
  package var steps: Int?
  /// Processes at once.
  package var processes: Int
  /// Bytes that a program may hold of its input.
  package var memory: Int
  /// Bytes of one text that a program puts together.
  var text: Int { memory / 8 }
  /// Bytes that a filter may print at once.
  var output: Int { memory / 2 }
  /// Steps of an interpreter that never waits, such as awk's.
  var turns: Int { min(50_000_000, steps ?? .max) }

  package init(steps: Int? = nil, processes: Int = 512, memory: Int = 128 << 20) {
    self.steps = steps
    self.processes = processes
    self.memory = memory
  }

  /// Throws when a process has taken more steps than it may.
  func check(steps used: Int) throws {
    if let steps, used > steps { throw Self.endless(steps) }
  }

  /// Throws when an interpreter has taken as many turns as it may.
  func check(turns used: Int) throws {
    guard used < turns else { throw Self.endless(turns) }
  }

  /// Throws when a filter has printed as much as it may.
  func check(output count: Int) throws {
    guard count < output else {
      throw HostError.budget("drydock: output stopped after \(output >> 20) MiB")
    }
  }

  /// What is told of work that costs more than all programs of a replay may.
  static let spent = HostError.budget("drydock: stopped, the work as a whole takes too many steps")

  private static func endless(_ limit: Int) -> HostError {
    .budget("drydock: stopped after \(limit) steps without an end")
  }

  /// For a machine that a learner types on.
  package static let workstation = Budgets(steps: 50_000_000)
  package static let container = Budgets(steps: nil)
  /// Steps of a script that comes with a course: nobody sits there to press Ctrl-C.
  package static let scriptSteps = 5_000_000
}
