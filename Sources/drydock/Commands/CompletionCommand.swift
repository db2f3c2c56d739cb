import ArgumentParser

/// Prints the script that completes drydock's own commands in the user's shell.
struct CompletionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "completion", abstract: "Print a completion script for your own shell.",
    discussion: "Example:\n  source <(drydock completion bash)")

  @Argument(help: "bash, zsh or fish.") var shell: String

  func run() throws {
    guard let shell = CompletionShell(rawValue: shell) else {
      throw Failure(2, "no completion for \"\(shell)\"; there is bash, zsh and fish")
    }
    Output.write(Drydock.completionScript(for: shell) + "\n")
  }
}
