import KubeAPIServer

/// The hidden `__complete` command: what could stand where the command line ends.
struct Completion {
  let root: CommandSpecification
  let surroundings: any Surroundings
  let transport: any APITransport
  let output: Output
  let showsSummaries: Bool

  func run(_ words: [String]) async throws {
    output.line(":4")
    output.complainLine("Completion ended with directive: ShellCompDirectiveNoFileComp")
  }
}
