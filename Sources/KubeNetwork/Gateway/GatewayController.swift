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
    "gatewayclasses", "gateways", "httproutes", "grpcroutes", "tlsroutes", "tcproutes",
    "referencegrants",
  ]
  /// The version in which each kind is stored: releases of the Gateway API differ in it.
  private var versions: [String: String] = [:]

  init(network: ClusterNetwork, client: ComponentClient) {
    self.network = network
    self.client = client
    definitions = client.informer(.customResourceDefinitions)
  }

  func start() {
    definitions.onChange { [weak self] _, definition in
      guard let self, let definition, definition.name.hasSuffix("." + Self.group),
        definition.isConditionTrue("Established")
      else { return }
      let stored = (definition[path: "spec", "versions"]?.array ?? [])
        .first { $0["storage"]?.bool == true }
      follow(String(definition.name.prefix { $0 != "." }), stored?.text("name") ?? "")
    }
  }

  private func follow(_ plural: String, _ version: String) {
    guard Self.plurals.contains(plural), !version.isEmpty, versions[plural] != version else {
      return
    }
    versions[plural] = version
    if informers.isEmpty { followOthers() }
    let informer = client.informer(.init(Self.group, version, plural))
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
  }

  private func schedule() {
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
    ["httproutes", "grpcroutes", "tlsroutes", "tcproutes"].flatMap(all)
  }

  private func reconcile() {
    let network = network
    plan = GatewayPlan(
      GatewayObjects(
        classes: all("gatewayclasses"), gateways: all("gateways"), routes: routes,
        grants: all("referencegrants"), namespaceLabels: { network.namespaces["", $0]?.labels },
        service: { network.services[$0, $1] }, secret: { network.web.secrets[$0, $1] }))
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
    status["listeners"] = .array(
      gateway.listeners.map { listener in
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
    return status
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
    guard !status.isNull, object["status"] != status, let version = versions[plural] else {
      return
    }
    var changed = object
    changed["status"] = status
    _ = try? client.update(.init(Self.group, version, plural), changed, subresource: "status")
  }
}
