import Documents
import KubeNetwork
import KubeObjects
import Kubectl
import Linux
import Shell

/// Shows and changes what Calico keeps in the API: `calicoctl`.
struct CalicoControl: Program {
  let name = "calicoctl"
  // Used on the cluster's one thread only.
  nonisolated(unsafe) private let transport: InProcessTransport

  init(transport: InProcessTransport) { self.transport = transport }

  func run(_ process: Process) async throws -> ExitStatus {
    var call = CalicoCall(process)
    do {
      call.access = try APIAccess(process, flags: [], transport: transport)
      try await call.run()
      return 0
    } catch let refusal as CalicoCall.Refusal {
      try await process.write(refusal.text + "\n")
    } catch let failure as APIAccess.Failure {
      try await process.write("Failed to create Calico API client: \(failure.message)\n")
    }
    return 1
  }
}

/// One call of calicoctl.
struct CalicoCall {
  struct Refusal: Error {
    var text: String
    init(_ text: String) { self.text = text }
  }

  /// A kind of Calico's, and how it is listed.
  struct Kind {
    var name: String
    var plural: String
    var short: [String] = []
    var isNamespaced = false
    /// Titles with the fields that stand under them.
    var columns: [(title: String, path: [String])] = []
    var wide: [(title: String, path: [String])] = []
  }

  private static let version = "v3.31.3"
  private static let name = [(title: "NAME", path: ["metadata", "name"])]
  private static let policy = [("ORDER", ["spec", "order"]), ("SELECTOR", ["spec", "selector"])]
  private static let kinds: [Kind] = [
    Kind(
      name: "Node", plural: "nodes", short: ["no"],
      wide: [("ASN", ["asn"]), ("IPV4", ["spec", "bgp", "ipv4Address"]), ("IPV6", ["none"])]),
    Kind(
      name: "WorkloadEndpoint", plural: "workloadendpoints", short: ["wep", "weps"],
      isNamespaced: true,
      columns: [
        ("WORKLOAD", ["spec", "pod"]), ("NODE", ["spec", "node"]), ("NETWORKS", ["networks"]),
        ("INTERFACE", ["spec", "interfaceName"]),
      ],
      wide: [
        ("NAME", ["metadata", "name"]), ("WORKLOAD", ["spec", "pod"]), ("NODE", ["spec", "node"]),
        ("NETWORKS", ["networks"]), ("INTERFACE", ["spec", "interfaceName"]),
        ("PROFILES", ["profiles"]), ("NATS", ["none"]),
      ]),
    Kind(
      name: "IPPool", plural: "ippools", short: ["pool", "pools", "ipp"],
      columns: name + [("CIDR", ["spec", "cidr"]), ("SELECTOR", ["spec", "nodeSelector"])],
      wide: name + [
        ("CIDR", ["spec", "cidr"]), ("NAT", ["spec", "natOutgoing"]),
        ("IPIPMODE", ["spec", "ipipMode"]), ("VXLANMODE", ["spec", "vxlanMode"]),
        ("DISABLED", ["spec", "disabled"]), ("DISABLEBGPEXPORT", ["spec", "disableBGPExport"]),
        ("SELECTOR", ["spec", "nodeSelector"]),
      ]),
    Kind(name: "Profile", plural: "profiles", short: ["pro", "pros"]),
    Kind(
      name: "NetworkPolicy", plural: "networkpolicies", short: ["policy", "np", "policies", "pol"],
      isNamespaced: true, wide: policy),
    Kind(
      name: "GlobalNetworkPolicy", plural: "globalnetworkpolicies", short: ["gnp", "gnps"],
      wide: policy),
    Kind(
      name: "GlobalNetworkSet", plural: "globalnetworksets", short: ["gns"],
      wide: [("NETS", ["nets"])]),
    Kind(
      name: "NetworkSet", plural: "networksets", short: ["netset", "netsets"], isNamespaced: true,
      wide: [("NETS", ["nets"])]),
    Kind(
      name: "HostEndpoint", plural: "hostendpoints", short: ["hep", "heps"],
      columns: name + [
        ("NODE", ["spec", "node"]), ("INTERFACE", ["spec", "interfaceName"]), ("IPS", ["ips"]),
      ]),
    Kind(
      name: "BGPPeer", plural: "bgppeers", short: ["bgpp", "bgpps"],
      columns: name + [
        ("PEERIP", ["spec", "peerIP"]), ("NODE", ["spec", "node"]), ("ASN", ["spec", "asNumber"]),
      ]),
    Kind(
      name: "BGPConfiguration", plural: "bgpconfigurations", short: ["bgpconfig", "bgpconfigs"],
      columns: name + [
        ("LOGSEVERITY", ["spec", "logSeverityScreen"]),
        ("MESHENABLED", ["spec", "nodeToNodeMeshEnabled"]), ("ASNUMBER", ["spec", "asNumber"]),
      ]),
    Kind(
      name: "FelixConfiguration", plural: "felixconfigurations",
      short: ["felixconfig", "felixconfigs"]),
    Kind(
      name: "ClusterInformation", plural: "clusterinformations", short: ["clusterinfo"]),
    Kind(name: "KubeControllersConfiguration", plural: "kubecontrollersconfigurations"),
    Kind(name: "Tier", plural: "tiers", columns: name + [("ORDER", ["spec", "order"])]),
  ]

