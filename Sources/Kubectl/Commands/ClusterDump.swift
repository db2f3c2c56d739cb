import Documents
import KubeAPIServer

/// kubectl cluster-info dump: what the cluster holds, on standard output or in a folder of files.
struct ClusterDump {
  private let call: Invocation
  private let folder: String
  private let isYAML: Bool

  init(_ call: Invocation) throws {
    self.call = call
    folder = call.values.string("output-directory")
    isYAML = call.values.string("output").lowercased() == "yaml"
  }

  private static let kinds: [(APIResource, String)] = [
    (.events, "events"),
    (
      APIResource("", "v1", "replicationcontrollers", "ReplicationController"),
      "replication-controllers"
    ),
    (.services, "services"), (.daemonSets, "daemonsets"), (.deployments, "deployments"),
    (.replicaSets, "replicasets"), (.pods, "pods"),
  ]

  func run() async throws {
    let format = try await OutputFormat.parse(call) ?? .json
    if format == .name {
      throw CommandError.text("list types are not supported by name printing: *v1.NodeList")
    }
    let client = try await call.client()
    try await write("nodes", try await client.get(APIResource.nodes.path()), format)
    for namespace in try await namespaces() {
      for (resource, name) in Self.kinds {
        let list = try await client.get(resource.path(namespace: namespace))
        try await write("\(namespace)/\(name)", list, format)
        guard resource == .pods else { continue }
        for pod in list["items"]?.array ?? [] { try await logs(of: pod) }
      }
    }
    if !folder.isEmpty { call.output.line("Cluster info dumped to \(folder)") }
  }

  private func namespaces() async throws -> [String] {
    if call.values.bool("all-namespaces") {
      let list = try await call.client().get(APIResource.namespaces.path())
      return (list["items"]?.array ?? []).map(DescribeText.name)
    }
    let asked = call.values.strings("namespaces")
    if !asked.isEmpty { return asked }
    return ["kube-system", try await call.namespace().name]
  }

  private func write(_ name: String, _ list: Value, _ format: OutputFormat) async throws {
    let text = try ObjectPrinter(format, values: call.values, isTyped: true).text(list)
    guard !folder.isEmpty else { return call.output.print(text) }
    let ending = isYAML ? "yaml" : format == .json ? "json" : "txt"
    try save("\(name).\(ending)", text)
  }

  private func save(_ name: String, _ text: String) throws {
    var place = folder
    if call.surroundings.status(place) == nil { try call.surroundings.makeDirectory(place) }
    for part in name.split(separator: "/").dropLast() {
      place += "/\(part)"
      if call.surroundings.status(place) == nil { try call.surroundings.makeDirectory(place) }
    }
    try call.surroundings.writeFile("\(folder)/\(name)", Array(text.utf8))
  }

  /// The logs of every container; what cannot be read is told in their place.
  private func logs(of pod: Value) async throws {
    let name = DescribeText.name(pod)
    let namespace = DescribeText.namespace(pod)
    let path = APIResource.pods.path(namespace: namespace, name: name, subresource: "log")
    var text = ""
    for container in PodChoice.names(pod, "containers") {
      text += "==== START logs for container \(container) of pod \(namespace)/\(name) ====\n"
      do {
        let answer = try await call.client().send("GET", path, [("container", container)])
        switch answer.body {
        case .bytes(let bytes): text += String(decoding: bytes, as: UTF8.self)
        case .value(.string(let log)): text += log
        default: break
        }
      } catch {
        text += "Request log error: \(CommandError.message(error))\n"
      }
      text += "==== END logs for container \(container) of pod \(namespace)/\(name) ====\n"
    }
    guard !folder.isEmpty else { return call.output.print(text) }
    try save("\(namespace)/\(name)/logs.txt", text)
  }
}
