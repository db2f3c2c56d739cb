import Documents
import KubeAPIServer
import KubeObjects
import Linux
import Shell
import Simulation

/// The command of the snap: the cluster's kubectl, its kubeconfig, its state and its add-ons.
struct MicroK8sProgram: Program {
  let name = "microk8s"
  nonisolated(unsafe) unowned let host: NodeHost

  init(_ host: NodeHost) { self.host = host }

  private var client: ComponentClient {
    ComponentClient(
      server: host.cluster.server, user: UserInfo(name: "admin", groups: ["system:masters"]),
      manager: "kubectl-client-side-apply")
  }

  func run(_ process: Linux.Process) async throws -> ExitStatus {
    let words = Array(process.arguments.dropFirst())
    switch process.arguments.first {
    case "kubectl": return try await kubectl(words, process)
    case "config":
      // For other machines: with the address that they see.
      let access = host.cluster.access(at: host.plan.address)
      try await process.write(Kubeconfigs.text(access.map { [$0] } ?? []))
      return 0
    case "status": return try await status(words, process)
    case "enable": return try await enable(words, process)
    case "disable": return try await disable(words, process)
    case "version":
      try await process.write("MicroK8s \(host.cluster.version) revision 8702\n")
      return 0
    case nil, "help", "--help", "-h":
      try await process.write(
        "Available subcommands are:\n"
          + ["config", "disable", "enable", "kubectl", "status", "version"].map { "\t\($0)\n" }
          .joined())
      return 0
    case let verb?
    where [
      "add-node", "addons", "ctr", "dashboard-proxy", "dbctl", "helm", "helm3", "images",
      "inspect", "istioctl", "join", "kubectl.wrapper", "leave", "linkerd", "refresh-certs",
      "remove-node", "reset", "start", "stop",
    ].contains(verb):
      try await process.writeError("drydock: not simulated: microk8s \(verb)\n")
      return 1
    case let verb?:
      try await process.writeError("'\(verb)' is not a valid MicroK8s subcommand.\n")
      return 1
    }
  }

  private func kubectl(
    _ words: [String], _ process: Linux.Process
  ) async throws -> ExitStatus {
    var environment = process.environment
    environment["KUBECONFIG"] = MicroK8sFiles.kubeconfig
    let child = try host.machine.start(
      Command(
        path: "/snap/microk8s/current/kubectl", arguments: words, environment: environment,
        directory: process.machine === host.machine ? process.directory : "/root",
        files: process.files), parentID: process.id, caller: process.caller)
    return try await process.wait(for: child)
  }

  // MARK: state

  private func isEnabled(_ addOn: MicroK8sAddOn) -> Bool {
    if MicroK8sAddOn.builtIn.contains(addOn.name) { return true }
    if addOn.name == "rbac" { return host.cluster.server.authorizesByRole }
    guard let mark = addOn.mark else { return false }
    let resource: GroupVersionResource = mark.kind == "DaemonSet" ? .daemonSets : .deployments
    return (try? client.get(resource, mark.name, namespace: mark.namespace)) != nil
  }

  private func status(_ words: [String], _ process: Linux.Process) async throws -> ExitStatus {
    if let index = words.firstIndex(where: { $0 == "-a" || $0 == "--addon" }),
      words.indices.contains(index + 1)
    {
      let found = MicroK8sAddOn.all.first { $0.name == words[index + 1] }
      try await process.write(found.map(isEnabled) == true ? "enabled\n" : "disabled\n")
      return 0
    }
    let enabled = MicroK8sAddOn.all.filter(isEnabled)
    let disabled = MicroK8sAddOn.all.filter { one in !enabled.contains { $0.name == one.name } }
    func list(_ addOns: [MicroK8sAddOn]) -> String {
      addOns.map { addOn in
        let gap = String(repeating: " ", count: max(1, 21 - addOn.name.count))
        return "    \(addOn.name)\(gap)# (core) \(addOn.summary)\n"
      }.joined()
    }
    try await process.write(
      "microk8s is running\nhigh-availability: no\n  datastore master nodes: "
        + "\(host.plan.address):19001\n  datastore standby nodes: none\naddons:\n"
        + "  enabled:\n" + list(enabled) + "  disabled:\n" + list(disabled))
    return 0
  }

  // MARK: add-ons

