import Documents
import KubeObjects
import Linux

/// What a rule of Cilium lets be said at a port: requests of HTTP, or questions for names.
package enum AllowedContent: Hashable, Sendable {
  case requests([RequestPattern])
  case names([DomainPattern])

  /// nil where the `rules` of a port do not look at what is said.
  init?(_ rules: Value?) {
    let http = rules?.items("http") ?? []
    let dns = rules?.items("dns") ?? []
    if !http.isEmpty {
      self = .requests(http.map { RequestPattern($0) })
    } else if !dns.isEmpty {
      self = .names(dns.compactMap { DomainPattern($0) })
    } else {
      return nil
    }
  }

  var isAboutNames: Bool { if case .names = self { true } else { false } }

  func allows(_ request: WebRequest) -> Bool {
    guard case .requests(let patterns) = self else { return false }
    return patterns.contains { $0.matches(request) }
  }

  func allows(name: String) -> Bool {
    guard case .names(let patterns) = self else { return false }
    return patterns.contains { $0.matches(name) }
  }

  /// What Cilium's proxy answers to a request that no rule allows.
  static var refusal: WebResponse {
    WebResponse(
      403,
      headers: [("content-length", "15"), ("content-type", "text/plain"), ("server", "envoy")],
      body: Array("Access denied\r\n".utf8))
  }
}

/// A rule for HTTP: expressions for the whole of method, path and host, and headers.
package struct RequestPattern: Hashable, Sendable {
  private var method: String
  private var path: String
  private var host: String
  private var headers: [Header]

  private struct Header: Hashable, Sendable {
    var name: String
    /// nil: it only has to be there.
    var value: String?
  }

  init(_ rule: Value) {
    method = rule.text("method")
    path = rule.text("path")
    host = rule.text("host")
    // A line as `X-Name: value`, or a name alone.
    headers = rule.texts("headers").map { line in
      let parts = line.split(separator: " ", maxSplits: 1)
      let name = parts.first.map { $0.hasSuffix(":") ? $0.dropLast() : $0 } ?? ""
      return Header(name: String(name), value: parts.count == 2 ? String(parts[1]) : nil)
    }
    // With a `mismatch` it is mended or logged, and never refused.
    headers += rule.items("headerMatches").filter { $0.text("mismatch").isEmpty }.map {
      Header(name: $0.text("name"), value: $0["value"]?.string)
    }
  }

  func matches(_ request: WebRequest) -> Bool {
    func holds(_ expression: String, _ text: String) -> Bool {
      expression.isEmpty || TextPattern(expression)?.matchesWhole(text) ?? false
    }
    return holds(method, request.method) && holds(path, request.target)
      && holds(host, request.header("Host") ?? "")
      && headers.allSatisfy { header in
        guard let given = request.header(header.name) else { return false }
        return header.value.map { $0 == given } ?? true
      }
  }
}

/// Names of domains: one of them, or a pattern whose stars stand for parts of one label.
package struct DomainPattern: Hashable, Sendable {
  private let pattern: String
  private let isExact: Bool

  init?(_ rule: Value) {
    let name = rule.text("matchName")
    let pattern = rule.text("matchPattern")
    guard !name.isEmpty || !pattern.isEmpty else { return nil }
    isExact = !name.isEmpty
    self.pattern = Self.plain(isExact ? name : pattern)
  }

  private static func plain(_ name: String) -> String {
    let lower = name.lowercased()
    return lower.hasSuffix(".") ? String(lower.dropLast()) : lower
  }

  func matches(_ name: String) -> Bool {
    let name = Self.plain(name)
    if isExact { return name == pattern }
    if pattern == "*" { return true }
    let labels = pattern.split(separator: ".", omittingEmptySubsequences: false)
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    return labels.count == parts.count
      && zip(labels, parts).allSatisfy { label, part in
        guard label.contains("*") else { return label == part }
        return TextPattern(String(label.replacing("*", with: "[-a-z0-9_]*")))?.matchesWhole(
          String(part))
          ?? false
      }
  }
}
