import Documents
import KubeObjects
import Simulation

/// A route made ready for requests, or for connections where it is a TLSRoute, TCPRoute or UDPRoute.
struct GatewayRoute {
  struct Backend {
    var reference: BackendReference
    /// From 0 to a million, the most that the Gateway API takes.
    var weight: Int
    var filters: [Value]
    /// Why requests for it are answered with 500; empty when it is good.
    var problem = ""
    /// How TLS is spoken with it; nil: it is not.
    var security: BackendSecurity?
  }

  struct Rule {
    var matches: [RouteMatch]
    var filters: [Value]
    var backends: [Backend]
    var requestLimit: Span?
    var backendLimit: Span?
    /// How often it asks again, and after which answers; connections that fail count always.
    var retries: (attempts: Int, codes: Set<Int64>) = (0, [])
    var session: GatewaySession?
  }

  let kind: String
  let namespace: String
  let name: String
  let created: Moment
  let hostnames: [String]
  var rules: [Rule]

  var title: String { "\(kind) \(namespace)/\(name)" }

  init(_ route: Value) {
    kind = route.kind
    namespace = route.namespace
    name = route.name
    created = route.creationTimestamp ?? Moment(seconds: 0)
    let spec = route["spec"] ?? [:]
    hostnames = spec.texts("hostnames").map { $0.lowercased() }
    let isCall = route.kind == "GRPCRoute"
    let home = route.namespace
    rules = spec.items("rules").map { rule in
      let matches = rule.items("matches")
      let read = matches.map { isCall ? RouteMatch(grpc: $0) : RouteMatch(http: $0) }
      return Rule(
        matches: read.isEmpty ? [RouteMatch(http: [:])] : read, filters: rule.items("filters"),
        backends: rule.items("backendRefs").map { Self.backend($0, home) },
        requestLimit: Self.span(rule[path: "timeouts", "request"]?.string),
        backendLimit: Self.span(rule[path: "timeouts", "backendRequest"]?.string),
        retries: (
          min(10, max(0, Int(clamping: rule[path: "retry", "attempts"]?.int ?? 0))),
          Set((rule[path: "retry", "codes"]?.array ?? []).compactMap(\.int))
        ), session: rule["sessionPersistence"].map { GatewaySession($0) })
    }
    if rules.isEmpty {
      rules = [Rule(matches: [RouteMatch(http: [:])], filters: [], backends: [])]
    }
  }

  static func backend(_ reference: Value, _ home: String) -> Backend {
    return Backend(
      reference: BackendReference(
        namespace: reference.home(home), service: reference.text("name"),
        port: .int(reference["port"]?.int ?? 0)),
      weight: Int(min(1_000_000, max(0, reference["weight"]?.int ?? 1))),
      filters: reference.items("filters"))
  }

  private static func span(_ text: String?) -> Span? {
    guard let text, let span = Span(goText: text), span > .zero else { return nil }
    return span
  }
}
