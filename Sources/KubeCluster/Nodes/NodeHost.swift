import Documents
import KubeAPIServer
import KubeNetwork
import KubeNode
import KubeObjects
import Linux
import Shell
import Simulation

/// A node's machine with what systemd keeps running on it: the kubelet and containerd.
///
/// Its files and services are made when somebody first looks at the machine: until then the node
/// runs as they would have it.
final class NodeHost {
  let plan: Blueprint.NodePlan
  let machine: Machine
  let kubelet: Kubelet
  let runtime: MachineRuntime
  unowned let cluster: Cluster
  private(set) var hasFiles = false
  /// The kubelet's process, while there is one.
  private(set) var process: Linux.Process?
  /// What the running kubelet's configuration says; nil: what kubeadm wrote.
  private var start: KubeletCheck.Start?
  /// staticPodPath of the running kubelet's configuration.
  private var manifestPath: String? = "/etc/kubernetes/manifests"
  /// containerd runs, but was told to leave the kubelet's plug-in out.
  var hasRuntimeWithoutCRI = false
  private(set) var isClosed = false
  private let ports: KubeletPorts
  /// Containers that crictl removed.
  var removedContainers: Set<String> = []
  private var isCheckDue = false
  /// Services that have been up all the time, and whose programs have not started for show yet.
  private var unadopted: Set<String> = []

  init(
    _ plan: Blueprint.NodePlan, _ machine: Machine, _ kubelet: Kubelet, _ runtime: MachineRuntime,
    _ cluster: Cluster
  ) {
    self.plan = plan
    self.machine = machine
    self.kubelet = kubelet
    self.runtime = runtime
    self.cluster = cluster
    ports = KubeletPorts(plan, machine, cluster)
    kubelet.log = { [weak self] in self?.log($0) }
    kubelet.isUnvisited = { [weak self] in self?.hasFiles == false }
    kubelet.staticPods.read = { [weak self] in self?.manifests ?? [] }
    machine.files.whenFirstUsed = { [weak self] in self?.prepare() }
    if plan.isControlPlane, cluster.blueprint.hasAddOns,
      cluster.blueprint.distribution == .kubeadm
    {
      for name in ControlPlaneManifests.names {
        let image =
          name == "etcd"
          ? ControlPlaneManifests.etcdImage : "registry.k8s.io/\(name):\(cluster.version)"
        kubelet.images.insert(image)
      }
    }
  }

  /// The cluster is given up.
  func close() { isClosed = true }

  func startStaticPods() { kubelet.staticPods.sync() }

  // MARK: files

  /// Puts in place what kubeadm and the packages left on the machine, and shows what runs.
  private func prepare() {
    hasFiles = true
    // All this has been there since the machine was set up.
    machine.files.root.date = machine.booted
    machine.installServiceTools()
    let distribution = cluster.blueprint.distribution
    let services: [String]
    switch distribution {
    case .kubeadm:
      NodeFiles(self).install()
      if cluster.blueprint.hasAddOns {
        PlugInFiles.install(cluster.blueprint.plugIn, on: machine)
      }
      services = NodeFiles.services
    case .k3s:
      NodeFiles.installBasicUnits(on: machine)
      K3sFiles(host: self).install()
      services = K3sFiles.services(isServer: plan.isControlPlane)
    case .microk8s:
      NodeFiles.installBasicUnits(on: machine)
      MicroK8sFiles(host: self).install()
      services = MicroK8sFiles.services
    }
    for tool in NodeTools.all(self) { machine.install(tool, at: distribution.path(of: tool.name)) }
    // Where a package puts it.
    machine.programs["docker"] = EngineProgram(
      "docker",
      engine: ContainerEngine(host: machine, seed: cluster.seed, registry: cluster.registry))
    startInit()
    machine.power = { [weak self] in self?.change($0) }
    showGuests()
    unadopted = plan.isJoined ? ["kubelet", "containerd", "k3s"] : ["containerd"]
    machine.services = ServiceManager(
      machine, running: services, boot: kubelet.bootID)
    if plan.isControlPlane {
      cluster.controlPlane?.showProcesses()
      cluster.controlPlane?.database.flush()
    }
    machine.files.root.date = nil
    machine.files.root.onChange = { [weak self] in self?.filesChanged() }
  }

  private func startInit() {
    mountLogs()
    let first = Linux.Process(machine: machine, name: "systemd", arguments: [], parentID: 0)
    first.title = "/sbin/init"
    machine.launch(first) { process in
      while true { do { try await process.wait() } catch { return 137 } }
    }
    machine.table.reserveIDs(through: 640)
  }

  /// Goes down a moment later, and with `restart` comes up when firmware and kernel have started.
  private func change(_ power: PowerChange) {
    machine.timeline.after(.milliseconds(400)) { [weak self] in
      guard let self, !machine.isOff, !isClosed else { return }
      machine.goDown()
      kubelet.loseMachine()
      cluster.network?.absent.insert(plan.name)
      guard power == .restart else { return }
      machine.timeline.after(.seconds(20)) { [weak self] in self?.comeUp() }
    }
  }

  private func comeUp() {
    guard !isClosed else { return }
    machine.comeUp()
    kubelet.regainMachine()
    cluster.network?.absent.remove(plan.name)
    cluster.network?.startFilter(of: plan.name, on: machine)
    startInit()
    machine.services?.boot(id: kubelet.bootID)
  }

