import Documents
import KubeObjects
import Simulation
import Testing

@testable import KubeScheduler

/// Whatever is asked for, a Pod goes where nothing forbids it, and waits only where all is
/// forbidden; what is forbidden is worked out here from the objects alone.
@Suite struct PlacementPropertyTests {
  private struct Placed {
    var pod: Value
    var node: Value
  }

  private static func labels(_ object: Value) -> [String: String] {
    Dictionary(
      (object[path: "metadata", "labels"]?.object ?? [:]).map { ($0.key, $0.value.string ?? "") },
      uniquingKeysWith: { a, _ in a })
  }

  private static func node(_ number: Int, _ random: inout SeededRandom) -> Value {
    var node: Value = [
      "metadata": [
        "name": .string("n\(number)"),
        "labels": [
          "kubernetes.io/hostname": .string("n\(number)"),
          "zone": .string("z\(random.below(3))"), "disk": .string(["ssd", "hdd"][random.below(2)]),
        ],
      ],
      "spec": [:],
      "status": [
        "allocatable": [
          "cpu": .string("\(1 + random.below(3))"), "memory": "4Gi",
          "pods": .string("\(2 + random.below(4))"),
        ]
      ],
    ]
    if random.below(4) == 0 {
      node["spec"]?["taints"] = [["key": "k", "value": "v", "effect": "NoSchedule"]]
    }
    if random.below(6) == 0 { node["spec"]?["unschedulable"] = true }
    return node
  }

  private static let required = "requiredDuringSchedulingIgnoredDuringExecution"

  private static func pod(_ number: Int, _ random: inout SeededRandom) -> Value {
    let app = "a\(random.below(2))"
    var spec: Value = [
      "containers": [
        [
          "name": "c",
          "resources": ["requests": ["cpu": .string("\(100 * (1 + random.below(9)))m")]],
        ]
      ]
    ]
    if random.below(3) == 0 { spec["nodeSelector"] = ["disk": "ssd"] }
    if random.below(3) == 0 { spec["tolerations"] = [["key": "k", "operator": "Exists"]] }
    if random.below(4) == 0 {
      spec["containers"] = [
        ["name": "c", "ports": [["containerPort": 80, "hostPort": 8080]]]
      ]
    }
    let selector: Value = ["matchLabels": ["app": .string(app)]]
    let key: Value = random.below(2) == 0 ? "zone" : "kubernetes.io/hostname"
    switch random.below(4) {
    case 0:
      spec["affinity"] = [
        "podAntiAffinity": [
          required: [["labelSelector": selector, "topologyKey": key]]
        ]
      ]
    case 1:
      spec["topologySpreadConstraints"] = [
        [
          "maxSkew": .int(Int64(1 + random.below(2))), "topologyKey": key,
          "whenUnsatisfiable": "DoNotSchedule", "labelSelector": selector,
        ]
      ]
    default: break
    }
    return [
      "metadata": [
        "name": .string("p\(number)"), "namespace": "default", "uid": .string("u\(number)"),
        "labels": ["app": .string(app)],
      ],
      "spec": spec,
    ]
  }

  private static func milliCPU(_ pod: Value) -> Int64 {
    let text = pod[path: "spec", "containers"]?[0]?[path: "resources", "requests", "cpu"]
    return text.flatMap { try? Quantity(parsing: $0) }?.milliValue ?? 0
  }

  private static func selects(_ pod: Value, _ term: Value?) -> Bool {
    let wanted = term?[path: "labelSelector", "matchLabels", "app"]?.string
    return wanted == labels(pod)["app"]
  }

  private static func antiTerm(_ pod: Value) -> Value? {
    pod.at(["spec", "affinity", "podAntiAffinity", required])?[0]
  }

  /// Why a Pod may not go to a node; nil: it may.
  private static func obstacle(
    _ pod: Value, _ node: Value, _ nodes: [Value], _ placed: [Placed]
  ) -> String? {
    let name = node.name
    let here = placed.filter { $0.node.name == name }
    if node[path: "spec", "unschedulable"]?.bool == true { return "cordoned" }
    let isTainted = !(node[path: "spec", "taints"]?.array ?? []).isEmpty
    if isTainted, pod[path: "spec", "tolerations"] == nil { return "tainted" }
    let own = labels(node)
    if let disk = pod[path: "spec", "nodeSelector", "disk"]?.string, own["disk"] != disk {
      return "selector"
    }
    let has = node[path: "status", "allocatable"] ?? [:]
    if Int64(here.count) >= Int64(has["pods"]?.string ?? "") ?? 0 { return "pods" }
    let used = here.reduce(Int64(0)) { $0 + milliCPU($1.pod) }
    if used + milliCPU(pod) > 1000 * (Int64(has["cpu"]?.string ?? "") ?? 0) { return "cpu" }
    func port(_ pod: Value) -> Bool { pod[path: "spec", "containers"]?[0]?["ports"] != nil }
    if port(pod), here.contains(where: { port($0.pod) }) { return "port" }
    func isSame(_ other: Placed, _ key: String) -> Bool { labels(other.node)[key] == own[key] }
    if let term = antiTerm(pod), let key = term["topologyKey"]?.string,
      placed.contains(where: { isSame($0, key) && selects($0.pod, term) })
    {
      return "anti-affinity"
    }
    for other in placed {
      if let term = antiTerm(other.pod), let key = term["topologyKey"]?.string,
        isSame(other, key), selects(pod, term)
      {
        return "existing anti-affinity"
      }
    }
    guard let constraint = pod[path: "spec", "topologySpreadConstraints"]?[0],
      let key = constraint["topologyKey"]?.string
    else { return nil }
    // Nodes that the Pod's own selector excludes do not count.
    let disk = pod[path: "spec", "nodeSelector", "disk"]?.string
    var counts: [String: Int64] = [:]
    for node in nodes where disk == nil || labels(node)["disk"] == disk {
      let domain = labels(node)[key] ?? ""
      counts[domain, default: 0] += Int64(
        placed.count { $0.node.name == node.name && selects($0.pod, constraint) })
    }
    let skew = (counts[own[key] ?? ""] ?? 0) + 1 - (counts.values.min() ?? 0)
    return skew > constraint["maxSkew"]?.int ?? 1 ? "skew" : nil
  }

  @Test("a Pod is placed where nothing forbids it", arguments: 1...25 as ClosedRange<UInt64>)
  func placement(_ seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let cache = ClusterCache()
    let nodes = (0..<(3 + random.below(8))).map { Self.node($0, &random) }
    for node in nodes { cache.setNode(node) }
    var placed: [Placed] = []
    var start = 0
    for number in 0..<40 {
      if number % 7 == 6, !placed.isEmpty {
        let gone = placed.remove(at: random.below(placed.count))
        cache.unassign(gone.pod.uid)
      }
      let pod = Self.pod(number, &random)
      let info = PodInfo(pod)
      let decision = SchedulingCycle(pod: info, cache: cache).decide(
        start: &start, random: &random)
      let obstacles = nodes.map { ($0, Self.obstacle(pod, $0, nodes, placed)) }
      guard let name = decision.node else {
        #expect(obstacles.allSatisfy { $0.1 != nil }, "p\(number): \(decision.message)")
        #expect(decision.rejections.count == nodes.count)
        continue
      }
      let chosen = obstacles.first { $0.0.name == name }
      #expect(chosen != nil && chosen?.1 == nil, "p\(number): \(chosen?.1 ?? "no such node")")
      guard let chosen else { continue }
      cache.assign(info, to: name)
      placed.append(Placed(pod: pod, node: chosen.0))
    }
    #expect(!placed.isEmpty)
  }
}
