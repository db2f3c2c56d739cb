import KubeAPIServer
import NIOHTTP1

extension APIRequest {
  /// What came over HTTP, with the certificate that the client showed.
  init(_ head: HTTPRequestHead, body: [UInt8], credential: Credential) {
    let parts = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    self.init(
      method: head.method.rawValue, path: parts.first.map(String.init) ?? "/",
      query: parts.count > 1 ? Self.parameters(parts[1]) : [],
      headers: head.headers.map { ($0.name.lowercased(), $0.value) },
      body: body.isEmpty ? .none : .bytes(body), credential: credential)
  }

  /// Go's url.ParseQuery: pieces that cannot be decoded or hold a semicolon are left out.
  static func parameters(_ query: Substring) -> [(name: String, value: String)] {
    var found: [(name: String, value: String)] = []
    for piece in query.utf8.split(separator: UInt8(ascii: "&")) {
      guard !piece.contains(UInt8(ascii: ";")) else { continue }
      let sides = piece.split(
        separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      guard let first = sides.first, let name = decoded(first) else { continue }
      guard let value = decoded(sides.count > 1 ? sides[1] : first.prefix(0)) else { continue }
      found.append((name, value))
    }
    return found
  }

  private static func decoded(_ text: Substring.UTF8View) -> String? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count)
    var rest = text.makeIterator()
    while let byte = rest.next() {
      switch byte {
      case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
      case UInt8(ascii: "%"):
        guard let high = digit(rest.next()), let low = digit(rest.next()) else { return nil }
        bytes.append(high << 4 | low)
      default: bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func digit(_ byte: UInt8?) -> UInt8? {
    switch byte {
    case .some(let byte) where (0x30...0x39).contains(byte): byte - 0x30
    case .some(let byte) where (0x41...0x46).contains(byte): byte - 0x37
    case .some(let byte) where (0x61...0x66).contains(byte): byte - 0x57
    default: nil
    }
  }

  /// Whether it opens a conversation that needs WebSockets.
  var isConversation: Bool {
    let segments = path.split(separator: "/")
    guard segments.count == 7, segments[0] == "api", segments[4] == "pods" else { return false }
    return ["exec", "attach", "portforward"].contains(String(segments[6]))
  }

  /// Whether the conversation is with ports of a Pod.
  var isForwarding: Bool { path.hasSuffix("/portforward") }
}
