import Documents
import KubeAPIServer
import KubeCluster
import KubeObjects
import Linux
import Shell

/// `why pod/web [-n NAMESPACE]`: the chain of causes behind an object's state.
/// `why can USER VERB RESOURCE`: the binding that allows it, or those that almost do.
/// `why` alone: what the API server had against the last write that it refused, and where that is in
/// the manifest.
struct WhyProgram: Program {
  let name = "why"
  // Used on the cluster's one thread only.
  nonisolated(unsafe) unowned let cluster: Cluster
  nonisolated(unsafe) private let readings: RecentReadings

  init(cluster: Cluster) {
    self.cluster = cluster
    readings = RecentReadings(of: cluster.shell, on: cluster.workstation)
  }

  func run(_ process: Process) async throws -> ExitStatus {
    var words: [String] = []
    var namespace = "default"
    var arguments = process.arguments[...]
    if arguments.first == "can" { return try await can(process) }
    while let argument = arguments.popFirst() {
      if argument == "-n" || argument == "--namespace" {
        namespace = arguments.popFirst() ?? namespace
      } else {
        words += argument.split(separator: "/", maxSplits: 1).map(String.init)
      }
    }
    if words.isEmpty, let refusal = cluster.server.lastRefusal {
      return try await explain(refusal, process)
    }
    guard let name = words.last, words.count <= 2 else {
      throw UsageError("what? For example: why pod/web -n shop", hint: false, status: 2)
    }
    let kind = words.count == 2 ? words[0].lowercased() : "pod"
    let client = ComponentClient(
      server: cluster.server,
      user: UserInfo(
        name: "kubernetes-admin", groups: ["system:masters", "system:authenticated"]),
      manager: "drydock-why")
    guard let resource = cluster.server.resource(named: kind)?.0,
      let answer = WhyQuestion.answers[resource.resource]
    else {
      try await process.writeError("drydock: not simulated: why for \(kind)\n")
      return 1
    }
    let question = WhyQuestion(client: client, name: name, namespace: namespace)
    var text: String
    do throws(StatusError) {
      text = try answer(question)()
      if resource == .pods,
        let found = cluster.placement(of: try client.get(.pods, name, namespace: namespace).uid)
      {
        text += WhyPlacement(placement: found).text
      }
    } catch {
      try await process.writeError("why: \(error.message)\n")
      return 1
    }
    try await process.write(text)
    return 0
  }

  private func can(_ process: Process) async throws -> ExitStatus {
    var words: [String] = []
    var (namespace, subresource, groups) = ("default", "", [String]())
    var arguments = process.arguments.dropFirst()
    while let argument = arguments.popFirst() {
      let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
      guard argument.hasPrefix("-"), let flag = parts.first else {
        words.append(argument)
        continue
      }
      guard ["-n", "--namespace", "--subresource", "--as-group"].contains(flag),
        let value = parts.count > 1 ? parts[1] : arguments.popFirst()
      else { throw Self.canUsage }
      switch flag {
      case "--subresource": subresource = value
      case "--as-group": groups.append(value)
      default: namespace = value
      }
    }
    let access: WhyAccess?
    do throws(StatusError) {
      access = try WhyAccess(
        words: words, namespace: namespace, groups: groups, subresource: subresource,
        server: cluster.server)
    } catch {
      try await process.writeError("why: \(error.message)\n")
      return 1
    }
    guard let access else { throw Self.canUsage }
    try await process.write(access.text(cluster.server))
    return 0
  }

  private static let canUsage = UsageError(
    "who may do what? For example: why can jane get pods -n shop, why can sa/bot create deploy "
      + "--as-group devs, why can jane get pods --subresource=log", hint: false, status: 2)

  private func explain(_ refusal: RefusedWrite, _ process: Process) async throws -> ExitStatus {
    var manifests: [WhyRefusal.Source] = []
    for (number, line) in cluster.shell.recentLines.reversed() {
      for path in readings.paths(of: number) {
        guard let bytes = try? await process.contents(of: path) else { continue }
        let near = process.directory == "/" ? "/" : process.directory + "/"
        let name = path.hasPrefix(near) ? String(path.dropFirst(near.count)) : path
        manifests.append(WhyRefusal.Source(name: name, manifest: Manifest(bytes)))
      }
      manifests += WhyRefusal.hereDocuments(in: line)
    }
    try await process.write(WhyRefusal(refusal, manifests).text)
    return 0
  }
}
