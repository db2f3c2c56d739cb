import Documents
import KubeAPIServer
import KubeObjects
import Linux
import Simulation

/// The controller beside its nginx: follows Ingresses, reloads, reports, and writes addresses.
final class IngressWorker {
  let site: IngressSite
  private unowned let network: ClusterNetwork
  private let web: WebObjects
  private let process: Process
  private let options: IngressOptions
  private let client: ComponentClient
  private let recorder: EventRecorder
  private let log: ControllerLog
  private var own: Set<String> = []
  private var isStopped = false
  private var isReloading = false
  private var isSynced = false
  /// What the last reload was made from, to see whether another one is needed.
  private var loaded: [Value] = []
  private var isLeader = false

  static let banner = """
    -------------------------------------------------------------------------------
    NGINX Ingress controller
      Release:       v1.14.0
      Build:         52c0a83ac9bc72e9ce1b9fe4f2d6dcc8854516a8
      Repository:    https://github.com/kubernetes/ingress-nginx
      nginx version: nginx/1.27.1

    -------------------------------------------------------------------------------


    """

  init(network: ClusterNetwork, process: Process, options: IngressOptions) {
    self.network = network
    self.process = process
    self.options = options
    let web = network.web
    self.web = web
    client = network.client(
      ofPod: options.podName, in: options.podNamespace, "nginx-ingress-controller")
    recorder = EventRecorder(client, source: .component("nginx-ingress-controller"))
    site = IngressSite(network: network, machine: process.machine) { web.data(ofSecret: $0) }
    log = ControllerLog(process, isSilent: !options.isNginx)
  }

  /// Prints what the controller prints at its start, and begins to follow.
  func start() async throws {
    if options.isNginx { try await process.writeError(Self.banner) }
    log.warning(
      "client_config.go:667",
      "Neither --kubeconfig nor --master was specified.  Using the inClusterConfig.  "
        + "This might not work.")
    log.info("main.go:205", "\"Creating API client\" host=\"https://10.96.0.1:443\"")
    do throws(StatusError) {
      _ = try client.list(.ingresses)
    } catch {
      log.write(
        "E", "reflector.go:200",
        "\"Failed to watch\" err=\"failed to list *v1.Ingress: \(error.message)\" "
          + "reflector=\"k8s.io/client-go@v0.34.1/tools/cache/reflector.go:285\" "
          + "type=\"*v1.Ingress\"")
      throw ServerRefusal("", status: 255)
    }
    log.info(
      "main.go:248",
      "\"Running in Kubernetes cluster\" major=\"1\" minor=\"36\" git=\"v1.36.2\" state=\"clean\" "
        + "platform=\"linux/amd64\"")
    log.info(
      "main.go:101",
      "\"SSL fake certificate created\" "
        + "file=\"/etc/ingress-controller/ssl/default-fake-certificate.pem\"")
    log.info("nginx.go:273", "\"Starting NGINX Ingress controller\"")
    log.info("nginx.go:319", "\"Starting NGINX process\"")
    follow()
    if let place = process.machine.wires as? NetworkNamespace {
      network.sites[place.address] = ProxyEntry(site: site)
    }
    isSynced = true
    scheduleReload(after: .zero)
    elect()
    tick()
  }

  func stop() {
    isStopped = true
    if isLeader { network.ingressLeaders[leaseKey] = nil }
  }

  /// Ended in order: the last controller takes its addresses out of the Ingresses.
  func retire() {
    guard isLeader, !isStopped else { return }
    log.info("status.go:132", "\"removing value from ingress status\" address=\(addressText)")
    for ingress in ownIngresses { write([], to: ingress) }
  }

  /// An event, as ingress-nginx makes them.
  private func record(_ object: Value, _ reason: String, _ message: String) {
    if options.isNginx { recorder.record(.normal, object, reason: reason, message: message) }
  }

  private var leaseKey: String { "\(options.podNamespace)/\(options.electionID)" }

  // MARK: following

