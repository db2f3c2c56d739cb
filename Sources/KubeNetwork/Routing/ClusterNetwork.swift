package import Documents
package import KubeAPIServer
import KubeObjects
package import Linux
package import Simulation

/// The network of a cluster: decides for every connection whether and where it arrives, by the
/// Services, endpoints, policies and Pods that the API has.
package final class ClusterNetwork {
  package let timeline: Timeline
  package let seed: UInt64
  package let pods: Informer
  package let services: Informer
  let slices: Informer
  package let nodes: Informer
  package let namespaces: Informer
  private let policies: Informer
  private let daemonSets: Informer
  let podsByAddress: InformerIndex
  /// Pods that a node's own ports lead to.
  let podsByHostPort: InformerIndex
  let servicesByEntry: InformerIndex
  let slicesByService: InformerIndex
  private let plugins: InformerIndex
  /// What the nodes' kube-proxies have written.
  private(set) lazy var rules = NodeRules(self)
  private let nodesByAddress: InformerIndex
  private let nodesByRange: InformerIndex
  private var definitions: Informer?
  private var followed: Set<String> = []
  /// Policies of kinds that others defined, by their group.
  private var customPolicies: [(group: String, objects: Informer)] = []
  /// Cilium's, once its kinds are there.
  private(set) var agents: CiliumAgents?
  private var compiled: PolicyEngine?
  private(set) var hosts: [String: NetworkNamespace] = [:]
  private var sandboxes: [String: NetworkNamespace] = [:]
  /// What there is beyond the cluster.
  package let internet = Outside()
  package var trust: (any CertificateTrust)?
  /// Nodes whose machines are switched off.
  package var absent: Set<String> = []
  /// What was added to nodes' packet filters, by node.
  var filters: [String: NodeFilter] = [:] {
    didSet { filtersChanged() }
  }
  package var filtersChanged: () -> Void = {}
  /// Starts the servers of a Pod that nobody has looked into yet; false when there is none.
  package var awaken: (NetworkNamespace) -> Bool = { _ in false }
  /// Who looks at packets that go by.
  var taps: [PacketTap] = []
  /// When the last packet that somebody saw went by.
  var lastSeen = Moment(seconds: 0)
  /// What the nodes' kernels remember of connections.
  var flows = FlowTable()
  /// Connections of the cluster's own parts, which are not made of packets here.
  package var standing: (NetworkNamespace) -> [ConnectedSocket] = { _ in [] }
  /// Where nodes send what is for nobody of the cluster.
  package let router = "192.168.56.1"
  var chance: SeededRandom
  /// Whom a client was sent to by a Service with session affinity, and until when it holds.
  var affinities: [String: (endpoint: String, until: Moment)] = [:]

  let client: ComponentClient
  /// Ingresses and what belongs to them, once somebody serves them.
  lazy var web = WebObjects(client)
  /// Which controller writes addresses, by its lease.
  var ingressLeaders: [String: IngressLeader] = [:]
  /// What decides about Gateways, once it was started.
  private(set) var gateways: GatewayController?
  private(set) var balancer: BalancerController?
  /// Proxies that run, by the addresses of their Pods.
  var sites: [String: ProxyEntry] = [:]
  /// The machine of a Pod's first running container, of a node or of the workstation.
  package var machineOf: (NetworkNamespace) -> Machine? = { _ in nil }
  /// What a proxy presents where no certificate of its own fits, as PEM.
  package lazy var fakeCertificate = makeFakeCertificate()
  /// The hash by which kube-proxy names its chains.
  package var sha256: ([UInt8]) -> [UInt8] = { _ in [] }
  package var makeFakeCertificate: () -> String = { "" }

  package init(client: ComponentClient, seed: UInt64) {
    self.client = client
    timeline = client.server.timeline
    self.seed = seed
    chance = SeededRandom(seed: seed, for: "kube-proxy")
    pods = client.informer(.pods)
    services = client.informer(.services)
    slices = client.informer(.endpointSlices)
    nodes = client.informer(.nodes)
    namespaces = client.informer(.namespaces)
    policies = client.informer(.networkPolicies)
    daemonSets = client.informer(.daemonSets)
    podsByAddress = InformerIndex(pods) { pod in
      let isOver = ["Succeeded", "Failed"].contains(pod[path: "status", "phase"]?.string ?? "")
      guard !isOver, pod[path: "spec", "hostNetwork"]?.bool != true else { return [] }
      return (pod[path: "status", "podIPs"]?.array ?? []).compactMap { $0["ip"]?.string }
    }
    podsByHostPort = InformerIndex(pods, by: HostPort.keys)
    servicesByEntry = InformerIndex(services, by: ServiceEntry.keys)
    slicesByService = InformerIndex(slices) { slice in
      slice.label("kubernetes.io/service-name").map { ["\(slice.namespace)/\($0)"] } ?? []
    }
    plugins = InformerIndex(daemonSets) { [$0.name] }
    nodesByAddress = InformerIndex(nodes) { node in
      (node[path: "status", "addresses"]?.array ?? []).compactMap {
        $0["type"]?.string == "InternalIP" ? $0["address"]?.string : nil
      }
    }
    nodesByRange = InformerIndex(nodes, by: Self.rangeStarts)
    // Before the first Pod comes.
    _ = rules
    policies.onChange { [weak self] _, _ in self?.compiled = nil }
    daemonSets.onChange { [weak self] _, _ in self?.compiled = nil }
  }

  /// Starts the controllers that have no Pods of their own.
  package func startControllers() {
    let controller = GatewayController(
      network: self,
      client: ComponentClient(
        server: client.server,
        user: UserInfo(name: "system:gateway-controller", groups: ["system:masters"]),
        manager: "gateway-controller"))
    gateways = controller
    controller.start()
    followCustomPolicies()
    let balancer = BalancerController(
      network: self,
      client: ComponentClient(
        server: client.server,
        user: UserInfo(name: "system:load-balancer", groups: ["system:masters"]),
        manager: "controller"))
    self.balancer = balancer
    balancer.start()
  }

  /// The kinds of policies that others define, with their group and version.
  private static let policyKinds = [
    ("cilium.io", "v2", ["ciliumnetworkpolicies", "ciliumclusterwidenetworkpolicies"]),
    (
      "policy.networking.k8s.io", "v1alpha1",
      ["adminnetworkpolicies", "baselineadminnetworkpolicies"]
    ), ("policy.networking.k8s.io", "v1alpha2", ["clusternetworkpolicies"]),
    ("crd.projectcalico.org", "v1", ["networkpolicies", "globalnetworkpolicies", "tiers"]),
    ("projectcalico.org", "v3", ["networkpolicies", "globalnetworkpolicies", "tiers"]),
  ]

  /// Looks at those policies once their kinds are there.
  private func followCustomPolicies() {
    let definitions = client.informer(.customResourceDefinitions)
    self.definitions = definitions
    definitions.onChange { [weak self] _, definition in
      guard let self, let definition, definition.isConditionTrue("Established") else { return }
      let name = definition.name
      if name == "ciliumnetworkpolicies.cilium.io", agents == nil {
        agents = CiliumAgents(self) { [weak self] in self?.compiled = nil }
      }
      if name == CalicoObjects.definition { fillCalicoKinds() }
      for (group, version, plurals) in Self.policyKinds {
        for plural in plurals where name == "\(plural).\(group)" {
          guard followed.insert(name).inserted else { continue }
          let informer = client.informer(.init(group, version, plural))
          customPolicies.append((group, informer))
          informer.onChange { [weak self] _, new in
            self?.compiled = nil
            if group == "cilium.io", let new { self?.acknowledge(new, plural) }
          }
        }
      }
    }
  }

  private func fillCalicoKinds() {
    timeline.after(.seconds(2)) { [weak self] in
      guard let self, let agents = plugins["calico-node"].first else { return }
      CalicoObjects(client, agents: agents, seed: seed).create()
    }
  }

  private func acknowledge(_ policy: Value, _ plural: String) {
    timeline.after(.milliseconds(20)) { [weak self] in
      guard let self, plugIn == .cilium else { return }
      agents?.acknowledge(policy, plural)
    }
  }

  /// Lets a cloud give addresses to Services of type LoadBalancer.
  package func joinCloud(addresses: [String]) {
    balancer?.cloud = AddressPool(name: "cloud", addresses: addresses)
  }

  // MARK: namespaces

  /// The network of a Pod's sandbox.
  package func sandbox(
    uid: String, namespace: String, name: String, address: String, node: String
  ) -> NetworkNamespace {
    if let known = sandboxes[uid], known.address == address { return known }
    let made = NetworkNamespace(
      .pod(namespace: namespace, name: name), address: address, node: node, network: self)
    sandboxes[uid] = made
    return made
  }

  package func sandbox(of pod: Value) -> NetworkNamespace? {
    let node = pod[path: "spec", "nodeName"]?.string ?? ""
    if pod[path: "spec", "hostNetwork"]?.bool == true { return hosts[node] }
    guard let address = pod[path: "status", "podIP"]?.string else { return nil }
    // The kubelet knows a static Pod by its hash, not by its mirror's uid.
    return sandbox(
      uid: pod.annotation("kubernetes.io/config.mirror") ?? pod.uid, namespace: pod.namespace,
      name: pod.name, address: address, node: node)
  }

  /// The Pod's network is taken down.
  package func remove(uid: String) { sandboxes.removeValue(forKey: uid)?.close() }

  package func host(node: String, address: String) -> NetworkNamespace {
    if let known = hosts[node] { return known }
    let made = NetworkNamespace(.node(node), address: address, node: node, network: self)
    hosts[node] = made
    return made
  }

  package func node(_ name: String) -> NetworkNamespace? { hosts[name] }

  package private(set) lazy var workstation = NetworkNamespace(
    .workstation, address: "192.168.56.5", node: nil, network: self)

  /// The node that has an address.
  func host(at address: String) -> NetworkNamespace? {
    if let node = nodesByAddress[address].first { return hosts[node.name] }
    guard let node = nodesByRange[address].first, podsByAddress.isEmpty(address),
      ownAddresses(ofNode: node.name).contains(address)
    else { return nil }
    return hosts[node.name]
  }

  /// The namespace that answers at an address of the cluster.
  package func namespace(at address: String) -> NetworkNamespace? {
    if let pod = podsByAddress[address].first { return sandbox(of: pod) }
    return host(at: address) ?? (address == workstation.address ? workstation : nil)
  }

  func pod(of place: NetworkNamespace) -> Value? {
    guard case .pod(let namespace, let name) = place.kind else { return nil }
    return pods[namespace, name]
  }

  // MARK: policies

  package var policyEngine: PolicyEngine {
    if let compiled { return compiled }
    let known = [policies] + customPolicies.filter { obeys($0.group) }.map(\.objects)
    let settings = plugIn == .cilium ? [agents?.settings()].compactMap { $0 } : []
    let engine = PolicyEngine(known.flatMap { $0.objects.values } + settings)
    compiled = engine
    return engine
  }

  /// Which plug-in obeys which kinds besides NetworkPolicies.
  private func obeys(_ group: String) -> Bool { (group == "cilium.io") == (plugIn == .cilium) }

  /// Whose agents run on the nodes, by their DaemonSets.
  var plugIn: PodNetworkKind {
    func has(_ name: String) -> Bool { !plugins.isEmpty(name) }
    if ["calico-node", "canal", "antrea-agent", "kube-router", "weave-net", "kindnet"].contains(
      where: has)
    {
      return .calico
    }
    return has("cilium") ? .cilium : .flannel
  }

  /// Whether kube-proxies are the cluster's own Pods; otherwise something else keeps the rules.
  var hasProxies: Bool { !plugins.isEmpty("kube-proxy") }

  /// Whether something beside the plug-in sees to NetworkPolicies, as k3s' own controller does.
  package var hasPolicyController = false

  /// Whether NetworkPolicies are obeyed: flannel alone does not.
  package var enforcesPolicies: Bool { plugIn != .flannel || hasPolicyController }

  package func party(_ pod: Value) -> PolicyParty {
    PolicyParty(
      pod: PolicyParty.Pod(pod, namespaceLabels: namespaces["", pod.namespace]?.labels),
      address: (pod[path: "status", "podIP"]?.string).flatMap { IPAddress($0) })
  }

  func party(_ place: NetworkNamespace) -> PolicyParty {
    if let pod = pod(of: place) {
      var party = party(pod)
      party.address = IPAddress(place.address)
      party.services = servicesIfNamed(with: place.address)
      return party
    }
    var party = PolicyParty(pod: nil, address: IPAddress(place.address))
    if case .node(let name) = place.kind {
      party.node = nodes["", name]?.labels ?? [:]
      party.isOfCluster = true
    }
    return party
  }

  /// The Services that have an endpoint at an address; none where no policy is about Services.
  func servicesIfNamed(with address: String) -> [Value] {
    guard policyEngine.namesServices else { return [] }
    return slices.objects.values.compactMap { slice in
      let isIn = slice.items("endpoints").contains { $0.texts("addresses").contains(address) }
      return isIn
        ? slice.label("kubernetes.io/service-name").flatMap { services[slice.namespace, $0] } : nil
    }
  }

  // MARK: addresses

  static func internalAddress(_ node: Value) -> String? {
    (node[path: "status", "addresses"]?.array ?? []).first {
      $0["type"]?.string == "InternalIP"
    }?["address"]?.string
  }

  var podPrefixLength: Int { enforcesPolicies ? 32 : 24 }
  var podMTU: Int { 1450 }

  func podGateway(_ address: String) -> String {
    if plugIn == .calico { return "169.254.1.1" }
    return address.split(separator: ".").dropLast().joined(separator: ".") + ".1"
  }

  /// The ranges that Pods get their addresses from.
  func isPodAddress(_ address: IPAddress) -> Bool {
    nodes.objects.values.contains { node in
      (node[path: "spec", "podCIDR"]?.string).flatMap { IPPrefix($0) }?.contains(address) ?? false
    }
  }
}
