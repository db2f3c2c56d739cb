import Documents
import Linux
import Testing

@testable import KubeNetwork

/// What the Gateway API's specification says about routes, listeners and references.
@Suite struct GatewayPlanTests {
  static let classes: [Value] = [
    [
      "metadata": ["name": "nginx"],
      "spec": ["controllerName": "gateway.nginx.org/nginx-gateway-controller"],
    ]
  ]

  static func listener(
    _ name: String, port: Int64 = 80, protocol kind: String = "HTTP", hostname: String = "",
    from: String = "Same", secret: String = ""
  ) -> Value {
    var listener: Value = [
      "name": .string(name), "port": .int(port), "protocol": .string(kind),
      "allowedRoutes": ["namespaces": ["from": .string(from)]],
    ]
    if from == "Selector" {
      listener.set(
        ["allowedRoutes", "namespaces", "selector"], ["matchLabels": ["team": "shop"]])
    }
    if !hostname.isEmpty { listener["hostname"] = .string(hostname) }
    if !secret.isEmpty {
      let parts = secret.split(separator: "/").map(String.init)
      listener["tls"] = [
        "certificateRefs": [
          ["kind": "Secret", "namespace": .string(parts[0]), "name": .string(parts[1])]
        ]
      ]
    }
    return listener
  }

  /// A listener that passes TLS on as it is.
  static func passing(_ name: String, hostname: String) -> Value {
    var listener = listener(name, port: 443, protocol: "TLS", hostname: hostname)
    listener["tls"] = ["mode": "Passthrough"]
    return listener
  }

  static func gateway(_ listeners: [Value]) -> Value {
    [
      "kind": "Gateway", "metadata": ["name": "web", "namespace": "default"],
      "spec": ["gatewayClassName": "nginx", "listeners": .array(listeners)],
    ]
  }

  static func route(
    _ name: String, in namespace: String = "default", hosts: [String] = [], section: String = "",
    backend: String = "default/app", rules: [Value]? = nil, at second: Int = 0
  ) -> Value {
    var parent: Value = ["name": "web", "namespace": "default"]
    if !section.isEmpty { parent["sectionName"] = .string(section) }
    let parts = backend.split(separator: "/").map(String.init)
    let plain: Value = [
      "backendRefs": [
        ["name": .string(parts[1]), "namespace": .string(parts[0]), "port": 80, "weight": 1]
      ]
    ]
    return [
      "kind": "HTTPRoute",
      "metadata": [
        "name": .string(name), "namespace": .string(namespace),
        "creationTimestamp": .string("2026-06-01T09:00:0\(second)Z"),
      ],
      "spec": [
        "parentRefs": [parent], "hostnames": .array(hosts.map { .string($0) }),
        "rules": .array(rules ?? [plain]),
      ],
    ]
  }

  private static func plan(
    _ listeners: [Value], _ routes: [Value], grants: [Value] = []
  ) -> GatewayPlan {
    GatewayPlan(
      GatewayObjects(
        classes: classes, gateways: [gateway(listeners)], routes: routes, grants: grants,
        namespaceLabels: { $0 == "team" ? ["team": "shop"] : [:] },
        service: { _, name in
          name == "missing" ? nil : ["spec": ["ports": [["port": 80]]]]
        },
        secret: { _, name in
          name == "missing"
            ? nil : ["type": .string(name == "opaque" ? "Opaque" : "kubernetes.io/tls")]
        }))
  }

  static func reason(_ plan: GatewayPlan, _ route: String, _ type: String) -> String? {
    plan.parents[route]?.first?.conditions.first { $0.type == type }?.reason
  }

