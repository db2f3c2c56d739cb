import ArgumentParser
import Classroom
import Foundation

/// Shows what the learner has done.
struct ProgressCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "progress",
    abstract: "Show what you have done so far, and what an exam would bring.",
    discussion: """
      Examples:
        drydock progress
        drydock progress --json | jq .streak
        drydock progress --html progress.html
      """)

  @Flag(help: "Print it for programs.") var json = false
  @Option(help: ArgumentHelp("Write a page for a browser.", valueName: "file")) var html: String?
  @OptionGroup var learner: LearnerOptions

  func run() throws {
    if let html {
      let page = try learner.ask { try $0.progressPage() }
      do {
        try Data(page.utf8).write(to: URL(filePath: html))
      } catch { throw Failure(1, "cannot write \(html)") }
    } else if json {
      Output.write(try learner.ask { try $0.progressJSON() })
    } else {
      try learner.tell { try $0.respond(to: "progress") }
    }
  }
}
