import Documents
import KubeObjects

/// The TLS that a BackendTLSPolicy wants between a Gateway's proxy and a Service.
struct BackendSecurity: Hashable {
  /// namespace/name of the policy.
  var policy: String
  /// Whom the proxy asks for, and whose certificate it wants to see.
  var serverName: String
  /// PEM of whom it trusts; empty are the public web's authorities.
  var authorities: String
  /// Why requests are answered with 500; empty when the policy is good.
  var problem = ""
}

/// All BackendTLSPolicies, with what was decided about each.
struct BackendPolicies {
  struct Policy {
    var object: Value
    var accepted: GatewayCondition
    var resolved: GatewayCondition
    var security: BackendSecurity
    /// The Gateways, by namespace/name, that send requests to its Services.
    var ancestors: Set<String> = []
  }

  private struct Target: Hashable {
    var service: String
    /// Empty is every port.
    var section: String
  }

  /// By namespace/name.
  private(set) var all: [String: Policy] = [:]
  private var winners: [Target: String] = [:]
  /// All that name a Service, also those that lost it to an older one.
  private var byService: [String: [String]] = [:]

  init(_ objects: GatewayObjects = .init()) {
    for object in objects.policies.sorted(by: GatewayPlan.goesBefore) {
      var policy = Self.read(object, objects)
      let targets = (object["spec"]?.items("targetRefs") ?? []).filter {
        $0.text("kind") == "Service" && ["", "core"].contains($0.text("group"))
      }.map {
        Target(
          service: "\(object.namespace)/\($0.text("name"))", section: $0.text("sectionName"))
      }
      for target in targets {
        byService[target.service, default: []].append(object.namespacedName)
        guard let winner = winners[target] else {
          winners[target] = object.namespacedName
          continue
        }
        // The specification: the older policy has the target, and the others say so.
        policy.accepted = .init(
          "Accepted", false, "Conflicted",
          "The policy is in conflict with BackendTLSPolicy \(winner) for the same target")
      }
      all[object.namespacedName] = policy
    }
  }

  /// What holds for a port of a Service: a policy for its name goes before one for all ports.
  func security(for backend: BackendReference, _ service: Value) -> BackendSecurity? {
    let port = (service["spec"]?.items("ports") ?? []).first {
      $0["port"]?.int.map { .int($0) } == backend.port
    }
    let names = [port?.text("name") ?? "", ""]
    let found = names.compactMap { winners[Target(service: backend.key, section: $0)] }.first
    return found.flatMap { all[$0]?.security }
  }

  /// Remembers that a Gateway sends to a route's Services.
  mutating func note(_ route: GatewayRoute, _ gateway: GatewayPlan.Gateway) {
    for backend in route.rules.flatMap(\.backends) {
      for policy in byService[backend.reference.key] ?? [] {
        all[policy]?.ancestors.insert(gateway.key)
      }
    }
  }

  private static func read(_ object: Value, _ objects: GatewayObjects) -> Policy {
    let validation = object[path: "spec", "validation"] ?? [:]
    let names = validation.items("subjectAltNames").map { $0.text("hostname") }
    var security = BackendSecurity(
      policy: object.namespacedName,
      serverName: names.first { !$0.isEmpty } ?? validation.text("hostname"), authorities: "")
    var resolved = GatewayCondition(
      "ResolvedRefs", true, "ResolvedRefs", "All CACertificateRefs are resolved")
    let references = validation.items("caCertificateRefs")
    for (index, reference) in references.enumerated() {
      switch authority(reference, "spec.validation.caCertificateRefs[\(index)]", object, objects) {
      case .success(let pem): security.authorities += pem + "\n"
      case .failure(let refusal):
        resolved = .init("ResolvedRefs", false, refusal.reason, refusal.message)
      }
    }
    var accepted = GatewayCondition("Accepted", true, "Accepted", "The Policy is accepted")
    if !references.isEmpty, security.authorities.isEmpty {
      accepted = .init("Accepted", false, "NoValidCACertificate", resolved.message)
    }
    if !resolved.isTrue {
      security.problem = "BackendTLSPolicy \(object.namespacedName): \(resolved.message)"
    }
    return Policy(object: object, accepted: accepted, resolved: resolved, security: security)
  }

  private struct Refusal: Error {
    var reason: String
    var message: String
  }

  private static func authority(
    _ reference: Value, _ place: String, _ policy: Value, _ objects: GatewayObjects
  ) -> Result<String, Refusal> {
    let (kind, name) = (reference.text("kind"), reference.text("name"))
    guard kind == "ConfigMap", ["", "core"].contains(reference.text("group")) else {
      return .failure(
        .init(
          reason: "InvalidKind",
          message:
            "\(place).kind: Unsupported value: \"\(kind)\": supported values: \"ConfigMap\""))
    }
    guard let map = objects.configMap(policy.namespace, name) else {
      return .failure(
        .init(reason: "InvalidCACertificateRef", message: "\(place).name: Not found: \"\(name)\""))
    }
    let pem = map["data"]?["ca.crt"]?.string ?? ""
    guard pem.contains("-----BEGIN CERTIFICATE-----") else {
      return .failure(
        .init(
          reason: "InvalidCACertificateRef",
          message: "\(place).name: Invalid value: \"\(name)\": ConfigMap "
            + "\(policy.namespace)/\(name) has no certificate in its key ca.crt"))
    }
    return .success(pem)
  }
}
