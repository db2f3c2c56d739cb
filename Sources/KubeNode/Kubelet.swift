package import Documents
package import KubeAPIServer
import KubeObjects
package import Simulation

/// The agent of one node: runs the Pods that are bound to it and reports how they are.
package final class Kubelet {
  package let nodeName: String
  package let address: String
  package let client: ComponentClient
  package let timeline: Timeline
  package let runtime: any ContainerRuntime
  package let network: any PodNetwork
  package let objects: NodeObjects
  package let recorder: EventRecorder
  /// Pods on this node by uid.
  package internal(set) var workers: [String: PodWorker] = [:]
  /// clusterDNS of the kubelet's configuration.
  package var clusterDNS = "10.96.0.10"
  /// What else its configuration says.
  package internal(set) var settings = KubeletSettings()
  /// What the node has for Pods, by resource.
  package internal(set) var allocatable: [String: String] = [:]
  /// Images already pulled, by canonical name.
  package var images: Set<String> = []
  /// False while the kubelet is stopped: containers run on, nothing is started or reported.
  package internal(set) var isRunning = true
  /// Whether it reaches the API server, and is known there.
  package internal(set) var isConnected = true
  /// Whether the container runtime answers.
  package internal(set) var isRuntimeUp = true
  /// Whether its machine is switched on.
  package internal(set) var isMachineUp = true
  /// How often the machine was started again.
  var boots = 0
  /// The version of its binary.
  package var version = "v1.36.2"
  /// What it was told of its machine when it registered.
  package internal(set) var machinery: Machinery?
  /// Pods of manifests on this machine.
  package private(set) lazy var staticPods = StaticPods(self)
  /// Whether it has started and not spoken with the server since.
  var isUnheard = false
  /// Writes a line of the kubelet's log.
  package var log: (_ line: String) -> Void = { _ in }
  /// Whether nobody has looked at its machine's files yet.
  package var isUnvisited: () -> Bool = { false }
  var isBeating = false
  /// Whether it is going to look at resources that others told of.
  var isLookDue = false
  /// How long pressure is told of still.
  var pressureEnds: [Pressure: Moment] = [:]
  /// What was last told of the network, as it is looked at every ten seconds.
  var toldProblem: String?
  /// Which Pods have user namespaces, in the order of their ranges of ids.
  private var userNamespaces: [String?] = []
  /// What waits for the kubelet or its runtime to come back.
  var deferred: [() -> Void] = []
  var random: SeededRandom
  /// Images are pulled one at a time (serializeImagePulls): when the last queued pull ends.
  var pullsBusyUntil: Moment

  package init(
    nodeName: String, address: String, client: ComponentClient, runtime: any ContainerRuntime,
    network: any PodNetwork, objects: NodeObjects, recorder: EventRecorder, seed: UInt64
  ) {
    self.nodeName = nodeName
    self.address = address
    self.client = client
    self.runtime = runtime
    self.network = network
    self.objects = objects
    self.recorder = recorder
    timeline = client.server.timeline
    random = SeededRandom(seed: seed, for: "kubelet/\(nodeName)")
    pullsBusyUntil = timeline.now
  }

  /// A Pod bound to this node appeared, changed or went.
  package func podChanged(_ old: Value?, _ new: Value?) {
    guard speaks else { return }
    if (new ?? old)?.annotation(StaticPods.mirrorAnnotation) != nil {
      return staticPods.mirrorChanged(old, new)
    }
    if let new {
      if let worker = workers[new.uid] {
        worker.update(new)
      } else if !isFinished(new) {
        let worker = PodWorker(kubelet: self, pod: new)
        workers[new.uid] = worker
        worker.begin()
      }
    } else if let old {
      let worker = workers.removeValue(forKey: old.uid)
      worker?.forget()
      if worker?.usesDriver == true { tellVolumesInUse() }
    }
  }

  // userns_manager: the first range of 65536 that is free, from the second on.
  func firstUserID(of pod: String) -> Int {
    if let known = userNamespaces.firstIndex(of: pod) { return (known + 1) << 16 }
    let place = userNamespaces.firstIndex(of: nil) ?? userNamespaces.count
    if place == userNamespaces.count { userNamespaces.append(nil) }
    userNamespaces[place] = pod
    return (place + 1) << 16
  }

  func releaseUserIDs(of pod: String) {
    if let place = userNamespaces.firstIndex(of: pod) { userNamespaces[place] = nil }
  }

  /// A Pod that ended before this kubelet saw it is left alone, but for its removal.
  private func isFinished(_ pod: Value) -> Bool {
    let phase = pod[path: "status", "phase"]?.string
    return (phase == "Succeeded" || phase == "Failed") && !pod.isBeingDeleted
  }

  /// When a pull of that many megabytes, asked for now, begins and ends.
  func reservePull(megabytes: Int) -> (wait: Span, pull: Span) {
    let start = max(pullsBusyUntil, timeline.now)
    // 40 MB/s and half a second of talk with the registry, give or take a tenth.
    let nominal = 500 + Int64(megabytes) * 25
    let jitter = Int64(random.below(Int(max(1, nominal / 10))))
    let pull = Span(nanoseconds: (nominal + jitter) * 1_000_000 + Int64(random.below(1_000_000)))
    pullsBusyUntil = start + pull
    return (start - timeline.now, pull)
  }
}

