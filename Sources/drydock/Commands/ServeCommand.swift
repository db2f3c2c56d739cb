import ArgumentParser
import Foundation
import Glibc
import KubeCluster
import SecureServing

/// Opens a cluster's API to the user's own kubectl and other clients.
struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Open a cluster's API over HTTPS to your own kubectl, k9s or helm.",
    discussion: """
      Prints the line that points your shell's kubectl at the cluster, and serves until Ctrl-C.

      Examples:
        drydock serve
        drydock serve --port 6443 --cluster single --clock fast
        drydock serve --kubeconfig ./drydock.conf --seed 7
        drydock serve --persist work --port 6443
      """)

  @Option(help: "The port; 0 takes a free one.") var port = 0
  @Option(help: "The address to listen on.") var listen = "127.0.0.1"
  @Option(help: ArgumentHelp("Where to write the kubeconfig.", valueName: "file"))
  var kubeconfig: String?
  @Option(help: "The cluster: kubeadm, single, plain, scale-N, bare or apiserver.")
  var cluster: String?
  @Option(help: "The cluster's seed.") var seed: UInt64?
  @Option(help: "The pace of time: real, fast (ten times real) or Nx.") var clock = "real"
  @Option(help: ArgumentHelp("Keep the cluster across runs.", valueName: "name"))
  var persist: String?

  func run() throws {
    guard let rate = ServingConfiguration.rate(named: clock) else {
      throw Failure(2, "--clock is real, fast or a multiple such as 60x, not \"\(clock)\"")
    }
    guard (0...65535).contains(port) else { throw Failure(2, "\(port) is no port") }
    let kept = try keptCluster()
    let configuration = try configuration(kept, rate: rate)
    let file = try kubeconfigFile()
    // Held back before any thread starts, so that only the wait below receives them.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    sigaddset(&signals, SIGTERM)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    signal(SIGPIPE, SIG_IGN)
    let server = try server(configuration, before: kept?.port)
    kept?.keep(port: server.port)
    try KubeconfigFile.write(server.kubeconfig, to: file)
    Output.write(KubeconfigFile.export(file) + "\n")
    var received: Int32 = 0
    while sigwait(&signals, &received) != 0 {}
    try server.stop()
  }

  /// On the port asked for, else where the cluster was served before if that is free.
  private func server(
    _ configuration: ServingConfiguration, before: Int?
  ) throws -> SecureServer {
    if port == 0, let before {
      var former = configuration
      former.port = before
      if let server = try? SecureServer(former) { return server }
    }
    do {
      return try SecureServer(configuration)
    } catch { throw Failure(1, "cannot serve on \(listen):\(port): \(error)") }
  }

  /// The cluster that is kept under the name, if one is to be kept.
  private func keptCluster() throws -> ServedClusterFile? {
    if let cluster, Blueprint.named(cluster) == nil {
      throw Failure(2, "there is no cluster \"\(cluster)\"")
    }
    guard let persist else { return nil }
    guard !persist.isEmpty, persist.utf8.allSatisfy({ Self.nameBytes.contains($0) }) else {
      throw Failure(2, "--persist takes a name of letters, digits and dashes")
    }
    let file = try ServedClusterFile(
      path: "\(try KubeconfigFile.folder())/served-\(persist).journal",
      blueprint: cluster ?? "kubeadm",
      seed: seed ?? 1, start: Environment.now)
    if let cluster, cluster != file.blueprint {
      throw Failure(2, "the kept cluster is of the kind \"\(file.blueprint)\"")
    }
    if let seed, seed != file.seed { throw Failure(2, "the kept cluster's seed is \(file.seed)") }
    return file
  }

  /// A new cluster, or the kept one.
  private func configuration(
    _ kept: ServedClusterFile?, rate: Int
  ) throws -> ServingConfiguration {
    let name = kept?.blueprint ?? cluster ?? "kubeadm"
    guard let blueprint = Blueprint.named(name) else {
      throw Failure(2, "there is no cluster \"\(name)\"")
    }
    guard blueprint.beside.isEmpty else {
      throw Failure(2, "not simulated: one serve for several clusters; serve each for itself")
    }
    var configuration = ServingConfiguration(
      blueprint: blueprint, seed: kept?.seed ?? seed ?? 1, start: kept?.start ?? Environment.now,
      host: listen, port: port, rate: rate)
    configuration.journal = kept
    return configuration
  }

  private static let nameBytes = Set(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-".utf8)

  private func kubeconfigFile() throws -> String {
    if let kubeconfig {
      return URL(fileURLWithPath: kubeconfig).standardizedFileURL.path
    }
    return "\(try KubeconfigFile.folder())/kubeconfig"
  }
}
