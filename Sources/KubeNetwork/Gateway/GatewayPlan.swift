import Documents
import KubeObjects

/// All decisions about Gateways and routes, with their reasons: what is accepted, what is attached.
struct GatewayPlan {
  struct Listener {
    var name: String
    var port: Int
    var `protocol`: String
    var hostname: String
    /// namespace/name of the certificates' Secrets.
    var certificates: [String] = []
    var kinds: [String]
    var conditions: [GatewayCondition] = []
    var isValid = true
    var attached: [Attached] = []
    /// Routes that count in its status.
    var attachedRoutes = 0
  }

  /// A route at a listener, under the hosts that they share.
  struct Attached {
    var route: GatewayRoute
    var hostnames: [String]
  }

  struct Gateway {
    var object: Value
    var className: String
    var implementation: GatewayProvider
    var listeners: [Listener]
    var accepted: GatewayCondition
    var key: String { object.namespacedName }
  }

  struct Parent {
    var reference: Value
    var controllerName: String
    var conditions: [GatewayCondition]
  }

  /// By name, those with a known controller.
  private(set) var classes: [String: GatewayCondition] = [:]
  /// By namespace/name.
  var gateways: [String: Gateway] = [:]
  /// By kind/namespace/name.
  var parents: [String: [Parent]] = [:]

  static func key(_ route: Value) -> String { "\(route.kind)/\(route.namespacedName)" }

  init(_ objects: GatewayObjects = .init()) {
    var implementations: [String: GatewayProvider] = [:]
    for object in objects.classes {
      let name = object[path: "spec", "controllerName"]?.string ?? ""
      guard let found = GatewayProvider.named(name) else { continue }
      implementations[object.name] = found
      classes[object.name] = .init("Accepted", true, "Accepted", "The GatewayClass is accepted")
    }
    for object in objects.gateways {
      let className = object[path: "spec", "gatewayClassName"]?.string ?? ""
      guard let implementation = implementations[className] else { continue }
      gateways[object.namespacedName] = Self.gateway(object, className, implementation, objects)
    }
    let ordered = objects.routes.sorted { Self.key($0) < Self.key($1) }
    for route in ordered { attach(route, objects) }
  }

  // MARK: listeners

  private static func gateway(
    _ object: Value, _ className: String, _ implementation: GatewayProvider,
    _ objects: GatewayObjects
  ) -> Gateway {
    let specs = object["spec"]?.items("listeners") ?? []
    var listeners = specs.map { listener($0, object, objects) }
    for index in listeners.indices { conflict(index, &listeners) }
    let valid = listeners.filter(\.isValid).count
    let accepted: GatewayCondition =
      if valid == listeners.count {
        .init("Accepted", true, "Accepted", "The Gateway is accepted")
      } else {
        .init(
          "Accepted", valid > 0, "ListenersNotValid",
          valid > 0
            ? "The Gateway has at least one valid listener"
            : "The Gateway has no valid listeners")
      }
    return Gateway(
      object: object, className: className, implementation: implementation, listeners: listeners,
      accepted: accepted)
  }

  /// The kinds of routes that listeners of a protocol take.
  private static let kinds = [
    "HTTP": ["HTTPRoute", "GRPCRoute"], "HTTPS": ["HTTPRoute", "GRPCRoute"], "TLS": ["TLSRoute"],
    "TCP": ["TCPRoute"],
  ]

  private static func unsupported(_ spec: Value) -> (reason: String, message: String)? {
    let name = spec.text("protocol")
    guard kinds[name] != nil else {
      return (
        "UnsupportedProtocol",
        "protocol: Unsupported value: \"\(name)\": supported values: \"HTTP\", \"HTTPS\", \"TCP\", "
          + "\"TLS\""
      )
    }
    guard name != "TLS" || spec[path: "tls", "mode"]?.string == "Passthrough" else {
      return (
        "UnsupportedValue",
        "tls.mode: Unsupported value: \"Terminate\": supported values: \"Passthrough\""
      )
    }
    return nil
  }

