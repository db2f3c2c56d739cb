import Documents
import KubeObjects
import Linux

/// The sessionPersistence of a rule: a client's answers tell it where it was sent, and what it brings
/// back leads there again.
struct GatewaySession {
  private let name: String
  private let isHeader: Bool

  init(_ rule: Value) {
    isHeader = rule.text("type") == "Header"
    let given = rule.text("sessionName")
    name = given.isEmpty ? (isHeader ? "x-session" : "session") : given
  }

  /// The address and port that a request wants; nil where it has no session.
  func place(in request: WebRequest) -> String? {
    if isHeader { return request.header(name).flatMap(Self.decoded) }
    let cookies = (request.header("Cookie") ?? "").split(separator: ";").map {
      $0.drop { $0 == " " }
    }
    return cookies.first { $0.hasPrefix(name + "=") }
      .flatMap { Self.decoded(String($0.dropFirst(name.count + 1))) }
  }

  private static func decoded(_ text: String) -> String? {
    Base64.decode(text).map { String(decoding: $0, as: UTF8.self) }
  }

  func header(for place: String) -> (String, String) {
    let value = Base64.encode(Array(place.utf8))
    guard !isHeader else { return (name, value) }
    return ("Set-Cookie", "\(name)=\(value); Path=/; HttpOnly")
  }
}