  private func follow() {
    web.ingresses.onChange { [weak self] old, new in self?.ingressChanged(old, new) }
    web.classes.onChange { [weak self] _, _ in self?.scheduleReload() }
    web.secrets.onChange { [weak self] old, new in
      guard let self, let key = (new ?? old)?.namespacedName,
        site.configuration.secrets.contains(key)
      else { return }
      scheduleReload()
    }
    web.configMaps.onChange { [weak self] old, new in
      guard let self, (new ?? old)?.namespacedName == options.configMap else { return }
      scheduleReload()
    }
  }

  private func ingressChanged(_ old: Value?, _ new: Value?) {
    guard !isStopped, let ingress = new ?? old else { return }
    let key = ingress.namespacedName
    guard let new else {
      if own.remove(key) != nil { scheduleReload() }
      return
    }
    switch options.selection.verdict(new, classes: web.sortedClasses) {
    case .foreign(let why):
      if own.remove(key) != nil { scheduleReload() }
      if old == nil || old?.generation != new.generation {
        log.info(
          "store.go:443",
          "\"Ignoring ingress because of error while validating ingress class\" "
            + "ingress=\"\(key)\" error=\"\(why)\"")
      }
    case .own(let className):
      if own.insert(key).inserted {
        log.info(
          "store.go:440",
          "\"Found valid IngressClass\" ingress=\"\(key)\" "
            + "ingressclass=\"\(className)\"")
      } else if old == new {
        return
      }
      record(new, "Sync", "Scheduled for sync")
      log.event(new, "Sync", "Scheduled for sync")
      scheduleReload()
    }
  }

  private var ownIngresses: [Value] {
    let classes = web.sortedClasses
    return web.sortedIngresses.filter {
      if case .own = options.selection.verdict($0, classes: classes) { true } else { false }
    }
  }

  // MARK: reloading

  private func scheduleReload(after delay: Span = .milliseconds(200)) {
    guard isSynced, !isReloading, !isStopped else { return }
    isReloading = true
    network.timeline.after(delay) { [weak self] in
      self?.isReloading = false
      self?.reload()
    }
  }

