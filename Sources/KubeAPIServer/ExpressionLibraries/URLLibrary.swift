import CEL
import Documents
import KubeObjects

/// The parts of URLs.
enum URLLibrary {
  struct Address: OpaqueDatum {
    var scheme = ""
    var host = ""
    var path = ""
    var query = ""
    let text: String
    var typeName: String { "kubernetes.URL" }
    func isEqual(_ other: any OpaqueDatum) -> Bool { (other as? Address)?.text == text }

    /// Without the port; brackets of an IPv6 address go too.
    var hostname: String {
      if host.hasPrefix("["), let end = host.firstIndex(of: "]") {
        return String(host[host.index(after: host.startIndex)..<end])
      }
      return String(host.prefix { $0 != ":" })
    }

    var port: String {
      let rest =
        host.hasPrefix("[") ? host[(host.firstIndex(of: "]") ?? host.startIndex)...] : host[...]
      guard let colon = rest.lastIndex(of: ":") else { return "" }
      return String(rest[rest.index(after: colon)...])
    }
  }

  private static let type = Type.opaque("kubernetes.URL")

  static let all: [Function] = [
    Function("url", [Overload("string_to_url", [.string], type)]) { values in
      guard let text = values[0].string else { return nil }
      return parse(text).map { .opaque($0) }
        ?? .failure(
          "URL parse error during conversion from string: parse \(text.goQuoted): "
            + (text.isEmpty ? "empty url" : "invalid URI for request")
        )
    },
    Function("isURL", [Overload("is_url_string", [.string], .bool)]) { values in
      values[0].string.map { .bool(parse($0) != nil) }
    },
    part("getScheme", "url_get_scheme") { $0.scheme },
    part("getHost", "url_get_host") { $0.host },
    part("getHostname", "url_get_hostname") { $0.hostname },
    part("getPort", "url_get_port") { $0.port },
    part("getEscapedPath", "url_get_escaped_path") { $0.path },
    .member("getQuery", "url_get_query", [type], .map(.string, .list(.string))) { values in
      guard case .opaque(let datum) = values[0], let address = datum as? Address else { return nil }
      return query(address.query)
    },
  ]

  private static func part(
    _ name: String, _ id: String, _ value: @escaping @Sendable (Address) -> String
  ) -> Function {
    .member(name, id, [type], .string) { values in
      guard case .opaque(let datum) = values[0], let address = datum as? Address else { return nil }
      return .string(value(address))
    }
  }

  /// As url.ParseRequestURI: absolute, or a path from the root.
  private static func parse(_ text: String) -> Address? {
    guard !text.isEmpty, text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else { return nil }
    var address = Address(text: text)
    var rest = Substring(text)
    if let colon = rest.firstIndex(of: ":"), isScheme(rest[..<colon]) {
      address.scheme = rest[..<colon].lowercased()
      rest = rest[rest.index(after: colon)...]
    } else if !rest.hasPrefix("/") {
      return nil
    }
    if let mark = rest.firstIndex(of: "?") {
      address.query = String(rest[rest.index(after: mark)...])
      rest = rest[..<mark]
    }
    if !rest.hasPrefix("/") { return address.scheme.isEmpty ? nil : address }
    if rest.hasPrefix("//"), !address.scheme.isEmpty || !rest.hasPrefix("///") {
      rest = rest.dropFirst(2)
      let end = rest.firstIndex(of: "/") ?? rest.endIndex
      var host = rest[..<end]
      if let at = host.lastIndex(of: "@") { host = host[host.index(after: at)...] }
      guard isHost(host) else { return nil }
      address.host = String(host)
      rest = rest[end...]
    }
    guard isEscaped(rest) else { return nil }
    address.path = escaped(rest)
    return address
  }

  private static func isScheme(_ text: Substring) -> Bool {
    guard let first = text.utf8.first, (first | 0x20) >= 97, (first | 0x20) <= 122 else {
      return false
    }
    return text.utf8.allSatisfy {
      (($0 | 0x20) >= 97 && ($0 | 0x20) <= 122) || ($0 >= 48 && $0 <= 57) || $0 == 43 || $0 == 45
        || $0 == 46
    }
  }

  private static func isHost(_ host: Substring) -> Bool {
    guard !host.contains(where: { "<>\"\\^`{|}".contains($0) }) else { return false }
    let rest: Substring
    if host.hasPrefix("[") {
      guard let end = host.firstIndex(of: "]") else { return false }
      rest = host[host.index(after: end)...]
    } else {
      rest = host.firstIndex(of: ":").map { host[$0...] } ?? ""
    }
    return rest.isEmpty || (rest.hasPrefix(":") && rest.dropFirst().allSatisfy(\.isNumber))
  }

  private static func isEscaped(_ text: Substring) -> Bool {
    let bytes = Array(text.utf8)
    for (index, byte) in bytes.enumerated() where byte == 37 {
      guard index + 2 < bytes.count, hex(bytes[index + 1]) != nil, hex(bytes[index + 2]) != nil
      else { return false }
    }
    return true
  }

  private static func hex(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 48...57: byte - 48
    case 65...70: byte - 55
    case 97...102: byte - 87
    default: nil
    }
  }

  private static func escaped(_ path: Substring) -> String {
    var out = ""
    let digits = Array("0123456789ABCDEF")
    for scalar in path.unicodeScalars {
      if scalar.value > 0x7E || "\"<>\\^`{|} ".unicodeScalars.contains(scalar) {
        for byte in String(scalar).utf8 {
          out += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
        }
      } else {
        out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  private static func query(_ text: String) -> Datum {
    var found: [String: [Datum]] = [:]
    for pair in text.split(separator: "&") where !pair.contains(";") {
      let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = unescaped(halves[0]),
        let value = unescaped(halves.count > 1 ? halves[1] : "")
      else { continue }
      found[name, default: []].append(.string(value))
    }
    let names = found.keys.sorted { ByteOrder.precedes($0, $1) }
    return .map(MapDatum(names.map { (.string($0), .list(found[$0] ?? [])) }))
  }

  private static func unescaped(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var index = 0
    let source = Array(text.utf8)
    while index < source.count {
      if source[index] == 37 {
        guard index + 2 < source.count, let high = hex(source[index + 1]),
          let low = hex(source[index + 2])
        else { return nil }
        bytes.append(high << 4 | low)
        index += 3
      } else {
        bytes.append(source[index] == 43 ? 32 : source[index])
        index += 1
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
