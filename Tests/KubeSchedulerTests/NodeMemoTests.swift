import Documents
import KubeObjects
import Simulation
import Testing

@testable import KubeScheduler

/// What is remembered of a node is what it would say if it were asked again.
@Suite struct NodeMemoTests {
  private static func node(_ name: String, cpu: String = "4") -> Value {
    [
      "metadata": ["name": .string(name)],
      "status": ["allocatable": ["cpu": .string(cpu), "memory": "8Gi", "pods": "110"]],
    ]
  }

  private static func pod(
    _ uid: String, cpu: String = "1", priority: Int64 = 0
  ) -> PodInfo {
    PodInfo([
      "metadata": ["name": .string(uid), "namespace": "ns", "uid": .string(uid)],
      "spec": [
        "priority": .int(priority),
        "containers": [
          ["name": "c", "resources": ["requests": ["cpu": .string(cpu), "memory": "1Mi"]]]
        ],
      ],
    ])
  }

  private typealias Change = @Sendable (ClusterCache, NodeMemo<String, Int>) -> Void

  private static let changes: [(what: String, make: Change)] = [
    ("a Pod comes", { cache, _ in cache.assign(pod("p"), to: "n") }),
    ("a Pod goes", { cache, _ in cache.unassign("before") }),
    ("the node is another", { cache, _ in cache.setNode(node("n", cpu: "8")) }),
    ("room is promised", { cache, _ in cache.nominate(pod("p"), "n") }),
    ("a promise is void", { cache, _ in cache.clearNomination("promised") }),
    ("something else is asked", { _, memo in memo.ask("other") }),
    (
      "another node has its slot",
      { cache, _ in
        cache.unassign("before")
        cache.removeNode("n")
        cache.setNode(node("n"))
      }
    ),
  ]

  @Test("an answer is forgotten when", arguments: changes.indices)
  func forgets(_ index: Int) throws {
    let change = Self.changes[index]
    let cache = ClusterCache()
    cache.setNode(Self.node("n"))
    cache.assign(Self.pod("before"), to: "n")
    cache.nominate(Self.pod("promised"), "n")
    let memo = NodeMemo<String, Int>()
    memo.ask("what")
    let node = try #require(cache.nodes["n"])
    let slot = node.slot
    memo[node] = 1
    memo.ask("what")
    #expect(memo[node] == 1)
    change.make(cache, memo)
    let present = try #require(cache.nodes["n"])
    #expect(present.slot == slot)
    #expect(memo[present] == nil, "\(change.what)")
  }

  @Test("refusals are those of nodes that are asked anew", arguments: 1...20 as ClosedRange<UInt64>)
  func refusals(_ seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let cache = ClusterCache()
    for number in 0..<6 {
      cache.setNode(Self.node("n\(number)", cpu: "\(1 + random.below(3))"))
    }
    var uids: [String] = []
    var start = 0
    for number in 0..<60 {
      let pod = Self.pod(
        "p\(number)", cpu: "\(1 + random.below(2))", priority: Int64(random.below(2)))
      let cycle = SchedulingCycle(pod: pod, cache: cache)
      let decision = cycle.decide(start: &start, random: &random)
      for (node, rejection) in zip(decision.refusals.nodes, decision.rejections.map(\.rejection)) {
        #expect(cycle.judge(node, cycle.filters) == rejection)
      }
      if let name = decision.node {
        cache.assign(pod, to: name)
        uids.append(pod.uid)
      } else {
        cache.nominate(pod, "n\(random.below(6))")
        if random.below(3) == 0 { cache.clearNomination("p\(random.below(number + 1))") }
        if !uids.isEmpty { cache.unassign(uids.remove(at: random.below(uids.count))) }
      }
    }
  }
}
