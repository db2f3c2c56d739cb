import Documents
import KubeObjects

/// The way to a webhook as a `clientConfig` tells it: a URL, or a Service that is reached by its
/// cluster IP (webhook.ClientManager, proxy.ResolveCluster).
struct WebhookClient {
  let configuration: Value
  let seconds: Int64
  let objects: any ObjectAccess

  /// The document that comes back for one; throws why none does, as Go's HTTP client says it.
  func post(_ review: Value) throws(PatchFailure) -> Value {
    let (endpoint, problem) = endpoint
    var failure = problem
    if failure == nil {
      switch objects.webhooks?.post(review, to: endpoint) {
      case .document(let answer)?: return answer
      case .failure(let text)?: failure = text
      case nil: failure = endpoint.unreachable
      }
    }
    throw PatchFailure("Post \(endpoint.url.goQuoted): \(failure ?? "")")
  }

  /// Where it is called, and why that leads nowhere.
  private var endpoint: (WebhookEndpoint, String?) {
    guard let service = configuration["service"], !service.isNull else {
      let url = configuration.text("url")
      let authority =
        url.split(separator: "/", omittingEmptySubsequences: true)
        .dropFirst().first.map(String.init) ?? ""
      let (host, port) = Self.hostAndPort(authority)
      let query = url.contains("?") ? "&" : "?"
      return (
        WebhookEndpoint(
          url: "\(url)\(query)timeout=\(seconds)s", host: host, port: port, seconds: seconds), nil
      )
    }
    let (name, namespace) = (service.text("name"), service.text("namespace"))
    let port = service["port"]?.int ?? 443
    var path = service.text("path")
    if !path.hasPrefix("/") { path = "/" + path }
    let found = objects.get(.services, namespace: namespace, name: name)
    let spec = found?["spec"] ?? [:]
    var host = spec.text("clusterIP")
    var problem: String?
    if found == nil {
      problem = "service \(name.goQuoted) not found"
    } else if spec.text("type") == "ExternalName" {
      host = spec.text("externalName")
    } else if host == "None" {
      problem = "cannot route to service with ClusterIP \"None\""
    } else if !spec.items("ports").contains(where: { $0["port"]?.int == port }) {
      problem = "no service port \(port) found for service \(name.goQuoted)"
    }
    return (
      WebhookEndpoint(
        url: "https://\(name).\(namespace).svc:\(port)\(path)?timeout=\(seconds)s", host: host,
        port: Int(clamping: port), seconds: seconds), problem
    )
  }

  static func hostAndPort(_ authority: String) -> (String, Int) {
    if let bracket = authority.lastIndex(of: "]") {
      let host = authority[..<bracket].dropFirst()
      return (String(host), Int(authority[bracket...].dropFirst(2)) ?? 443)
    }
    let parts = authority.split(separator: ":", maxSplits: 1)
    return (parts.first.map(String.init) ?? "", parts.count > 1 ? Int(parts[1]) ?? 443 : 443)
  }
}
