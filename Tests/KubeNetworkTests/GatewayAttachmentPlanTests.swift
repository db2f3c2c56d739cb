import Documents
import Testing

@testable import KubeNetwork

/// What the Gateway API's specification says about ListenerSets and BackendTLSPolicies.
@Suite struct GatewayAttachmentPlanTests {
  // MARK: ListenerSets

  private static func plan(
    allowed: String, owner: [Value], sets: [Value], routes: [Value] = []
  ) -> GatewayPlan {
    var gateway = GatewayPlanTests.gateway(owner)
    if !allowed.isEmpty {
      gateway.set(
        ["spec", "allowedListeners"],
        [
          "namespaces": [
            "from": .string(allowed), "selector": ["matchLabels": ["team": "shop"]],
          ]
        ])
    }
    return GatewayPlan(
      GatewayObjects(
        classes: GatewayPlanTests.classes, gateways: [gateway], routes: routes, sets: sets,
        namespaceLabels: { $0 == "team" ? ["team": "shop"] : [:] },
        service: { _, _ in ["spec": ["ports": [["port": 80]]]] }))
  }

  private static func set(
    _ name: String, in namespace: String = "team", at second: Int = 0, _ listeners: [Value]
  ) -> Value {
    [
      "kind": "ListenerSet",
      "metadata": [
        "name": .string(name), "namespace": .string(namespace),
        "creationTimestamp": .string("2026-06-01T09:00:0\(second)Z"),
      ],
      "spec": [
        "parentRef": ["name": "web", "namespace": "default"], "listeners": .array(listeners),
      ],
    ]
  }

  @Test(
    "a ListenerSet joins a Gateway that wants it, or is told why not",
    arguments: [
      ("", "team", [GatewayPlanTests.listener("x", port: 81)], "NotAllowed"),
      ("None", "team", [GatewayPlanTests.listener("x", port: 81)], "NotAllowed"),
      ("Same", "team", [GatewayPlanTests.listener("x", port: 81)], "NotAllowed"),
      ("Same", "default", [GatewayPlanTests.listener("x", port: 81)], "Accepted"),
      ("All", "other", [GatewayPlanTests.listener("x", port: 81)], "Accepted"),
      ("Selector", "team", [GatewayPlanTests.listener("x", port: 81)], "Accepted"),
      ("Selector", "other", [GatewayPlanTests.listener("x", port: 81)], "NotAllowed"),
      ("All", "team", [GatewayPlanTests.listener("x", port: 80)], "ListenersNotValid"),
      (
        "All", "team", [GatewayPlanTests.listener("x", port: 80, hostname: "a.example")], "Accepted"
      ),
      (
        "All", "team",
        [GatewayPlanTests.listener("x", port: 80), GatewayPlanTests.listener("y", port: 81)],
        "ListenersNotValid"
      ),
    ])
  func listenerSets(
    _ allowed: String, _ namespace: String, _ listeners: [Value], _ reason: String
  ) {
    let plan = Self.plan(
      allowed: allowed, owner: [GatewayPlanTests.listener("http")],
      sets: [Self.set("more", in: namespace, listeners)])
    #expect(plan.sets["\(namespace)/more"]?.accepted.reason == reason)
    // The Gateway's own listener never loses.
    #expect(plan.gateways["default/web"]?.listeners.first?.isValid == true)
  }

  @Test("the older ListenerSet has the port, and routes name the set whose listeners they mean")
  func listenerSetOrder() {
    var route = GatewayPlanTests.route("r", in: "team", backend: "team/app")
    route.set(
      ["spec", "parentRefs"], [["kind": "ListenerSet", "name": "old", "sectionName": "x"]])
    let plan = Self.plan(
      allowed: "All", owner: [GatewayPlanTests.listener("x", port: 80)],
      sets: [
        Self.set("new", at: 1, [GatewayPlanTests.listener("x", port: 81)]),
        Self.set("old", [GatewayPlanTests.listener("x", port: 81)]),
      ], routes: [route])
    let listeners = plan.gateways["default/web"]?.listeners ?? []
    #expect(listeners.map(\.set) == [nil, "team/old", "team/new"])
    #expect(listeners.map(\.isValid) == [true, true, false])
    #expect(listeners.map(\.attachedRoutes) == [0, 1, 0])
    #expect(plan.sets["team/new"]?.accepted.reason == "ListenersNotValid")
    #expect(GatewayPlanTests.reason(plan, "HTTPRoute/team/r", "Accepted") == "Accepted")
  }

