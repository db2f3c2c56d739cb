import Documents
import KubeAPIServer
import KubeObjects
import Linux
import Shell
import Simulation

@testable import Kubectl

/// A machine of files in memory on which tests run kubectl, and a server of prepared answers.
final class Workstation: Surroundings {
  var files: [String: [UInt8]] = [:]
  var input: [UInt8] = []
  var environment = ["HOME": "/root"]
  let directory = "/work"
  var now = Moment(seconds: 1_780_304_400)
  var machine: Machine? { nil }
  private(set) var output = ""
  private(set) var errors = ""
  let transport: any APITransport

  init(_ server: ScriptedServer = ScriptedServer()) {
    transport = server
    files["/root/.kube/config"] = Array(Self.kubeconfig.utf8)
  }

  init(transport: any APITransport) { self.transport = transport }

  static let administration = """
    {"apiVersion":"v1","kind":"Config","current-context":"kubernetes-admin@kubernetes",
     "clusters":[{"name":"kubernetes","cluster":{"server":"https://10.0.0.1:6443",
       "certificate-authority-data":"LS0tLS1CRUdJTiBBLS0tLS0KQUFBQQotLS0tLUVORCBBLS0tLS0K"}}],
     "users":[{"name":"kubernetes-admin","user":{
       "client-certificate-data":"LS0tLS1CRUdJTiBBLS0tLS0KQUFBQQotLS0tLUVORCBBLS0tLS0K",
       "client-key-data":"QQ=="}}],
     "contexts":[{"name":"kubernetes-admin@kubernetes","context":{"cluster":"kubernetes",
       "user":"kubernetes-admin"}}]}
    """

  static let kubeconfig = """
    {"apiVersion":"v1","kind":"Config","current-context":"here",
     "clusters":[{"name":"c","cluster":{"server":"https://10.0.0.1:6443"}}],
     "users":[{"name":"u","user":{"token":"t"}}],
     "contexts":[{"name":"here","context":{"cluster":"c","user":"u","namespace":"harbor"}}]}
    """

  /// Runs one line (words parted by blanks) and answers with exit status, output and errors.
  func kubectl(_ line: String) async throws -> Result {
    try await kubectl(line.split(separator: " ").map(String.init))
  }

  func kubectl(_ words: [String]) async throws -> Result {
    output = ""
    errors = ""
    let status = try await CommandLine.run(words, self, transport: transport)
    return Result(status: status, output: output, errors: errors)
  }

  struct Result: Equatable {
    var status: ExitStatus
    var output: String
    var errors: String
  }

  private func key(_ path: String) -> String { path.hasPrefix("/") ? path : directory + "/" + path }

  func write(_ bytes: [UInt8]) async throws { output += String(decoding: bytes, as: UTF8.self) }
  func writeError(_ bytes: [UInt8]) async throws {
    errors += String(decoding: bytes, as: UTF8.self)
  }
  func readInput() async throws -> [UInt8] { input }
  func readInput(upTo count: Int) async throws -> [UInt8] {
    defer { input.removeFirst(min(count, input.count)) }
    return Array(input.prefix(count))
  }
  func pumpInput(beyondEnd: Bool, _ take: @escaping ([UInt8]) -> Void) -> () -> Void {
    take(input)
    take([])
    return {}
  }
  func takeSignals(_ take: ((Int32) -> Void)?) {}
  func capture(
    _ words: [String], environment: [String: String], givesInput: Bool
  ) async throws -> (status: ExitStatus, output: [UInt8]) { throw HostError.notFound }
  func follow(_ terminal: (any ControllingTerminal)?) {}
  var terminalSize: (columns: Int, rows: Int)? { nil }
  var inputIsTerminal: Bool { false }
  var outputIsTerminal: Bool { false }
  func readFile(_ path: String) async throws -> [UInt8] {
    guard let bytes = files[key(path)] else { throw HostError.notFound }
    return bytes
  }
  func writeFile(_ path: String, _ bytes: [UInt8]) throws(HostError) { files[key(path)] = bytes }
  func makeDirectory(_ path: String) throws(HostError) {}
  func removeFile(_ path: String) throws(HostError) { files[key(path)] = nil }
  func removeDirectory(_ path: String) throws(HostError) {}
  func status(_ path: String) -> FileStatus? {
    let key = key(path)
    let isFolder = files.keys.contains { $0.hasPrefix(key + "/") }
    guard isFolder || files[key] != nil else { return nil }
    return FileStatus(
      kind: isFolder ? .directory : .file, size: files[key]?.count ?? 0, mode: 0o644, owner: 0,
      group: 0, modified: 0, identity: 0)
  }
  func linkStatus(_ path: String) -> FileStatus? { status(path) }
  func names(in path: String) throws(HostError) -> [String] {
    let prefix = path == "." ? directory + "/" : key(path) + "/"
    let names = files.keys.filter { $0.hasPrefix(prefix) }.compactMap {
      $0.dropFirst(prefix.count).split(separator: "/").first.map(String.init)
    }
    return Array(Set(names)).sorted()
  }
  func sleep(_ span: Span) async throws { now = now + span }
  func wake() {}
  func pause() async throws { throw Killed(signal: 2) }
  func after(_ span: Span, _ action: @escaping () -> Void) -> () -> Void { {} }
  func run(_ program: String, _ arguments: [String]) async throws -> ExitStatus { 127 }
}