  /// inotify: a while after something changed the manifests are compared with what runs.
  private func filesChanged() {
    guard !isCheckDue else { return }
    isCheckDue = true
    machine.timeline.after(.seconds(1)) { [weak self] in
      guard let self else { return }
      isCheckDue = false
      kubelet.staticPods.sync()
      machine.wakeCron()
      // Kubelets try again every few seconds, and an API server takes new certificates up itself.
      if plan.isControlPlane { cluster.connectKubelets() } else { connect() }
    }
  }

  private var manifests: [StaticPods.File] {
    guard let manifestPath else { return [] }
    guard hasFiles else { return NodeFiles.manifests(plan, cluster) }
    let names = (try? machine.files.names(in: manifestPath)) ?? []
    return names.filter { !$0.hasPrefix(".") }.prefix(200).compactMap { name in
      let path = "\(manifestPath)/\(name)"
      guard machine.files.status(path)?.kind == .file, let text = machine.files.text(path) else {
        return nil
      }
      return StaticPods.File(path: path, text: text)
    }
  }

  /// The path of the machine that a path of a container leads to; nil: into the container's own.
  func path(of inside: String, in plan: ContainerPlan) -> String? {
    let fitting = plan.mounts.filter { inside == $0.path || inside.hasPrefix($0.path + "/") }
    guard let mount = fitting.max(by: { $0.path.count < $1.path.count }),
      case .hostPath(let path) = mount.volume.source
    else { return nil }
    let part = mount.subPath.isEmpty ? "" : "/" + mount.subPath
    return path + part + inside.dropFirst(mount.path.count)
  }

  /// The container that a machine is the inside of.
  func plan(of inside: Machine) -> ContainerPlan? {
    for worker in kubelet.workers.values {
      for case let plan? in worker.containers.map(\.plan)
      where runtime.isInside(inside, of: plan) { return plan }
    }
    return nil
  }

  /// The text of a container's file that lies on the machine.
  func text(of inside: String, in plan: ContainerPlan) -> String? {
    path(of: inside, in: plan).flatMap { machine.files.text($0) }
  }

  // MARK: the kubelet's process

  /// Whether this start of a program only shows what has been running since the boot.
  func adopts(_ program: String) -> Bool { unadopted.remove(program) != nil }

  /// A kubelet starts with its configuration.
  func kubeletStarted(_ process: Linux.Process, _ start: KubeletCheck.Start, isNew: Bool) {
    self.process = process
    ports.open(start.access)
    self.start = start
    let isChanged = manifestPath != start.manifests
    manifestPath = start.manifests
    if isNew {
      kubelet.version = installedVersion
      kubelet.configure(start.settings)
    }
    connect(running: true)
    if isNew, let refusal = connectionProblem { complain(refusal) }
    if isChanged { kubelet.staticPods.sync() }
  }

  func kubeletEnded(_ process: Linux.Process) {
    guard self.process === process, !isClosed else { return }
    self.process = nil
    ports.close()
    connect(running: false)
  }

  /// Compares the way to the API server with how things stand.
  func connect() { connect(running: kubelet.isRunning) }

  private func connect(running: Bool) {
    let refusal = running ? connectionProblem : nil
    cluster.fleet?.set(running: running, connected: refusal == nil, node: plan.name)
  }

  private var connectionProblem: ServerRefusal? {
    guard let plane = cluster.controlPlane else { return nil }
    if let address = cluster.blueprint.nodes.first?.address,
      let failure = cluster.network?.filtered(from: machine, to: address, port: plane.securePort)
    {
      let why = failure == .refused ? "connect: connection refused" : "i/o timeout"
      return ServerRefusal(text: "dial tcp \(address):\(plane.securePort): \(why)")
    }
    guard let start else { return plane.refusalOfOwn() }
    guard let client = start.client else {
      return plane.refusal(of: start.server, from: machine).map { ServerRefusal(text: $0) }
    }
    if let refusal = plane.refusal(of: client, from: machine) { return refusal }
    let user = client.certificate.flatMap { cluster.keys.user(of: .certificate($0)) }
    return user?.name == "system:node:\(plan.name)"
      ? nil : ServerRefusal(text: "Unauthorized", isAnswer: true)
  }

  private func complain(_ why: ServerRefusal) {
    let server = start?.server ?? ""
    func quoted(_ verb: String, _ path: String) -> String {
      why.words(verb, server + path).goQuoted
    }
    let register = quoted("Post", "/api/v1/nodes")
    let lease = quoted(
      "Get",
      "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/\(plan.name)?timeout=10s")
    log(
      "E kubelet_node_status.go:108] \"Unable to register node with API server\" err=\(register) "
        + "node=\"\(plan.name)\"")
    log(
      "E controller.go:145] \"Failed to ensure lease exists, will retry\" err=\(lease) "
        + "interval=\"7s\"")
  }

  /// `X file.go:1] text` as a line of the kubelet's journal.
  func log(_ line: String) {
    guard hasFiles, let services = machine.services, let process else { return }
    let letter = String(line.prefix(1))
    let rest = line.dropFirst(2)
    let place = rest.prefix { $0 != "]" }
    let text = KubernetesLog.line(
      letter, String(place), String(rest.dropFirst(place.count + 2)), at: machine.timeline.now,
      process: process.id)
    services.journal.write(
      .init(
        moment: machine.timeline.now, unit: "kubelet.service", identifier: "kubelet",
        processID: process.id, text: text))
  }

  /// The version of the installed kubelet package.
  var installedVersion: String {
    machine.installedVersion(of: "kubelet") ?? cluster.blueprint.distribution.version
  }
}

extension Cluster {
  /// Every kubelet looks whether it can reach the API server.
  func connectKubelets() {
    for name in hosts.keys.sorted() { hosts[name]?.connect() }
  }
}
