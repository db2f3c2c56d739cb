package import KubeObjects

/// Tells who shows a credential; `KubeCluster` plugs in one that knows the cluster's keys.
package protocol Authenticator: AnyObject {
  /// nil: the credential is not valid here (401). Never asked of components and the anonymous.
  func user(of credential: Credential) -> UserInfo?
  /// What a token is worth to somebody who takes those of some audiences.
  func review(_ token: String, audiences: [String]) -> TokenVerdict
  /// Who issues its tokens; nil: nobody whom others could ask.
  var issuer: TokenIssuer? { get }
  /// A token for a ServiceAccount by TokenRequest: audiences, seconds until it expires, and what it
  /// is bound to. Returns the token and its expiry in RFC 3339.
  func issueToken(
    _ request: TokenIssue
  ) throws(StatusError) -> (token: String, expires: String)
}

extension Authenticator {
  package var issuer: TokenIssuer? { nil }

  package func review(_ token: String, audiences: [String]) -> TokenVerdict {
    user(of: .bearer(token)).map { .user($0, audiences: audiences) } ?? .refused(nil)
  }
}

/// What is found out about a token.
package enum TokenVerdict: Sendable {
  /// Whose it is, and which of the audiences asked for it is meant for.
  case user(UserInfo, audiences: [String])
  /// Why it is not taken; nil: it is nobody's here.
  case refused(String?)
}

/// What a ServiceAccount token is asked to be.
package struct TokenIssue: Hashable, Sendable {
  package var namespace: String
  package var serviceAccount: String
  package var serviceAccountUID: String
  package var audiences: [String]
  package var seconds: Int64
  /// Pod, Secret or Node; empty: bound to nothing.
  package var boundKind: String
  package var boundName: String
  package var boundUID: String
  /// Of a bound Pod.
  package var nodeName: String

  package init(
    namespace: String, serviceAccount: String, serviceAccountUID: String, audiences: [String],
    seconds: Int64, boundKind: String = "", boundName: String = "", boundUID: String = "",
    nodeName: String = ""
  ) {
    self.namespace = namespace
    self.serviceAccount = serviceAccount
    self.serviceAccountUID = serviceAccountUID
    self.audiences = audiences
    self.seconds = seconds
    self.boundKind = boundKind
    self.boundName = boundName
    self.boundUID = boundUID
    self.nodeName = nodeName
  }
}
