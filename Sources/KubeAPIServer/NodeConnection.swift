package import Documents
package import KubeObjects

/// How the API server reaches kubelets; `KubeCluster` plugs the real ones in.
package protocol NodeConnection: AnyObject {
  /// GET logs, POST exec, attach, portforward of a Pod on its node, with the request's query.
  func connect(
    pod: Value, subresource: String, query: [(name: String, value: String)]
  ) throws(StatusError) -> APIResponse.Body
}
