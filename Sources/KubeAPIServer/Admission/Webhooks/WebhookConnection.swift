package import Documents

/// How the API server reaches admission webhooks; `KubeCluster` plugs the cluster's network in.
package protocol WebhookConnection: AnyObject {
  /// Posts a JSON document over TLS; the document that comes back, or why none does in the words
  /// of Go's network library.
  func post(_ body: Value, to address: WebhookEndpoint) -> WebhookAnswer
}

/// Where a webhook is called.
package struct WebhookEndpoint: Hashable, Sendable {
  /// As it stands in messages, with the query.
  package let url: String
  /// What is dialled: a cluster IP or a host name, and a port.
  package let host: String
  package let port: Int
  package let seconds: Int64

  /// Go's words where nothing listens, or nobody knows the name.
  package var unreachable: String {
    let isName = host.contains(where: \.isLetter) && !host.contains(":")
    return isName
      ? "dial tcp: lookup \(host): no such host"
      : "dial tcp \(host):\(port): connect: connection refused"
  }
}

package enum WebhookAnswer: Sendable {
  case document(Value)
  case failure(String)
}
