/// A container image by its full name, so that `nginx` and `docker.io/library/nginx:latest` agree.
struct ImageName: Hashable {
  let repository: String
  /// The tag, or the digest with its `@`.
  let version: String

  init(_ text: String) {
    var name = Substring(text)
    var version = ":latest"
    if let at = name.firstIndex(of: "@") {
      version = String(name[at...])
      name = name[..<at]
      // With a digest the tag says nothing.
      if let colon = Self.tagColon(name) { name = name[..<colon] }
    } else if let colon = Self.tagColon(name) {
      version = String(name[colon...])
      name = name[..<colon]
    }
    let first = name.prefix { $0 != "/" }
    let hasRegistry =
      first.count < name.count
      && (first.contains(".") || first.contains(":") || first == "localhost")
    if !hasRegistry {
      name = (name.contains("/") ? "docker.io/" : "docker.io/library/") + name
    } else if first == "docker.io" || first == "index.docker.io" {
      // As the reference's normal form has it: docker.io/nginx is docker.io/library/nginx.
      let path = name.dropFirst(first.count + 1)
      name = (path.contains("/") ? "docker.io/" : "docker.io/library/") + path
    }
    repository = String(name)
    self.version = version
  }

  private static func tagColon(_ name: Substring) -> Substring.Index? {
    let start = name.lastIndex(of: "/") ?? name.startIndex
    return name[start...].lastIndex(of: ":")
  }
}
