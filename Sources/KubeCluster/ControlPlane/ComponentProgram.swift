import KubeAPIServer
import Linux
import Shell
import Simulation

/// kube-apiserver, kube-scheduler and kube-controller-manager for those who run them beside the one
/// that serves: they tell their version and flags.
struct ComponentProgram: Program {
  let part: ControlPlane.Part
  nonisolated(unsafe) unowned let cluster: Cluster

  init(_ part: ControlPlane.Part, _ cluster: Cluster) {
    self.part = part
    self.cluster = cluster
  }

  static let parts: [ControlPlane.Part] = [.apiServer, .controllerManager, .scheduler]

  var name: String { part.rawValue }

  func run(_ process: Linux.Process) async throws -> ExitStatus {
    let words = process.arguments
    if words.contains("--version") || words.contains("--version=true") {
      try await process.write("Kubernetes \(cluster.version)\n")
      return 0
    }
    if words.contains("-h") || words.contains("--help") {
      try await process.write(help)
      return 0
    }
    let flags = ComponentFlags(words)
    let known = KnownFlags.all(part)
    if let unknown = flags.given.first(where: { !known.contains($0.name) }) {
      try await process.writeError("Error: unknown flag: --\(unknown.name)\n")
      return 1
    }
    let port = part == .apiServer ? 6443 : part == .scheduler ? 10259 : 10257
    let place = "0.0.0.0:\(flags["secure-port"] ?? "\(port)")"
    try await process.writeError(
      KubernetesLog.line(
        "E", "run.go:72",
        "\"command failed\" err=\"failed to create listener: failed to listen on \(place): listen "
          + "tcp \(place): bind: address already in use\"", at: process.machine.timeline.now,
        process: process.id) + "\n")
    return 1
  }

  private var help: String {
    let lines = KnownFlags.all(part).sorted().map { name in
      "      --\(name)" + (meanings[name].map { "   \($0)" } ?? "") + "\n"
    }
    return "Runs the control plane's \(name).\n\nUsage:\n  \(name) [flags]\n\nFlags:\n"
      + lines.joined()
  }

  private var meanings: [String: String] {
    guard part == .apiServer else { return [:] }
    let usual = AdmissionPlugins.all.map(\.name).filter { !AdmissionPlugins.optional.contains($0) }
    let all = AdmissionPlugins.names.sorted().joined(separator: ", ")
    func text(_ verb: String) -> String {
      "strings   admission plugins that should be \(verb) (\(usual.joined(separator: ", "))). "
        + "Comma-delimited list of admission plugins: \(all). The order of plugins in this flag "
        + "does not matter."
    }
    return [
      "enable-admission-plugins": text("enabled in addition to default enabled ones"),
      "disable-admission-plugins": text(
        "disabled although they are in the default enabled plugins list"),
    ]
  }
}