/// Answers requests from a table of method and path, and keeps what was asked.
final class ScriptedServer: APITransport {
  var answers: [String: Value] = [:]
  private(set) var requests: [APIRequest] = []

  func send(_ request: APIRequest, to address: ServerAddress, from machine: Machine?)
    async throws(ConnectionFailure) -> APIResponse
  {
    requests.append(request)
    if address.port == 1 {
      throw ConnectionFailure("dial tcp \(address.host):1: connect: connection refused")
    }
    if let known = Self.discovery[request.path] {
      return APIResponse(code: 200, body: .value(known))
    }
    guard let answer = answers["\(request.method) \(request.path)"] else {
      return APIResponse(
        code: 404,
        body: .value(
          StatusError(
            code: 404, reason: "NotFound",
            message: "the server could not find the requested resource"
          ).value))
    }
    let code = answer["kind"]?.string == "Status" ? Int(answer["code"]?.int ?? 200) : 200
    return APIResponse(code: code, body: .value(answer))
  }

  static func resource(
    _ name: String, _ singular: String, _ kind: String, short: [String] = [],
    namespaced: Bool = true, categories: [String] = []
  ) -> Value {
    [
      "name": .string(name), "singularName": .string(singular), "kind": .string(kind),
      "namespaced": .bool(namespaced), "shortNames": .array(short.map { .string($0) }),
      "categories": .array(categories.map { .string($0) }),
      "verbs": ["create", "delete", "get", "list", "patch", "update", "watch"],
    ]
  }

  private static let discovery: [String: Value] = [
    "/api": ["kind": "APIVersions", "versions": ["v1"]],
    "/api/v1": [
      "kind": "APIResourceList",
      "resources": [
        resource("configmaps", "configmap", "ConfigMap", short: ["cm"]),
        resource("events", "event", "Event", short: ["ev"]),
        resource("namespaces", "namespace", "Namespace", short: ["ns"], namespaced: false),
        resource("nodes", "node", "Node", short: ["no"], namespaced: false),
        resource("pods", "pod", "Pod", short: ["po"], categories: ["all"]),
        resource("secrets", "secret", "Secret"),
        resource("serviceaccounts", "serviceaccount", "ServiceAccount", short: ["sa"]),
        resource("services", "service", "Service", short: ["svc"], categories: ["all"]),
      ],
    ],
    "/apis": [
      "kind": "APIGroupList",
      "groups": [
        ["name": "apps", "versions": [["groupVersion": "apps/v1", "version": "v1"]]],
        ["name": "events.k8s.io", "versions": [["groupVersion": "events.k8s.io/v1"]]],
      ],
    ],
    "/apis/apps/v1": [
      "kind": "APIResourceList",
      "resources": [
        resource("deployments", "deployment", "Deployment", short: ["deploy"], categories: ["all"]),
        resource("replicasets", "replicaset", "ReplicaSet", short: ["rs"], categories: ["all"]),
      ],
    ],
    "/apis/events.k8s.io/v1": [
      "kind": "APIResourceList",
      "resources": [resource("events", "event", "Event", short: ["ev"])],
    ],
  ]
}
