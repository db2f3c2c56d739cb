import Documents
import Etcd
import KubeAPIServer
import KubeNode
import KubeObjects
import Linux
import PKI
import Simulation

/// The parts of the control plane as containers of their node: what is down when one of them is.
final class ControlPlane {
  enum Part: String, CaseIterable {
    case etcd
    case apiServer = "kube-apiserver"
    case controllerManager = "kube-controller-manager"
    case scheduler = "kube-scheduler"
  }

  unowned let cluster: Cluster
  let node: String
  let address: String
  /// The port that the API server listens on, and etcd's for clients.
  private(set) var securePort = 6443
  private(set) var clientPort = 2379
  private var processes: [Part: ComponentProcess] = [:]
  /// Parts whose first container has started: until then they have been up since ever.
  private var adopted: Set<Part> = []
  private var serves: Set<Part> = Set(Part.allCases)
  let database: EtcdDatabase
  private let leases: ComponentLeases
  let settings = ServerSettings()
  private var lossTimer: Timeline.Timer?

  init(_ cluster: Cluster, node: Blueprint.NodePlan) {
    self.cluster = cluster
    timeline = cluster.timeline
    self.node = node.name
    address = node.address
    database = EtcdDatabase(cluster)
    leases = ComponentLeases(server: cluster.server, seed: cluster.seed, node: node.name)
  }

  var host: NodeHost? { cluster.hosts[node] }
  let timeline: Timeline

  /// Whether a part does its work.
  /// The components take their leases when a cluster has been made.
  func takeLeases() {
    for part in Part.allCases { leases.changed(part, serves: true) }
  }

  func isServing(_ part: Part) -> Bool { serves.contains(part) }

  /// Whether connections to the API server are accepted.
  var acceptsConnections: Bool { serves.contains(.apiServer) }

  // MARK: containers

  /// The process of a container that is a part of the control plane; nil for any other.
  func process(for plan: ContainerPlan) throws(RuntimeFailure) -> (any ContainerProcess)? {
    guard plan.namespace == "kube-system", plan.podName.hasSuffix("-" + node),
      let part = Part.allCases.first(where: {
        plan.image.repository == "registry.k8s.io/\($0.rawValue)"
      })
    else { return nil }
    let program = plan.command.first ?? ""
    guard program == part.rawValue || program.hasSuffix("/" + part.rawValue) else {
      throw RuntimeFailure(
        "failed to create containerd task: failed to create shim task: OCI runtime create failed: "
          + "runc create failed: unable to start container process: error during container init: "
          + "exec: \"\(program)\": executable file not found in $PATH")
    }
    let isFirst = adopted.insert(part).inserted
    let process = ComponentProcess(part, plan, self, isAdopted: isFirst)
    processes[part] = process
    return process
  }

  /// A part began or ceased to do its work.
  func changed(_ part: Part, serves isServing: Bool, flags: ComponentFlags?) {
    guard serves.contains(part) != isServing else { return }
    if isServing { serves.insert(part) } else { serves.remove(part) }
    defer { leases.changed(part, serves: isServing) }
    switch part {
    case .etcd:
      if isServing {
        clientPort = flags?.etcdPort ?? 2379
        cluster.server.etcd.space.tell(quota: flags?.number("quota-backend-bytes") ?? 0)
        cluster.server.outage = processes[.apiServer].flatMap {
          databaseRefusal($0.flags, $0.plan).map(Self.unavailable)
        }
      } else {
        database.flush()
        cluster.server.outage = Self.unavailable(
          "dial tcp 127.0.0.1:2379: connect: connection refused")
      }
      tellAll()
      if isServing, acceptsConnections { cluster.connectKubelets() }
    case .apiServer:
      if isServing { securePort = flags?.number("secure-port") ?? 6443 }
      cluster.serveAPI(isServing)
      cluster.connectKubelets()
      if isServing { cancelLoss() } else { scheduleLoss() }
      tellAll()
    case .controllerManager:
      if let range = flags?["cluster-cidr"] { cluster.podRange = range }
      if isServing { cluster.startControllers() } else { cluster.stopControllers() }
    case .scheduler:
      if isServing { cluster.startScheduler() } else { cluster.stopScheduler() }
    }
  }

