import Shell
import Simulation

/// One HTTP request and its answer over a connection.
struct WebExchange {
  struct Response {
    var statusLine = ""
    var status = 0
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []

    func header(_ name: String) -> String? {
      headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
  }

  var method = "GET"
  var address: WebAddress
  var headers: [(name: String, value: String)] = []
  var body: [UInt8] = []

  static let bodyLimit = 64 << 20

  var head: String {
    "\(method) \(address.path) HTTP/1.1\r\n"
      + headers.map { "\($0.name): \($0.value)\r\n" }.joined()
      + "\r\n"
  }

  /// Sends the request and reads the answer; nil when the far side closed without one.
  func perform(over connection: any Connection) async throws -> Response? {
    try await connection.write(Array(head.utf8) + body)
    var reader = ConnectionReader(connection)
    while true {
      guard let statusLine = try await reader.line(), !statusLine.isEmpty else { return nil }
      var response = Response(statusLine: statusLine)
      let words = statusLine.split(separator: " ")
      guard words.count >= 2, statusLine.hasPrefix("HTTP/"), let status = Int(words[1]) else {
        return nil
      }
      response.status = status
      while let line = try await reader.line(), !line.isEmpty {
        guard let colon = line.firstIndex(of: ":"), response.headers.count < 1000 else { continue }
        let value = line[line.index(after: colon)...].drop { $0 == " " }
        response.headers.append((String(line[..<colon]), String(value)))
      }
      if status == 100 { continue }
      if method == "HEAD" || status == 204 || status == 304 { return response }
      if response.header("Transfer-Encoding")?.lowercased() == "chunked" {
        response.body = try await reader.chunks()
      } else if let length = response.header("Content-Length").flatMap({ Int($0) }) {
        response.body = try await reader.exactly(min(max(0, length), Self.bodyLimit))
      } else {
        response.body = try await reader.toEnd()
      }
      return response
    }
  }
}

/// Reads lines and lengths from a connection.
struct ConnectionReader {
  private let connection: any Connection
  private var buffer: [UInt8] = []
  private var start = 0

  init(_ connection: any Connection) { self.connection = connection }

  private mutating func fill() async throws -> Bool {
    let more = try await connection.read(upTo: 1 << 16)
    if more.isEmpty { return false }
    if start > 0 {
      buffer.removeFirst(start)
      start = 0
    }
    buffer += more
    guard buffer.count <= WebExchange.bodyLimit else {
      throw HostError.budget("drydock: an answer larger than 64 MiB")
    }
    return true
  }

  /// A line without its end, or nil when there is none.
  mutating func line() async throws -> String? {
    while true {
      if let end = buffer[start...].firstIndex(of: .newline) {
        var line = buffer[start..<end]
        start = end + 1
        if line.last == 13 { line.removeLast() }
        return String(decoding: line, as: UTF8.self)
      }
      guard try await fill() else { return nil }
    }
  }

  mutating func exactly(_ count: Int) async throws -> [UInt8] {
    while buffer.count - start < count { guard try await fill() else { break } }
    let end = min(buffer.count, start + count)
    defer { start = end }
    return Array(buffer[start..<end])
  }

  mutating func toEnd() async throws -> [UInt8] {
    while try await fill() {}
    defer { start = buffer.count }
    return Array(buffer[start...])
  }

  mutating func chunks() async throws -> [UInt8] {
    var body: [UInt8] = []
    while let line = try await line() {
      let digits = line.prefix { $0 != ";" }
      guard let size = Int(digits.trimmedEnds, radix: 16), size > 0, size <= WebExchange.bodyLimit
      else { break }
      body += try await exactly(size)
      _ = try await self.line()
    }
    return body
  }
}

extension Substring {
  fileprivate var trimmedEnds: Substring {
    var rest = self
    while rest.first == " " { rest.removeFirst() }
    while rest.last == " " { rest.removeLast() }
    return rest
  }
}
