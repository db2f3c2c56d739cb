/// A topology as a picture: routes above, Services below them, nodes with their Pods at the foot.
struct TopologyDrawing {
  private let topology: Topology
  private static let pad = 16
  private static let line = 20
  private static let boxWidth = 260

  init(_ topology: Topology) { self.topology = topology }

  private struct Box {
    var title: String
    var lines: [String]
    var x = 0
    var y = 0
    var fill: String
    var height: Int { TopologyDrawing.line * (lines.count + 1) + 14 }
    func middle(_ isTop: Bool) -> (Int, Int) {
      (x + TopologyDrawing.boxWidth / 2, isTop ? y : y + height)
    }
  }

  var svg: String {
    var routes = topology.routes.map {
      Box(
        title: "\($0.kind) \($0.name)", lines: $0.rules.map { "\($0.from) → \($0.to)" },
        fill: "#e8f0fe")
    }
    var services = topology.services.map {
      Box(
        title: "Service \($0.name)", lines: ["\($0.type) \($0.address) \($0.ports)"],
        fill: "#e6f4ea")
    }
    var nodes = topology.nodes.map { node in
      Box(
        title: "\(node.name) \(node.address) \(node.state)",
        lines: node.pods.map { "\($0.name) \($0.state)" }
          + (node.hidden > 0 ? ["and \(node.hidden) more"] : []), fill: "#fef7e0")
    }
    var y = Self.pad
    for row in [\Rows.routes, \Rows.services, \Rows.nodes] {
      var rows = Rows(routes: routes, services: services, nodes: nodes)
      let height = Self.place(&rows[keyPath: row], at: y)
      (routes, services, nodes) = (rows.routes, rows.services, rows.nodes)
      if height > 0 { y += height + 48 }
    }
    let all = routes + services + nodes
    let width = (all.map { $0.x + Self.boxWidth }.max() ?? 0) + Self.pad
    let height = (all.map { $0.y + $0.height }.max() ?? 0) + Self.pad
    let lines = wires(routes, services, nodes)
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"\(height)\" "
      + "font-family=\"sans-serif\" font-size=\"12\">\n" + lines.joined()
      + all.map(Self.drawing).joined() + "</svg>\n"
  }

  private struct Rows {
    var routes: [Box]
    var services: [Box]
    var nodes: [Box]
  }

  /// Puts boxes side by side, and tells how high the highest is.
  private static func place(_ boxes: inout [Box], at y: Int) -> Int {
    for index in boxes.indices {
      boxes[index].x = pad + index * (boxWidth + pad)
      boxes[index].y = y
    }
    return boxes.map(\.height).max() ?? 0
  }

  private func wires(_ routes: [Box], _ services: [Box], _ nodes: [Box]) -> [String] {
    var lines: [String] = []
    func wire(_ from: (Int, Int), _ to: (Int, Int)) {
      lines.append(
        "<line x1=\"\(from.0)\" y1=\"\(from.1)\" x2=\"\(to.0)\" y2=\"\(to.1)\" stroke=\"#5f6368\"/>\n"
      )
    }
    for (route, box) in zip(topology.routes, routes) {
      for (service, target) in zip(topology.services, services)
      where route.rules.contains(where: { $0.to.hasPrefix(service.name + ":") }) {
        wire(box.middle(false), target.middle(true))
      }
    }
    for (service, box) in zip(topology.services, services) {
      for (node, target) in zip(topology.nodes, nodes) {
        for (index, pod) in node.pods.enumerated() where service.endpoints.contains(pod.name) {
          let y = target.y + Self.line * (index + 1) + 12
          wire(box.middle(false), (target.x + 6, y))
        }
      }
    }
    return lines
  }

  private static func drawing(_ box: Box) -> String {
    var text =
      "<rect x=\"\(box.x)\" y=\"\(box.y)\" width=\"\(boxWidth)\" height=\"\(box.height)\" rx=\"6\" "
      + "fill=\"\(box.fill)\" stroke=\"#5f6368\"/>\n"
      + "<text x=\"\(box.x + 10)\" y=\"\(box.y + 18)\" font-weight=\"bold\">\(escaped(box.title))"
      + "</text>\n"
    for (index, line) in box.lines.enumerated() {
      text +=
        "<text x=\"\(box.x + 10)\" y=\"\(box.y + 18 + Self.line * (index + 1))\">\(escaped(line))"
        + "</text>\n"
    }
    return text
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}
