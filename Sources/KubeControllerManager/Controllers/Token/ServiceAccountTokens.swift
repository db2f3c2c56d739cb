import Documents
import KubeAPIServer
import KubeObjects

/// Fills token Secrets that name a ServiceAccount, and removes those whose account is gone.
final class ServiceAccountTokens: Reconciler {
  static let name = "serviceaccount-token-controller"
  private static let type = "kubernetes.io/service-account-token"
  private static let accountName = "kubernetes.io/service-account.name"
  private static let accountUID = "kubernetes.io/service-account.uid"

  private let context: ControllerContext
  private let client: ComponentClient
  private let accounts: Informer
  private let secrets: Informer
  private let byAccount: InformerIndex
  private var queue: WorkQueue<Informer.Key>!

  init(_ context: ControllerContext) {
    self.context = context
    client = context.manager
    accounts = context.informer(.serviceAccounts)
    secrets = context.informer(.secrets)
    byAccount = InformerIndex(secrets) { secret in
      guard secret["type"]?.string == Self.type,
        let account = secret.annotation(Self.accountName)
      else { return [] }
      return ["\(secret.namespace)/\(account)"]
    }
  }

  func start() {
    queue = WorkQueue(timeline: context.timeline) { [weak self] key throws(StatusError) in
      try self?.reconcile(key)
      return .done
    }
    secrets.onChange { [weak self] old, new in
      guard let self, let secret = new ?? old, secret["type"]?.string == Self.type else { return }
      if new == nil { removeReference(to: secret) }
      queue.add(Informer.Key(namespace: secret.namespace, name: secret.name))
    }
    accounts.onChange { [weak self] old, new in
      guard let self, let account = new ?? old, old == nil || new == nil else { return }
      for secret in byAccount["\(account.namespace)/\(account.name)"] {
        queue.add(Informer.Key(namespace: secret.namespace, name: secret.name))
      }
    }
  }

  /// An account no longer lists a token that is gone.
  private func removeReference(to secret: Value) {
    guard let name = secret.annotation(Self.accountName),
      var account = try? client.get(.serviceAccounts, name, namespace: secret.namespace),
      secret.annotation(Self.accountUID).map({ $0 == account.uid }) ?? true,
      let listed = account["secrets"]?.array
    else { return }
    let left = listed.filter { $0["name"]?.string != secret.name }
    guard left.count < listed.count else { return }
    account["secrets"] = left.isEmpty ? nil : .array(left)
    _ = try? client.update(.serviceAccounts, account)
  }

  private func reconcile(_ key: Informer.Key) throws(StatusError) {
    guard let secret = secrets.objects[key], secret["type"]?.string == Self.type,
      !secret.isBeingDeleted, let name = secret.annotation(Self.accountName)
    else { return }
    // The informer may be behind an account that was made just before.
    let account =
      accounts[key.namespace, name]
      ?? (try? client.get(.serviceAccounts, name, namespace: key.namespace))
    guard let account, secret.annotation(Self.accountUID).map({ $0 == account.uid }) ?? true
    else {
      do throws(StatusError) {
        try client.delete(
          .secrets, key.name, namespace: key.namespace,
          options: ["preconditions": ["uid": .string(secret.uid)]])
      } catch { if !error.isNotFound { throw error } }
      return
    }
    try fill(secret, account)
  }

  private func fill(_ secret: Value, _ account: Value) throws(StatusError) {
    var changed = secret
    var data = secret["data"] ?? .emptyObject
    let authority = context.configuration.rootCA
    if !authority.isEmpty {
      data["ca.crt"] = .string(Base64.encode(Array(authority.utf8)))
    }
    data["namespace"] = .string(Base64.encode(Array(secret.namespace.utf8)))
    if (data["token"]?.string ?? "").isEmpty {
      guard let authenticator = context.server.authenticator else { return }
      // No seconds: a token of the old kind, which never expires.
      let issued = try authenticator.issueToken(
        TokenIssue(
          namespace: secret.namespace, serviceAccount: account.name,
          serviceAccountUID: account.uid, audiences: [], seconds: 0, boundKind: "Secret",
          boundName: secret.name, boundUID: secret.uid))
      data["token"] = .string(Base64.encode(Array(issued.token.utf8)))
    }
    changed["data"] = data
    changed.setAnnotation(Self.accountUID, account.uid)
    guard changed != secret else { return }
    _ = try client.update(.secrets, changed)
  }
}
