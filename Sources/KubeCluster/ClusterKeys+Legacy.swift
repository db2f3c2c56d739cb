import Documents
import KubeAPIServer
import KubeObjects
import PKI
import Simulation

/// Tokens of Secrets, which never expire but end with their Secret.
extension ClusterKeys {
  static let legacyIssuer = "kubernetes/serviceaccount"
  private static let prefix = "kubernetes.io/serviceaccount/"
  private static let lastUsed = "kubernetes.io/legacy-token-last-used"
  /// Set by the cleaner of tokens that nobody used for a year.
  private static let invalidSince = "kubernetes.io/legacy-token-invalid-since"

  func legacyToken(_ request: TokenIssue) -> String {
    let claims: Value = [
      "iss": .string(Self.legacyIssuer), "\(Self.prefix)namespace": .string(request.namespace),
      "\(Self.prefix)secret.name": .string(request.boundName),
      "\(Self.prefix)service-account.name": .string(request.serviceAccount),
      "\(Self.prefix)service-account.uid": .string(request.serviceAccountUID),
      "sub": .string("system:serviceaccount:\(request.namespace):\(request.serviceAccount)"),
    ]
    return tokens.sign(claims: JSON.bytes(claims))
  }

  func legacyUser(_ claims: Value, _ server: APIServer) -> UserInfo? {
    let client = server.ownClient
    let namespace = claims["\(Self.prefix)namespace"]?.string ?? ""
    let name = claims["\(Self.prefix)service-account.name"]?.string ?? ""
    let secretName = claims["\(Self.prefix)secret.name"]?.string ?? ""
    guard let account = try? client.get(.serviceAccounts, name, namespace: namespace),
      account.uid == claims["\(Self.prefix)service-account.uid"]?.string,
      let secret = try? client.get(.secrets, secretName, namespace: namespace),
      !secret.isBeingDeleted, secret.label(Self.invalidSince) == nil
    else { return nil }
    // LegacyServiceAccountTokenTracking: once a day the server notes that somebody still uses it.
    let today = String(timeline.now.rfc3339.prefix(10))
    if secret.label(Self.lastUsed) != today {
      _ = try? client.patch(
        .secrets, secretName, namespace: namespace, .merge,
        ["metadata": ["labels": [Self.lastUsed: .string(today)]]])
    }
    return UserInfo(
      name: "system:serviceaccount:\(namespace):\(name)", uid: account.uid,
      groups: [
        "system:serviceaccounts", "system:serviceaccounts:\(namespace)", "system:authenticated",
      ])
  }
}
