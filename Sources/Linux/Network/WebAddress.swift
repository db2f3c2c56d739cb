/// A URL as curl and wget take it.
package struct WebAddress {
  package var scheme: String
  package var host: String
  package var port: Int
  package var path: String
  package var user: String?

  /// nil when there is no host in it.
  package init?(_ text: String) {
    var rest = text[...]
    scheme = "http"
    if let mark = text.range(of: "://") {
      scheme = text[..<mark.lowerBound].lowercased()
      rest = text[mark.upperBound...]
    }
    let end = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
    var authority = rest[..<end]
    let tail = rest[end...].prefix { $0 != "#" }
    path = tail.isEmpty ? "/" : tail.hasPrefix("/") ? String(tail) : "/" + tail
    if let at = authority.lastIndex(of: "@") {
      user = String(authority[..<at])
      authority = authority[authority.index(after: at)...]
    }
    port = scheme == "https" ? 443 : 80
    if authority.hasPrefix("["), let close = authority.firstIndex(of: "]") {
      host = String(authority[authority.index(after: authority.startIndex)..<close])
      let after = authority[authority.index(after: close)...]
      if after.hasPrefix(":"), let number = Int(after.dropFirst()) { port = number }
    } else if let colon = authority.lastIndex(of: ":") {
      guard let number = Int(authority[authority.index(after: colon)...]),
        (0...65535).contains(number)
      else { return nil }
      host = String(authority[..<colon])
      port = number
    } else {
      host = String(authority)
    }
    if host.isEmpty { return nil }
  }

  var isDefaultPort: Bool { port == (scheme == "https" ? 443 : 80) }
  /// As the Host header names it.
  var authority: String { isDefaultPort ? host : "\(host):\(port)" }
  var text: String { "\(scheme)://\(authority)\(path)" }

  /// Where a Location header leads.
  func following(_ location: String) -> WebAddress? {
    if location.contains("://") { return WebAddress(location) }
    var next = self
    if location.hasPrefix("/") {
      next.path = location
    } else {
      let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      next.path = folder.joined(separator: "/") + "/" + location
    }
    return next
  }
}

extension String {
  fileprivate func range(of wanted: String) -> Range<String.Index>? {
    var index = startIndex
    while index < endIndex {
      if self[index...].hasPrefix(wanted) {
        return index..<self.index(index, offsetBy: wanted.count)
      }
      index = self.index(after: index)
    }
    return nil
  }
}
