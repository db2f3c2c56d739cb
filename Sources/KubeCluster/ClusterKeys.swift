package import Documents
package import KubeAPIServer
import KubeControllerManager
package import KubeNode
package import KubeObjects
package import PKI
import Simulation

/// A cluster's own authority and keys, all made from its seed, and who it takes whom for by them.
package final class ClusterKeys: Authenticator {
  /// ca.crt and ca.key of /etc/kubernetes/pki.
  package let authority: Authority
  let tokens: TokenSigner
  let timeline: Timeline
  private weak var server: APIServer?
  let seed: UInt64
  /// When the authorities were made.
  let born: Moment
  private var serials = SeededRandom(seed: 0)
  /// Users of certificates that were looked at already, by the certificate.
  private var known: [[UInt8]: (user: UserInfo, from: Int64, to: Int64)] = [:]

  /// Who signs clients' certificates, as the API server's --client-ca-file says; nil: `authority`.
  var clientAuthorities: [CertificateFacts]? { didSet { known = [:] } }

  /// Whether the API server takes certificates of that authority.
  func believes(_ signer: CertificateFacts) -> Bool {
    clientAuthorities.map { $0.contains { $0.der == signer.der } }
      ?? (signer.der == authority.facts.der)
  }

  package static let issuer = "https://kubernetes.default.svc.cluster.local"

  package init(seed: UInt64, server: APIServer) {
    self.seed = seed
    self.server = server
    timeline = server.timeline
    born = server.timeline.now
    authority = Authority(
      commonName: "kubernetes", material: Self.material(seed, "ca"), start: timeline.now.seconds)
    tokens = TokenSigner(material: Self.material(seed, "sa"))
    serials = SeededRandom(seed: seed, for: "certificate serials")
    server.problemOfPair = { certificate, key in
      do throws(CertificatePair.Refusal) {
        _ = try CertificatePair(certificate: certificate, key: key)
        return nil
      } catch {
        return error.message
      }
    }
  }

  static func material(_ seed: UInt64, _ purpose: String) -> [UInt8] {
    var random = SeededRandom(seed: seed, for: "key/\(purpose)")
    var bytes: [UInt8] = []
    for _ in 0..<4 { withUnsafeBytes(of: random.next().bigEndian) { bytes += $0 } }
    return bytes
  }

  /// A client certificate and its key, valid for a year as kubeadm's are.
  package func clientCertificate(
    user: String, groups: [String]
  ) -> (certificate: CertificateFacts, key: KeyPair)? {
    issue(Subject(commonName: user, organizations: groups), uses: [.client], names: [])
  }

  /// The API server's own certificate for the given names and addresses.
  package func servingCertificate(
    names: [AlternativeName]
  ) -> (certificate: CertificateFacts, key: KeyPair)? {
    issue(Subject(commonName: "kube-apiserver"), uses: [.server], names: names)
  }

  private func issue(
    _ subject: Subject, uses: Set<ExtendedUse>, names: [AlternativeName]
  ) -> (certificate: CertificateFacts, key: KeyPair)? {
    let key = KeyPair(.p256, material: Self.material(seed, "user/\(subject.commonName)"))
    let now = timeline.now.seconds
    let certificate = authority.issue(
      .init(
        subject: subject, publicKey: key.publicKey, alternativeNames: names, uses: uses,
        serial: nextSerial(), notBefore: now, notAfter: now + 365 * 86400))
    return certificate.map { ($0, key) }
  }

  /// Eight bytes, never zero and never read as negative.
  package func nextSerial() -> [UInt8] {
    let number = (serials.next() >> 1) | 1
    return withUnsafeBytes(of: number.bigEndian) { Array($0) }
  }

  // MARK: Authenticator

  package var issuer: TokenIssuer? {
    TokenIssuer(
      name: Self.issuer, algorithm: "EdDSA",
      keys: [
        [
          "use": "sig", "kty": "OKP", "kid": .string(tokens.keyID), "crv": "Ed25519",
          "alg": "EdDSA", "x": .string(tokens.publicKey),
        ]
      ])
  }

  package func user(of credential: Credential) -> UserInfo? {
    switch credential {
    case .certificate(let der): user(ofCertificate: der)
    case .bearer(let token): user(ofToken: token)
    case .component(let user): user
    case .anonymous: nil
    }
  }

  private func user(ofCertificate der: [UInt8]) -> UserInfo? {
    let now = timeline.now.seconds
    if let found = known[der] { return (found.from...found.to).contains(now) ? found.user : nil }
    guard let facts = CertificateFacts(der: der),
      (clientAuthorities ?? [authority.facts]).contains(where: { facts.isSigned(by: $0) }),
      facts.isGood(for: .client), facts.notBefore <= facts.notAfter
    else { return nil }
    // x509.UserConversion: the common name is the user, organizations are the groups.
    let user = UserInfo(
      name: facts.subject.commonName,
      groups: facts.subject.organizations + ["system:authenticated"],
      extra: ["authentication.kubernetes.io/credential-id": ["X509SHA256=\(facts.fingerprint)"]])
    known[der] = (user, facts.notBefore, facts.notAfter)
    return (facts.notBefore...facts.notAfter).contains(now) ? user : nil
  }

  private func user(ofToken token: String) -> UserInfo? {
    guard case .user(let user, _) = review(token, audiences: [Self.issuer]) else { return nil }
    return user
  }

  package func review(_ token: String, audiences: [String]) -> TokenVerdict {
    guard let server else { return .refused(nil) }
    guard let bytes = tokens.verify(token), let claims = try? JSON.parse(bytes) else {
      return bootstrapUser(token, server).map { .user($0, audiences: audiences) } ?? .refused(nil)
    }
    if claims["iss"]?.string == Self.legacyIssuer {
      return legacyUser(claims, server).map { .user($0, audiences: audiences) }
        ?? .refused(Self.invalidated)
    }
    guard claims["iss"]?.string == Self.issuer else { return .refused(nil) }
    let own = (claims["aud"]?.array ?? []).compactMap(\.string)
    let meant = audiences.filter(own.contains)
    guard !meant.isEmpty else {
      // Go's %q of a list.
      func shown(_ list: [String]) -> String { "[\(list.map(\.goQuoted).joined(separator: " "))]" }
      return .refused(
        "token audiences \(shown(own)) is invalid for the target audiences \(shown(audiences))")
    }
    guard let expiry = claims["exp"]?.int, expiry > timeline.now.seconds else {
      return .refused("service account token has expired")
    }
    return user(claims, server).map { .user($0, audiences: meant) } ?? .refused(Self.invalidated)
  }

  private static let invalidated = "service account token has been invalidated"

  /// The account of a token that is good, as long as what it is bound to is there.
  private func user(_ claims: Value, _ server: APIServer) -> UserInfo? {
    guard let place = claims["kubernetes.io"], let namespace = place["namespace"]?.string,
      let name = place[path: "serviceaccount", "name"]?.string
    else { return nil }
    let client = server.ownClient
    guard let account = try? client.get(.serviceAccounts, name, namespace: namespace),
      account.uid == place[path: "serviceaccount", "uid"]?.string
    else { return nil }
    var extra = [
      "authentication.kubernetes.io/credential-id": ["JTI=" + (claims["jti"]?.string ?? "")]
    ]
    if let pod = place["pod"] {
      guard let live = try? client.get(.pods, pod["name"]?.string ?? "", namespace: namespace),
        live.uid == pod["uid"]?.string
      else { return nil }
      extra["authentication.kubernetes.io/pod-name"] = [live.name]
      extra["authentication.kubernetes.io/pod-uid"] = [live.uid]
    }
    if let node = place["node"] {
      extra["authentication.kubernetes.io/node-name"] = [node["name"]?.string ?? ""]
      if let uid = node["uid"]?.string {
        extra["authentication.kubernetes.io/node-uid"] = [uid]
      }
    }
    return UserInfo(
      name: "system:serviceaccount:\(namespace):\(name)", uid: account.uid,
      groups: [
        "system:serviceaccounts", "system:serviceaccounts:\(namespace)", "system:authenticated",
      ], extra: extra)
  }

  /// `id.secret` of a bootstrap token Secret (kubeadm token create).
  private func bootstrapUser(_ token: String, _ server: APIServer) -> UserInfo? {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].utf8.count == 6, parts[1].utf8.count == 16 else { return nil }
    let client = server.ownClient
    guard
      let secret = try? client.get(
        .secrets, "bootstrap-token-\(parts[0])", namespace: "kube-system"),
      let data = secret["data"]?.strings.mapValues({ Base64.text($0) }),
      data["token-secret"] == String(parts[1]), data["usage-bootstrap-authentication"] == "true"
    else { return nil }
    if let expiry = data["expiration"].flatMap({ Moment(rfc3339: $0) }), expiry < timeline.now {
      return nil
    }
    let groups = (data["auth-extra-groups"] ?? "").split(separator: ",").map(String.init)
    return UserInfo(
      name: "system:bootstrap:\(parts[0])",
      groups: ["system:bootstrappers"] + groups + ["system:authenticated"])
  }

  /// The token that a Pod finds mounted: bound to the Pod, good for the seconds asked for.
  package func podToken(_ pod: Value, audience: String, seconds: Int64) -> IssuedToken? {
    guard let server else { return nil }
    let name = pod[path: "spec", "serviceAccountName"]?.string ?? "default"
    let client = server.ownClient
    guard let account = try? client.get(.serviceAccounts, name, namespace: pod.namespace) else {
      return nil
    }
    return unsignedToken(
      TokenIssue(
        namespace: pod.namespace, serviceAccount: name, serviceAccountUID: account.uid,
        audiences: audience.isEmpty ? [] : [audience], seconds: seconds, boundKind: "Pod",
        boundName: pod.name, boundUID: pod.uid,
        nodeName: pod[path: "spec", "nodeName"]?.string ?? "")
    ).token
  }

  package func issueToken(
    _ request: TokenIssue
  ) throws(StatusError) -> (token: String, expires: String) {
    if request.seconds == 0 { return (legacyToken(request), "") }
    let (token, expires) = unsignedToken(request)
    return (token.text, expires)
  }

  private func unsignedToken(_ request: TokenIssue) -> (token: IssuedToken, expires: String) {
    let now = timeline.now.seconds
    // --service-account-extend-token-expiration: what the kubelet mounts for every Pod is good for
    // a year, for the sake of programs that read it once.
    let isExtended =
      request.seconds == 3607 && request.boundKind == "Pod"
      && (request.audiences.isEmpty || request.audiences == [Self.issuer])
    let told = now + request.seconds
    let expiry = isExtended ? now + 365 * 86400 : told
    var place: Value = [
      "namespace": .string(request.namespace),
      "serviceaccount": [
        "name": .string(request.serviceAccount), "uid": .string(request.serviceAccountUID),
      ],
    ]
    if !request.boundKind.isEmpty {
      place[request.boundKind.lowercased()] = [
        "name": .string(request.boundName), "uid": .string(request.boundUID),
      ]
    }
    if !request.nodeName.isEmpty { place["node"] = node(request.nodeName) }
    if isExtended { place["warnafter"] = .int(told) }
    let audiences = request.audiences.isEmpty ? [Self.issuer] : request.audiences
    let claims: Value = [
      "aud": .array(audiences.map { .string($0) }), "exp": .int(expiry), "iat": .int(now),
      "iss": .string(Self.issuer), "jti": .string(tokenID()), "kubernetes.io": place,
      "nbf": .int(now),
      "sub": .string("system:serviceaccount:\(request.namespace):\(request.serviceAccount)"),
    ]
    let token = IssuedToken { [tokens] in tokens.sign(claims: JSON.bytes(claims)) }
    return (token, Moment(seconds: told).rfc3339)
  }

  /// The node of a token's Pod; its uid only where it is there.
  private func node(_ name: String) -> Value {
    guard let server else { return ["name": .string(name)] }
    let client = server.ownClient
    guard let node = try? client.get(.nodes, name) else { return ["name": .string(name)] }
    return ["name": .string(name), "uid": .string(node.uid)]
  }

  private func tokenID() -> String {
    var hex: [Character] = []
    for _ in 0..<2 {
      let text = String(serials.next(), radix: 16)
      hex += Array(String(repeating: "0", count: 16 - text.count) + text)
    }
    return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(hex[$0]) }
      .joined(separator: "-")
  }
}