  /// gRPC's words for a database that is not there or not to be talked to.
  static func unavailable(_ why: String) -> StatusError {
    StatusError(
      code: 500, reason: "",
      message: "rpc error: code = Unavailable desc = connection error: desc = \"transport: "
        + (why.hasPrefix("dial") ? "Error while dialing: " : "authentication handshake failed: ")
        + "\(why)\"")
  }

  /// The pair that a part's process serves with.
  func servingPair(of part: Part) -> ServingPair? { processes[part]?.servingPair }

  /// Why etcd and an API server with these flags do not trust one another.
  func databaseRefusal(_ flags: ComponentFlags, _ plan: ContainerPlan) -> String? {
    guard host?.hasFiles == true, let etcd = processes[.etcd], let host else { return nil }
    func certificates(_ flag: String, _ flags: ComponentFlags, _ plan: ContainerPlan)
      -> [CertificateFacts]
    {
      flags[flag].flatMap { host.text(of: $0, in: plan) }.map(CertificateJudge.certificates) ?? []
    }
    let target = URLParts(flags.list("etcd-servers").first ?? "")
    if let why = ServerTrust.refusal(
      of: etcd.servingPair?.chain ?? [], by: certificates("etcd-cafile", flags, plan),
      for: target.host, at: timeline.now)
    {
      return why
    }
    guard etcd.flags["client-cert-auth"] == "true" else { return nil }
    let trusted = certificates("trusted-ca-file", etcd.flags, etcd.plan)
    guard let own = certificates("etcd-certfile", flags, plan).first,
      trusted.contains(where: { own.isSigned(by: $0) }), own.isGood(for: .client)
    else { return "remote error: tls: bad certificate" }
    return own.notAfter < timeline.now.seconds ? "remote error: tls: expired certificate" : nil
  }

  /// The cluster is given up.
  func close() { processes = [:] }

  /// A container's process has ended.
  func ended(_ process: ComponentProcess) {
    guard processes[process.part] === process else { return }
    processes[process.part] = nil
    changed(process.part, serves: false, flags: nil)
  }

  private func tellAll() {
    for part in Part.allCases { processes[part]?.surroundingsChanged() }
  }

  // Leaders renew their lease every 2 s and give up after 10 (renewDeadline).
  private func scheduleLoss() {
    cancelLoss()
    lossTimer = timeline.after(.seconds(10)) { [weak self] in
      guard let self else { return }
      for part in [Part.controllerManager, .scheduler] { processes[part]?.loseLease() }
    }
  }

  private func cancelLoss() {
    if let lossTimer { timeline.cancel(lossTimer) }
    lossTimer = nil
  }

  /// Shows the processes of the parts on their machine, once somebody looks at it.
  func showProcesses() {
    for part in Part.allCases { processes[part]?.show() }
  }

  // MARK: reachability

  /// Why a client on a machine cannot reach an address; nil: it is the API server.
  func refusal(of url: String, from machine: Machine?) -> String? {
    let target = URLParts(url)
    let own = [address, "127.0.0.1", "localhost", node, "kubernetes", "0.0.0.0"]
    let isHere =
      own.contains(target.host)
      || machine.flatMap { Resolver($0).listed(target.host) }.map(own.contains) ?? false
    guard isHere else {
      return target.host.contains(where: \.isLetter)
        ? "dial tcp: lookup \(target.host) on 127.0.0.53:53: no such host"
        : "dial tcp \(target.host):\(target.port): i/o timeout"
    }
    let shown = target.host == "localhost" ? "127.0.0.1" : target.host
    guard acceptsConnections, target.port == securePort else {
      return "dial tcp \(shown):\(target.port): connect: connection refused"
    }
    return nil
  }
}

/// Host and port of a URL.
struct URLParts {
  var host: String
  var port: Int
  var isSecure: Bool

  init(_ url: String) {
    var rest = url[...]
    isSecure = true
    if let mark = rest.firstRange(of: "://") {
      isSecure = rest[..<mark.lowerBound] == "https"
      rest = rest[mark.upperBound...]
    }
    let authority = rest.prefix { $0 != "/" }
    let parts = authority.split(separator: ":", maxSplits: 1)
    host = parts.first.map(String.init) ?? ""
    port = parts.count > 1 ? Int(parts[1]) ?? 0 : isSecure ? 443 : 80
  }
}
