import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Tells of every APIService that points to a Service whether it can be used (kube-aggregator's
/// available controller), and lets its server answer while it can.
final class APIServiceAvailability {
  private let client: ComponentClient
  private let services: Informer
  private let slices: Informer
  private let apiServices: Informer
  /// By APIService: what serves its group while it is available.
  private let servers: [String: MetricsServer]
  private var isDue = false

  private static let resource = GroupVersionResource(
    "apiregistration.k8s.io", "v1", "apiservices")

  init(client: ComponentClient, servers: [String: MetricsServer]) {
    self.client = client
    self.servers = servers
    services = client.informer(.services)
    slices = client.informer(.endpointSlices)
    apiServices = client.informer(Self.resource)
  }

  func start() {
    for informer in [services, slices, apiServices] {
      informer.onChange { [weak self] _, _ in self?.lookSoon() }
    }
  }

  /// Once for all changes of a moment; only where some API is served by a Service.
  private func lookSoon() {
    guard !isDue else { return }
    isDue = true
    client.server.timeline.after(.milliseconds(100)) { [weak self] in
      guard let self else { return }
      isDue = false
      look()
    }
  }

  private func look() {
    var available: Set<String> = []
    for key in apiServices.objects.keys.sorted() {
      guard let object = apiServices.objects[key], let service = object[path: "spec", "service"],
        !service.isNull
      else { continue }
      let verdict = judge(object, service)
      if verdict.isAvailable { available.insert(object.name) }
      tell(object, verdict)
    }
    for name in servers.keys.sorted() {
      if available.contains(name) { servers[name]?.start() } else { servers[name]?.stop() }
    }
  }

  private struct Verdict {
    var isAvailable = false
    var reason: String
    var message: String
  }

  private func judge(_ object: Value, _ reference: Value) -> Verdict {
    let name = reference["name"]?.string ?? ""
    let namespace = reference["namespace"]?.string ?? ""
    let number = reference["port"]?.int ?? 443
    guard let service = services[namespace, name] else {
      return Verdict(
        reason: "ServiceNotFound",
        message: "service/\(name) in \"\(namespace)\" is not present")
    }
    let port = (service[path: "spec", "ports"]?.array ?? []).first { $0["port"]?.int == number }
    guard let port else {
      return Verdict(
        reason: "ServicePortError",
        message: "service/\(name) in \"\(namespace)\" is not listening on port \(number)")
    }
    let portName = port["name"]?.string ?? ""
    guard let address = readyAddress(namespace, name, portName) else {
      return Verdict(
        reason: "MissingEndpoints",
        message: "endpoints for service/\(name) in \"\(namespace)\" have no addresses with port "
          + "name \"\(portName)\"")
    }
    guard servers[object.name] != nil else {
      let spec = object["spec"] ?? .emptyObject
      return Verdict(
        reason: "FailedDiscoveryCheck",
        message: "failing or missing response from https://\(address)/apis/"
          + "\(spec["group"]?.string ?? "")/\(spec["version"]?.string ?? ""): bad status from "
          + "https://\(address)/apis/\(spec["group"]?.string ?? "")/"
          + "\(spec["version"]?.string ?? ""): 404")
    }
    return Verdict(isAvailable: true, reason: "Passed", message: "all checks passed")
  }

  private func readyAddress(_ namespace: String, _ service: String, _ port: String) -> String? {
    for key in slices.objects.keys.sorted() where key.namespace == namespace {
      guard let slice = slices.objects[key],
        slice.label("kubernetes.io/service-name") == service,
        let number = (slice["ports"]?.array ?? []).first(where: {
          ($0["name"]?.string ?? "") == port
        })?["port"]?.int
      else { continue }
      for endpoint in slice["endpoints"]?.array ?? []
      where endpoint[path: "conditions", "ready"]?.bool != false {
        if let address = endpoint["addresses"]?[0]?.string { return "\(address):\(number)" }
      }
    }
    return nil
  }

  private func tell(_ object: Value, _ verdict: Verdict) {
    let status = verdict.isAvailable ? "True" : "False"
    let known = (object[path: "status", "conditions"]?.array ?? []).first {
      $0["type"]?.string == "Available"
    }
    if known?["status"]?.string == status, known?["reason"]?.string == verdict.reason,
      known?["message"]?.string == verdict.message
    {
      return
    }
    let moment =
      known?["status"]?.string == status
      ? known?["lastTransitionTime"]?.string : nil
    let condition: Value = [
      "type": "Available", "status": .string(status),
      "lastTransitionTime": .string(moment ?? client.server.timeline.now.rfc3339),
      "reason": .string(verdict.reason), "message": .string(verdict.message),
    ]
    _ = try? client.patch(
      Self.resource, object.name, .merge, ["status": ["conditions": [condition]]],
      subresource: "status")
  }
}
