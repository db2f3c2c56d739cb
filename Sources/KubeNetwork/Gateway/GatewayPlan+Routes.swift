import Documents
import KubeObjects

/// Which routes are attached where.
extension GatewayPlan {
  mutating func attach(_ object: Value, _ objects: GatewayObjects) {
    var route = GatewayRoute(object)
    let resolved = resolve(&route, object, objects)
    for reference in object["spec"]?.items("parentRefs") ?? [] {
      guard ["", "Gateway", "ListenerSet"].contains(reference.text("kind")) else { continue }
      let parent = "\(reference.home(object.namespace))/\(reference.text("name"))"
      let set = reference.text("kind") == "ListenerSet" ? parent : nil
      let key = set == nil ? parent : sets[parent]?.gateway ?? ""
      guard let gateway = gateways[key] else { continue }
      let accepted = attach(route, reference, to: gateway, set, objects)
      policies.note(route, gateway)
      parents[Self.key(object), default: []].append(
        Parent(
          reference: reference, controllerName: gateway.implementation.controllerName,
          conditions: [accepted, resolved]))
    }
  }

  private mutating func attach(
    _ route: GatewayRoute, _ reference: Value, to gateway: Gateway, _ set: String?,
    _ objects: GatewayObjects
  ) -> GatewayCondition {
    let section = reference.text("sectionName")
    let port = reference["port"]?.int
    let chosen = gateway.listeners.indices.filter { index in
      let listener = gateway.listeners[index]
      return listener.set == set && (section.isEmpty || listener.name == section)
        && (port.map { Int(clamping: $0) == listener.port } ?? true)
    }
    guard !chosen.isEmpty else {
      return .init(
        "Accepted", false, "NoMatchingParent", "The Listener is not found for this parent ref")
    }
    let open = chosen.filter { index in
      let listener = gateway.listeners[index]
      let allowed = listener.spec[path: "allowedRoutes", "namespaces"] ?? [:]
      return listener.kinds.contains(route.kind)
        && allows(allowed, route.namespace, listener.namespace, objects)
    }
    guard !open.isEmpty else {
      return .init(
        "Accepted", false, "NotAllowedByListeners", "The Route is not allowed by any listener")
    }
    let shared = open.compactMap { index in
      GatewayHostname.shared(
        listener: gateway.listeners[index].hostname, route: route.hostnames
      ).map { (index, $0) }
    }
    guard !shared.isEmpty else {
      return .init(
        "Accepted", false, "NoMatchingListenerHostname",
        "The Listener hostname does not match the Route hostnames")
    }
    var isAttached = false
    for (index, hosts) in shared {
      let route = spoken(route, at: gateway.listeners[index], gateway.implementation.style)
      gateways[gateway.key]?.listeners[index].attachedRoutes += 1
      guard gateway.listeners[index].isValid else { continue }
      isAttached = true
      let attached = Attached(route: route, hostnames: hosts)
      gateways[gateway.key]?.listeners[index].attached.append(attached)
    }
    return isAttached
      ? .init("Accepted", true, "Accepted", "The Route is accepted")
      : .init("Accepted", false, "InvalidListener", "The Listener is invalid for this parent ref")
  }

  /// The route without BackendTLSPolicies where its connections are carried on as they are: where the
  /// client's own TLS goes on to the backend, over UDP, and in NGINX's, which knows them for HTTP only.
  private func spoken(
    _ route: GatewayRoute, at listener: Listener, _ style: GatewayProvider.Style
  ) -> GatewayRoute {
    let speaks =
      ["HTTPRoute", "GRPCRoute"].contains(route.kind)
      || style == .envoy && (listener.protocol == "TCP" || listener.isTerminated)
    guard !speaks else { return route }
    var route = route
    for number in route.rules.indices {
      for index in route.rules[number].backends.indices {
        let backend = route.rules[number].backends[index]
        guard let security = backend.security else { continue }
        route.rules[number].backends[index].security = nil
        if backend.problem == security.problem { route.rules[number].backends[index].problem = "" }
      }
    }
    return route
  }

  /// Whether objects of a namespace are wanted by somebody in another one, or in the same.
  func allows(
    _ wanted: Value, _ namespace: String, _ home: String, _ objects: GatewayObjects
  ) -> Bool {
    switch wanted.text("from") {
    case "All": return true
    case "Selector":
      guard let selector = try? LabelSelector(object: wanted["selector"] ?? [:]) else {
        return false
      }
      return selector.matches(objects.namespaceLabels(namespace))
    case "None": return false
    default: return namespace == home
    }
  }

  /// Marks backends that cannot be used, and says the first that is wrong.
  private func resolve(
    _ route: inout GatewayRoute, _ object: Value, _ objects: GatewayObjects
  ) -> GatewayCondition {
    var first: GatewayCondition?
    let specs = object["spec"]?.items("rules") ?? []
    for (number, rule) in specs.enumerated() where route.rules.indices.contains(number) {
      for (index, reference) in rule.items("backendRefs").enumerated() {
        let place = "spec.rules[\(number)].backendRefs[\(index)]"
        guard let problem = problem(reference, place, route, objects) else {
          secure(&route, number, index, objects)
          continue
        }
        if route.rules[number].backends.indices.contains(index) {
          route.rules[number].backends[index].problem = problem.message
        }
        if first == nil { first = problem }
      }
    }
    return first ?? .init("ResolvedRefs", true, "ResolvedRefs", "All references are resolved")
  }

  /// Lets a good backend be spoken to as a BackendTLSPolicy wants it.
  private func secure(
    _ route: inout GatewayRoute, _ number: Int, _ index: Int, _ objects: GatewayObjects
  ) {
    guard route.rules[number].backends.indices.contains(index) else { return }
    let backend = route.rules[number].backends[index].reference
    let service = objects.service(backend.namespace, backend.service) ?? [:]
    let security = policies.security(for: backend, service)
    route.rules[number].backends[index].security = security
    route.rules[number].backends[index].problem = security?.problem ?? ""
  }

  private func problem(
    _ reference: Value, _ place: String, _ route: GatewayRoute, _ objects: GatewayObjects
  ) -> GatewayCondition? {
    func refuse(_ reason: String, _ message: String) -> GatewayCondition {
      .init("ResolvedRefs", false, reason, message)
    }
    let kind = reference.text("kind")
    guard ["", "Service"].contains(kind), ["", "core"].contains(reference.text("group")) else {
      return refuse(
        "InvalidKind",
        "\(place).kind: Unsupported value: \"\(kind)\": supported values: \"Service\"")
    }
    let backend = GatewayRoute.backend(reference, route.namespace).reference
    let isGranted = objects.isGranted(
      from: route.kind, in: route.namespace, to: "", "Service", backend.service,
      in: backend.namespace)
    guard isGranted else {
      return refuse(
        "RefNotPermitted",
        "\(place).namespace: Forbidden: Backend ref to Service \(backend.key) not permitted by any "
          + "ReferenceGrant")
    }
    guard let service = objects.service(backend.namespace, backend.service) else {
      return refuse("BackendNotFound", "\(place).name: Not found: \"\(backend.service)\"")
    }
    let ports = service["spec"]?.items("ports") ?? []
    guard ports.contains(where: { $0["port"]?.int == reference["port"]?.int }) else {
      return refuse(
        "BackendNotFound",
        "\(place).port: Not found: \(reference.number("port")): Service \(backend.key) has no such "
          + "port")
    }
    return nil
  }
}
