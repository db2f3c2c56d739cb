import ArgumentParser
import Classroom

/// Opens an exercise, or lists them all.
struct PracticeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "practice", abstract: "List the exercises, or open one.",
    discussion: "Examples:\n  drydock practice\n  drydock practice services\n"
      + "  drydock practice expose-web\n"
      + "  drydock practice --pack week-3")

  @Argument(help: "The exercise's name, or a topic, which is listed.") var exercise: String?
  @OptionGroup var learner: LearnerOptions

  func run() throws {
    guard let exercise else { return try learner.tell { try $0.respond(to: "practice") } }
    if try learner.ask({ $0.isTopic(exercise) }) {
      return try learner.tell { try $0.respond(to: "practice", [exercise]) }
    }
    try REPL(learner, first: "practice '\(try plainName(exercise))'").run()
  }
}
