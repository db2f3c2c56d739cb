import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Signs kube-public's cluster-info with every bootstrap token that may sign, so that who joins
/// with a token knows that the cluster is the one it was given for.
final class BootstrapSigner: Reconciler {
  static let name = "bootstrap-signer-controller"
  private static let prefix = "jws-kubeconfig-"
  private static let key = Informer.Key(namespace: "kube-public", name: "cluster-info")

  private let context: ControllerContext
  private let client: ComponentClient
  private let maps: Informer
  private let secrets: Informer
  private var queue: WorkQueue<Informer.Key>!

  init(_ context: ControllerContext) {
    self.context = context
    client = context.client("bootstrap-signer")
    maps = context.informer(.configMaps)
    secrets = context.informer(.secrets)
  }

  func start() {
    guard context.configuration.messageAuthentication != nil else { return }
    queue = WorkQueue(timeline: context.timeline) { [weak self] _ throws(StatusError) in
      try self?.sign() ?? .done
    }
    maps.onChange { [weak self] _, new in
      guard let new, new.name == Self.key.name, new.namespace == Self.key.namespace else { return }
      self?.queue.add(Self.key)
    }
    secrets.onChange { [weak self] old, new in
      guard let secret = new ?? old, BootstrapToken.isToken(secret) else { return }
      self?.queue.add(Self.key)
    }
  }

  private func sign() throws(StatusError) -> WorkQueue<Informer.Key>.Outcome {
    guard var map = maps.objects[Self.key], let text = map[path: "data", "kubeconfig"]?.string
    else { return .done }
    let known = map["data"]?.object ?? [:]
    var data = known
    for key in known.keys where key.hasPrefix(Self.prefix) { data[key] = nil }
    for (_, secret) in secrets.objects.sorted(by: { $0.key < $1.key }) {
      guard let token = BootstrapToken(secret, now: context.timeline.now), token.maySign,
        let signature = signature(of: text, by: token)
      else { continue }
      data[Self.prefix + token.id] = .string(signature)
    }
    guard data != known else { return .done }
    map["data"] = .object(data)
    _ = try client.update(.configMaps, map)
    return .done
  }

  /// A detached JWS (RFC 7515, appendix F) of algorithm HS256 with the token's id as its key.
  private func signature(of text: String, by token: BootstrapToken) -> String? {
    let header = Self.encoded(#"{"alg":"HS256","kid":"\#(token.id)"}"#.utf8)
    let message = "\(header).\(Self.encoded(text.utf8))"
    guard
      let code = context.configuration.messageAuthentication?(
        Array(token.secret.utf8), Array(message.utf8))
    else { return nil }
    return "\(header)..\(Self.encoded(code))"
  }

  /// base64url without padding.
  private static func encoded(_ bytes: some Collection<UInt8>) -> String {
    String(
      Base64.encode(bytes).compactMap { character -> Character? in
        switch character {
        case "+": "-"
        case "/": "_"
        case "=": nil
        default: character
        }
      })
  }
}

/// A Secret that holds a bootstrap token, where it is well-formed and has not expired.
struct BootstrapToken {
  var id: String
  var secret: String
  var maySign: Bool

  static func isToken(_ secret: Value) -> Bool {
    secret.namespace == "kube-system"
      && secret["type"]?.string == "bootstrap.kubernetes.io/token"
  }

  init?(_ object: Value, now: Moment) {
    func text(_ key: String) -> String { Base64.text(object[path: "data", key]?.string ?? "") }
    guard Self.isToken(object) else { return nil }
    id = text("token-id")
    secret = text("token-secret")
    maySign = text("usage-bootstrap-signing") == "true"
    guard !id.isEmpty, !secret.isEmpty, object.name == "bootstrap-token-\(id)" else { return nil }
    let expiration = text("expiration")
    if !expiration.isEmpty {
      // What cannot be read counts as expired.
      guard let end = Moment(rfc3339: expiration), end > now else { return nil }
    }
  }
}