  static func kind(_ text: String) -> Kind? {
    let wanted = text.lowercased()
    return kinds.first {
      $0.name.lowercased() == wanted || $0.plural == wanted || $0.short.contains(wanted)
    }
  }

  let process: Process
  var access: APIAccess?
  var words: [String] = []
  private var form = ""
  var files: [String] = []
  var namespace: String?
  private var isEverywhere = false

  init(_ process: Process) {
    self.process = process
    var rest = process.arguments[...]
    func value(_ word: String, _ names: [String]) -> String? {
      if names.contains(word) { return rest.popFirst() ?? "" }
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      return parts.count == 2 && names.contains(parts[0]) ? parts[1] : nil
    }
    while let word = rest.popFirst() {
      if let found = value(word, ["-o", "--output"]) {
        form = found
      } else if let found = value(word, ["-n", "--namespace"]) {
        namespace = found
      } else if let found = value(word, ["-f", "--filename"]) {
        files.append(found)
      } else if word.hasPrefix("-o"), word.count > 2 {
        form = String(word.dropFirst(2))
      } else if ["-A", "-a", "--all-namespaces"].contains(word) {
        isEverywhere = true
      } else if value(word, ["-c", "--config"]) == nil, word != "--allow-version-mismatch" {
        words.append(word)
      }
    }
  }

  func run() async throws {
    switch words.first {
    case "get": try await get()
    case "apply", "create", "replace", "delete": try await change(words[0])
    case "version": try await version()
    case "node" where words.dropFirst().first == "status":
      try await process.write(
        "Calico process is running.\n\n"
          + "None of the BGP backend processes (BIRD or GoBGP) are running.\n")
    case nil, "help", "--help", "-h":
      try await process.write(
        "Usage:\n  calicoctl [options] <command> [<args>...]\n\n"
          + "    create apply replace delete get node version\n")
    default:
      throw Refusal("drydock: not simulated: calicoctl \(words.joined(separator: " "))")
    }
  }

  private func version() async throws {
    var text = "Client Version:    \(Self.version)\nGit commit:        6f0ee5c3e\n"
    let path = "/apis/crd.projectcalico.org/v1/clusterinformations/default"
    if let found = try await read(path) {
      text += "Cluster Version:   \(found[path: "spec", "calicoVersion"]?.string ?? Self.version)\n"
      text += "Cluster Type:      \(found[path: "spec", "clusterType"]?.string ?? "k8s,bgp")\n"
    }
    try await process.write(text)
  }

  // MARK: reading

  /// What the API has at a path; nil when nothing is there.
  func read(_ path: String) async throws -> Value? {
    guard let access else { return nil }
    let (code, value) = try await access.send("GET", path, query: [], body: nil, contentType: "")
    if code == 404 { return nil }
    guard code < 300 else { throw Refusal("Failed to get resources: \(value.text("message"))") }
    return value
  }

