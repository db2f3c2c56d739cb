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

  init(method: String, path: String, isWatch: Bool, selectedName: String?) {
    self.path = path
    // A doubled slash is an empty segment and matches nothing; one at the end does not count.
    var parts = path.split(separator: "/", omittingEmptySubsequences: false).map {
      Self.decoded($0)
    }
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
    if verb == "list" || verb == "watch" || verb == "deletecollection", let selectedName {
      name = selectedName
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

  /// Reads a query string as Go's url.ParseQuery does.
  static func query(_ text: some StringProtocol) -> [(name: String, value: String)] {
    text.split(separator: "&").map { pair in
      let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let parts = halves.map { half in
        decoded(String(half.map { $0 == "+" ? " " : $0 }))
      }
      return (parts[0], parts.count > 1 ? parts[1] : "")
    }
  }
}
