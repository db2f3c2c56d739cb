/// Sends requests as one server does to another.
package enum WebClient {
  /// Headers that concern one connection alone and are not passed on.
  package static let hopHeaders: Set<String> = [
    "connection", "keep-alive", "proxy-connection", "transfer-encoding", "te", "trailer", "upgrade",
    "content-length",
  ]

  /// The answer to `request`, its headers as they came; nil when the far side closed without one.
  package static func exchange(
    _ request: WebRequest, over connection: any Connection
  ) async throws -> WebResponse? {
    guard var address = WebAddress("http://upstream") else { return nil }
    address.path = request.target
    var exchange = WebExchange(method: request.method, address: address)
    exchange.headers = request.headers
    exchange.body = request.body
    if !request.body.isEmpty, request.header("Content-Length") == nil {
      exchange.headers.append(("Content-Length", "\(request.body.count)"))
    }
    guard let response = try await exchange.perform(over: connection) else { return nil }
    return WebResponse(response.status, headers: response.headers, body: response.body)
  }
}