/// Caches of the objects that Pods on a node refer to, shared by all kubelets of a cluster.
package final class NodeObjects {
  private let configMaps: Informer
  private let secrets: Informer
  private let claims: Informer
  private let volumes: Informer
  private let drivers: Informer
  private let allAttachments: Informer
  /// Attachments by volume and node.
  private let attachments: InformerIndex
  private let services: Informer
  private let announced = Announced()
  /// Makes a ServiceAccount token that is bound to a Pod.
  package let token: TokenMaker
  package typealias TokenMaker =
    (_ pod: Value, _ audience: String, _ seconds: Int64) -> IssuedToken?

  /// The variables that announce Services, by namespace, until a Service changes: the containers of
  /// a namespace share them.
  private final class Announced {
    var own: [String: [(name: String, value: String)]] = [:]
    var master: [(name: String, value: String)]?
  }

  package init(client: ComponentClient, token: @escaping TokenMaker) {
    configMaps = client.informer(.configMaps)
    secrets = client.informer(.secrets)
    claims = client.informer(.persistentVolumeClaims)
    volumes = client.informer(.persistentVolumes)
    drivers = client.informer(.csiDrivers)
    allAttachments = client.informer(.init("storage.k8s.io", "v1", "volumeattachments"))
    attachments = InformerIndex(allAttachments) {
      let volume = $0[path: "spec", "source", "persistentVolumeName"]?.string ?? ""
      return ["\(volume)/\($0[path: "spec", "nodeName"]?.string ?? "")"]
    }
    services = client.informer(.services)
    self.token = token
    services.onChange { [announced] _, _ in
      announced.own = [:]
      announced.master = nil
    }
  }

  /// Whether a driver's volume may be used on a node: it is attached, or needs no attaching.
  func isAttached(driver: String, volume: String, node: String) -> Bool {
    drivers["", driver]?[path: "spec", "attachRequired"]?.bool == false
      || attachments["\(volume)/\(node)"].contains {
        $0[path: "status", "attached"]?.bool == true && !$0.isBeingDeleted
      }
  }

  func lookUp(_ resource: GroupVersionResource, _ namespace: String, _ name: String) -> Value? {
    switch resource {
    case .configMaps: configMaps[namespace, name]
    case .secrets: secrets[namespace, name]
    case .persistentVolumeClaims: claims[namespace, name]
    case .persistentVolumes: volumes["", name]
    case .csiDrivers: drivers["", name]
    default: nil
    }
  }

  /// The variables that announce Services (kubelet's envvars.FromServices), sorted by Service.
  func serviceVariables(namespace: String, enabled: Bool) -> [(name: String, value: String)] {
    if enabled, let known = announced.own[namespace] { return known }
    let master =
      announced.master ?? services["default", "kubernetes"].map { Self.variables(of: $0) } ?? []
    announced.master = master
    guard enabled else { return master }
    let own = services.objects.filter { $0.key.namespace == namespace }
      .sorted { $0.key < $1.key }.map(\.value)
      .filter { !(namespace == "default" && $0.name == "kubernetes") }
    let all = master + own.flatMap { Self.variables(of: $0) }
    announced.own[namespace] = all
    return all
  }

  private static func variables(of service: Value) -> [(name: String, value: String)] {
    guard let address = service[path: "spec", "clusterIP"]?.string, !address.isEmpty,
      address != "None", let ports = service[path: "spec", "ports"]?.array,
      let first = ports.first?["port"]?.int
    else { return [] }
    let prefix = String(service.name.uppercased().map { $0 == "-" ? "_" : $0 })
    var found = [
      (name: "\(prefix)_SERVICE_HOST", value: address),
      (name: "\(prefix)_SERVICE_PORT", value: "\(first)"),
    ]
    for port in ports {
      guard let name = port["name"]?.string, !name.isEmpty, let number = port["port"]?.int else {
        continue
      }
      let suffix = String(name.uppercased().map { $0 == "-" ? "_" : $0 })
      found.append(("\(prefix)_SERVICE_PORT_\(suffix)", "\(number)"))
    }
    for (index, port) in ports.enumerated() {
      guard let number = port["port"]?.int else { continue }
      let transport = port["protocol"]?.string ?? "TCP"
      let url = "\(transport.lowercased())://\(address):\(number)"
      let base = "\(prefix)_PORT_\(number)_\(transport)"
      if index == 0 { found.append(("\(prefix)_PORT", url)) }
      found += [
        (base, url), ("\(base)_PROTO", transport.lowercased()), ("\(base)_PORT", "\(number)"),
        ("\(base)_ADDR", address),
      ]
    }
    return found
  }
}
