import Documents
import KubeObjects
import Linux
import Testing

@testable import KubeNetwork

/// What Cilium's documentation says of its policies at the level of addresses and ports.
@Suite struct CiliumPolicyTests {
  private static func party(
    _ name: String, in namespace: String = "shop", _ labels: [String: String]
  ) -> PolicyParty {
    let pod: Value = [
      "metadata": [
        "name": .string(name), "namespace": .string(namespace), "labels": .strings(labels),
      ]
    ]
    return PolicyParty(
      pod: .init(
        pod,
        namespaceLabels: ["kubernetes.io/metadata.name": .string(namespace), "team": "blue"]),
      address: IPAddress("10.244.1.7"))
  }

  private static var node: PolicyParty {
    var party = PolicyParty(pod: nil, address: IPAddress("192.168.56.11"))
    party.isOfCluster = true
    return party
  }

  private static let peers: [String: PolicyParty] = [
    "web": party("web", ["app": "web"]), "other": party("other", ["app": "other"]),
    "far": party("far", in: "far", ["app": "web"]), "node": node,
    "world": PolicyParty(pod: nil, address: IPAddress("203.0.113.9")),
  ]

  @Test(
    "who comes in to a Pod that a policy selects",
    arguments: [
      (["ingress": [["fromEndpoints": [["matchLabels": ["app": "web"]]]]]], ["web"]),
      (["ingress": [["fromEndpoints": [[:]]]]], ["other", "web"]),
      (["ingress": [[:]]], ["far", "node", "other", "web", "world"]),
      (["ingress": [["fromEndpoints": []]]], []), (["ingress": []], []),
      (
        [
          "ingress": [
            [
              "fromEndpoints": [
                ["matchLabels": ["k8s:io.kubernetes.pod.namespace": "far", "k8s:app": "web"]]
              ]
            ]
          ]
        ], ["far"]
      ),
      (
        [
          "ingress": [
            [
              "fromEndpoints": [
                ["matchLabels": ["k8s:io.cilium.k8s.namespace.labels.team": "blue"]]
              ]
            ]
          ]
        ], ["far", "other", "web"]
      ),
      (["ingress": [["fromEntities": ["world"]]]], ["world"]),
      (["ingress": [["fromEntities": ["cluster"]]]], ["far", "node", "other", "web"]),
      (["ingress": [["fromCIDR": ["0.0.0.0/0"]]]], ["world"]),
      (
        ["ingress": [["fromCIDRSet": [["cidr": "0.0.0.0/0", "except": ["203.0.113.0/24"]]]]]], []
      ),
      (
        [
          "ingress": [["fromEntities": ["all"]]],
          "ingressDeny": [["fromEndpoints": [["matchLabels": ["app": "other"]]]]],
        ], ["far", "node", "web", "world"]
      ),
      (
        [
          "enableDefaultDeny": ["ingress": false],
          "ingressDeny": [["fromEntities": ["world"]]],
        ], ["far", "node", "other", "web"]
      ), (["egress": [["toEndpoints": [[:]]]]], ["far", "node", "other", "web", "world"]),
      (
        ["ingress": [["toPorts": [["ports": [["port": "80", "protocol": "TCP"]]]]]]],
        ["far", "node", "other", "web", "world"]
      ), (["ingress": [["toPorts": [["ports": [["port": "81", "protocol": "ANY"]]]]]]], []),
    ] as [(Value, [String])])
  func ingress(_ spec: Value, _ allowed: [String]) {
    var spec = spec
    spec["endpointSelector"] = ["matchLabels": ["app": "db"]]
    let policy: Value = [
      "apiVersion": "cilium.io/v2", "kind": "CiliumNetworkPolicy",
      "metadata": ["name": "p", "namespace": "shop"], "spec": spec,
    ]
    let engine = PolicyEngine([policy])
    let subject = Self.party("db", ["app": "db"])
    let found = Self.peers.filter {
      engine.ingress(from: $0.value, to: subject, port: 80, transport: "TCP").isAllowed
    }
    #expect(found.keys.sorted() == allowed)
  }

  private static func engine(_ direction: String, _ rules: Value, _ settings: Value...)
    -> PolicyEngine
  {
    PolicyEngine(
      [
        [
          "apiVersion": "cilium.io/v2", "kind": "CiliumNetworkPolicy",
          "metadata": ["name": "p", "namespace": "shop"],
          "spec": .object([
            "endpointSelector": ["matchLabels": ["app": "web"]], direction: rules,
          ]),
        ]
      ] + settings)
  }

  private static let http: Value = [
    [
      "toPorts": [
        [
          "ports": [["port": "80"]],
          "rules": [
            "http": [
              ["method": "GET", "path": "/public/.*", "headers": ["X-Team: blue"]],
              ["method": "P(OS|U)T", "path": "/$"], ["host": "admin.*", "headers": ["X-Key"]],
            ]
          ],
        ]
      ]
    ]
  ]

