import ArgumentParser
import Classroom

/// Shows what the learner has done.
struct ProgressCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "progress", abstract: "Show what you have done so far.")

  @OptionGroup var learner: LearnerOptions

  func run() throws { try REPL.list(learner) { try $0.respond(to: "progress") } }
}
