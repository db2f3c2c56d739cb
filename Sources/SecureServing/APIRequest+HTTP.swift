import KubeAPIServer
import NIOHTTP1

extension APIRequest {
  /// What came over HTTP, with the certificate that the client showed.
  init(_ head: HTTPRequestHead, body: [UInt8], credential: Credential) {
    let parts = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    self.init(
      method: head.method.rawValue, path: parts.first.map(String.init) ?? "/",
      query: parts.count > 1 ? Self.parameters(parts[1]) : [],
      headers: head.headers.map { ($0.name.lowercased(), $0.value) },
      body: body.isEmpty ? .none : .bytes(body), credential: credential)
  }

  /// Whether the conversation is with ports of a Pod.
  var isForwarding: Bool { path.hasSuffix("/portforward") }
}
