import ArgumentParser

/// Opens the cluster at the next card that is due.
struct ReviewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "review", abstract: "Recall what is due today; it takes minutes.")

  @OptionGroup var learner: LearnerOptions

  func run() throws { try REPL(learner, first: "review").run() }
}
