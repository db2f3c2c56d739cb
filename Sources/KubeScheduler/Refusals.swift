/// Nodes that refused a Pod, in the order in which they were asked.
///
/// Thousands of neighbours refuse alike: each refusal is held once for its run of nodes.
struct Refusals {
  private(set) var nodes: [NodeInfo] = []
  private(set) var runs: [(rejection: Rejection, count: Int)] = []

  var count: Int { nodes.count }

  mutating func append(_ node: NodeInfo, _ rejection: Rejection) {
    nodes.append(node)
    if let last = runs.indices.last, runs[last].rejection == rejection {
      runs[last].count += 1
    } else {
      runs.append((rejection, 1))
    }
  }

  /// The first so many.
  func prefix(_ limit: Int) -> Refusals {
    var part = Refusals()
    part.nodes = Array(nodes.prefix(limit))
    for run in runs {
      let left = limit - part.runs.reduce(0) { $0 + $1.count }
      if left <= 0 { break }
      part.runs.append((run.rejection, min(run.count, left)))
    }
    return part
  }

  /// Each run with its nodes.
  var parts: [(rejection: Rejection, nodes: ArraySlice<NodeInfo>)] {
    var start = 0
    return runs.map { run in
      defer { start += run.count }
      return (run.rejection, nodes[start..<(start + run.count)])
    }
  }
}
