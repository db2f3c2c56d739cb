import Documents
import KubeObjects
import Testing

@testable import KubeNetwork

/// What Calico's documentation says of its policies at the level of addresses and ports.
@Suite struct CalicoPolicyTests {
  private static func pod(
    _ name: String, in namespace: String = "shop", _ labels: [String: String]
  ) -> PolicyParty {
    PolicyParty(
      pod: .init(
        [
          "metadata": [
            "name": .string(name), "namespace": .string(namespace), "labels": .strings(labels),
          ],
          "spec": ["serviceAccountName": .string(name)],
        ], namespaceLabels: ["team": namespace == "shop" ? "blue" : "red"]),
      address: IPAddress("10.244.1.7"))
  }

  private static let peers = [
    "web": pod("web", ["app": "web", "tier": "front"]), "other": pod("other", ["app": "other"]),
    "far": pod("far", in: "far", ["app": "web"]),
    "world": PolicyParty(pod: nil, address: IPAddress("203.0.113.9")),
  ]
  private static let everybody = ["far", "other", "web", "world"]

  private static func policy(
    _ kind: String, _ name: String, _ spec: Value
  ) -> Value {
    var spec = spec
    if !spec.has("selector") { spec["selector"] = "app == 'db'" }
    var metadata: Value = ["name": .string(name)]
    if kind == "NetworkPolicy" { metadata["namespace"] = "shop" }
    return [
      "apiVersion": "projectcalico.org/v3", "kind": .string(kind), "metadata": metadata,
      "spec": spec,
    ]
  }

  private func reaching(_ policies: [Value]) -> [String] {
    let engine = PolicyEngine(policies)
    let subject = Self.pod("db", ["app": "db"])
    return Self.peers.filter {
      engine.ingress(from: $0.value, to: subject, port: 80, transport: "TCP").isAllowed
    }.keys.sorted()
  }

  @Test(
    "a rule of a policy in a namespace means those whom Calico means",
    arguments: [
      ("{ingress: [{action: Allow}]}", everybody), ("{ingress: []}", []), ("{}", []),
      ("{egress: [{action: Allow}]}", everybody), ("{selector: app == 'else'}", everybody),
      ("{types: [Egress]}", everybody),
      ("{ingress: [{action: Allow, source: {selector: app == 'web'}}]}", ["web"]),
      (
        "{ingress: [{action: Allow, source: {selector: all(), namespaceSelector: all()}}]}",
        ["far", "other", "web"]
      ),
      (
        "{ingress: [{action: Allow, source: {namespaceSelector: team == 'red'}}]}", ["far"]
      ),
      (
        "{ingress: [{action: Deny, source: {selector: has(tier)}}, {action: Log}, {action: Allow, "
          + "source: {selector: \"app in {'web', 'other'}\"}}]}", ["other"]
      ), ("{ingress: [{action: Allow, source: {nets: [203.0.113.0/24]}}]}", ["world"]),
      (
        "{ingress: [{action: Allow, source: {notNets: [203.0.113.0/24]}}]}",
        ["far", "other", "web"]
      ), ("{ingress: [{action: Allow, source: {serviceAccounts: {names: [other]}}}]}", ["other"]),
      (
        "{ingress: [{action: Allow, protocol: TCP, destination: {ports: ['79:81']}}]}", everybody
      ), ("{ingress: [{action: Allow, protocol: TCP, destination: {ports: [81]}}]}", []),
      ("{ingress: [{action: Allow, protocol: TCP, destination: {notPorts: [81]}}]}", everybody),
      ("{ingress: [{action: Allow, protocol: UDP}]}", []),
      ("{ingress: [{action: Allow, notProtocol: UDP}]}", everybody),
      ("{ingress: [{action: Allow, destination: {selector: app == 'else'}}]}", []),
      ("{ingress: [{action: Allow, source: {selector: app = 'web'}}]}", []),
      ("{ingress: [{action: Allow, source: {ports: [4000]}}]}", []),
    ] as [(String, [String])])
  func ingress(_ text: String, _ allowed: [String]) throws {
    let spec = try #require(Manifest(text).documents.first?.value)
    #expect(reaching([Self.policy("NetworkPolicy", "p", spec)]) == allowed)
  }

  @Test("an expression over labels is read as Calico reads it")
  func expressions() throws {
    let cases: [(String, Bool)] = [
      ("all()", true), ("global()", false), ("has(tier)", true), ("!has(tier)", false),
      ("app == \"web\"", true), ("app != 'web'", false), ("none != 'web'", true),
      ("app in {'a','web'}", true), ("app not in {'a'}", true), ("none not in {'a'}", true),
      ("none in {}", false), ("app contains 'e'", true), ("app starts with 'we'", true),
      ("app ends with 'we'", false), ("app == 'x' || has(tier) && app == 'web'", true),
      ("(app == 'x' || has(tier)) && app == 'x'", false), ("!(app == 'x')", true),
      ("projectcalico.org/namespace == 'shop'", true),
      ("projectcalico.org/serviceaccount == 'web'", true), ("pcns.team == 'blue'", true),
    ]
    let pod = try #require(Self.peers["web"]?.pod)
    for (text, holds) in cases {
      #expect(CalicoSelector(text, over: .pods)?.matches(pod) == holds, "\(text)")
    }
    for text in [
      "", "app", "app == web", "app == 'web", "app in 'a'", "(all()", "all() &&", "all() x",
      String(repeating: "(", count: 9000), String(repeating: "!", count: 9000) + "all()",
    ] {
      #expect(CalicoSelector(text, over: .pods) == nil, "\(text.prefix(20))")
    }
  }

  @Test("order decides within a tier, tiers one after another, and Pass goes to the next")
  func order() {
    func wide(_ name: String, _ order: Double, _ action: String, tier: String? = nil) -> Value {
      var spec: Value = [
        "order": .double(order),
        "ingress": [["action": .string(action), "source": ["selector": "app == 'web'"]]],
      ]
      if let tier { spec["tier"] = .string(tier) }
      return Self.policy("GlobalNetworkPolicy", name, spec)
    }
    func tier(_ order: Int64, _ action: String?) -> Value {
      var spec: Value = ["order": .int(order)]
      if let action { spec["defaultAction"] = .string(action) }
      return [
        "apiVersion": "projectcalico.org/v3", "kind": "Tier", "metadata": ["name": "first"],
        "spec": spec,
      ]
    }
    let open: Value = [
      "metadata": ["name": "open", "namespace": "shop"],
      "spec": ["podSelector": [:], "ingress": [[:]]],
    ]
    #expect(reaching([wide("a", 20, "Allow"), wide("b", 10, "Deny")]) == [])
    #expect(reaching([wide("a", 5, "Allow"), wide("b", 10, "Deny")]) == ["far", "web"])
    // A NetworkPolicy of Kubernetes has the order 1000 among them.
    #expect(reaching([wide("a", 5, "Deny"), open]) == ["other", "world"])
    #expect(reaching([wide("a", 2000, "Deny"), open]) == Self.everybody)
    #expect(reaching([wide("a", 1, "Deny", tier: "first"), open]) == Self.everybody)
    #expect(reaching([wide("a", 1, "Pass", tier: "first"), open, tier(9, nil)]) == ["far", "web"])
    #expect(
      reaching([wide("a", 1, "Deny", tier: "first"), open, tier(9, "Pass")]) == ["other", "world"])
    #expect(
      reaching([wide("a", 1, "Deny", tier: "first"), open, tier(2_000_000, nil)])
        == Self.everybody)
  }
}
