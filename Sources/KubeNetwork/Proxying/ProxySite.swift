import Documents
import KubeObjects
import Linux

/// What a proxy in a Pod would do with a request, for those who want to know beforehand.
protocol ProxySite: AnyObject {
  /// `port` is the client's; `socket` the one in the proxy's Pod.
  func plan(_ request: WebRequest, isSecured: Bool, port: Int, at socket: Int) -> ProxyPlan
  /// Of a connection that is carried on as it is; nil where none are at that port.
  func plan(_ transport: Transport, at socket: Int) -> ProxyPlan?
}

extension ProxySite {
  func plan(_ transport: Transport, at socket: Int) -> ProxyPlan? { nil }
}

enum ProxyPlan {
  /// It answers by itself; with a remedy where that is not what is wanted.
  case answer(text: String, remedy: String?)
  case pass(text: String, backend: BackendReference)
}

/// A proxy by the address of its Pod, as long as it runs.
struct ProxyEntry {
  weak var site: (any ProxySite)?
}

extension IngressSite: ProxySite {
  func plan(
    _ request: WebRequest, isSecured: Bool, port: Int, at socket: Int
  ) -> ProxyPlan {
    guard let visit = visit(request, isSecured: isSecured, port: port) else {
      return .answer(text: "it has no server at all", remedy: "make an Ingress")
    }
    let name = visit.server.host == IngressConfiguration.anyHost ? "any host" : visit.server.host
    guard let backend = visit.location.backend, !visit.location.ingress.isEmpty else {
      return missing(request, visit.server)
    }
    if let address = redirection(of: visit) {
      return .answer(
        text: "Ingress \(visit.location.ingress) redirects to \(address)", remedy: nil)
    }
    var rewritten = visit
    rewrite(&rewritten)
    let target = rewritten.target == request.target ? "" : ", sent on as \(rewritten.target)"
    return .pass(
      text: "Ingress \(visit.location.ingress): \(name), path \(visit.location.originalPath) "
        + "(\(visit.location.type.rawValue))\(target)", backend: backend)
  }

  private func missing(
    _ request: WebRequest, _ server: IngressConfiguration.Server
  ) -> ProxyPlan {
    if server.host == IngressConfiguration.anyHost {
      let hosts = configuration.servers.keys.filter { $0 != IngressConfiguration.anyHost }.sorted()
      return .answer(
        text: "no Ingress of this controller has the host \(request.host): 404 of the default "
          + "backend",
        remedy: hosts.isEmpty
          ? "make an Ingress of its class: kubectl get ingressclass"
          : "send one of the hosts that it has: \(hosts.joined(separator: ", "))")
    }
    let paths = server.locations.filter { !$0.ingress.isEmpty }.map {
      "\($0.originalPath) (\($0.type.rawValue))"
    }
    return .answer(
      text: "no path of host \(server.host) matches \(request.path): 404 of the default backend",
      remedy: "add a path; it has \(paths.joined(separator: ", "))")
  }
}

extension ClusterNetwork {
  /// The address that an Ingress, or the Gateway of a route, tells for one of its hosts.
  func published(host: String) -> (object: String, address: String)? {
    for ingress in web.sortedIngresses {
      let hosts = (ingress["spec"]?.items("rules") ?? []).map { $0.text("host") }
      guard hosts.contains(host) else { continue }
      let points = ingress[path: "status", "loadBalancer", "ingress"]?.array ?? []
      if let address = points.compactMap({ $0["ip"]?.string }).first {
        return ("Ingress \(ingress.namespacedName)", address)
      }
    }
    let gateways = (gateways?.plan.gateways ?? [:]).sorted { $0.key < $1.key }
    for gateway in gateways.map(\.value) {
      let routes = gateway.listeners.flatMap(\.attached)
      guard let found = routes.first(where: { $0.hostnames.contains(host) }) else { continue }
      let points = gateway.object[path: "status", "addresses"]?.array ?? []
      if let address = points.compactMap({ $0["value"]?.string }).first {
        return (found.route.title, address)
      }
    }
    return nil
  }
}