  @Test(
    "a route is attached, or told why not",
    arguments: [
      ("default", "", "", "Same", "", "Accepted"),
      ("other", "", "", "Same", "", "NotAllowedByListeners"),
      ("other", "", "", "All", "", "Accepted"),
      ("team", "", "", "Selector", "", "Accepted"),
      ("other", "", "", "Selector", "", "NotAllowedByListeners"),
      ("default", "nope", "", "Same", "", "NoMatchingParent"),
      ("default", "http", "", "Same", "", "Accepted"),
      ("default", "", "a.example", "Same", "b.example", "NoMatchingListenerHostname"),
      ("default", "", "a.example", "Same", "*.example", "Accepted"),
      ("default", "", "a.b.example", "Same", "*.example", "Accepted"),
      ("default", "", "*.example", "Same", "a.example", "Accepted"),
      ("default", "", "example", "Same", "*.example", "NoMatchingListenerHostname"),
    ])
  func attachment(
    _ namespace: String, _ section: String, _ host: String, _ from: String, _ own: String,
    _ reason: String
  ) {
    let plan = Self.plan(
      [Self.listener("http", hostname: own, from: from)],
      [
        Self.route(
          "r", in: namespace, hosts: host.isEmpty ? [] : [host], section: section,
          backend: "\(namespace)/app")
      ])
    #expect(Self.reason(plan, "HTTPRoute/\(namespace)/r", "Accepted") == reason)
    let count = plan.gateways["default/web"]?.listeners.first?.attachedRoutes
    #expect(count == (reason == "Accepted" ? 1 : 0))
  }

  @Test("a listener for connections takes their routes only, and the name in TLS chooses")
  func streams() {
    func kind(_ kind: String, _ route: Value) -> Value {
      var route = route
      route["kind"] = .string(kind)
      return route
    }
    var secure = Self.listener("tls", port: 443, protocol: "TLS", hostname: "*.example")
    secure["tls"] = ["mode": "Passthrough"]
    var ended = Self.listener("ended", port: 8443, protocol: "TLS")
    ended["tls"] = ["mode": "Terminate"]
    let plan = Self.plan(
      [secure, ended, Self.listener("raw", port: 9000, protocol: "TCP")],
      [
        kind("TLSRoute", Self.route("wide", hosts: ["*.example"], section: "tls")),
        kind("TLSRoute", Self.route("one", hosts: ["a.example"], section: "tls")),
        kind("TCPRoute", Self.route("raw", section: "raw")),
        kind("TCPRoute", Self.route("wrong", section: "tls")),
        Self.route("web", section: "raw"),
      ])
    let gateway = plan.gateways["default/web"]
    let tls = gateway?.listener(port: 443, host: "a.example")
    #expect(tls?.kinds == ["TLSRoute"])
    #expect(tls?.route(host: "a.example")?.route.name == "one")
    #expect(tls?.route(host: "b.example")?.route.name == "wide")
    #expect(tls?.route(host: "b.else") == nil)
    #expect(gateway?.listener(port: 9000, host: "")?.route(host: "")?.route.name == "raw")
    #expect(Self.reason(plan, "TCPRoute/default/wrong", "Accepted") == "NotAllowedByListeners")
    #expect(Self.reason(plan, "HTTPRoute/default/web", "Accepted") == "NotAllowedByListeners")
    let accepted = gateway?.listeners[1].conditions.first { $0.type == "Accepted" }
    #expect(accepted?.reason == "UnsupportedValue")
  }

  private static func grant(_ kind: String, from: String, to: String, name: String = "") -> Value {
    var target: Value = ["group": "", "kind": .string(to)]
    if !name.isEmpty { target["name"] = .string(name) }
    return [
      "metadata": ["name": "g", "namespace": "far"],
      "spec": [
        "from": [
          [
            "group": "gateway.networking.k8s.io", "kind": .string(kind), "namespace": .string(from),
          ]
        ], "to": [target],
      ],
    ]
  }

