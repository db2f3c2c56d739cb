import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Stands for the controllers of Gateways: follows the Gateway API's objects once their kinds are
/// there, decides, writes statuses and makes the proxies.
final class GatewayController {
  private(set) var plan = GatewayPlan()
  private unowned let network: ClusterNetwork
  private let client: ComponentClient
  private let definitions: Informer
  private var informers: [String: Informer] = [:]
  private var isWaiting = false
  private static let group = "gateway.networking.k8s.io"
  private static let plurals: Set<String> = [
    "gatewayclasses", "gateways", "httproutes", "grpcroutes", "tlsroutes", "tcproutes", "udproutes",
    "referencegrants", "listenersets", "backendtlspolicies",
    "ingresses",
  ]
  /// The version in which each kind is stored: releases of the Gateway API differ in it.
  private var resources: [String: GroupVersionResource] = [:]

  init(network: ClusterNetwork, client: ComponentClient) {
    self.network = network
    self.client = client
    definitions = client.informer(.customResourceDefinitions)
  }

  func start() {
    definitions.onChange { [weak self] _, definition in
      guard let self, let definition, definition.isConditionTrue("Established") else { return }
      let group = definition[path: "spec", "group"]?.string ?? ""
      guard group == Self.group || definition.name == "ingresses." + Kourier.group else { return }
      let stored = (definition[path: "spec", "versions"]?.array ?? [])
        .first { $0["storage"]?.bool == true }
      follow(String(definition.name.prefix { $0 != "." }), group, stored?.text("name") ?? "")
    }
  }

  private func follow(_ plural: String, _ group: String, _ version: String) {
    let resource = GroupVersionResource(group, version, plural)
    guard Self.plurals.contains(plural), !version.isEmpty, resources[plural] != resource else {
      return
    }
    resources[plural] = resource
    if informers.isEmpty { followOthers() }
    let informer = client.informer(resource)
    informers[plural] = informer
    informer.onChange { [weak self] _, _ in self?.schedule() }
  }

  /// What decisions depend on besides.
  private func followOthers() {
    network.services.onChange { [weak self] _, _ in self?.schedule() }
    network.namespaces.onChange { [weak self] old, new in
      if old?.labels != new?.labels { self?.schedule() }
    }
    network.web.secrets.onChange { [weak self] _, new in
      if new?.text("type") == "kubernetes.io/tls" { self?.schedule() }
    }
    network.web.configMaps.onChange { [weak self] old, new in
      // What BackendTLSPolicies trust.
      if old?["data"]?["ca.crt"] != new?["data"]?["ca.crt"] { self?.schedule() }
    }
  }

  /// Decides again soon.
  func schedule() {
    guard !isWaiting else { return }
    isWaiting = true
    network.timeline.after(.milliseconds(50)) { [weak self] in
      self?.isWaiting = false
      self?.reconcile()
    }
  }

  private func all(_ plural: String) -> [Value] {
    (informers[plural]?.objects ?? [:]).sorted { $0.key < $1.key }.map(\.value)
  }

  /// Routes of all kinds, for those who draw them.
  var routes: [Value] {
    ["httproutes", "grpcroutes", "tlsroutes", "tcproutes", "udproutes"].flatMap(all)
  }

  private func reconcile() {
    let network = network
    plan = GatewayPlan(
      GatewayObjects(
        classes: all("gatewayclasses"), gateways: all("gateways"), routes: routes,
        grants: all("referencegrants"), sets: all("listenersets"),
        ingresses: all("ingresses"), policies: all("backendtlspolicies"),
        namespaceLabels: { network.namespaces["", $0]?.labels },
        service: { network.services[$0, $1] }, secret: { network.web.secrets[$0, $1] },
        configMap: { network.web.configMaps[$0, $1] }))
    for object in all("gatewayclasses") {
      guard let accepted = plan.classes[object.name] else { continue }
      var status = object["status"] ?? [:]
      status["conditions"] = .array(conditions([accepted], on: object, status.items("conditions")))
      write(status, to: object, "gatewayclasses")
    }
    for key in plan.gateways.keys.sorted() {
      guard let gateway = plan.gateways[key] else { continue }
      let service = GatewayInfrastructure(client: client, network: network).provide(gateway)
      write(self.status(of: gateway, service), to: gateway.object, "gateways")
    }
    for object in routes {
      write(status(ofRoute: object), to: object, object.kind.lowercased() + "s")
    }
    for set in plan.sets.sorted(by: { $0.key < $1.key }).map(\.value) {
      write(status(of: set), to: set.object, "listenersets")
    }
    for policy in plan.policies.all.sorted(by: { $0.key < $1.key }).map(\.value) {
      write(status(of: policy), to: policy.object, "backendtlspolicies")
    }
    writeIngresses()
  }

  /// Knative's Ingresses that Kourier serves.
  private func writeIngresses() {
    let own = all("ingresses").filter(Kourier.owns)
    guard !own.isEmpty else { return }
    let isServed = network.sites.values.contains {
      ($0.site as? GatewaySite)?.key == Kourier.key
    }
    for ingress in own {
      let status = Kourier.status(
        of: ingress, isServed: isServed, at: network.timeline.now.rfc3339)
      write(status, to: ingress, "ingresses")
    }
  }

  // MARK: statuses

