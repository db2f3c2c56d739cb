import Documents
import KubeAPIServer
import KubeObjects
import Linux
import Simulation

/// What controllers that run in Pods get from the cluster.
extension ClusterNetwork {
  /// The API as the ServiceAccount of a Pod sees it.
  func client(ofPod name: String, in namespace: String, _ manager: String) -> ComponentClient {
    let account = pods[namespace, name]?[path: "spec", "serviceAccountName"]?.string ?? "default"
    return ComponentClient(
      server: client.server,
      user: UserInfo(
        name: "system:serviceaccount:\(namespace):\(account)",
        groups: [
          "system:serviceaccounts", "system:serviceaccounts:\(namespace)", "system:authenticated",
        ]), manager: manager)
  }

  /// Whether a certificate (PEM) names a host.
  func certificate(_ pem: String, isFor name: String, at moment: Moment) -> Bool {
    let request = SecurityRequest(
      serverName: name, authorities: pem, certificate: nil, key: nil)
    guard let outcome = trust?.outcome(of: request, presenting: pem, at: moment) else {
      return true
    }
    if case .untrusted(let why) = outcome {
      return !why.contains("target host name")
    }
    return true
  }

  /// The addresses that a Service publishes, as controllers copy them into a status.
  func addresses(ofPublished service: Value) -> [Value] {
    let spec = service["spec"] ?? [:]
    let outside = spec.texts("externalIPs").map { Value.string($0) }
    switch spec.text("type") {
    case "ExternalName": return [["hostname": .string(spec.text("externalName"))]]
    case "LoadBalancer":
      let given = service[path: "status", "loadBalancer", "ingress"]?.array ?? []
      return given.map { point in
        point.text("ip").isEmpty
          ? ["hostname": .string(point.text("hostname"))] : ["ip": .string(point.text("ip"))]
      } + outside.map { ["ip": $0] }
    default:
      return outside.isEmpty
        ? [["ip": .string(spec.text("clusterIP"))]] : outside.map { ["ip": $0] }
    }
  }
}