  @Test(
    "a reference is resolved, or told why not",
    arguments: [
      ("default/app", [], "ResolvedRefs"), ("default/missing", [], "BackendNotFound"),
      ("far/app", [], "RefNotPermitted"),
      ("far/app", [grant("HTTPRoute", from: "default", to: "Service")], "ResolvedRefs"),
      (
        "far/app", [grant("HTTPRoute", from: "default", to: "Service", name: "app")], "ResolvedRefs"
      ),
      (
        "far/app", [grant("HTTPRoute", from: "default", to: "Service", name: "other")],
        "RefNotPermitted"
      ), ("far/app", [grant("HTTPRoute", from: "other", to: "Service")], "RefNotPermitted"),
      ("far/app", [grant("GRPCRoute", from: "default", to: "Service")], "RefNotPermitted"),
    ] as [(String, [Value], String)])
  func references(_ backend: String, _ grants: [Value], _ reason: String) {
    let plan = Self.plan(
      [Self.listener("http")], [Self.route("r", backend: backend)], grants: grants)
    #expect(Self.reason(plan, "HTTPRoute/default/r", "ResolvedRefs") == reason)
    #expect(Self.reason(plan, "HTTPRoute/default/r", "Accepted") == "Accepted")
  }

  @Test(
    "a listener is programmed, or told why not",
    arguments: [
      ([listener("a")], "Programmed", "Programmed"),
      ([listener("a", protocol: "SCTP")], "Accepted", "UnsupportedProtocol"),
      ([listener("a", protocol: "UDP")], "Programmed", "Programmed"),
      (
        [listener("a", protocol: "TCP"), listener("b", protocol: "UDP")], "Conflicted",
        "NoConflicts"
      ),
      ([listener("a", protocol: "HTTPS")], "ResolvedRefs", "InvalidCertificateRef"),
      (
        [listener("a", protocol: "HTTPS", secret: "default/missing")], "ResolvedRefs",
        "InvalidCertificateRef"
      ),
      (
        [listener("a", protocol: "HTTPS", secret: "default/opaque")], "ResolvedRefs",
        "InvalidCertificateRef"
      ),
      (
        [listener("a", protocol: "HTTPS", secret: "far/tls")], "ResolvedRefs", "RefNotPermitted"
      ), ([listener("a", protocol: "HTTPS", secret: "default/tls")], "Programmed", "Programmed"),
      ([listener("a"), listener("b")], "Conflicted", "HostnameConflict"),
      (
        [listener("a"), listener("b", protocol: "HTTPS", secret: "default/tls")], "Conflicted",
        "ProtocolConflict"
      ), ([listener("a"), listener("b", hostname: "x.example")], "Conflicted", "NoConflicts"),
      // One of an unknown protocol takes no room, one without a certificate does.
      ([listener("a"), listener("b", protocol: "SCTP")], "Conflicted", "NoConflicts"),
      (
        [
          listener("a", protocol: "HTTPS", secret: "default/tls"),
          listener("b", protocol: "HTTPS", secret: "default/missing"),
        ], "Conflicted", "HostnameConflict"
      ),
      // TLS is told apart by the handshake's name.
      (
        [
          listener("a", port: 443, protocol: "HTTPS", hostname: "a.example", secret: "default/tls"),
          passing("b", hostname: "b.example"),
        ], "Programmed", "Programmed"
      ),
      (
        [
          listener("a", port: 443, protocol: "HTTPS", hostname: "a.example", secret: "default/tls"),
          passing("b", hostname: "*.example"),
        ], "Conflicted", "HostnameConflict"
      ),
      ([passing("a", hostname: "a.example"), listener("b")], "Programmed", "Programmed"),
    ])
  func listeners(_ listeners: [Value], _ type: String, _ reason: String) {
    let plan = Self.plan(listeners, [])
    let first = plan.gateways["default/web"]?.listeners.first
    #expect(first?.conditions.first { $0.type == type }?.reason == reason)
  }

  /// Rules by what they match, in a deliberately bad order; each leads to a Service of its name.
  private static let rules: [(String, Value)] = [
    ("root", ["path": ["type": "PathPrefix", "value": "/"]]),
    ("shop", ["path": ["type": "PathPrefix", "value": "/shop"]]),
    ("expression", ["path": ["type": "RegularExpression", "value": "/shop/[0-9]+"]]),
    ("exact", ["path": ["type": "Exact", "value": "/shop/cart"]]),
    ("method", ["path": ["type": "PathPrefix", "value": "/shop"], "method": "POST"]),
    (
      "header",
      [
        "path": ["type": "PathPrefix", "value": "/shop"],
        "headers": [["type": "Exact", "name": "X-Beta", "value": "1"]],
      ]
    ),
    (
      "query",
      [
        "path": ["type": "PathPrefix", "value": "/shop"],
        "queryParams": [["type": "Exact", "name": "beta", "value": "1"]],
      ]
    ),
  ]

