import Documents
import KubeObjects

/// Which listeners a Gateway has, and what is wrong with them.
extension GatewayPlan {
  static func gateway(
    _ object: Value, _ className: String, _ implementation: GatewayProvider,
    _ objects: GatewayObjects
  ) -> Gateway {
    let specs = object["spec"]?.items("listeners") ?? []
    var listeners = specs.map { listener($0, object, implementation, objects) }
    // All that cannot be told apart lose, so each is compared with what was asked for.
    let asked = listeners
    let style = implementation.style
    for index in listeners.indices {
      var others = asked
      others.remove(at: index)
      listeners[index].conflict(with: others, style)
    }
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
    "TCP": ["TCPRoute"], "UDP": ["UDPRoute"],
  ]

  private static func unsupported(
    _ spec: Value, _ implementation: GatewayProvider
  ) -> (reason: String, message: String)? {
    let name = spec.text("protocol")
    guard kinds[name] != nil else {
      return (
        "UnsupportedProtocol",
        "protocol: Unsupported value: \"\(name)\": supported values: \"HTTP\", \"HTTPS\", \"TCP\", "
          + "\"TLS\", \"UDP\""
      )
    }
    // NGINX's passes connections on as they are.
    guard
      name != "TLS" || implementation.style == .envoy
        || spec[path: "tls", "mode"]?.string == "Passthrough"
    else {
      return (
        "UnsupportedValue",
        "tls.mode: Unsupported value: \"Terminate\": supported values: \"Passthrough\""
      )
    }
    return nil
  }

  private static func listener(
    _ spec: Value, _ owner: Value, _ implementation: GatewayProvider, _ objects: GatewayObjects
  ) -> Listener {
    var listener = Listener(
      name: spec.text("name"), port: Int(clamping: spec.number("port")),
      protocol: spec.text("protocol"), hostname: spec.text("hostname").lowercased(),
      kinds: kinds[spec.text("protocol")] ?? [], spec: spec, namespace: owner.namespace)
    if listener.isTerminated { listener.kinds.append("TCPRoute") }
    if let (reason, message) = unsupported(spec, implementation) {
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
    if listener.protocol == "HTTPS" || listener.isTerminated {
      for reference in spec[path: "tls", "certificateRefs"]?.array ?? [] {
        let named = reference.text("namespace")
        let home = named.isEmpty ? owner.namespace : named
        listener.certificates.append("\(home)/\(reference.text("name"))")
        if let problem = problem(reference, home, owner, objects) { resolved = problem }
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
    _ reference: Value, _ home: String, _ owner: Value, _ objects: GatewayObjects
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
      from: owner.kind, in: owner.namespace, to: "", "Secret", name, in: home)
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

  // MARK: ListenerSets

  /// Adds the listeners of a ListenerSet to its Gateway, after those that are there: what came
  /// before wins a conflict.
  mutating func join(_ object: Value, _ objects: GatewayObjects) {
    let reference = object[path: "spec", "parentRef"] ?? [:]
    guard ["", "Gateway"].contains(reference.text("kind")) else { return }
    let key = "\(reference.home(object.namespace))/\(reference.text("name"))"
    guard var gateway = gateways[key] else { return }
    defer { gateways[key] = gateway }
    func refuse(_ reason: String, _ message: String) {
      sets[object.namespacedName] = ListenerSet(
        object: object, gateway: key, accepted: .init("Accepted", false, reason, message))
    }
    // A Gateway that says nothing takes nobody's listeners.
    let allowed = gateway.object[path: "spec", "allowedListeners", "namespaces"] ?? ["from": "None"]
    guard allows(allowed, object.namespace, gateway.object.namespace, objects) else {
      return refuse(
        "NotAllowed", "ListenerSet is not allowed by the Gateway's allowedListeners")
    }
    guard gateway.accepted.isTrue else {
      return refuse("ParentNotAccepted", "The parent Gateway is not accepted")
    }
    let first = gateway.listeners.count
    for spec in object["spec"]?.items("listeners") ?? [] {
      var listener = Self.listener(spec, object, gateway.implementation, objects)
      listener.set = object.namespacedName
      gateway.listeners.append(listener)
    }
    let style = gateway.implementation.style
    for index in gateway.listeners.indices.dropFirst(first) {
      let earlier = Array(gateway.listeners.prefix(index))
      gateway.listeners[index].conflict(with: earlier, style)
    }
    let own = gateway.listeners.dropFirst(first)
    let valid = own.filter(\.isValid).count
    guard valid > 0 else { return refuse("ListenersNotValid", "No valid listeners") }
    sets[object.namespacedName] = ListenerSet(
      object: object, gateway: key,
      accepted: valid == own.count
        ? .init("Accepted", true, "Accepted", "ListenerSet is accepted")
        : .init("Accepted", true, "ListenersNotValid", "Some listeners are not valid"))
  }
}

extension GatewayPlan.Listener {
  /// Whether it takes room at its port. One whose certificates are missing does; one that is refused
  /// does not.
  private var isAccepted: Bool { conditions.contains { $0.type == "Accepted" && $0.isTrue } }

  /// Listeners of one port must differ in their hosts and agree in their protocol, where TLS that is
  /// ended and TLS that is not are one: the handshake's name tells them apart. UDP has ports of its
  /// own.
  mutating func conflict(with all: [Self], _ style: GatewayProvider.Style) {
    guard isAccepted else { return }
    func family(_ listener: Self) -> String {
      listener.protocol == "HTTPS" ? "TLS" : listener.protocol
    }
    let others = all.filter { $0.isAccepted && $0.port == port && $0.transport == transport }
    let overlapping = others.contains {
      $0.protocol != `protocol` && GatewayHostname.overlap($0.hostname, hostname)
    }
    let reason: (String, String)? =
      if others.contains(where: { family($0) != family(self) }) {
        (
          "ProtocolConflict",
          "Multiple listeners for the same port \(port) specify incompatible protocols; "
            + "ensure only one protocol per port"
        )
      } else if style == .nginx, overlapping {
        (
          "HostnameConflict",
          "HTTPS and TLS listeners for the same port \(port) specify overlapping hostnames; ensure "
            + "no overlapping hostnames for HTTPS and TLS listeners for the same port"
        )
      } else if others.contains(where: { $0.hostname == hostname }) {
        (
          "HostnameConflict",
          "Multiple listeners for the same port \(port) have the same hostname "
            + "\"\(hostname)\"; ensure each has its own"
        )
      } else {
        nil
      }
    guard let (word, message) = reason else { return }
    isValid = false
    conditions = conditions.map {
      switch $0.type {
      case "Conflicted": .init("Conflicted", true, word, message)
      case "Accepted": .init("Accepted", false, word, message)
      case "Programmed": .init("Programmed", false, "Invalid", message)
      default: $0
      }
    }
  }
}
