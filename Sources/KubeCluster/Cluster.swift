import Documents
package import KubeAPIServer
import KubeControllerManager
package import KubeNetwork
package import KubeNode
import KubeObjects
package import KubeScheduler
import Kubectl
package import Linux
import PKI
package import Simulation

/// A running simulated cluster with a workstation beside it, and perhaps with other clusters that
/// share the workstation and the time.
///
/// Single-threaded and synchronous: nothing happens but inside `advance`, `settle` and the shell's
/// calls, all from one thread at a time. Equal blueprint, seed, start and calls give equal bytes.
package final class Cluster {
  package let blueprint: Blueprint
  package let seed: UInt64
  package let timeline: Timeline
  package let server: APIServer
  package let keys: ClusterKeys
  /// kubeadm's admin.conf: the user kubernetes-admin of kubeadm:cluster-admins.
  let administrator: (certificate: CertificateFacts, key: KeyPair)?
  /// The machine that the learner sits at.
  package let workstation: Machine
  /// The learner's shell on it.
  package let shell: ShellSession
  /// The nodes' machines with what runs on them, by name.
  private(set) var hosts: [String: NodeHost] = [:]
  /// etcd, API server, scheduler and controller manager, where they run as containers.
  private(set) var controlPlane: ControlPlane?
  /// Whether there is an API server that accepts connections.
  package var acceptsConnections: Bool { controlPlane?.acceptsConnections ?? true }
  /// What the cluster's own programs are released as.
  package internal(set) var version = "v1.36.2"
  var apiListener: (any Listener)?
  /// The kubelets, where the blueprint has them.
  package private(set) var fleet: NodeFleet?
  /// The machines under the kubelets, by node.
  package private(set) var nodes: [String: Machine] = [:]
  package private(set) var scheduler: Scheduler?
  package private(set) var customSchedulers: CustomSchedulers?
  let transport: InProcessTransport
  private var controllers: ControllerManager?
  private var wires: PodWires?
  private var webhooks: WebhookWires?
  /// --cluster-cidr of the running controller manager; nil: the blueprint's.
  var podRange: String?
  private var proxies: ProxyWires?
  private var plugInInstaller: PlugInInstaller?
  private var tigeraOperator: TigeraOperator?
  private var ciliumOperator: CiliumOperator?
  let judge = CertificateJudge()
  /// Images that were pushed from the workstation.
  let registry: ImageRegistry
  /// The clusters that stand beside this one, which owns the workstation; empty for those.
  package private(set) var beside: [Cluster] = []
  /// Whether the workstation and the time are its own, and not those of the one it stands beside.
  private let isFirst: Bool
  var apiSocket: APIServerSocket?
  /// What decides about connections, where there are nodes.
  package private(set) var network: ClusterNetwork?
  private var standIns: StandInKubelets?
  private var aggregation: APIServiceAvailability?
  /// What is on volumes that outlive their Pods.
  let storage: VolumeStorage
  private var serviceLoadBalancer: ServiceLoadBalancer?

  /// When clusters start whose start does not matter: 2026-06-01T09:00:00Z.
  package static let standardStart = Moment(seconds: 1_780_304_400)
  /// What an API server without nodes says that its address is.
  private static let advertised = "172.30.1.2"
  /// How long a cluster with kubelets has been up when the learner comes.
  private static let age = Span.minutes(5)

  /// Boots: returns at `start` with the control plane up and the add-ons running for some minutes,
  /// and with it all that stands beside it.
  package convenience init(
    _ blueprint: Blueprint, seed: UInt64, start: Moment = Cluster.standardStart
  ) {
    let isAged = blueprint.all.contains { $0.kubelets == .simulated }
    self.init(
      blueprint, seed: seed, timeline: Timeline(now: isAged ? start + -Self.age : start),
      beside: nil)
    for plan in blueprint.beside {
      var chance = SeededRandom(seed: seed, for: "cluster/\(plan.label)")
      beside.append(Cluster(plan, seed: chance.next(), timeline: timeline, beside: self))
    }
    for cluster in all {
      cluster.transport.beside = all.filter { $0 !== cluster }.map(\.transport)
    }
    if !beside.isEmpty { workstation.network = MeetingNetwork(all) }
    Workstation.configure(workstation, for: all)
    timeline.settle()
    if isAged { timeline.advance(to: start) }
  }

  /// Another shell on the workstation with nothing of the learner's in it: no functions, aliases or
  /// variables. Whoever asks ends it.
  package func freshShell() -> ShellSession {
    ShellSession(machine: workstation, readsProfile: false)
  }

  private init(_ blueprint: Blueprint, seed: UInt64, timeline: Timeline, beside first: Cluster?) {
    self.blueprint = blueprint
    self.seed = seed
    self.timeline = timeline
    isFirst = first == nil
    server = APIServer(timeline: timeline, seed: seed)
    let distribution = blueprint.distribution
    version = distribution.version
    server.configuration.version = version
    server.serviceRange = distribution.serviceRange
    keys = ClusterKeys(seed: seed, server: server)
    server.authenticator = keys
    server.requestedOrganizations = { [weak keys] in keys?.subject(of: $0)?.organizations ?? [] }
    let address = Self.address(of: blueprint)
    let (user, groups) = distribution.administrator
    administrator = keys.clientCertificate(user: user, groups: groups)
    transport = InProcessTransport(
      server: server, keys: keys, address: address, name: Self.controlPlaneName(of: blueprint))
    storage = VolumeStorage(timeline: timeline)
    registry = first?.registry ?? ImageRegistry()
    if let first {
      workstation = first.workstation
      shell = first.shell
    } else {
      workstation = Workstation.machine(timeline: timeline, seed: seed, transport: transport)
      let engine = ContainerEngine(host: workstation, seed: seed, registry: registry)
      Tools.equip(
        workstation,
        with: [
          EngineProgram("docker", engine: engine), EngineProgram("podman", engine: engine),
          Cosign(registry: registry),
        ])
      shell = ShellSession(machine: workstation)
    }
    boot()
  }

  deinit { if isFirst { shutDown() } }

  /// Ends every process and forgets what is due, so that nothing keeps the cluster in memory.
  private func shutDown() {
    for cluster in beside { cluster.shutDown() }
    for name in hosts.keys.sorted() { hosts[name]?.close() }
    controlPlane?.close()
    if isFirst {
      shell.end()
      workstation.killAll()
    }
    for name in nodes.keys.sorted() { nodes[name]?.killAll() }
    fleet?.shutDown()
    if isFirst { timeline.end() }
  }

  private func boot() {
    bootstrapServer()
    if blueprint.hasControllers {
      startControllers()
      startScheduler()
      let customSchedulers = CustomSchedulers(server: server, seed: seed)
      customSchedulers.start()
      self.customSchedulers = customSchedulers
    }
    switch blueprint.kubelets {
    case .none: break
    case .simulated: startNodes()
    case .standIn: startStandIns()
    }
    let statuses = ComponentStatuses { [weak self, kubelets = blueprint.kubelets] part in
      // Beside stand-ins nobody answers where scheduler and controller manager would.
      self?.controlPlane?.isServing(part) ?? (part == .etcd || kubelets == .simulated)
    }
    server.make(.init("", "v1", "componentstatuses"), from: statuses)
    if let fleet { aggregate(fleet) }
    if blueprint.hasAddOns, let first = blueprint.nodes.first { install(on: first) }
  }

  /// What other servers add to the API.
  private func aggregate(_ fleet: NodeFleet) {
    let client = ComponentClient(
      server: server, user: UserInfo(name: "system:kube-aggregator", groups: ["system:masters"]),
      manager: "kube-apiserver")
    let metrics = MetricsServer(client: client, fleet: fleet, seed: seed)
    let aggregation = APIServiceAvailability(
      client: client, servers: ["v1beta1.metrics.k8s.io": metrics])
    aggregation.start()
    self.aggregation = aggregation
  }

  /// Puts in place what an API server makes when it finds nothing.
  func bootstrapServer() {
    server.bootstrap(
      authority: keys.authority.facts.pem,
      address: blueprint.nodes.first?.address ?? Self.advertised)
  }

  func startControllers() {
    var configuration = ControllerManager.Configuration()
    if !blueprint.nodes.isEmpty { configuration.clusterCIDR = podRange ?? blueprint.podCIDR }
    configuration.rootCA = keys.authority.facts.pem
    configuration.signer = keys
    configuration.messageAuthentication = Digest.hmacSHA256
    configuration.sha256 = { Digest.sha256(Array($0.utf8)) }
    configuration.volumeData = self
    let controllers = ControllerManager(server: server, seed: seed, configuration: configuration)
    controllers.start()
    self.controllers = controllers
  }

  func stopControllers() { controllers = nil }

  func startScheduler() {
    // The recordings' scheduler ran on a machine called vm.
    let host = blueprint.kubelets == .standIn ? "vm" : controlPlaneName
    let scheduler = Scheduler(server: server, seed: seed, host: host)
    scheduler.start()
    self.scheduler = scheduler
  }

  func stopScheduler() { scheduler = nil }

  private func install(on node: Blueprint.NodePlan) {
    let client = ComponentClient(
      server: server,
      user: UserInfo(name: "kubernetes-super-admin", groups: ["system:masters"]),
      manager: "kubeadm")
    for object in blueprint.distribution.addOns(self, node) { create(object, client) }
    // MicroK8s lets everybody do everything until its add-on rbac is enabled.
    if blueprint.distribution == .microk8s { server.authorizesByRole = false }
    hosts[node.name]?.startStaticPods()
    controlPlane?.takeLeases()
  }

  private func create(_ object: Value, _ client: ComponentClient) {
    do throws(StatusError) {
      guard let resource = server.resource(of: object) else { throw .badRequest("no such kind") }
      _ = try client.create(resource, object, namespace: object.namespace)
    } catch {
      preconditionFailure("an add-on of our own is refused: \(object.kind) \(error.message)")
    }
  }

  private func startStandIns() {
    let kubelets = StandInKubelets(
      client: ComponentClient(
        server: server, user: UserInfo(name: "system:nodes", groups: ["system:masters"]),
        manager: "kubelet"))
    standIns = kubelets
    server.nodes = kubelets
    for plan in blueprint.nodes { kubelets.add(plan) }
  }

  private func startNodes() {
    let client = ComponentClient(
      server: server, user: UserInfo(name: "system:nodes", groups: ["system:masters"]),
      manager: "kubelet")
    let fleet = NodeFleet(client: client)
    let network = ClusterNetwork(client: client, seed: seed)
    network.trust = judge
    network.sha256 = NodeNetworkTools.sha256
    network.standing = { [unowned self] in standingConnections(of: $0) }
    network.machineOf = { [unowned self] in machine(in: $0) }
    network.makeFakeCertificate = { [unowned self] in fakeCertificate() }
    let wires = PodWires(client: client, network: network)
    wires.fleet = fleet
    network.awaken = { [unowned wires] in wires.awaken($0) }
    obeyFilters(of: network, fleet)
    self.network = network
    if let first = blueprint.nodes.first {
      let webhooks = WebhookWires(network: network, pods: wires, node: first.name)
      self.webhooks = webhooks
      server.webhooks = webhooks
    }
    network.startControllers()
    if blueprint.isInCloud { network.joinCloud(addresses: [blueprint.cloudAddresses]) }
    if isFirst { workstation.network = network.workstation }
    self.fleet = fleet
    self.wires = wires
    server.nodes = fleet
    let objects = NodeObjects(
      client: client,
      token: { [keys] pod, audience, seconds in
        keys.podToken(pod, audience: audience, seconds: seconds)
      })
    let isKubeadm = blueprint.distribution == .kubeadm
    wires.needsPlugIn = blueprint.hasAddOns && isKubeadm
    wires.originalPlugIn = blueprint.plugIn
    network.hasPolicyController = blueprint.distribution == .k3s
    if blueprint.distribution == .k3s {
      let balancer = ServiceLoadBalancer(server: server)
      balancer.start()
      serviceLoadBalancer = balancer
    }
    if blueprint.hasAddOns, isKubeadm, let first = blueprint.nodes.first {
      controlPlane = ControlPlane(self, node: first)
    }
    for plan in blueprint.nodes { start(plan, fleet, wires, objects, storage) }
    if let machine = blueprint.nodes.first.flatMap({ nodes[$0.name] }) {
      let proxies = ProxyWires(self, from: machine)
      self.proxies = proxies
      server.proxies = proxies
    }
    if blueprint.hasAddOns, isKubeadm {
      plugInInstaller = PlugInInstaller(
        network: network, fleet: fleet, original: blueprint.plugIn
      ) { [unowned self] in nodes }
      tigeraOperator = TigeraOperator(server: server, network: network)
      ciliumOperator = CiliumOperator(server: server, network: network)
    }
    if isFirst {
      for tool in SecureShell.tools(of: self) { workstation.install(tool) }
    }
  }

  private func start(
    _ plan: Blueprint.NodePlan, _ fleet: NodeFleet, _ wires: PodWires, _ objects: NodeObjects,
    _ storage: VolumeStorage
  ) {
    let machine = Machine(
      hostName: plan.name, timeline: timeline, seed: seed, processors: plan.cpus,
      memoryKiB: plan.memoryKiB)
    machine.setDisk(Kubelet.storageKiB)
    Tools.equip(machine)
    nodes[plan.name] = machine
    wires.machines[plan.name] = machine
    if let network { join(machine, plan, network) }
    let client = ComponentClient(
      server: server,
      user: UserInfo(name: "system:node:\(plan.name)", groups: ["system:nodes", "system:masters"]),
      manager: "kubelet")
    let runtime = MachineRuntime(timeline: timeline, seed: seed, node: machine, storage: storage)
    runtime.registry = registry
    if let network { plug(runtime, into: network, plan) }
    let kubelet = Kubelet(
      nodeName: plan.name, address: plan.address, client: client, runtime: runtime,
      network: wires, objects: objects,
      recorder: EventRecorder(client, source: .component("kubelet", host: plan.name)), seed: seed)
    kubelet.version = version
    var machinery = Kubelet.Machinery(cpus: plan.cpus, memoryKiB: plan.memoryKiB)
    machinery.labels = blueprint.distribution.labels(isControlPlane: plan.isControlPlane)
    kubelet.clusterDNS = server.serviceRange.host(10).description
    if plan.isControlPlane {
      if blueprint.nodes.count > 1, blueprint.distribution == .kubeadm {
        machinery.taints = [
          .init(key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule")
        ]
      }
    }
    if plan.isJoined {
      kubelet.register(machinery)
    } else {
      kubelet.await(machinery)
    }
    if blueprint.hasAddOns, plan.isJoined, let node = try? client.get(.nodes, plan.name) {
      _ = try? client.create(
        .init("storage.k8s.io", "v1", "csinodes"), CSINodeObject.of(node))
    }
    if plan.isControlPlane { markControlPlane(plan.name) }
    fleet.add(kubelet)
    let host = NodeHost(plan, machine, kubelet, runtime, self)
    hosts[plan.name] = host
    // As where the snap runs in a virtual machine of the workstation's.
    if blueprint.distribution == .microk8s, isFirst { workstation.install(MicroK8sProgram(host)) }
    if plan.isControlPlane {
      transport.isOwn = { [weak machine] in $0 === machine }
      transport.filtered = { [weak self] in
        self?.network?.filtered(from: $0, to: $1, port: $2)
      }
      transport.isUp = { [weak machine] in machine?.isOff != true }
      transport.listening = { [weak controlPlane, weak self] in
        guard let self else { return nil }
        guard let controlPlane else {
          return apiListener == nil ? nil : blueprint.distribution.apiPort
        }
        return controlPlane.acceptsConnections ? controlPlane.securePort : nil
      }
      transport.presented = { [weak controlPlane] in
        controlPlane?.presented(by: .apiServer, to: $0)
      }
    }
  }

  /// Gives the node its role, which a kubelet may not claim for itself (kubeadm's
  /// mark-control-plane).
  private func markControlPlane(_ name: String) {
    let client = ComponentClient(
      server: server,
      user: UserInfo(name: "kubernetes-super-admin", groups: ["system:masters"]),
      manager: "kubeadm")
    guard let value = blueprint.distribution.roleLabel else { return }
    _ = try? client.patch(
      .nodes, name, .merge,
      ["metadata": ["labels": ["node-role.kubernetes.io/control-plane": .string(value)]]])
  }
}