  private static func listener(
    _ spec: Value, _ gateway: Value, _ objects: GatewayObjects
  ) -> Listener {
    var listener = Listener(
      name: spec.text("name"), port: Int(clamping: spec.number("port")),
      protocol: spec.text("protocol"), hostname: spec.text("hostname").lowercased(),
      kinds: kinds[spec.text("protocol")] ?? [])
    if let (reason, message) = unsupported(spec) {
      listener.isValid = false
      listener.kinds = []
      listener.conditions = [
        .init("Accepted", false, reason, message),
        .init("ResolvedRefs", true, "ResolvedRefs", "All references are resolved"),
        .init("Conflicted", false, "NoConflicts", "No conflicts"),
        .init("Programmed", false, "Invalid", "The Listener is invalid"),
      ]
      return listener
    }
    var resolved = GatewayCondition(
      "ResolvedRefs", true, "ResolvedRefs", "All references are resolved")
    let asked = spec[path: "allowedRoutes", "kinds"]?.array ?? []
    if !asked.isEmpty {
      let known = asked.map { $0.text("kind") }.filter { listener.kinds.contains($0) }
      if known.count < asked.count {
        resolved = .init(
          "ResolvedRefs", false, "InvalidRouteKinds",
          "allowedRoutes.kinds: Unsupported value: supported values: "
            + listener.kinds.map { "\"\($0)\"" }.joined(separator: ", "))
      }
      listener.kinds = known
    }
    if listener.protocol == "HTTPS" {
      for reference in spec[path: "tls", "certificateRefs"]?.array ?? [] {
        let named = reference.text("namespace")
        let home = named.isEmpty ? gateway.namespace : named
        listener.certificates.append("\(home)/\(reference.text("name"))")
        if let problem = problem(reference, home, gateway, objects) { resolved = problem }
      }
      if listener.certificates.isEmpty {
        resolved = .init(
          "ResolvedRefs", false, "InvalidCertificateRef",
          "tls.certificateRefs: Required value: certificateRefs must be defined for TLS mode "
            + "terminate")
      }
    }
    listener.isValid = resolved.isTrue || resolved.reason == "InvalidRouteKinds"
    listener.conditions = [
      .init("Accepted", true, "Accepted", "The Listener is accepted"), resolved,
      .init("Conflicted", false, "NoConflicts", "No conflicts"),
      listener.isValid
        ? .init("Programmed", true, "Programmed", "The Listener is programmed")
        : .init("Programmed", false, "Invalid", resolved.message),
    ]
    return listener
  }

  /// What is wrong with a certificate's reference.
  private static func problem(
    _ reference: Value, _ home: String, _ gateway: Value, _ objects: GatewayObjects
  ) -> GatewayCondition? {
    let name = reference.text("name")
    func refuse(_ reason: String, _ message: String) -> GatewayCondition {
      .init("ResolvedRefs", false, reason, message)
    }
    if !["", "Secret"].contains(reference.text("kind")) {
      return refuse(
        "InvalidCertificateRef",
        "tls.certificateRefs[0].kind: Unsupported value: \"\(reference.text("kind"))\": supported "
          + "values: \"Secret\"")
    }
    let isGranted = objects.isGranted(
      from: "Gateway", in: gateway.namespace, to: "", "Secret", name, in: home)
    guard isGranted else {
      return refuse(
        "RefNotPermitted",
        "Certificate ref to secret \(home)/\(name) not permitted by any ReferenceGrant")
    }
    guard let secret = objects.secret(home, name) else {
      return refuse(
        "InvalidCertificateRef",
        "tls.certificateRefs[0]: Invalid value: \"\(home)/\(name)\": secret does not exist")
    }
    guard secret.text("type") == "kubernetes.io/tls" else {
      return refuse(
        "InvalidCertificateRef",
        "tls.certificateRefs[0]: Invalid value: \"\(home)/\(name)\": secret type must be "
          + "\"kubernetes.io/tls\" not \"\(secret.text("type"))\"")
    }
    return nil
  }

  /// Listeners of one port must differ in their hosts and agree in their protocol.
  private static func conflict(_ index: Int, _ listeners: inout [Listener]) {
    let own = listeners[index]
    let others = listeners.enumerated().filter { $0.offset != index && $0.element.port == own.port }
    let reason: (String, String)? =
      if others.contains(where: { $0.element.protocol != own.protocol }) {
        (
          "ProtocolConflict",
          "Multiple listeners for the same port \(own.port) specify incompatible protocols; "
            + "ensure only one protocol per port"
        )
      } else if others.contains(where: { $0.element.hostname == own.hostname }) {
        (
          "HostnameConflict",
          "Multiple listeners for the same port \(own.port) have the same hostname "
            + "\"\(own.hostname)\"; ensure each has its own"
        )
      } else {
        nil
      }
    guard let (word, message) = reason else { return }
    listeners[index].isValid = false
    listeners[index].conditions = own.conditions.map {
      switch $0.type {
      case "Conflicted": .init("Conflicted", true, word, message)
      case "Accepted": .init("Accepted", false, word, message)
      case "Programmed": .init("Programmed", false, "Invalid", message)
      default: $0
      }
    }
  }
}
