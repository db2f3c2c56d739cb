import ArgumentParser
import KubeCluster

/// Opens the shell beside the learner's cluster.
struct OpenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "open", abstract: "Open your cluster where you left it (the default).",
    discussion: """
      Examples:
        drydock open
        drydock open --cluster k3s
        drydock open --cluster prod=kubeadm,dev=single
      """)

  @OptionGroup var learner: LearnerOptions
  @Option(
    help: "A cluster of another kind, or several: where you left it, or a new one.")
  var cluster: String?

  func run() throws {
    if let cluster, Blueprint.named(cluster) == nil {
      throw Failure(2, "there is no cluster \"\(cluster)\"")
    }
    try REPL(learner, first: nil, cluster: cluster).run()
  }
}