  private func items(_ path: String) async throws -> [Value] {
    try await read(path)?.items("items") ?? []
  }

  private func own(_ kind: String, _ object: Value, name: String, spec: Value) -> Value {
    var metadata: Value = ["name": .string(name)]
    for field in ["namespace", "labels", "creationTimestamp", "resourceVersion", "uid"] {
      if let value = object[path: "metadata", field] { metadata[field] = value }
    }
    return [
      "apiVersion": "projectcalico.org/v3", "kind": .string(kind), "metadata": metadata,
      "spec": spec,
    ]
  }

  private func objects(_ kind: Kind) async throws -> [Value] {
    let space = isEverywhere ? nil : namespace ?? "default"
    let part = kind.isNamespaced ? space.map { "namespaces/\($0)/" } ?? "" : ""
    switch kind.name {
    case "Node": return try await items("/api/v1/nodes").map(node)
    case "WorkloadEndpoint":
      return try await items("/api/v1/\(part)pods").compactMap(endpoint)
    case "Profile":
      let spaces = try await items("/api/v1/namespaces").map {
        own("Profile", $0, name: "kns.\($0.name)", spec: ["egress": [["action": "Allow"]]])
      }
      let accounts = try await items("/api/v1/serviceaccounts").map {
        own("Profile", $0, name: "ksa.\($0.namespace).\($0.name)", spec: [:])
      }
      let first = own("Profile", [:], name: "projectcalico-default-allow", spec: [:])
      return [first] + spaces + accounts
    default: break
    }
    var found = try await items("/apis/crd.projectcalico.org/v1/\(part)\(kind.plural)").map {
      var object = own(
        kind.name, $0, name: Self.plainName($0, kind), spec: $0["spec"] ?? [:])
      if kind.name.hasSuffix("NetworkPolicy"), object[path: "spec", "tier"] == nil {
        object.set(["spec", "tier"], "default")
      }
      return object
    }
    if kind.name == "NetworkPolicy" {
      found += try await items("/apis/networking.k8s.io/v1/\(part)networkpolicies").map {
        own(kind.name, $0, name: "knp.default.\($0.name)", spec: Self.spec(ofKubernetes: $0))
      }
    }
    return found
  }

  /// Policies are kept under the names of their tiers.
  private static func plainName(_ object: Value, _ kind: Kind) -> String {
    guard kind.name.hasSuffix("NetworkPolicy") else { return object.name }
    return object.name.hasPrefix("default.") ? String(object.name.dropFirst(8)) : object.name
  }

  private static func spec(ofKubernetes policy: Value) -> Value {
    let labels = policy[path: "spec", "podSelector", "matchLabels"]?.strings ?? [:]
    let selector = labels.sorted { $0.key < $1.key }.map { " && \($0.key) == '\($0.value)'" }
    return [
      "order": 1000, "tier": "default",
      "selector": .string("projectcalico.org/orchestrator == 'k8s'" + selector.joined()),
      "types": policy[path: "spec", "policyTypes"] ?? [],
    ]
  }

  private func node(_ node: Value) -> Value {
    let address =
      (node[path: "status", "addresses"]?.array ?? []).first {
        $0.text("type") == "InternalIP"
      }?.text("address") ?? ""
    var object = own(
      "Node", node, name: node.name,
      spec: [
        "addresses": [["address": .string(address), "type": "InternalIP"]],
        "bgp": ["ipv4Address": .string(address + "/24")],
        "orchRefs": [["nodeName": .string(node.name), "orchestrator": "k8s"]],
      ])
    object["asn"] = "(64512)"
    return object
  }