  @Test(
    "a rule for HTTP lets the requests pass that one of its patterns matches as a whole",
    arguments: [
      ("GET", "/public/a", ["X-Team": "blue"], true), ("GET", "/public/a", [:], false),
      ("GET", "/public/a", ["X-Team": "red"], false),
      ("GET", "/very/public/a", ["X-Team": "blue"], false), ("POST", "/", [:], true),
      ("PUT", "/", [:], true), ("POST", "/?a=b", [:], false), ("PATCH", "/", [:], false),
      ("GET", "/", ["Host": "admin.shop", "X-Key": "1"], true),
      ("GET", "/", ["Host": "shop", "X-Key": "1"], false),
    ] as [(String, String, [String: String], Bool)])
  func requests(_ method: String, _ path: String, _ headers: [String: String], _ passes: Bool)
    throws
  {
    let web = Self.party("web", ["app": "web"])
    let other = Self.party("other", ["app": "other"])
    let verdict = Self.engine("ingress", Self.http).ingress(
      from: other, to: web, port: 80, transport: "TCP")
    #expect(verdict.isAllowed && !verdict.contents.isEmpty)
    let request = WebRequest(
      method: method, target: path, headers: headers.sorted { $0.key < $1.key }.map { ($0, $1) })
    #expect(verdict.contents.contains { $0.allows(request) } == passes)
  }

  @Test("a rule for the port alone lets everything be said there, whatever others say")
  func plainBesidesHTTP() {
    var rules = Self.http.array ?? []
    rules.append(["fromEndpoints": [["matchLabels": ["app": "other"]]]])
    let engine = Self.engine("ingress", .array(rules))
    let web = Self.party("web", ["app": "web"])
    func contents(_ name: String) -> Bool {
      engine.ingress(
        from: Self.party(name, ["app": name]), to: web, port: 80, transport: "TCP"
      ).contents.isEmpty
    }
    #expect(contents("other"))
    #expect(!contents("third"))
  }

  private static func outside(_ names: String...) -> PolicyParty {
    var party = PolicyParty(pod: nil, address: IPAddress("203.0.113.9"))
    party.domains = names
    return party
  }

  @Test(
    "names of domains lead where they match, once a rule lets Cilium see the answers",
    arguments: [
      (["matchName": "api.example.com"], true), (["matchPattern": "*.example.com"], true),
      (["matchPattern": "a*.example.com"], true), (["matchPattern": "*"], true),
      (["matchPattern": "*.com"], false), (["matchName": "example.com"], false),
    ] as [(Value, Bool)])
  func domains(_ name: Value, _ opens: Bool) {
    let seen: Value = [
      "toEntities": ["cluster"],
      "toPorts": [["ports": [["port": "53"]], "rules": ["dns": [["matchPattern": "*"]]]]],
    ]
    let web = Self.party("web", ["app": "web"])
    for (rules, isOpen) in [([seen, ["toFQDNs": [name]]], opens), ([["toFQDNs": [name]]], false)] {
      let verdict = Self.engine("egress", .array(rules as [Value])).egress(
        from: web, to: Self.outside("api.example.com"), port: 443, transport: "TCP")
      #expect(verdict.isAllowed == isOpen)
    }
  }

  @Test(
    "Services, echo requests and proofs of identity",
    arguments: [
      (["toServices": [["k8sService": ["serviceName": "shop", "namespace": "far"]]]], true, true),
      (["toServices": [["k8sService": ["serviceName": "shop"]]]], false, false),
      (
        [
          "toServices": [
            ["k8sServiceSelector": ["selector": ["matchLabels": ["a": "b"]], "namespace": "far"]]
          ]
        ], true, true
      ),
      (["toEndpoints": [[:]], "icmps": [["fields": [["type": 8]]]]], false, false),
      (["toEntities": ["all"], "icmps": [["fields": [["type": "EchoRequest"]]]]], false, true),
      (["toEntities": ["all"], "authentication": ["mode": "required"]], false, false),
      (["toEntities": ["all"], "authentication": ["mode": "disabled"]], true, true),
    ] as [(Value, Bool, Bool)])
  func others(_ rule: Value, _ connects: Bool, _ echoes: Bool) {
    var target = Self.party("shop", in: "far", [:])
    target.services = [["metadata": ["name": "shop", "namespace": "far", "labels": ["a": "b"]]]]
    let engine = Self.engine("egress", [rule])
    let web = Self.party("web", ["app": "web"])
    for (port, transport, expected) in [(80, "TCP", connects), (0, "ICMP", echoes)] {
      #expect(
        engine.egress(from: web, to: target, port: port, transport: transport).isAllowed
          == expected, "\(transport)")
    }
  }

  @Test("the settings decide whether Pods are isolated without a policy, and whether any is obeyed")
  func settings() {
    let other = Self.party("other", ["app": "other"])
    let web = Self.party("web", ["app": "web"])
    func opens(_ data: Value, _ rule: Value, to target: PolicyParty) -> Bool {
      Self.engine("ingress", [rule], ["metadata": ["name": "cilium-config"], "data": data])
        .ingress(from: other, to: target, port: 80, transport: "TCP").isAllowed
    }
    let nobody: Value = ["fromEndpoints": []]
    #expect(opens(["enable-policy": "default"], nobody, to: other))
    #expect(!opens(["enable-policy": "always"], nobody, to: other))
    #expect(opens(["enable-policy": "never"], nobody, to: web))
    let proven: Value = ["fromEntities": ["all"], "authentication": ["mode": "required"]]
    #expect(!opens([:], proven, to: web))
    #expect(opens(["mesh-auth-mutual-enabled": "true"], proven, to: web))
  }
}
