import Documents
import KubeObjects
import Linux
import Simulation

/// One request on its way through a Gateway's proxy.
struct GatewayVisit {
  var request: WebRequest
  let isSecured: Bool
  let port: Int
  var listener: GatewayPlan.Listener?
  var attached: GatewayPlan.Attached?
  var rule: GatewayRoute.Rule?
  var match: RouteMatch?
  /// Where it was sent, for the log.
  var upstream = "-"

  var scheme: String { isSecured ? "https" : "http" }
}

extension GatewayPlan.Gateway {
  /// Whether a TCP port wants TLS.
  func isSecure(_ port: Int) -> Bool {
    listener(at: port, .tcp).map { ["HTTPS", "TLS"].contains($0.protocol) } ?? false
  }

  /// The first listener that is served at a port; those of one port speak one protocol, or TLS.
  func listener(at port: Int, _ transport: Transport) -> GatewayPlan.Listener? {
    listeners.first { $0.isValid && $0.port == port && $0.transport == transport }
  }

  /// The listener of a TCP port that fits a host best.
  func listener(port: Int, host: String) -> GatewayPlan.Listener? {
    let host = host.lowercased()
    return listeners.filter {
      $0.isValid && $0.port == port && $0.transport == .tcp
        && GatewayHostname.matches($0.hostname, host)
    }.min { GatewayHostname.isMorePrecise($0.hostname, than: $1.hostname) }
  }
}

extension GatewayPlan.Listener {
  struct Choice {
    var attached: GatewayPlan.Attached
    var rule: GatewayRoute.Rule
    var match: RouteMatch
  }

  /// The rule that a request goes by: the most precise host first, then the specification's order
  /// of matches, then the older route, its name, and the order of its rules.
  func choose(_ request: WebRequest) -> Choice? {
    let host = request.host.lowercased()
    var best: (choice: Choice, host: String)?
    for attached in attached {
      let fitting = attached.hostnames.filter { GatewayHostname.matches($0, host) }
        .min { GatewayHostname.isMorePrecise($0, than: $1) }
      guard let name = fitting else { continue }
      for rule in attached.route.rules {
        for match in rule.matches where match.matches(request) {
          let choice = Choice(attached: attached, rule: rule, match: match)
          guard let known = best else {
            best = (choice, name)
            continue
          }
          if Self.goesBefore((choice, name), known) { best = (choice, name) }
        }
      }
    }
    return best?.choice
  }

  private static func goesBefore(
    _ a: (choice: Choice, host: String), _ b: (choice: Choice, host: String)
  ) -> Bool {
    if a.host != b.host {
      if GatewayHostname.isMorePrecise(a.host, than: b.host) { return true }
      if GatewayHostname.isMorePrecise(b.host, than: a.host) { return false }
    }
    if let first = a.choice.match.goesBefore(b.choice.match) { return first }
    let (one, two) = (a.choice.attached.route, b.choice.attached.route)
    if one.created != two.created { return one.created < two.created }
    return "\(one.namespace)/\(one.name)" < "\(two.namespace)/\(two.name)"
  }
}
