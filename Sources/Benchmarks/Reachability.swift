import Documents
import KubeNetwork
import KubeObjects

/// Who reaches whom: 1,000 Pods with each other on 2 ports, under 200 policies.
enum Reachability {
  static func measure(isTiny: Bool) {
    let (count, number) = isTiny ? (60, 12) : (1000, 200)
    let parties = (0..<count).map { index -> PolicyParty in
      let pod: Value = [
        "metadata": [
          "name": .string("pod\(index)"), "namespace": .string("ns\(index % 20)"),
          "labels": ["app": .string("app\(index % 50)"), "tier": .string("tier\(index % 3)")],
        ],
        "spec": ["containers": [["ports": [["name": "web", "containerPort": 80]]]]],
      ]
      return PolicyParty(
        pod: .init(pod, namespaceLabels: ["team": .string("team\(index % 20 % 5)")]),
        address: IPAddress("10.244.\(index / 250).\(index % 250 + 2)"))
    }
    let policies = (0..<number).map { index -> Value in
      [
        "metadata": ["name": .string("p\(index)"), "namespace": .string("ns\(index % 20)")],
        "spec": [
          "podSelector": ["matchLabels": ["tier": .string("tier\(index % 3)")]],
          "policyTypes": ["Ingress", "Egress"],
          "ingress": [
            [
              "from": [
                ["podSelector": ["matchLabels": ["app": .string("app\(index % 50)")]]],
                [
                  "namespaceSelector": ["matchLabels": ["team": .string("team\(index % 5)")]]
                ],
              ], "ports": [["port": index % 2 == 0 ? 80 : "web"]],
            ]
          ],
          "egress": [
            ["to": [["ipBlock": ["cidr": .string("10.244.\(index % 4).0/24")]]]],
            ["ports": [["port": 53, "protocol": "UDP"]]],
          ],
        ],
      ]
    }
    var open = 0
    let spent = best(of: isTiny ? 1 : 5) {
      let map = ReachabilityMap(policies: policies, parties: parties)
      open = map.reachable(port: 80, transport: "TCP").reduce(0) { $0 + $1.size }
      open += map.reachable(port: 53, transport: "UDP").reduce(0) { $0 + $1.size }
    }
    row(
      "reachability \(count)×\(count)×2 under \(number) policies (\(open) open)", text(spent),
      "1000 ms")
  }
}
