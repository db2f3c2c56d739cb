/// Host names with wildcards as the Gateway API matches them: `*.` stands for one label or more.
enum GatewayHostname {
  /// The hosts that a listener and a route share; nil when there are none.
  static func shared(listener: String, route: [String]) -> [String]? {
    if route.isEmpty { return [listener] }
    if listener.isEmpty { return route }
    let found = route.compactMap { intersection(listener, $0) }
    return found.isEmpty ? nil : found
  }

  static func intersection(_ a: String, _ b: String) -> String? {
    if a == b { return a }
    switch (a.hasPrefix("*."), b.hasPrefix("*.")) {
    case (true, true):
      if b.hasSuffix(a.dropFirst()) { return b }
      return a.hasSuffix(b.dropFirst()) ? a : nil
    case (true, false): return matches(a, b) ? b : nil
    case (false, true): return matches(b, a) ? a : nil
    case (false, false): return nil
    }
  }

  /// Whether a pattern covers a host; an empty pattern covers all.
  static func matches(_ pattern: String, _ host: String) -> Bool {
    if pattern.isEmpty { return true }
    guard pattern.hasPrefix("*.") else { return pattern == host }
    let suffix = pattern.dropFirst()
    return host.hasSuffix(suffix) && host.utf8.count > suffix.utf8.count
  }

  /// Whether some host is covered by both.
  static func overlap(_ a: String, _ b: String) -> Bool {
    a.isEmpty || b.isEmpty || intersection(a, b) != nil
  }

  /// The more precise first: names before wildcards, longer before shorter.
  static func isMorePrecise(_ a: String, than b: String) -> Bool {
    let (wildA, wildB) = (a.isEmpty || a.hasPrefix("*."), b.isEmpty || b.hasPrefix("*."))
    if wildA != wildB { return wildB }
    return a.utf8.count > b.utf8.count
  }
}
