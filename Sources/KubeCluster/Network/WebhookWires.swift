import Documents
import KubeAPIServer
import KubeNetwork
import KubeObjects
import Linux

/// Dials admission webhooks from the API server's node. No image of the catalogue speaks
/// AdmissionReview, so that what comes back is why the call fails.
final class WebhookWires: WebhookConnection {
  private weak var network: ClusterNetwork?
  private weak var pods: PodWires?
  private let node: String

  init(network: ClusterNetwork, pods: PodWires, node: String) {
    self.network = network
    self.pods = pods
    self.node = node
  }

  func post(_ body: Value, to endpoint: WebhookEndpoint) -> WebhookAnswer {
    .failure(failure(endpoint))
  }

  private func failure(_ endpoint: WebhookEndpoint) -> String {
    guard let network, let source = network.node(node), IPAddress(endpoint.host) != nil else {
      return endpoint.unreachable
    }
    let packet = Packet(from: source, to: endpoint.host, port: endpoint.port)
    switch network.journey(packet).end {
    case .delivered(let place, let address, let port):
      return pods?.isServed(place, address, port) ?? false
        ? "http: server gave HTTP response to HTTPS client" : endpoint.unreachable
    case .failed(.refused): return endpoint.unreachable
    case .failed(.unreachable):
      return "dial tcp \(endpoint.host):\(endpoint.port): connect: no route to host"
    case .outside, .failed: return "context deadline exceeded"
    }
  }
}
