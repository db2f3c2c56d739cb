package import Simulation

/// `connects: web.shop:80` with `from`: a TCP connection from there is accepted.
package struct ConnectsCheck: Check {
  package static let keyword = "connects"
  package static let fields = ["from"]
  package static let patience = Span.seconds(60)
  let way: Way

  package init(_ form: Form, namespace: String) {
    way = Way(form, keyword: Self.keyword, namespace: namespace)
  }

  package func verdict(in scene: any Scene) -> Verdict {
    switch way.trial(in: scene) {
    case .answered: .passed
    case .failed(let why): .failed("\(way): \(why)")
    case .nowhere(let why): .failed(why)
    }
  }
}

/// From where to where a connection is tried.
struct Way: Sendable, CustomStringConvertible {
  let host: String
  let port: Int
  let from: ObjectReference?

  init(_ form: Form, keyword: String, namespace: String) {
    let parts = (form.string(keyword) ?? "").split(separator: ":", maxSplits: 1)
    host = parts.first.map(String.init) ?? ""
    port = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    from = form.member("from").map { ObjectReference($0, namespace: namespace) }
    if !(1...65535).contains(port) { form.note("HOST:PORT is expected", at: keyword) }
  }

  func trial(in scene: any Scene) -> Exchange {
    scene.exchange(from: from, host: host, port: port, sending: [])
  }

  var description: String {
    "from \(from.map(\.description) ?? "the workstation") to \(host):\(port)"
  }
}
