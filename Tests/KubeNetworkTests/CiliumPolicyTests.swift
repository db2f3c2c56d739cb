import Documents
import KubeObjects
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
}