  private func enable(_ words: [String], _ process: Linux.Process) async throws -> ExitStatus {
    guard !words.isEmpty else {
      try await process.writeError(
        "Usage: microk8s enable [OPTIONS] ADDONS...\nError: Missing argument 'ADDONS...'.\n")
      return 2
    }
    for word in words {
      let parts = word.split(separator: ":", maxSplits: 1).map(String.init)
      guard let addOn = try await find(parts.first ?? "", process) else { return 1 }
      if isEnabled(addOn) {
        try await process.write("Addon core/\(addOn.name) is already enabled\n")
        continue
      }
      guard addOn.text != nil || addOn.name == "rbac" else {
        try await process.writeError("drydock: not simulated: microk8s enable \(addOn.name)\n")
        return 1
      }
      try await process.write(
        "Infer repository core for addon \(addOn.name)\nEnabling \(addOn.name)\n")
      if addOn.name == "metallb", parts.count < 2 {
        try await process.writeError(
          "Enter each IP address range: try microk8s enable metallb:192.168.56.100-192.168.56.120\n"
        )
        return 1
      }
      if addOn.name == "rbac" { host.cluster.server.authorizesByRole = true }
      if let failure = apply(addOn.text?() ?? "") {
        try await process.writeError("\(failure)\n")
        return 1
      }
      if addOn.name == "metallb" {
        // Its kinds are served a moment after their definitions.
        try await process.machine.timeline.sleep(.seconds(5), Waiter())
        if let failure = apply(Self.pool(parts[1])) {
          try await process.writeError("\(failure)\n")
          return 1
        }
      }
      try await process.write("\(addOn.name) is enabled\n")
    }
    return 0
  }

  private func find(
    _ name: String, _ process: Linux.Process
  ) async throws -> MicroK8sAddOn? {
    let found = MicroK8sAddOn.all.first { $0.name == name }
    let meant = found?.alias.flatMap { alias in MicroK8sAddOn.all.first { $0.name == alias } }
    guard let addOn = meant ?? found else {
      try await process.writeError("Addon \(name) was not found in any repository\n")
      return nil
    }
    return addOn
  }

  /// Creates what is not there yet; returns what went wrong.
  private func apply(_ text: String) -> String? {
    for object in Manifest(text).documents.map(\.value) {
      guard let resource = host.cluster.server.resource(of: object) else {
        return "no matches for kind \(object.kind.goQuoted)"
      }
      do throws(StatusError) {
        _ = try client.create(resource, object, namespace: object.namespace)
      } catch { if !error.isAlreadyExists { return error.message } }
    }
    return nil
  }

  private static func pool(_ range: String) -> String {
    """
    apiVersion: metallb.io/v1beta1
    kind: IPAddressPool
    metadata: {name: default-addresspool, namespace: metallb-system}
    spec: {addresses: ["\(range.filter { $0.isNumber || $0 == "." || $0 == "-" || $0 == "/" })"]}
    ---
    apiVersion: metallb.io/v1beta1
    kind: L2Advertisement
    metadata: {name: default-advertise-all-pools, namespace: metallb-system}
    spec: {}
    """
  }

  private func disable(_ words: [String], _ process: Linux.Process) async throws -> ExitStatus {
    guard !words.isEmpty else {
      try await process.writeError(
        "Usage: microk8s disable [OPTIONS] ADDONS...\nError: Missing argument 'ADDONS...'.\n")
      return 2
    }
    for word in words {
      guard let addOn = try await find(word, process) else { return 1 }
      if MicroK8sAddOn.builtIn.contains(addOn.name) {
        try await process.writeError("drydock: not simulated: microk8s disable \(addOn.name)\n")
        return 1
      }
      guard isEnabled(addOn) else {
        try await process.write("Addon core/\(addOn.name) is already disabled\n")
        continue
      }
      try await process.write(
        "Infer repository core for addon \(addOn.name)\nDisabling \(addOn.name)\n")
      if addOn.name == "rbac" { host.cluster.server.authorizesByRole = false }
      for object in Manifest(addOn.text?() ?? "").documents.map(\.value).reversed() {
        guard let resource = host.cluster.server.resource(of: object) else { continue }
        _ = try? client.delete(resource, object.name, namespace: object.namespace)
      }
      try await process.write("\(addOn.name) is disabled\n")
    }
    return 0
  }
}
