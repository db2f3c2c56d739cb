/// Why a registry did not give an image.
package enum PullFailure: Error, Hashable, Sendable {
  case notFound, denied, unknownHost, wantsLogin, wrongLogin

  /// containerd's words, as the kubelet quotes them.
  package func message(_ reference: ImageReference) -> String {
    let name = reference.canonical
    let prefix =
      "failed to pull and unpack image \"\(name)\": failed to resolve reference \"\(name)\": "
    switch self {
    case .notFound: return "\(prefix)\(name): not found"
    case .denied:
      return prefix + "pull access denied, repository does not exist or may require authorization: "
        + "server message: insufficient_scope: authorization failed"
    case .wantsLogin:
      return prefix + "pull access denied, repository does not exist or may require authorization: "
        + "authorization failed: no basic auth credentials"
    case .wrongLogin:
      return prefix + "unexpected status from HEAD request to \(reference.manifestAddress): 401 "
        + "Unauthorized"
    case .unknownHost:
      let host = reference.registry.split(separator: ":").first.map(String.init) ?? ""
      return prefix
        + "failed to do request: Head \"\(reference.manifestAddress)\": dial tcp: lookup \(host) on 127.0.0.53:53: no such host"
    }
  }

  /// The CRI's gRPC code that goes before it.
  package var code: String { self == .notFound ? "NotFound" : "Unknown" }
}

extension ImageReference {
  /// Where its registry tells of it.
  fileprivate var manifestAddress: String {
    "https://\(registry)/v2/\(repository)/manifests/\(digest ?? tag ?? "")"
  }
}
