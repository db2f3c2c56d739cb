import Shell

/// A request as a web server reads it.
package struct WebRequest {
  package var method: String
  /// Path and query as sent.
  package var target: String
  package var version: String
  package var headers: [(name: String, value: String)]
  package var body: [UInt8]
  package var client: String
  package var clientPort: Int

  package init(
    method: String, target: String, headers: [(name: String, value: String)],
    body: [UInt8] = [], client: String = "127.0.0.1", clientPort: Int = 0
  ) {
    self.method = method
    self.target = target
    version = "HTTP/1.1"
    self.headers = headers
    self.body = body
    self.client = client
    self.clientPort = clientPort
  }

  package func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }

  /// The path without the query, percent-decoded.
  package var path: String { PercentCoding.decode(String(target.prefix { $0 != "?" })) }
  package var query: String {
    target.firstIndex(of: "?").map { String(target[target.index(after: $0)...]) } ?? ""
  }
  /// The decoded parameters of the query.
  package var parameters: [(name: String, value: String)] {
    query.split(separator: "&").map { part in
      let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (
        PercentCoding.decode(String(halves[0])),
        halves.count > 1 ? PercentCoding.decode(String(halves[1])) : ""
      )
    }
  }
  package func parameter(_ name: String) -> String? {
    parameters.first { $0.name == name }?.value
  }
  /// The Host header without its port.
  package var host: String {
    let text = header("Host") ?? ""
    if text.hasPrefix("[") { return String(text.prefix { $0 != "]" }.dropFirst()) }
    return String(text.prefix { $0 != ":" })
  }
}

/// What a web server answers.
package struct WebResponse {
  package var status: Int
  package var headers: [(name: String, value: String)]
  package var body: [UInt8]

  package init(
    _ status: Int = 200, headers: [(name: String, value: String)] = [], body: [UInt8] = []
  ) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  package init(_ status: Int = 200, text: String, type: String = "text/plain; charset=utf-8") {
    self.init(status, headers: [("Content-Type", type)], body: Array(text.utf8))
  }

  package static let reasons: [Int: String] = [
    100: "Continue", 200: "OK", 201: "Created", 202: "Accepted", 204: "No Content",
    301: "Moved Permanently", 302: "Found", 303: "See Other", 304: "Not Modified",
    307: "Temporary Redirect", 308: "Permanent Redirect", 400: "Bad Request",
    401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
    408: "Request Timeout", 409: "Conflict", 413: "Request Entity Too Large",
    415: "Unsupported Media Type", 418: "I'm a teapot", 422: "Unprocessable Entity",
    429: "Too Many Requests", 500: "Internal Server Error", 501: "Not Implemented",
    502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout",
  ]

  package var reason: String { Self.reasons[status] ?? "" }
}

/// Answers the requests of one connection after another.
package struct WebService {
  /// What comes before the server's own headers: Server and the like.
  package var answer: (WebRequest) async throws -> WebResponse
  package var note: (WebRequest, WebResponse) async throws -> Void

  package init(
    note: @escaping (WebRequest, WebResponse) async throws -> Void = { _, _ in },
    answer: @escaping (WebRequest) async throws -> WebResponse
  ) {
    self.answer = answer
    self.note = note
  }

  package func serve(_ connection: any Connection) async throws {
    var reader = ConnectionReader(connection)
    while let request = try await Self.read(&reader, connection) {
      if let refusal = connection.screen?(request) {
        try await connection.write(Self.bytes(of: refusal, to: request))
      } else {
        let response = try await answer(request)
        try await connection.write(Self.bytes(of: response, to: request))
        try await note(request, response)
      }
      let wish = request.header("Connection")?.lowercased()
      if wish == "close" || request.version == "HTTP/1.0" && wish != "keep-alive" { return }
    }
  }

  static func bytes(of response: WebResponse, to request: WebRequest) -> [UInt8] {
    var text = "HTTP/1.1 \(response.status) \(response.reason)\r\n"
    for (name, value) in response.headers { text += "\(name): \(value)\r\n" }
    let hasNoBody = response.status == 204 || response.status == 304
    if !hasNoBody, !response.headers.contains(where: { $0.name.lowercased() == "content-length" }) {
      text += "Content-Length: \(response.body.count)\r\n"
    }
    text += "\r\n"
    return Array(text.utf8) + (request.method == "HEAD" || hasNoBody ? [] : response.body)
  }

  private static func read(
    _ reader: inout ConnectionReader, _ connection: any Connection
  ) async throws -> WebRequest? {
    guard let line = try await reader.line(), !line.isEmpty else { return nil }
    let words = line.split(separator: " ").map(String.init)
    guard words.count == 3, words[2].hasPrefix("HTTP/") else {
      try await connection.write(
        Array("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".utf8))
      return nil
    }
    var request = WebRequest(
      method: words[0], target: words[1], headers: [], client: connection.remoteAddress,
      clientPort: connection.remotePort)
    request.version = words[2]
    while let line = try await reader.line(), !line.isEmpty {
      guard let colon = line.firstIndex(of: ":"), request.headers.count < 1000 else { continue }
      let value = line[line.index(after: colon)...].trimmedSides
      request.headers.append((String(line[..<colon]), String(value)))
    }
    if request.header("Transfer-Encoding")?.lowercased() == "chunked" {
      request.body = try await reader.chunks()
    } else if let length = request.header("Content-Length").flatMap({ Int($0) }), length > 0 {
      request.body = try await reader.exactly(min(length, WebExchange.bodyLimit))
    }
    return request
  }
}
