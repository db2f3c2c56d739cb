import PKI

/// Makes extensions from the words of `-addext` and of configuration sections.
struct ExtensionMaker {
  let configuration: Configuration
  /// SubjectPublicKeyInfo of the certificate's own key and of its issuer's.
  var keyInfo: DERNode?
  var issuerKeyInfo: DERNode?

  /// Every line of a section; an unknown section is an error of openssl's.
  func section(_ name: String) throws -> [DERNode] {
    guard let pairs = configuration.sections[name] else {
      throw Complaint("Error checking extension section \(name)")
    }
    return try pairs.compactMap { try make($0.name, $0.value) }
  }

  /// `subjectAltName=DNS:a,IP:10.0.0.1`
  func make(line: String) throws -> DERNode? {
    guard let equal = line.firstIndex(of: "=") else {
      throw Complaint("req: Error loading extensions: missing value in \(line)")
    }
    return try make(
      Configuration.trimmed(line[..<equal]),
      Configuration.trimmed(line[line.index(after: equal)...]))
  }

  private func make(_ name: String, _ value: String) throws -> DERNode? {
    guard let dotted = Names.extensionWords[name] else {
      throw Complaint.unsimulated("with the extension \(name)")
    }
    var words = value.split(separator: ",").map(Configuration.trimmed)
    let isCritical = words.first == "critical"
    if isCritical { words.removeFirst() }
    guard let content = try content(dotted, words) else { return nil }
    return Self.made(dotted, content, isCritical: isCritical)
  }

  static func made(_ dotted: String, _ content: DERNode, isCritical: Bool = false) -> DERNode {
    .sequence([.identifier(dotted)] + (isCritical ? [.yes] : []) + [.octets(content.bytes)])
  }

  private func content(_ dotted: String, _ words: [String]) throws -> DERNode? {
    switch dotted {
    case Names.alternativeName: return .sequence(try names(words))
    case Names.basicConstraints:
      var parts: [DERNode] = []
      for word in words {
        let pair = word.split(separator: ":").map(String.init)
        guard pair.count == 2 else { throw bad("basicConstraints", word) }
        if pair[0].uppercased() == "CA" {
          if pair[1].lowercased() == "true" { parts.append(.yes) }
        } else if let length = UInt8(pair[1]) {
          parts.append(.integer([length]))
        }
      }
      return .sequence(parts)
    case Names.keyUsage: return try keyUsage(words)
    case Names.extendedKeyUsage:
      return .sequence(
        try words.map { word in
          guard let use = Names.extendedUses.first(where: { $0.word == word }) else {
            throw bad("extendedKeyUsage", word)
          }
          return .identifier(use.dotted)
        })
    case Names.subjectKey:
      return keyInfo.map { .octets(Self.keyIdentifier($0)) }
    default:
      return (issuerKeyInfo ?? keyInfo).map {
        .sequence([DERNode(tag: 0x80, content: Self.keyIdentifier($0))])
      }
    }
  }

  private func keyUsage(_ words: [String]) throws -> DERNode {
    var bits: [UInt8] = [0, 0]
    for word in words {
      guard let index = Names.keyUses.firstIndex(where: { $0.word == word }) else {
        throw bad("keyUsage", word)
      }
      bits[index / 8] |= 0x80 >> UInt8(index % 8)
    }
    if bits[1] == 0 { bits.removeLast() }
    let unused = UInt8(bits.last?.trailingZeroBitCount ?? 0)
    return DERNode(tag: 3, content: [min(unused, 7)] + bits)
  }

  private func names(_ words: [String]) throws -> [DERNode] {
    var found: [DERNode] = []
    for word in words {
      if word.hasPrefix("@") {
        guard let pairs = configuration.sections[String(word.dropFirst())] else {
          throw bad("subjectAltName", word)
        }
        // DNS.1 = a
        found += try pairs.map {
          try name(String($0.name.prefix { $0 != "." }), $0.value)
        }
        continue
      }
      guard let colon = word.firstIndex(of: ":") else { throw bad("subjectAltName", word) }
      found.append(
        try name(String(word[..<colon]), String(word[word.index(after: colon)...])))
    }
    return found
  }

  private func name(_ kind: String, _ value: String) throws -> DERNode {
    switch kind.uppercased() {
    case "DNS": return DERNode(tag: 0x82, content: Array(value.utf8))
    case "EMAIL": return DERNode(tag: 0x81, content: Array(value.utf8))
    case "URI": return DERNode(tag: 0x86, content: Array(value.utf8))
    case "IP":
      let parts = value.split(separator: ".").compactMap { UInt8($0) }
      if parts.count == 4 { return DERNode(tag: 0x87, content: parts) }
      if value == "::1" {
        return DERNode(tag: 0x87, content: Array(repeating: 0, count: 15) + [1])
      }
      throw Complaint("Error adding request extensions: bad ip address: \(value)")
    default: throw bad("subjectAltName", kind)
    }
  }

  private func bad(_ name: String, _ word: String) -> Complaint {
    Complaint("Error adding request extensions defined via -addext\nname=\(name), value=\(word)")
  }

  /// SHA-1 of the bare key (RFC 5280, 4.2.1.2).
  static func keyIdentifier(_ info: DERNode) -> [UInt8] {
    Digests.bytes(ofHex: Digest.sha1(info.children.last?.bitBytes ?? []))
  }
}

/// An openssl.cnf: sections of names with values.
struct Configuration {
  private(set) var sections: [String: [(name: String, value: String)]] = [:]

  init(_ text: String = "") {
    var current = "default"
    for line in text.split(whereSeparator: \.isNewline) {
      let line = Self.trimmed(line.prefix { $0 != "#" })
      if line.hasPrefix("["), let end = line.firstIndex(of: "]") {
        current = Self.trimmed(line[line.index(after: line.startIndex)..<end])
        sections[current, default: []] += []
      } else if let equal = line.firstIndex(of: "=") {
        sections[current, default: []].append(
          (
            Self.trimmed(line[..<equal]),
            Self.trimmed(line[line.index(after: equal)...]).filter { $0 != "\"" }
          ))
      }
    }
  }

  func value(_ name: String, in section: String) -> String? {
    sections[section]?.last { $0.name == name }?.value
  }

  static func trimmed(_ text: some StringProtocol) -> String {
    var rest = Substring(text)
    while let first = rest.first, first.isWhitespace { rest.removeFirst() }
    while let last = rest.last, last.isWhitespace { rest.removeLast() }
    return String(rest)
  }
}
