import Documents
import KubeObjects
import Linux

/// The CORS filter of a route: which other sites' pages may ask, and for what.
struct CrossOrigin {
  private let origins: [String]
  private let methods: [String]
  private let headers: [String]
  private let exposed: [String]
  private let allowsCredentials: Bool
  private let maxAge: Int64

  init(_ rule: Value) {
    origins = rule.texts("allowOrigins")
    methods = rule.texts("allowMethods")
    headers = rule.texts("allowHeaders")
    exposed = rule.texts("exposeHeaders")
    allowsCredentials = rule["allowCredentials"]?.bool ?? false
    maxAge = rule["maxAge"]?.int ?? 5
  }

  /// The value of Access-Control-Allow-Origin; nil where the request's origin is not allowed.
  private func origin(_ request: WebRequest) -> String? {
    guard let origin = request.header("Origin") else { return nil }
    // A star may not be answered to a client that brings credentials.
    if origins.contains("*") { return allowsCredentials ? origin : "*" }
    let isAllowed = origins.contains { allowed in
      guard let star = allowed.firstIndex(of: "*") else {
        return allowed.lowercased() == origin.lowercased()
      }
      // `https://*.example.com` means every subdomain, and not the domain itself.
      let (head, tail) = (allowed[..<star], allowed[allowed.index(after: star)...])
      return origin.count > head.count + tail.count && origin.hasPrefix(head)
        && origin.hasSuffix(tail)
    }
    return isAllowed ? origin : nil
  }

  /// What a browser's question before its request is answered; nil for other requests.
  func preflight(_ request: WebRequest, _ style: GatewayProvider.Style) -> WebResponse? {
    guard request.method == "OPTIONS", let origin = origin(request),
      let method = request.header("Access-Control-Request-Method")
    else { return nil }
    var response = WebResponse(style == .nginx ? 204 : 200)
    response.headers.append(("Access-Control-Allow-Origin", origin))
    func list(_ values: [String], _ asked: String?) -> String {
      values.contains("*") && allowsCredentials
        ? asked ?? "" : values.joined(separator: ", ")
    }
    let known = [
      ("Access-Control-Allow-Methods", list(methods, method)),
      (
        "Access-Control-Allow-Headers",
        list(headers, request.header("Access-Control-Request-Headers"))
      ),
    ]
    response.headers += known.filter { !$0.1.isEmpty }.map { (name: $0.0, value: $0.1) }
    if allowsCredentials { response.headers.append(("Access-Control-Allow-Credentials", "true")) }
    response.headers.append(("Access-Control-Max-Age", "\(maxAge)"))
    return response
  }

  /// Adds to an answer that a page of an allowed origin may read it.
  func mark(_ response: inout WebResponse, for request: WebRequest) {
    guard let origin = origin(request) else { return }
    response.headers.append(("Access-Control-Allow-Origin", origin))
    if allowsCredentials { response.headers.append(("Access-Control-Allow-Credentials", "true")) }
    if !exposed.isEmpty {
      response.headers.append(
        ("Access-Control-Expose-Headers", exposed.joined(separator: ", ")))
    }
  }
}