  @Test(
    "matches go in the specification's order",
    arguments: [
      ("GET", "/", [], "root"), ("GET", "/shop", [], "shop"), ("GET", "/shopping", [], "root"),
      ("GET", "/shop/cart", [], "exact"), ("GET", "/shop/12", [], "expression"),
      ("POST", "/shop/x", [], "method"), ("GET", "/shop/x", ["X-Beta"], "header"),
      ("POST", "/shop/x", ["X-Beta"], "method"), ("GET", "/shop/x?beta=1", [], "query"),
      ("GET", "/shop/x?beta=1", ["X-Beta"], "header"), ("GET", "/shop/cart", ["X-Beta"], "exact"),
    ])
  func precedence(_ method: String, _ target: String, _ headers: [String], _ service: String) {
    let rules = Self.rules.map { name, match -> Value in
      ["matches": [match], "backendRefs": [["name": .string(name), "port": 80]]]
    }
    let plan = Self.plan([Self.listener("http")], [Self.route("r", rules: rules)])
    let request = WebRequest(
      method: method, target: target,
      headers: [(name: "Host", value: "a.example")] + headers.map { ($0, "1") })
    let choice = plan.gateways["default/web"]?.listener(port: 80, host: "a.example")?.choose(
      request)
    #expect(choice?.rule.backends.first?.reference.service == service)
  }

  @Test(
    "the more precise host goes first, then the older route",
    arguments: [
      ("a.example", "precise"), ("b.example", "wild"), ("x.b.example", "wild"),
      ("other", "old"),
    ])
  func hosts(_ host: String, _ name: String) {
    let plan = Self.plan(
      [Self.listener("http")],
      [
        Self.route("aaa", backend: "default/young", at: 5),
        Self.route("zzz", backend: "default/old", at: 1),
        Self.route("wild", hosts: ["*.example"], backend: "default/wild"),
        Self.route("precise", hosts: ["a.example"], backend: "default/precise"),
      ])
    let request = WebRequest(method: "GET", target: "/", headers: [("Host", host)])
    let choice = plan.gateways["default/web"]?.listener(port: 80, host: host)?.choose(request)
    #expect(choice?.rule.backends.first?.reference.service == name)
  }

  @Test(
    "a prefix is replaced by whole elements",
    arguments: [
      ("/foo/bar", "/foo", "/xyz", "/xyz/bar"), ("/foo/bar", "/foo", "/xyz/", "/xyz/bar"),
      ("/foo/bar", "/foo/", "/xyz", "/xyz/bar"), ("/foo", "/foo", "/xyz", "/xyz"),
      ("/foo/", "/foo", "/xyz", "/xyz/"), ("/foo/bar", "/foo", "", "/bar"),
      ("/foo", "/foo", "", "/"), ("/foo/bar", "/foo", "/", "/bar"), ("/foo", "/foo", "/", "/"),
    ])
  func prefixes(_ path: String, _ prefix: String, _ replacement: String, _ result: String) {
    let match = RouteMatch(http: ["path": ["type": "PathPrefix", "value": .string(prefix)]])
    let rule: Value = [
      "type": "ReplacePrefixMatch", "replacePrefixMatch": .string(replacement),
    ]
    #expect(RouteFilters.rewritten(rule, path, match) == result)
  }

  @Test(
    "a call is matched by service and method",
    arguments: [
      ("/shop.Cart/Add", true), ("/shop.Cart/Remove", false), ("/shop.Other/Add", false),
    ])
  func calls(_ path: String, _ matches: Bool) {
    let match = RouteMatch(grpc: ["method": ["service": "shop.Cart", "method": "Add"]])
    #expect(match.matches(WebRequest(method: "POST", target: path, headers: [])) == matches)
  }
}
