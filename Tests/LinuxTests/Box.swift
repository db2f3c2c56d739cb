import Shell
import Simulation

@testable import Linux

/// A machine for one test, with what its programs printed.
final class Box {
  let timeline = Timeline(now: Moment(seconds: 1_780_304_400))
  let machine: Machine

  init(budgets: Budgets = .workstation) {
    machine = Machine(hostName: "box", timeline: timeline, seed: 7, budgets: budgets)
  }

  /// Runs a program to its end or for so long in virtual time.
  func run(
    _ words: [String], input: String = "", directory: String = "/root", caller: Caller = .root,
    for limit: Span = .hours(10)
  ) -> Machine.Outcome? {
    var outcome: Machine.Outcome?
    machine.run(words, directory: directory, input: input, caller: caller) { outcome = $0 }
    let deadline = timeline.now + limit
    timeline.settle()
    while outcome == nil, timeline.step(until: deadline) { timeline.fibers.run() }
    return outcome
  }
}
