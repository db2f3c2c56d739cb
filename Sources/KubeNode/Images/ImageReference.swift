/// A container image as a Pod names it, in the grammar of the distribution specification.
package struct ImageReference: Hashable, Sendable {
  /// docker.io when none is written.
  package var registry: String
  /// library/nginx for a bare nginx.
  package var repository: String
  /// latest when neither tag nor digest is written.
  package var tag: String?
  /// sha256:…
  package var digest: String?

  /// nil when the text is not a reference: the kubelet's InvalidImageName.
  package init?(_ text: String) {
    guard !text.isEmpty, text.utf8.count <= 4096 else { return nil }
    var rest = Substring(text)
    if let at = rest.firstIndex(of: "@") {
      let digest = rest[rest.index(after: at)...]
      guard Self.isDigest(digest) else { return nil }
      self.digest = String(digest)
      rest = rest[..<at]
    }
    let slash = rest.lastIndex(of: "/") ?? rest.startIndex
    if let colon = rest[slash...].lastIndex(of: ":") {
      let tag = rest[rest.index(after: colon)...]
      guard Self.isTag(tag) else { return nil }
      self.tag = String(tag)
      rest = rest[..<colon]
    }
    var parts = rest.split(separator: "/", omittingEmptySubsequences: false)
    guard let first = parts.first else { return nil }
    // A first part with a dot, a port or the name localhost is a registry.
    if parts.count > 1, first.contains(".") || first.contains(":") || first == "localhost" {
      registry = String(first)
      parts.removeFirst()
      guard Self.isHost(first) else { return nil }
    } else {
      registry = "docker.io"
    }
    guard !parts.isEmpty, parts.allSatisfy(Self.isComponent) else { return nil }
    repository = parts.joined(separator: "/")
    if registry == "docker.io", parts.count == 1 { repository = "library/" + repository }
    if tag == nil, digest == nil { tag = "latest" }
  }

  /// What is wrong with a text that is no reference (reference.ParseNormalizedNamed).
  package static func problem(of text: String) -> String {
    let problem = "invalid reference format"
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    var name = Substring(text)
    if let first = parts.first, let rest = parts.last, parts.count > 1,
      first.contains(".") || first.contains(":") || first == "localhost"
        || first.contains(where: \.isUppercase)
    {
      name = rest
    }
    let path = name.prefix { $0 != ":" }
    guard path.contains(where: \.isUppercase) else { return problem }
    let whole = parts.count > 1 ? String(path) : "library/\(path)"
    return problem + ": repository name (\(whole)) must be lowercase"
  }

  /// With registry, and tag or digest: docker.io/library/nginx:latest.
  package var canonical: String {
    var text = "\(registry)/\(repository)"
    if let tag { text += ":" + tag }
    if let digest { text += "@" + digest }
    return text
  }

  /// The default pull policy follows from it (latest: Always).
  package var isLatest: Bool { digest == nil && tag == "latest" }

  private static func isTag(_ text: Substring) -> Bool {
    guard let first = text.utf8.first, text.utf8.count <= 128 else { return false }
    return isWord(first) && text.utf8.allSatisfy { isWord($0) || $0 == 0x2E || $0 == 0x2D }
  }

  private static func isDigest(_ text: Substring) -> Bool {
    guard text.hasPrefix("sha256:") else { return false }
    let hex = text.dropFirst(7).utf8
    return hex.count == 64
      && hex.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }

  private static func isHost(_ text: Substring) -> Bool {
    text.utf8.allSatisfy { isWord($0) || $0 == 0x2E || $0 == 0x2D || $0 == 0x3A }
  }

  /// Lower-case letters and digits, with `.`, `_`, `__` or dashes between them.
  private static func isComponent(_ text: Substring) -> Bool {
    var separators: [UInt8] = []
    var seen = false
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39, 0x61...0x7A:
        if !separators.isEmpty {
          guard seen,
            separators == [0x2E] || separators == [0x5F] || separators == [0x5F, 0x5F]
              || separators.allSatisfy({ $0 == 0x2D })
          else { return false }
          separators = []
        }
        seen = true
      case 0x2E, 0x5F, 0x2D: separators.append(byte)
      default: return false
      }
    }
    return seen && separators.isEmpty
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F: true
    default: false
    }
  }
}
