import Documents
import KubeAPIServer
import KubeObjects

/// A Service's port as routes name it: by number, or in an Ingress by name too.
struct BackendReference: Hashable, Sendable {
  var namespace: String
  var service: String
  var port: IntOrString

  /// ingress-nginx's name for it: default-web-80.
  var upstreamName: String { "\(namespace)-\(service)-\(port)" }
  var key: String { "\(namespace)/\(service)" }
}

extension ClusterNetwork {
  /// What a proxy may send a request for a backend to.
  enum BackendState {
    case noService
    case noPort
    /// Names to look up: the Service is an alias.
    case external(host: String, port: Int)
    case endpoints([ServiceEndpoint])
  }

  func state(of backend: BackendReference) -> BackendState {
    guard let service = services[backend.namespace, backend.service] else { return .noService }
    let port = service["spec"]?.items("ports").first { port in
      switch backend.port {
      case .int(let number): port["port"]?.int == number
      case .string(let name): port["name"]?.string == name
      }
    }
    if service[path: "spec", "type"]?.string == "ExternalName" {
      let number = port?["port"]?.int ?? Int64(backend.port.description) ?? 80
      return .external(
        host: service[path: "spec", "externalName"]?.string ?? "", port: Int(clamping: number))
    }
    guard let port else { return .noPort }
    return .endpoints(endpoints(of: service, port: port).filter(\.isReady))
  }
}
