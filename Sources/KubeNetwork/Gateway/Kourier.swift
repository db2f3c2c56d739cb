import Documents
import KubeObjects

/// Kourier: Knative's Ingresses (KIngress) as the routes of one Gateway, whose Envoys its manifest
/// brings along.
enum Kourier {
  static let group = "networking.internal.knative.dev"
  static let namespace = "kourier-system"
  private static let annotation = "networking.knative.dev/ingress.class"
  private static let ingressClass = "kourier.ingress.networking.knative.dev"
  /// In a plan beside Gateways' namespace/name.
  static let key = "kourier"
  /// The containers' ports.
  static let (external, inner, secured) = (8080, 8081, 8443)

  static func owns(_ ingress: Value) -> Bool { ingress.annotation(annotation) == ingressClass }

  /// The Gateway that all of its Ingresses make together.
  static func gateway(_ objects: GatewayObjects) -> GatewayPlan.Gateway? {
    guard let provider = GatewayProvider.named(GatewayProvider.kourier) else { return nil }
    func listener(_ name: String, _ port: Int, _ scheme: String) -> GatewayPlan.Listener {
      .init(name: name, port: port, protocol: scheme, hostname: "", kinds: ["Ingress"])
    }
    var outer = listener("external", external, "HTTP")
    var local = listener("internal", inner, "HTTP")
    var secure = listener("external-https", secured, "HTTPS")
    for ingress in objects.ingresses where owns(ingress) {
      let spec = ingress["spec"] ?? [:]
      secure.certificates += spec.items("tls").map {
        "\($0.home(ingress.namespace, "secretNamespace"))/\($0.text("secretName"))"
      }
      for rule in spec.items("rules") {
        let route = GatewayRoute(route(rule, of: ingress, objects))
        let attached = GatewayPlan.Attached(
          route: route, hostnames: route.hostnames.isEmpty ? [""] : route.hostnames)
        local.attached.append(attached)
        guard rule.text("visibility") != "ClusterLocal" else { continue }
        secure.attached.append(attached)
        outer.attached.append(
          spec.text("httpOption") == "Redirected" ? redirected(attached) : attached)
      }
    }
    return .init(
      object: [
        "kind": "Gateway", "metadata": ["name": .string(key), "namespace": .string(namespace)],
      ], className: key, implementation: provider, listeners: [outer, local, secure],
      accepted: .init("Accepted", true, "Accepted", ""))
  }

  private static func redirected(_ attached: GatewayPlan.Attached) -> GatewayPlan.Attached {
    var attached = attached
    let filter: Value = [
      "type": "RequestRedirect",
      "requestRedirect": ["scheme": "https", "statusCode": 301],
    ]
    for index in attached.route.rules.indices { attached.route.rules[index].filters = [filter] }
    return attached
  }

  /// A rule of a KIngress in the words of an HTTPRoute.
  private static func route(
    _ rule: Value, of ingress: Value, _ objects: GatewayObjects
  ) -> Value {
    let rules = (rule["http"]?.items("paths") ?? []).map { path -> Value in
      let given = path.text("path")
      let headers = (path["headers"]?.object ?? [:]).map { name, match -> Value in
        ["name": .string(name), "value": .string(match.text("exact"))]
      }
      var filters = [modifier(path["appendHeaders"])].compactMap { $0 }
      if !path.text("rewriteHost").isEmpty {
        filters.append([
          "type": "URLRewrite", "urlRewrite": ["hostname": .string(path.text("rewriteHost"))],
        ])
      }
      return [
        "matches": [
          [
            "path": ["type": "PathPrefix", "value": .string(given.isEmpty ? "/" : given)],
            "headers": .array(headers),
          ]
        ], "filters": .array(filters),
        "backendRefs": .array(path.items("splits").map { backend($0, ingress, objects) }),
      ]
    }
    return [
      "kind": "Ingress", "metadata": ingress["metadata"] ?? [:],
      "spec": [
        "hostnames": .array(rule.texts("hosts").map { .string($0) }), "rules": .array(rules),
      ],
    ]
  }

  private static func backend(
    _ split: Value, _ ingress: Value, _ objects: GatewayObjects
  ) -> Value {
    let home = split.home(ingress.namespace, "serviceNamespace")
    let service = objects.service(home, split.text("serviceName"))
    let named = (service?["spec"]?.items("ports") ?? []).first {
      $0.text("name") == split.text("servicePort")
    }
    return [
      "name": .string(split.text("serviceName")), "namespace": .string(home),
      "port": split["servicePort"]?.int.map { .int($0) } ?? named?["port"] ?? 0,
      "weight": .int(split["percent"]?.int ?? 100),
      "filters": .array([modifier(split["appendHeaders"])].compactMap { $0 }),
    ]
  }

  private static func modifier(_ headers: Value?) -> Value? {
    guard let headers = headers?.strings, !headers.isEmpty else { return nil }
    let set = headers.sorted { $0.key < $1.key }.map { name, value -> Value in
      ["name": .string(name), "value": .string(value)]
    }
    return ["type": "RequestHeaderModifier", "requestHeaderModifier": ["set": .array(set)]]
  }

  /// A KIngress is ready when an Envoy serves it.
  static func status(of ingress: Value, isServed: Bool, at now: String) -> Value {
    let known = ingress[path: "status", "conditions"]?.array ?? []
    func condition(_ type: String, _ isTrue: Bool) -> Value {
      let status: Value = isTrue ? "True" : "Unknown"
      let same = known.first { $0.text("type") == type && $0["status"] == status }
      var condition: Value = [
        "lastTransitionTime": same?["lastTransitionTime"] ?? .string(now), "status": status,
        "type": .string(type),
      ]
      if !isTrue {
        condition["message"] = "Waiting for load balancer to be ready"
        condition["reason"] = "Uninitialized"
      }
      return condition
    }
    func balancer(_ service: String) -> Value {
      [
        "ingress": [
          ["domainInternal": .string("\(service).\(namespace).svc.cluster.local")]
        ]
      ]
    }
    return [
      "conditions": [
        condition("LoadBalancerReady", isServed), condition("NetworkConfigured", true),
        condition("Ready", isServed),
      ], "observedGeneration": .int(ingress.generation),
      "privateLoadBalancer": balancer("kourier-internal"),
      "publicLoadBalancer": balancer("kourier"),
    ]
  }
}
