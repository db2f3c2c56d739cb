/// How the API server reaches the servers of Pods, Services and kubelets; `KubeCluster` plugs the
/// wires in.
package protocol ProxyConnection: AnyObject {
  /// Sends a request on; the answer arrives later.
  func exchange(_ request: ProxiedRequest) -> ProxiedAnswer
}

/// A request that the API server passes on.
package struct ProxiedRequest {
  package var method: String
  package var target: ProxyLocation
  /// Begins with a slash.
  package var path: String
  package var query: [(name: String, value: String)]
  /// Names in lower case.
  package var headers: [(name: String, value: String)]
  package var body: [UInt8]
  /// The path of the API that leads to the server's root, without a slash at its end.
  package var root: String
}

/// The server that a Pod's, Service's or Node's proxy leads to.
package struct ProxyLocation: Hashable, Sendable {
  package var host: String
  package var port: Int
  package var isSecure = false
  /// A kubelet is shown the API server's own certificate.
  package var isKubelet = false
}

/// An answer that comes later: that of a server which a request was passed on to.
package final class ProxiedAnswer {
  /// Its body is bytes or a value.
  package private(set) var response: APIResponse?
  /// Called (in the cluster's thread) when the answer has come.
  package var onReady: (() -> Void)?

  package init() {}

  package func arrive(_ response: APIResponse) {
    guard self.response == nil else { return }
    self.response = response
    onReady?()
  }
}
