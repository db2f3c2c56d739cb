import ArgumentParser

/// Opens the shell beside the learner's cluster.
struct OpenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "open", abstract: "Open your cluster where you left it (the default).")

  @OptionGroup var learner: LearnerOptions

  func run() throws { try REPL(learner, first: nil).run() }
}
