import KubeCluster

/// A scheduler's decision as a table: who refused which node, or what each node scored.
struct WhyPlacement {
  let placement: Placement

  var text: String {
    if placement.node == nil { return refusals }
    return scores
  }

  private var refusals: String {
    placement.refusals.prefix(30).map { refusal in
      let node = refusal.node.isEmpty ? "all nodes" : refusal.node
      return "  \(node): \(refusal.plugin): \(refusal.reasons.joined(separator: ", "))\n"
    }.joined()
  }

  private var scores: String {
    guard let first = placement.scores.first else {
      let node = placement.node ?? ""
      return "  only \(node) was left when all others had been refused\n"
    }
    let plugins = first.byPlugin.map(\.plugin)
    var rows = [["NODE", "TOTAL"] + plugins]
    for score in placement.scores {
      rows.append(
        [score.node, String(score.total)] + score.byPlugin.map { String($0.score) })
    }
    return Self.table(rows)
  }

  private static func table(_ rows: [[String]]) -> String {
    let widths = (rows.first ?? []).indices.map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      let cells = zip(row, widths).map { cell, width in
        cell + String(repeating: " ", count: max(width - cell.count, 0))
      }
      var line = "  " + cells.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }
}
