/// The health endpoints: a server that answers is well.
enum Health {
  static func answer(_ request: APIRequest, _ segments: [String]) -> APIResponse {
    guard let endpoint = segments.first else { return Serving.pageNotFound }
    let checks = checks(of: endpoint)
    guard segments.count > 1 else {
      guard request.query.contains(where: { $0.name == "verbose" }) else {
        return Serving.text("ok")
      }
      let left = Set(request.query.filter { $0.name == "exclude" }.map(\.value))
      let lines = checks.map { left.contains($0) ? "[+]\($0) excluded: ok\n" : "[+]\($0) ok\n" }
      let strange = left.subtracting(checks).sorted().map { "\"\($0)\"" }
      let warning =
        strange.isEmpty
        ? ""
        : "warn: some health checks cannot be excluded: no matches for "
          + strange.joined(separator: ", ") + "\n"
      return Serving.text(lines.joined() + warning + "\(endpoint) check passed\n")
    }
    guard checks.contains(segments.dropFirst().joined(separator: "/")) else {
      return Serving.pageNotFound
    }
    return Serving.text("ok")
  }

  /// Every path that is no API group's, as `GET /` lists them.
  static var paths: [String] {
    func under(_ endpoint: String) -> [String] {
      let checks = checks(of: endpoint).sorted().map { "/\(endpoint)/\($0)" }
      // shutdown is added after the others were sorted.
      let last = checks.filter { $0.hasSuffix("/shutdown") }
      return ["/\(endpoint)"] + checks.filter { !last.contains($0) } + last
    }
    return ["/flagz"] + under("healthz") + under("livez")
      + ["/metrics", "/metrics/slis", "/openapi/v2", "/openapi/v3", "/openapi/v3/"]
      + ["/openid/v1/jwks"] + under("readyz") + ["/statusz", "/version"]
  }

  private static func checks(of endpoint: String) -> [String] {
    switch endpoint {
    case "readyz": ["ping", "log", "informer-sync"] + hooks + ["shutdown"]
    default: ["ping", "log", "etcd", "loopback-serving-certificate"] + hooks
    }
  }

  /// In the order in which a server adds them; all but one are hooks of its start.
  private static let hooks = [
    "start-apiserver-admission-initializer", "generic-apiserver-start-informers",
    "priority-and-fairness-config-consumer", "priority-and-fairness-filter",
    "storage-object-count-tracker-hook", "start-apiextensions-informers",
    "start-apiextensions-controllers", "crd-informer-synced",
    "start-system-namespaces-controller", "peer-endpoint-reconciler-controller",
    "start-cluster-authentication-info-controller",
    "start-kube-apiserver-identity-lease-controller",
    "start-kube-apiserver-identity-lease-garbage-collector", "storage-readiness",
    "start-legacy-token-tracking-controller", "start-service-ip-repair-controllers",
    "rbac/bootstrap-roles", "scheduling/bootstrap-system-priority-classes",
    "priority-and-fairness-config-producer", "bootstrap-controller",
    "start-kubernetes-service-cidr-controller", "aggregator-reload-proxy-client-cert",
    "start-kube-aggregator-informers", "apiservice-status-local-available-controller",
    "apiservice-status-remote-available-controller", "apiservice-registration-controller",
    "apiservice-wait-for-first-sync", "apiservice-discovery-controller",
    "kube-apiserver-autoregistration", "autoregister-completion",
    "apiservice-openapi-controller", "apiservice-openapiv3-controller",
  ].map { $0 == "autoregister-completion" ? $0 : "poststarthook/" + $0 }
}
