import PKI
import Simulation

/// The certificates and keys of /etc/kubernetes/pki, made when somebody looks for them.
extension ClusterKeys {
  enum AuthorityName: String, CaseIterable {
    case kubernetes = "ca"
    case etcd = "etcd/ca"
    case frontProxy = "front-proxy-ca"

    var commonName: String {
      switch self {
      case .kubernetes: "kubernetes"
      case .etcd: "etcd-ca"
      case .frontProxy: "front-proxy-ca"
      }
    }
  }

  func authority(_ name: AuthorityName) -> Authority {
    if name == .kubernetes { return authority }
    return Authority(
      commonName: name.commonName, material: Self.material(seed, name.rawValue),
      start: born.seconds)
  }

  /// A certificate for a purpose of the control plane or a node; `renewed` counts its renewals.
  func leaf(
    _ purpose: String, _ subject: Subject, by name: AuthorityName, uses: Set<ExtendedUse>,
    names: [AlternativeName] = [], from start: Int64? = nil, days: Int64 = 365
  ) -> (certificate: String, key: String) {
    let pair = KeyPair(.p256, material: Self.material(seed, "leaf/\(purpose)"))
    let begin = start ?? born.seconds
    let certificate = authority(name).issue(
      .init(
        subject: subject, publicKey: pair.publicKey, alternativeNames: names, uses: uses,
        serial: nextSerial(), notBefore: begin, notAfter: begin + days * 86400))
    return (certificate?.pem ?? "", pair.pem)
  }

  /// sa.key and sa.pub.
  var tokenKeys: (key: String, pub: String) {
    let pair = KeyPair(.ed25519, material: Self.material(seed, "sa"))
    return (pair.pem, pair.publicKey.pem)
  }
}
