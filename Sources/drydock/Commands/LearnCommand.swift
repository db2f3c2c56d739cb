import ArgumentParser
import Classroom

/// Opens a lesson, or lists them all.
struct LearnCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "learn", abstract: "List the lessons, or open one.",
    discussion: "Examples:\n  drydock learn\n  drydock learn services")

  @Argument(help: "The lesson's name.") var lesson: String?
  @OptionGroup var learner: LearnerOptions

  func run() throws {
    guard let lesson else { return try learner.tell { try $0.respond(to: "learn") } }
    try REPL(learner, first: "learn '\(try plainName(lesson))'").run()
  }
}

/// A name that is safe to stand in a line of shell.
func plainName(_ name: String) throws -> String {
  guard name.allSatisfy({ $0.isLetter || $0.isNumber || "-_.".contains($0) }) else {
    throw Failure(2, "\"\(name)\" is no name; drydock learn and drydock practice list them")
  }
  return name
}
