import Documents

/// Prefers nodes that already hold the Pod's images, the more the larger they are.
struct ImageLocality: ScorePlugin {
  let name = "ImageLocality"

  func scorer(
    for pod: PodInfo, among nodes: [NodeInfo], _ cluster: ClusterCache
  ) -> (any NodeScorer)? {
    guard !cluster.imageNodes.isEmpty else { return nil }
    let containers =
      (pod.spec["initContainers"]?.array ?? []) + (pod.spec["containers"]?.array ?? [])
    let images = containers.map { Self.normalized($0["image"]?.string ?? "") }
    guard images.contains(where: { cluster.imageNodes[$0] != nil }) else { return nil }
    let total = cluster.nodesInOrder().count
    return Scorer(
      images: images.map { ($0, cluster.imageNodes[$0] ?? 0) }, total: max(total, 1),
      containers: containers.count)
  }

  /// An image without a tag means the tag latest.
  static func normalized(_ name: String) -> String {
    let start = name.lastIndex(of: "/") ?? name.startIndex
    return name[start...].contains(":") || name.contains("@") ? name : name + ":latest"
  }

  private struct Scorer: NodeScorer {
    let images: [(name: String, nodes: Int)]
    let total: Int
    let containers: Int
    static let least: Int64 = 23 * 1024 * 1024
    static let most: Int64 = 1000 * 1024 * 1024

    func score(_ node: NodeInfo) -> Int64 {
      var sum: Int64 = 0
      for (name, nodes) in images {
        guard let size = node.facts.images[name] else { continue }
        // An image that few nodes hold draws less, or one node would get everything.
        sum = sum.saturatingAdd(Int64(Double(size) * (Double(nodes) / Double(total))))
      }
      let most = Self.most * Int64(max(containers, 1))
      let bounded = min(max(sum, Self.least), most)
      return 100 * (bounded - Self.least) / (most - Self.least)
    }
  }
}