  private func conditions(
    _ wanted: [GatewayCondition], on object: Value, _ known: [Value]
  ) -> [Value] {
    wanted.map { condition in
      let status = condition.isTrue ? "True" : "False"
      let same = known.first {
        $0.text("type") == condition.type && $0.text("status") == status
      }
      return [
        "lastTransitionTime": same?["lastTransitionTime"]
          ?? .string(network.timeline.now.rfc3339),
        "message": .string(condition.message),
        "observedGeneration": .int(object.generation), "reason": .string(condition.reason),
        "status": .string(status), "type": .string(condition.type),
      ]
    }
  }

  private func status(of gateway: GatewayPlan.Gateway, _ service: Value?) -> Value {
    let object = gateway.object
    let known = object["status"] ?? [:]
    var addresses: [Value] = []
    if let service {
      addresses = (service[path: "status", "loadBalancer", "ingress"]?.array ?? []).map {
        $0.text("ip").isEmpty
          ? ["type": "Hostname", "value": .string($0.text("hostname"))]
          : ["type": "IPAddress", "value": .string($0.text("ip"))]
      }
      let own = service[path: "spec", "clusterIP"]?.string ?? ""
      if addresses.isEmpty, gateway.implementation.usesClusterAddress, !own.isEmpty {
        addresses = [["type": "IPAddress", "value": .string(own)]]
      }
    }
    let programmed: GatewayCondition =
      if !gateway.accepted.isTrue {
        .init("Programmed", false, "Invalid", gateway.accepted.message)
      } else if addresses.isEmpty {
        .init(
          "Programmed", false, "AddressNotAssigned",
          "No addresses have been assigned to the Gateway")
      } else {
        .init("Programmed", true, "Programmed", "The Gateway is programmed")
      }
    var status: Value = [:]
    if !addresses.isEmpty { status["addresses"] = .array(addresses) }
    status["conditions"] = .array(
      conditions([gateway.accepted, programmed], on: object, known.items("conditions")))
    status["listeners"] = statuses(gateway.listeners.filter { $0.set == nil }, of: object)
    let sets = plan.sets.values.count { $0.gateway == gateway.key && $0.accepted.isTrue }
    if sets > 0 { status["attachedListenerSets"] = .int(Int64(sets)) }
    return status
  }

  private func statuses(_ listeners: [GatewayPlan.Listener], of object: Value) -> Value {
    let known = object["status"] ?? [:]
    return .array(
      listeners.map { listener in
        let before = known.items("listeners").first { $0.text("name") == listener.name }
        return [
          "attachedRoutes": .int(Int64(listener.attachedRoutes)),
          "conditions": .array(
            conditions(listener.conditions, on: object, before?.items("conditions") ?? [])),
          "name": .string(listener.name),
          "supportedKinds": .array(
            listener.kinds.map { ["group": .string(Self.group), "kind": .string($0)] }),
        ]
      })
  }

  private func status(of set: GatewayPlan.ListenerSet) -> Value {
    let known = set.object["status"] ?? [:]
    let own = (plan.gateways[set.gateway]?.listeners ?? []).filter {
      $0.set == set.object.namespacedName
    }
    let programmed =
      set.accepted.isTrue
      ? GatewayCondition("Programmed", true, "Programmed", "ListenerSet is programmed")
      : GatewayCondition("Programmed", false, set.accepted.reason, set.accepted.message)
    var status: Value = [
      "conditions": .array(
        conditions([set.accepted, programmed], on: set.object, known.items("conditions")))
    ]
    if !own.isEmpty { status["listeners"] = statuses(own, of: set.object) }
    return status
  }

  private func status(of policy: BackendPolicies.Policy) -> Value {
    let known = policy.object[path: "status", "ancestors"]?.array ?? []
    var ancestors = known.filter { GatewayProvider.named($0.text("controllerName")) == nil }
    // The specification: sixteen ancestors at most.
    for key in policy.ancestors.sorted() where ancestors.count < 16 {
      guard let gateway = plan.gateways[key] else { continue }
      let reference: Value = [
        "group": .string(Self.group), "kind": "Gateway", "name": .string(gateway.object.name),
        "namespace": .string(gateway.object.namespace),
      ]
      let before = known.first { $0["ancestorRef"] == reference }
      ancestors.append([
        "ancestorRef": reference,
        "conditions": .array(
          conditions(
            [policy.accepted, policy.resolved], on: policy.object,
            before?.items("conditions") ?? [])),
        "controllerName": .string(gateway.implementation.controllerName),
      ])
    }
    return ancestors.isEmpty && known.isEmpty
      ? policy.object["status"] ?? .null : ["ancestors": .array(ancestors)]
  }

  private func status(ofRoute object: Value) -> Value {
    let known = object[path: "status", "parents"]?.array ?? []
    let wanted = plan.parents[GatewayPlan.key(object)] ?? []
    var parents = known.filter { GatewayProvider.named($0.text("controllerName")) == nil }
    parents += wanted.map { parent in
      let before = known.first {
        $0["parentRef"] == parent.reference && $0.text("controllerName") == parent.controllerName
      }
      return [
        "conditions": .array(
          conditions(parent.conditions, on: object, before?.items("conditions") ?? [])),
        "controllerName": .string(parent.controllerName), "parentRef": parent.reference,
      ]
    }
    return parents.isEmpty && known.isEmpty
      ? object["status"] ?? .null : ["parents": .array(parents)]
  }

  private func write(_ status: Value, to object: Value, _ plural: String) {
    guard !status.isNull, object["status"] != status, let resource = resources[plural] else {
      return
    }
    var changed = object
    changed["status"] = status
    _ = try? client.update(resource, changed, subresource: "status")
  }
}
