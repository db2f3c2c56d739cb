import KubeObjects

/// How many requests were answered, by what they were about and how they ended: /metrics.
final class RequestCounters {
  private struct Key: Hashable, Comparable {
    var group: String
    var version: String
    var resource: String
    var subresource: String
    var scope: String
    var verb: String
    var dryRun: String
    var code: Int

    private var order: [String] {
      [group, version, resource, subresource, scope, verb, dryRun, String(code)]
    }
    static func < (a: Key, b: Key) -> Bool { a.order.lexicographicallyPrecedes(b.order) }
  }

  private var counts: [Key: Int] = [:]

  func note(_ info: RequestInfo, _ request: APIRequest, code: Int) {
    let isDry = request.query.contains { $0.name == "dryRun" && $0.value == "All" }
    counts[
      Key(
        group: info.group, version: info.version, resource: info.resource,
        subresource: info.isResource ? info.subresource : info.segments.joined(separator: "/"),
        scope: Self.scope(info), verb: Self.verb(info), dryRun: isDry ? "All" : "", code: code),
      default: 0] += 1
  }

  private static func scope(_ info: RequestInfo) -> String {
    guard info.isResource else { return "" }
    if !info.name.isEmpty { return "resource" }
    return info.namespace.isEmpty ? "cluster" : "namespace"
  }

  private static func verb(_ info: RequestInfo) -> String {
    switch info.verb {
    case "create": "POST"
    case "update": "PUT"
    default: info.verb.uppercased()
    }
  }

  /// The counters as Prometheus reads them.
  var text: String {
    var text = """
      # HELP apiserver_request_total Requests that were answered.
      # TYPE apiserver_request_total counter

      """
    for (key, count) in counts.sorted(by: { $0.key < $1.key }) {
      text += "apiserver_request_total{code=\"\(key.code)\",component=\"apiserver\","
      text += "dry_run=\"\(key.dryRun)\",group=\"\(key.group)\",resource=\"\(key.resource)\","
      text += "scope=\"\(key.scope)\",subresource=\"\(key.subresource)\",verb=\"\(key.verb)\","
      text += "version=\"\(key.version)\"} \(count)\n"
    }
    return text
  }
}
