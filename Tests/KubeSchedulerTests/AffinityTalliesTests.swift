import Documents
import KubeObjects
import Simulation
import Testing

@testable import KubeScheduler

/// Counts that are kept up to date are those that counting everything would give.
@Suite struct AffinityTalliesTests {
  private static func term(_ app: Int, _ key: String, namespaces: Bool) -> Value {
    var term: Value = [
      "labelSelector": ["matchLabels": ["app": .string("a\(app)")]], "topologyKey": .string(key),
    ]
    if namespaces { term["namespaceSelector"] = ["matchLabels": ["team": "red"]] }
    return term
  }

  private static func pod(_ number: Int, _ random: inout SeededRandom) -> PodInfo {
    func terms() -> Value {
      .array(
        (0..<random.below(3)).map { _ in
          term(
            random.below(3), ["zone", "host"][random.below(2)], namespaces: random.below(4) == 0)
        })
    }
    func preferences() -> Value {
      .array(
        (0..<random.below(2)).map { _ in
          [
            "weight": .int(Int64(1 + random.below(100))),
            "podAffinityTerm": term(random.below(3), "zone", namespaces: false),
          ]
        })
    }
    let required = "requiredDuringSchedulingIgnoredDuringExecution"
    let preferred = "preferredDuringSchedulingIgnoredDuringExecution"
    return PodInfo([
      "metadata": [
        "name": .string("p\(number)"), "uid": .string("u\(number)"),
        "namespace": .string(["x", "y"][random.below(2)]),
        "labels": ["app": .string("a\(random.below(3))")],
      ],
      "spec": [
        "containers": [],
        "affinity": [
          "podAffinity": [required: terms(), preferred: preferences()],
          "podAntiAffinity": [required: terms(), preferred: preferences()],
        ],
      ],
    ])
  }

  private static func node(_ number: Int, zone: Int) -> Value {
    [
      "metadata": [
        "name": .string("n\(number)"),
        "labels": ["zone": .string("z\(zone)"), "host": .string("n\(number)")],
      ]
    ]
  }

  private func counts(
    _ cluster: ClusterCache, _ body: (PodInfo, NodeInfo, inout TopologyCounts) -> Void
  ) -> TopologyCounts {
    var sum = TopologyCounts()
    for node in cluster.nodesInOrder() { for pod in node.pods { body(pod, node, &sum) } }
    return sum
  }

  @Test("tallies agree with a count of everything", arguments: 1...12 as ClosedRange<UInt64>)
  func agreement(_ seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let cluster = ClusterCache()
    cluster.setLabels(ofNamespace: "x", ["team": "red"])
    for number in 0..<5 { cluster.setNode(Self.node(number, zone: number % 2)) }
    var alive: [PodInfo] = []
    for step in 0..<150 {
      switch random.below(10) {
      case 0: cluster.setNode(Self.node(random.below(5), zone: random.below(3)))
      case 1: cluster.removeNode("n\(random.below(5))")
      case 2:
        cluster.setLabels(ofNamespace: "y", random.below(2) == 0 ? ["team": "red"] : [:])
      case 3...5 where !alive.isEmpty:
        cluster.unassign(alive.remove(at: random.below(alive.count)).uid)
      default:
        let pod = Self.pod(step, &random)
        alive.append(pod)
        cluster.assign(pod, to: "n\(random.below(5))")
      }
      let asking = Self.pod(1000 + step, &random)
      let labels = cluster.labels(ofNamespace:)
      let refusing = counts(cluster) { other, node, sum in
        for term in other.affinity.requiredAnti where term.matches(asking, labels) {
          sum.add(cluster.column(term.topologyKey), node, 1)
        }
      }
      #expect(cluster.affinities.refusing(asking, cluster).counts == refusing.counts)
      let terms = asking.affinity.required
      let matching = counts(cluster) { other, node, sum in
        guard !terms.isEmpty, terms.allSatisfy({ $0.matches(other, labels) }) else { return }
        for term in terms { sum.add(cluster.column(term.topologyKey), node, 1) }
      }
      #expect(cluster.affinities.matching(terms, cluster).counts == matching.counts)
      let liking = counts(cluster) { other, node, sum in
        for term in other.affinity.required where term.matches(asking, labels) {
          sum.add(cluster.column(term.topologyKey), node, 1)
        }
        for term in other.affinity.preferred where term.matches(asking, labels) {
          sum.add(cluster.column(term.topologyKey), node, term.weight)
        }
        for term in other.affinity.preferredAnti where term.matches(asking, labels) {
          sum.add(cluster.column(term.topologyKey), node, -term.weight)
        }
      }
      #expect(cluster.affinities.liking(asking, cluster).counts == liking.counts)
    }
  }
}

extension TopologyCounts {
  /// By key and value, where there are any.
  fileprivate var counts: [String: [String: Int64]] {
    Dictionary(
      parts.map { part in
        let filled = zip(part.column.names, part.amounts).filter { $0.1 != 0 }
        return (part.column.key, Dictionary(filled, uniquingKeysWith: +))
      }, uniquingKeysWith: { a, _ in a })
  }
}