  private var settings: [String: String] {
    let parts = options.configMap.split(separator: "/", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { return [:] }
    return web.configMaps[parts[0], parts[1]]?["data"]?.strings ?? [:]
  }

  private func reload() {
    guard !isStopped else { return }
    let ingresses = ownIngresses
    own = Set(ingresses.map(\.namespacedName))
    site.configuration = IngressConfiguration(
      ingresses, settings: settings, defaultBackend: options.defaultBackend)
    warn()
    var needed = ingresses.map { ingress -> Value in
      ["m": ingress["metadata"]?["annotations"] ?? .null, "s": ingress["spec"] ?? .null]
    }
    needed.append(.strings(settings))
    guard needed != loaded else { return }
    loaded = needed
    log.info("controller.go:214", "\"Configuration changes detected, backend reload required\"")
    log.info("controller.go:228", "\"Backend successfully reloaded\"")
    if let pod = network.pods[options.podNamespace, options.podName] {
      let message = "NGINX reload triggered due to a change in configuration"
      record(pod, "RELOAD", message)
      log.event(pod, "RELOAD", message)
    }
    try? process.machine.files.place(
      NginxText(site.configuration).text, at: "/etc/nginx/nginx.conf")
  }

  private func warn() {
    for line in site.configuration.warnings { log.warning("controller.go:1150", line) }
    for server in site.configuration.servers.values.sorted(by: { $0.host < $1.host }) {
      if let key = server.certificate, site.certificate(in: key) == nil {
        log.warning(
          "controller.go:1509",
          "Error getting SSL certificate \"\(key)\": local SSL certificate \(key) was not found. "
            + "Using default certificate")
      }
    }
    let backends = site.configuration.servers.values.flatMap(\.locations).compactMap(\.backend)
    for backend in Set(backends).sorted(by: { $0.upstreamName < $1.upstreamName }) {
      switch network.state(of: backend) {
      case .noService:
        log.warning(
          "controller.go:1126",
          "Error obtaining Endpoints for Service \"\(backend.key)\": no object matching key "
            + "\"\(backend.key)\" in local store")
      case .noPort:
        log.warning(
          "controller.go:1207",
          "Service \"\(backend.key)\" has no port \"\(backend.port)\"")
      case .endpoints(let found) where found.isEmpty:
        log.warning(
          "controller.go:1216", "Service \"\(backend.key)\" does not have any active Endpoint.")
      default: break
      }
    }
  }

  // MARK: leading

  private func elect() {
    log.info("leaderelection.go:257", "attempting to acquire leader lease \(leaseKey)...")
    if network.ingressLeaders[leaseKey]?.worker == nil { lead() }
  }

  private func lead() {
    network.ingressLeaders[leaseKey] = IngressLeader(worker: self)
    isLeader = true
    let identity = options.podName
    let now = network.timeline.now.rfc3339Micro
    let spec: Value = [
      "holderIdentity": .string(identity), "leaseDurationSeconds": 30,
      "acquireTime": .string(now), "renewTime": .string(now),
    ]
    if options.electionID.isEmpty {
      // It holds no lease: there is one of it.
    } else if var lease = try? client.get(
      .leases, options.electionID, namespace: options.podNamespace)
    {
      lease["spec"] = spec
      _ = try? client.update(.leases, lease)
    } else {
      _ = try? client.create(
        .leases,
        [
          "apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
          "metadata": ["name": .string(options.electionID)], "spec": spec,
        ], namespace: options.podNamespace)
    }
    log.info("leaderelection.go:271", "successfully acquired lease \(leaseKey)")
    log.info("status.go:85", "\"New leader elected\" identity=\"\(identity)\"")
    writeAddresses()
  }

  // StatusSyncer: every 60 seconds.
  private func tick() {
    network.timeline.after(.seconds(60)) { [weak self] in
      guard let self, !isStopped, process.status == nil else { return }
      if network.ingressLeaders[leaseKey]?.worker == nil { lead() }
      if isLeader { writeAddresses() }
      tick()
    }
  }

  private func writeAddresses() {
    let addresses = addresses
    for ingress in ownIngresses { write(addresses, to: ingress) }
  }

  private func write(_ addresses: [Value], to ingress: Value) {
    let known = ingress[path: "status", "loadBalancer", "ingress"]?.array ?? []
    guard known != addresses else { return }
    var changed = ingress
    changed["status"] = [
      "loadBalancer": addresses.isEmpty ? [:] : ["ingress": .array(addresses)]
    ]
    guard (try? client.update(.ingresses, changed, subresource: "status")) != nil else { return }
    let shown = addresses.map { "{\"ip\":\"\($0.text("ip"))\"}" }.joined(separator: ",")
    log.info(
      "status.go:304",
      "\"updating Ingress status\" namespace=\"\(ingress.namespace)\" ingress=\"\(ingress.name)\" "
        + "currentValue=null newValue=[\(shown)]")
  }

  private var addressText: String {
    "[" + addresses.map { $0.text("ip") }.joined(separator: " ") + "]"
  }

  // runningAddresses: the published Service's, else those of the nodes that controllers run on.
  private var addresses: [Value] {
    if !options.publishedAddress.isEmpty {
      return options.publishedAddress.split(separator: ",").map(String.init).map {
        IPAddress($0) == nil ? ["hostname": .string($0)] : ["ip": .string($0)]
      }
    }
    let parts = options.publishedService.split(separator: "/", maxSplits: 1).map(String.init)
    if parts.count == 2 {
      guard let service = network.services[parts[0], parts[1]] else { return [] }
      return network.addresses(ofPublished: service)
    }
    guard let pod = network.pods[options.podNamespace, options.podName] else { return [] }
    let selector = LabelSelector(labels: pod.labels?.without("pod-template-hash"))
    let nodes = network.pods.objects.values.filter {
      $0.namespace == options.podNamespace && $0.isConditionTrue("Ready")
        && selector.matches($0.labels)
    }.compactMap { $0[path: "spec", "nodeName"]?.string }
    return Set(nodes).sorted().compactMap { network.nodes["", $0] }
      .compactMap(ClusterNetwork.internalAddress).sorted().map { ["ip": .string($0)] }
  }
}

/// The controller that holds a lease; nobody when it is gone.
struct IngressLeader {
  weak var worker: IngressWorker?
}

extension Value {
  fileprivate func without(_ key: String) -> Value {
    var copy = self
    copy[key] = nil
    return copy
  }
}
