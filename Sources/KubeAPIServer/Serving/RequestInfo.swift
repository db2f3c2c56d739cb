/// What the path and method of a request are about, as upstream's RequestInfo reads them.
struct RequestInfo {
  var isResource = false
  /// get, list, watch, create, update, patch, delete, deletecollection; the method in lower case
  /// for other paths.
  var verb = ""
  var group = ""
  var version = ""
  var namespace = ""
  var resource = ""
  var subresource = ""
  var name = ""
  /// What follows the subresource: proxy paths.
  var rest: [String] = []
  /// Whether the path asks for a watch: /api/v1/watch/….
  var isWatchPath = false
  var path = ""
  var segments: [String] = []
  /// What fields have to be, by the selector of a list, a watch or a deletion of many.
  var fields: [String: String] = [:]

  init(method: String, path: String, isWatch: Bool, fields: [String: String]) {
    self.path = path
    // A doubled slash is an empty segment and matches nothing; one at the end does not count.
    var parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
      .map { Self.decoded(Substring($0)) }
    if parts.first == "" { parts.removeFirst() }
    if parts.last == "" { parts.removeLast() }
    segments = parts
    verb = method.lowercased()
    guard let first = parts.first, first == "api" || first == "apis" else { return }
    let groupParts = first == "api" ? 1 : 2
    guard parts.count > groupParts + 1 else { return }
    isResource = true
    group = first == "api" ? "" : parts[1]
    version = parts[groupParts]
    read(Array(parts[(groupParts + 1)...]))
    verb = verb(method, isWatch: isWatch)
    if verb == "list" || verb == "watch" || verb == "deletecollection" {
      self.fields = fields
      if let selectedName = fields["metadata.name"] { name = selectedName }
    }
  }

  private mutating func read(_ parts: [String]) {
    var parts = parts[...]
    if parts.first == "watch", parts.count > 1 {
      isWatchPath = true
      parts = parts.dropFirst()
    }
    if parts.first == "namespaces", parts.count > 1 {
      namespace = parts[parts.startIndex + 1]
      let third = parts.dropFirst(2).first
      if third != nil, third != "status", third != "finalize" { parts = parts.dropFirst(2) }
    }
    resource = parts.popFirst() ?? ""
    name = parts.popFirst() ?? ""
    subresource = parts.popFirst() ?? ""
    rest = Array(parts)
  }

  private func verb(_ method: String, isWatch: Bool) -> String {
    if isWatchPath { return "watch" }
    return switch method {
    case "POST": "create"
    case "GET", "HEAD": name.isEmpty ? (isWatch ? "watch" : "list") : "get"
    case "PUT": "update"
    case "PATCH": "patch"
    case "DELETE": name.isEmpty ? "deletecollection" : "delete"
    default: method.lowercased()
    }
  }

  /// Takes percent escapes out of a part of a path.
  static func decoded(_ text: some StringProtocol) -> String {
    guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2,
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension APIRequest {
  /// Go's url.ParseQuery: pieces that cannot be decoded or hold a semicolon are left out.
  package static func parameters(_ query: some StringProtocol) -> [(name: String, value: String)] {
    var found: [(name: String, value: String)] = []
    for piece in Substring(query).utf8.split(separator: UInt8(ascii: "&")) {
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
}
