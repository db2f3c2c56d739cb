package import Documents
import KubeAPIServer
import KubeNetwork
import KubeNode
import KubeObjects
package import Linux
import PKI
import Simulation

extension Cluster {
  /// Gives a node's machine its network and the ports that are open on every node.
  func join(_ machine: Machine, _ plan: Blueprint.NodePlan, _ network: ClusterNetwork) {
    let host = network.host(node: plan.name, address: plan.address)
    machine.network = host
    NodeNetworkTools.install(on: machine, network)
    machine.guestNetworks = { [weak network] in
      network?.podNamespaces(onNode: plan.name).map { ($0.name, $0.network) } ?? []
    }
    var ports: [(Int, String, String)] = [(22, "0.0.0.0", "sshd")]
    if plan.isControlPlane {
      if blueprint.distribution == .kubeadm {
        ports += [
          (2379, "0.0.0.0", "etcd"), (2380, plan.address, "etcd"), (2381, "127.0.0.1", "etcd"),
        ]
      }
      ports += [
        (10257, "127.0.0.1", "kube-controller-manager"), (10259, "127.0.0.1", "kube-scheduler"),
      ]
      listenForAPI(blueprint.distribution.apiPort, on: host, machine)
    }
    for (port, address, program) in ports {
      open(port, on: host, machine, at: address, program) { connection in
        machine.timeline.fibers.start {
          // They are open, and answer nothing that is simulated.
          _ = try? await connection.read(upTo: 65536)
          connection.close()
        }
      }
    }
  }

  @discardableResult
  private func open(
    _ port: Int, on host: NetworkNamespace, _ machine: Machine, at address: String,
    _ program: String, _ accept: @escaping (any Connection) -> Void
  ) -> (any Listener)? {
    // The namespace is fresh: no port of it is taken.
    try? host.listen(
      on: machine, address: address, port: port, transport: .tcp, program: program, accept: accept)
  }

  private func listenForAPI(_ port: Int, on host: NetworkNamespace, _ machine: Machine) {
    apiListener = open(port, on: host, machine, at: "::", "kube-apiserver") {
      [weak self] connection in
      guard let self else { return }
      // Made when first asked for: most learners never curl the API server.
      if apiSocket == nil { openAPIServer() }
      apiSocket?.accept(connection)
    }
  }

  /// Opens or closes the API server's port.
  func serveAPI(_ serves: Bool) {
    apiListener?.close()
    apiListener = nil
    guard serves, let first = blueprint.nodes.first, let host = network?.node(first.name),
      let machine = nodes[first.name]
    else { return }
    listenForAPI(controlPlane?.securePort ?? blueprint.distribution.apiPort, on: host, machine)
  }

  /// Connects a node's containers to the network of their Pods.
  func plug(_ runtime: MachineRuntime, into network: ClusterNetwork, _ plan: Blueprint.NodePlan) {
    runtime.programs["coredns"] = CoreDNS(network: network)
    runtime.programs["kube-proxy"] = KubeProxy(network: network)
    let bench = KubeBench()
    runtime.programs[bench.name] = bench
    let ingress = IngressController(network: network)
    runtime.programs[ingress.name] = ingress
    runtime.programs["traefik"] = TraefikController(network: network)
    for program in NodeNetworkTools.programs(network) { runtime.programs[program.name] = program }
    for name in ["cilium", "cilium-dbg"] {
      runtime.programs[name] = CiliumAgentProgram(name, network: network)
    }
    for name in ["gateway-proxy", "envoy"] {
      runtime.programs[name] = GatewayProxy(name, network: network)
    }
    for program in Tools.everywhere + Tools.clients(over: transport) {
      runtime.programs[program.name] = program
    }
    if plan.isControlPlane {
      runtime.programs["etcdctl"] = EtcdControl(self)
      runtime.programs["etcdutl"] = EtcdUtility(self)
      for part in ComponentProgram.parts {
        runtime.programs[part.rawValue] = ComponentProgram(part, self)
      }
      runtime.components = { [weak self] plan throws(RuntimeFailure) in
        try self?.controlPlane?.process(for: plan)
      }
    }
    runtime.networks = { [weak network] container in
      guard let network else { return nil }
      if container.address == plan.address { return network.node(plan.name) }
      return network.sandbox(
        uid: container.podUID, namespace: container.namespace, name: container.podName,
        address: container.address, node: plan.name)
    }
  }

  /// drydock's own words about the network, as programs of the workstation.
  package var networkPrograms: [any Program] {
    guard let network else { return [] }
    return [
      TraceProgram(network: network), PolicyTableProgram(network: network),
      TopologyProgram(network: network),
    ]
  }

  /// Lets nodes' packet filters decide about what kubelets and the API server say to each other.
  func obeyFilters(of network: ClusterNetwork, _ fleet: NodeFleet) {
    network.filtersChanged = { [weak self] in self?.connectKubelets() }
    fleet.blocked = { [weak self] node in
      guard let self, let first = blueprint.nodes.first.flatMap({ self.nodes[$0.name] }),
        let address = hosts[node]?.plan.address
      else { return nil }
      return self.network?.filtered(from: first, to: address, port: 10250)
    }
  }

  /// The machine that stands in a place of the network.
  func machine(in place: NetworkNamespace) -> Machine? {
    switch place.kind {
    case .workstation: return workstation
    case .node(let name): return nodes[name]
    case .pod:
      for worker in fleet?.workers(on: place.address) ?? [] {
        for container in worker.containers where container.isRunning {
          guard let plan = container.plan, let node = place.node,
            let runtime = fleet?.kubelets[node]?.runtime as? MachineRuntime
          else { continue }
          return runtime.machine(of: plan)
        }
      }
      return nil
    }
  }

  /// The machine of a running Pod's first container; nil when none runs.
  package func machine(of pod: Value) -> Machine? {
    network?.sandbox(of: pod).flatMap { machine(in: $0) }
  }

  /// What ingress-nginx presents for names without a certificate.
  func fakeCertificate() -> String {
    Authority(
      commonName: "Kubernetes Ingress Controller Fake Certificate", organizations: ["Acme Co"],
      material: ClusterKeys.material(seed, "ingress-nginx fake certificate"),
      start: timeline.now.seconds, years: 1
    ).facts.pem
  }

  /// Opens the API server's port with a certificate of the cluster's own authority.
  func openAPIServer() {
    var names: [AlternativeName] = [
      .dns(controlPlaneName), .dns("kubernetes"), .dns("kubernetes.default"),
      .dns("kubernetes.default.svc"), .dns("kubernetes.default.svc.cluster.local"),
      .address(Self.bytes(server.serviceRange.host(1).description)), .address([127, 0, 0, 1]),
    ]
    if let address = blueprint.nodes.first?.address {
      names.append(.address(Self.bytes(address)))
    }
    guard let own = keys.servingCertificate(names: names) else { return }
    let made = own.certificate.pem
    apiSocket = APIServerSocket(
      server: server,
      certificate: { [weak self] in
        self?.controlPlane?.servingPair(of: .apiServer)?.certificateText ?? made
      }, judge: judge)
  }

  private static func bytes(_ address: String) -> [UInt8] {
    address.split(separator: ".").compactMap { UInt8($0) }
  }
}
