import KubeNode
import KubeObjects
import Linux
import Shell
import Simulation

/// The one binary of k3s: server, agent, and kubectl, crictl and ctr with the cluster's own files.
struct K3sProgram: Program {
  let name = "k3s"
  nonisolated(unsafe) unowned let host: NodeHost

  init(_ host: NodeHost) { self.host = host }

  private static let kubeconfig = "/etc/rancher/k3s/k3s.yaml"

  func run(_ process: Linux.Process) async throws -> ExitStatus {
    let called = process.called.split(separator: "/").last.map(String.init) ?? name
    if ["kubectl", "crictl", "ctr"].contains(called) {
      return try await pass(called, process.arguments, process)
    }
    let words = Array(process.arguments.dropFirst())
    switch process.arguments.first {
    case "kubectl", "crictl", "ctr":
      return try await pass(process.arguments[0], words, process)
    case "server", "agent": return try await serve(process)
    case "--version", "-v":
      try await process.write(
        "k3s version \(host.cluster.version) (3f0ba9b9)\ngo version go1.26.6\n")
      return 0
    case nil, "help", "--help", "-h":
      try await process.write(Self.help)
      return 0
    case let verb?
    where [
      "etcd-snapshot", "secrets-encrypt", "certificate", "token", "check-config", "completion",
    ].contains(verb):
      try await process.writeError("drydock: not simulated: k3s \(verb)\n")
      return 1
    case let verb?:
      try await process.writeError("No help topic for '\(verb)'\n")
      return 3
    }
  }

  private func pass(
    _ tool: String, _ words: [String], _ process: Linux.Process
  ) async throws -> ExitStatus {
    var environment = process.environment
    if tool == "kubectl", environment["KUBECONFIG"] == nil {
      if host.machine.files.status(Self.kubeconfig) != nil {
        environment["KUBECONFIG"] = Self.kubeconfig
      }
    }
    let child = try process.machine.start(
      Command(
        path: "/var/lib/rancher/k3s/data/current/bin/\(tool)", arguments: words,
        environment: environment, directory: process.directory, files: process.files),
      parentID: process.id, caller: process.caller)
    return try await process.wait(for: child)
  }

  /// As long as it runs the node has its kubelet, and on a server the cluster its API.
  private func serve(_ process: Linux.Process) async throws -> ExitStatus {
    process.memory = (host.plan.isControlPlane ? 520 : 90) << 20
    process.handle([Signal.terminate, Signal.interrupt])
    let isNew = !host.adopts("k3s")
    if isNew {
      try await process.writeError(
        "time=\"\(process.machine.timeline.now.rfc3339)\" level=info msg=\"Starting k3s "
          + "\(host.cluster.version) (3f0ba9b9)\"\n")
    }
    set(isUp: true)
    defer { set(isUp: false) }
    while process.takeSignals().isEmpty { try await process.wait() }
    return 0
  }

  private func set(isUp: Bool) {
    // A cluster that is given up ends its processes, and is nobody's to start again.
    guard !host.isClosed else { return }
    if host.plan.isControlPlane {
      guard (host.cluster.apiListener != nil) != isUp else { return }
      host.cluster.serveAPI(isUp)
      if isUp {
        host.cluster.startControllers()
        host.cluster.startScheduler()
      } else {
        host.cluster.stopControllers()
        host.cluster.stopScheduler()
      }
    }
    host.cluster.connectK3s()
    host.cluster.fleet?.set(
      running: isUp, connected: isUp && host.cluster.apiListener != nil, node: host.plan.name)
  }

  private static let help = """
    NAME:
       k3s - Kubernetes, but small and simple

    USAGE:
       k3s [global options] command [command options]

    COMMANDS:
       server           Run management server
       agent            Run node agent
       kubectl          Run kubectl
       crictl           Run crictl
       ctr              Run ctr
       help, h          Shows a list of commands or help for one command

    GLOBAL OPTIONS:
       --help, -h     show help
       --version, -v  print the version

    """
}

extension Cluster {
  /// Agents lose and find the server with it.
  func connectK3s() {
    for name in hosts.keys.sorted() {
      guard let host = hosts[name], !host.plan.isControlPlane else { continue }
      fleet?.set(running: host.kubelet.isRunning, connected: apiListener != nil, node: name)
    }
  }
}
