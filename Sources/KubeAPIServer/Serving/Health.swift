/// The health endpoints: a server that answers is well.
enum Health {
  private static let checks = ["ping", "log", "etcd"]

  static func answer(_ request: APIRequest, _ segments: [String]) -> APIResponse {
    guard segments.count > 1 else {
      guard request.query.contains(where: { $0.name == "verbose" }) else {
        return Serving.text("ok")
      }
      let lines = checks.map { "[+]\($0) ok\n" }.joined()
      return Serving.text(lines + "\(segments.first ?? "") check passed\n")
    }
    guard segments.count == 2, checks.contains(segments[1]) else { return Serving.pageNotFound }
    return Serving.text("ok")
  }
}
