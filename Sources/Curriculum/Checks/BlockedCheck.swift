/// `blocked: db.shop:5432` with `from`: a connection from there is not accepted.
package struct BlockedCheck: Check {
  package static let keyword = "blocked"
  package static let fields = ["from"]
  package static let isGuard = true
  let way: Way

  package init(_ form: Form, namespace: String) {
    way = Way(form, keyword: Self.keyword, namespace: namespace)
  }

  package func verdict(in scene: any Scene) -> Verdict {
    switch way.trial(in: scene) {
    case .answered: .failed("\(way) gets through, and should not")
    case .failed: .passed
    case .nowhere(let why): .failed(why)
    }
  }
}