  private func endpoint(_ pod: Value) -> Value? {
    let isOver = ["Succeeded", "Failed"].contains(pod[path: "status", "phase"]?.string ?? "")
    guard !isOver, pod[path: "spec", "hostNetwork"]?.bool != true,
      let address = pod[path: "status", "podIP"]?.string,
      let node = pod[path: "spec", "nodeName"]?.string
    else { return nil }
    func escaped(_ text: String) -> String { text.replacing("-", with: "--") }
    let account = pod[path: "spec", "serviceAccountName"]?.string ?? "default"
    let profiles = ["kns.\(pod.namespace)", "ksa.\(pod.namespace).\(account)"]
    var object = own(
      "WorkloadEndpoint", pod, name: "\(escaped(node))-k8s-\(escaped(pod.name))-eth0",
      spec: [
        "endpoint": "eth0", "interfaceName": .string(ClusterNetwork.calicoWire(pod)),
        "ipNetworks": [.string(address + "/32")], "node": .string(node), "orchestrator": "k8s",
        "pod": .string(pod.name), "profiles": .array(profiles.map { .string($0) }),
        "serviceAccountName": .string(account),
      ])
    object["networks"] = .string(address + "/32")
    object["profiles"] = .string(profiles.joined(separator: ","))
    return object
  }

  private func get() async throws {
    guard let text = words.dropFirst().first else {
      throw Refusal(
        "Invalid option: 'calicoctl get'. Use flag '--help' to read about a specific subcommand.")
    }
    guard let kind = Self.kind(text) else {
      throw Refusal("Failed to execute command: resource type '\(text)' is not supported")
    }
    var found = try await objects(kind)
    let names = Array(words.dropFirst(2))
    for name in names where !found.contains(where: { $0.name == name }) {
      throw Refusal(
        "Failed to get resources: resource does not exist: \(kind.name)(\(name)) with error: "
          + "\(kind.plural).crd.projectcalico.org \"\(name)\" not found")
    }
    if !names.isEmpty { found = found.filter { names.contains($0.name) } }
    switch form {
    case "yaml", "json": try await write(found.map(Self.bare), kind, isOne: names.count == 1)
    case "", "ps": try await list(found, kind, kind.columns.isEmpty ? Self.name : kind.columns)
    case "wide":
      let wide = kind.wide.isEmpty ? kind.columns : kind.wide
      let isWhole = wide.first?.title == "NAME"
      try await list(found, kind, (isWhole ? [] : Self.name) + wide)
    default: throw Refusal("drydock: not simulated: calicoctl get -o \(form)")
    }
  }

  /// Without what only columns show.
  private static func bare(_ object: Value) -> Value {
    var object = object
    for name in ["asn", "networks", "profiles"] { object[name] = nil }
    return object
  }

  private func write(_ objects: [Value], _ kind: Kind, isOne: Bool) async throws {
    let value: Value =
      isOne
      ? objects.first ?? [:]
      : [
        "apiVersion": "projectcalico.org/v3", "items": .array(objects),
        "kind": .string(kind.name + "List"), "metadata": [:],
      ]
    try await process.write(
      form == "json" ? JSON.text(value, .init(indent: "  ")) + "\n" : YAML.text(value))
  }

  /// Every column with three blanks after it, and an empty line at the end.
  private func list(
    _ objects: [Value], _ kind: Kind, _ columns: [(title: String, path: [String])]
  ) async throws {
    var columns = columns
    if isEverywhere, kind.isNamespaced {
      columns.insert(("NAMESPACE", ["metadata", "namespace"]), at: 0)
    }
    func cell(_ object: Value, _ path: [String]) -> String {
      var value: Value? = object
      for name in path { value = value?[name] }
      if path == ["nets"] || path == ["ips"] {
        let key = path == ["nets"] ? "nets" : "expectedIPs"
        return object["spec"]?.texts(key).joined(separator: ",") ?? ""
      }
      switch value {
      case .string(let text): return text
      case .int(let number): return "\(number)"
      case .bool(let truth): return truth ? "true" : "false"
      default: return ["disabled", "disableBGPExport"].contains(path.last) ? "false" : ""
      }
    }
    let rows =
      [columns.map(\.title)] + objects.map { object in columns.map { cell(object, $0.path) } }
    let widths = columns.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    let text = rows.map { row in
      zip(row, widths).map { $0 + String(repeating: " ", count: max(5, $1 + 3) - $0.count) }
        .joined() + "\n"
    }
    try await process.write(text.joined() + "\n")
  }
}
