package import Documents
import KubeObjects
import Simulation

/// The `nginx.ingress.kubernetes.io/…` annotations of an Ingress, over the controller's ConfigMap.
package struct IngressAnnotations: Sendable {
  private let values: [String: String]
  private let settings: [String: String]
  package static let prefix = "nginx.ingress.kubernetes.io/"

  package init(_ ingress: Value, settings: [String: String] = [:]) {
    var values: [String: String] = [:]
    for (key, value) in ingress.annotations?.strings ?? [:] where key.hasPrefix(Self.prefix) {
      values[String(key.dropFirst(Self.prefix.count))] = value
    }
    self.values = values
    self.settings = settings
  }

  subscript(name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }

  /// The annotation, else the ConfigMap's setting of the same name.
  private func inherited(_ name: String) -> String? { self[name] ?? settings[name] }

  private func flag(_ name: String, _ fallback: Bool = false) -> Bool {
    switch inherited(name)?.lowercased() {
    case "true", "1", "t": true
    case "false", "0", "f": false
    default: fallback
    }
  }

  private func list(_ name: String) -> [String] {
    (self[name] ?? "").split(separator: ",").map { String($0.filter { $0 != " " }) }
      .filter { !$0.isEmpty }
  }

  private func seconds(_ name: String) -> Span? {
    inherited(name).flatMap { Int64($0) }.map { .seconds(max(0, $0)) }
  }

  var rewriteTarget: String { self["rewrite-target"] ?? "" }
  var usesExpressions: Bool { flag("use-regex") }
  var redirectsToTLS: Bool { flag("ssl-redirect", true) }
  var forcesTLS: Bool { flag("force-ssl-redirect") }
  var appRoot: String? { self["app-root"].flatMap { $0.hasPrefix("/") ? $0 : nil } }

  /// Code and address of a redirect that the whole Ingress stands for.
  var redirect: (code: Int, address: String)? {
    if let target = self["temporal-redirect"] {
      return (self["temporal-redirect-code"].flatMap { Int($0) } ?? 302, target)
    }
    return self["permanent-redirect"].map {
      (self["permanent-redirect-code"].flatMap { Int($0) } ?? 301, $0)
    }
  }

  var allowedSources: [IPPrefix] {
    prefixes(list("whitelist-source-range") + list("allowlist-source-range"))
  }
  var deniedSources: [IPPrefix] { prefixes(list("denylist-source-range")) }

  private func prefixes(_ texts: [String]) -> [IPPrefix] {
    texts.compactMap { IPPrefix($0.contains("/") ? $0 : $0 + ($0.contains(":") ? "/128" : "/32")) }
  }

  /// HTTP, HTTPS, GRPC, GRPCS, AUTO_HTTP or FCGI.
  var backendProtocol: String { (self["backend-protocol"] ?? "HTTP").uppercased() }
  var upstreamHost: String? { self["upstream-vhost"] }
  var connectLimit: Span { seconds("proxy-connect-timeout") ?? .seconds(5) }
  var readLimit: Span { seconds("proxy-read-timeout") ?? .seconds(60) }
  /// Bytes of a request's body; nil is no limit.
  var bodyLimit: Int? {
    let bytes = Self.size(inherited("proxy-body-size") ?? "1m") ?? 1 << 20
    return bytes == 0 ? nil : bytes
  }

  /// Kilobytes and megabytes as nginx writes them.
  static func size(_ text: String) -> Int? {
    let digits = text.prefix { $0.isNumber }
    guard let number = Int(digits) else { return nil }
    let factor =
      switch text.dropFirst(digits.count).lowercased() {
      case "k": 1 << 10
      case "m": 1 << 20
      case "g": 1 << 30
      default: 1
      }
    return number.multipliedReportingOverflow(by: factor).partialValue
  }

  /// Requests a second that one client may make, and how many more at once.
  var rate: (perSecond: Double, burst: Double)? {
    let multiplier = self["limit-burst-multiplier"].flatMap { Double($0) } ?? 5
    if let rate = self["limit-rps"].flatMap({ Double($0) }), rate > 0 {
      return (rate, rate * multiplier)
    }
    if let rate = self["limit-rpm"].flatMap({ Double($0) }), rate > 0 {
      return (rate / 60, rate * multiplier)
    }
    return nil
  }
  var unlimitedSources: [IPPrefix] { prefixes(list("limit-whitelist") + list("limit-allowlist")) }

  var authentication: (secret: String, realm: String, isMap: Bool)? {
    guard self["auth-type"]?.lowercased() == "basic", let secret = self["auth-secret"] else {
      return nil
    }
    return (secret, self["auth-realm"] ?? "", self["auth-secret-type"] == "auth-map")
  }

  var aliases: [String] { list("server-alias") }
  /// A Service that answers when the Ingress's own has no endpoints.
  var defaultBackend: String? { self["default-backend"] }
  var customErrors: Set<Int> {
    Set((inherited("custom-http-errors") ?? "").split(separator: ",").compactMap { Int($0) })
  }
  var stickyCookie: String? {
    self["affinity"] == "cookie" ? self["session-cookie-name"] ?? "INGRESSCOOKIE" : nil
  }
  var sharesAcrossOrigins: Bool { flag("enable-cors") }
  var allowedOrigin: String { self["cors-allow-origin"] ?? "*" }
  var forwardedPrefix: String? { self["x-forwarded-prefix"] }

  // MARK: canaries

  var isCanary: Bool { flag("canary") }
  var canaryWeight: Int { self["canary-weight"].flatMap { Int($0) } ?? 0 }
  var canaryTotal: Int { max(1, self["canary-weight-total"].flatMap { Int($0) } ?? 100) }
  var canaryHeader: String? { self["canary-by-header"] }
  var canaryHeaderValue: String? { self["canary-by-header-value"] }
  var canaryHeaderPattern: String? { self["canary-by-header-pattern"] }
  var canaryCookie: String? { self["canary-by-cookie"] }
}