  @Test("a listener that lost a conflict takes no room from the next ListenerSet")
  func lostListeners() {
    let secured = GatewayPlanTests.listener(
      "x", port: 80, protocol: "HTTPS", hostname: "a.example", secret: "default/tls")
    let plan = Self.plan(
      allowed: "All", owner: [GatewayPlanTests.listener("http", hostname: "o.example")],
      sets: [
        Self.set("old", [secured]),
        Self.set("new", at: 1, [GatewayPlanTests.listener("y", port: 80, hostname: "b.example")]),
      ])
    #expect(plan.sets["team/old"]?.accepted.reason == "ListenersNotValid")
    #expect(plan.sets["team/new"]?.accepted.reason == "Accepted")
  }

  // MARK: BackendTLSPolicies

  private static func policy(
    _ name: String, at second: Int = 0, section: String = "", kind: String = "ConfigMap",
    map: String = "ca"
  ) -> Value {
    var target: Value = ["group": "", "kind": "Service", "name": "app"]
    if !section.isEmpty { target["sectionName"] = .string(section) }
    return [
      "kind": "BackendTLSPolicy",
      "metadata": [
        "name": .string(name), "namespace": "default",
        "creationTimestamp": .string("2026-06-01T09:00:0\(second)Z"),
      ],
      "spec": [
        "targetRefs": [target],
        "validation": [
          "hostname": .string("\(name).example"),
          "caCertificateRefs": [
            ["group": "", "kind": .string(kind), "name": .string(map)]
          ],
        ],
      ],
    ]
  }

  @Test(
    "a BackendTLSPolicy holds, or is told why not",
    arguments: [
      ([policy("a")], "Accepted", "ResolvedRefs", "a.example", true),
      (
        [policy("a", map: "none")], "NoValidCACertificate", "InvalidCACertificateRef", "a.example",
        false
      ),
      (
        [policy("a", map: "empty")], "NoValidCACertificate", "InvalidCACertificateRef", "a.example",
        false
      ),
      ([policy("a", kind: "Secret")], "NoValidCACertificate", "InvalidKind", "a.example", false),
      ([policy("a", at: 2), policy("b", at: 1)], "Conflicted", "ResolvedRefs", "b.example", true),
      (
        [policy("a"), policy("b", section: "https")], "Accepted", "ResolvedRefs", "b.example", true
      ),
      (
        [policy("a"), policy("b", section: "other")], "Accepted", "ResolvedRefs", "a.example", true
      ),
    ])
  func backendPolicies(
    _ policies: [Value], _ accepted: String, _ resolved: String, _ name: String, _ isGood: Bool
  ) {
    let plan = GatewayPlan(
      GatewayObjects(
        classes: GatewayPlanTests.classes,
        gateways: [GatewayPlanTests.gateway([GatewayPlanTests.listener("http")])],
        routes: [GatewayPlanTests.route("r")], policies: policies,
        service: { _, _ in ["spec": ["ports": [["port": 80, "name": "https"]]]] },
        configMap: { _, name in
          switch name {
          case "ca": ["data": ["ca.crt": "-----BEGIN CERTIFICATE-----"]]
          case "empty": ["data": [:]]
          default: nil
          }
        }))
    let first = plan.policies.all["default/a"]
    #expect(first?.accepted.reason == accepted)
    #expect(first?.resolved.reason == resolved)
    #expect(first?.ancestors == ["default/web"])
    let backend = plan.gateways["default/web"]?.listeners[0].attached[0].route.rules[0].backends[0]
    #expect(backend?.security?.serverName == name)
    #expect(backend?.problem.isEmpty == isGood)
  }
}
