package import Documents
package import Simulation

/// What a kubelet needs of the network: addresses for Pods, and probes that go over it.
package protocol PodNetwork: AnyObject {
  /// The CNI's ADD: an address for the Pod, or the plug-in's refusal.
  func attach(pod: Value, node: String) throws(RuntimeFailure) -> String
  /// The CNI's DEL.
  func detach(pod: Value, node: String)
  /// Why Pods get no network on a node, in the container runtime's words; nil when they do.
  func problem(on node: String) -> String?
  /// nil for success, or the words of the failure, as the kubelet's prober reports them.
  func probe(
    _ probe: NetworkProbe, from node: String, timeout: Span, done: @escaping (String?) -> Void)
}

extension PodNetwork {
  package func problem(on node: String) -> String? { nil }
}

package enum NetworkProbe: Sendable {
  case http(scheme: String, address: String, port: Int, path: String, headers: [(String, String)])
  case tcp(address: String, port: Int)
  case grpc(address: String, port: Int, service: String)
}
