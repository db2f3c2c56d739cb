import Documents
import KubeObjects

/// What the model takes from Cilium's ConfigMap.
struct CiliumSettings {
  enum Enforcement: String {
    case standard = "default"
    case always
    case never
  }

  enum Encryption: String {
    case disabled = "Disabled"
    case wireGuard = "Wireguard"
    case ipsec = "IPsec"
  }

  /// Whether Pods that no policy selects are isolated, or none at all.
  var enforcement = Enforcement.standard
  /// Whether Pods get identities that they can prove.
  var hasMutualAuthentication = false
  var encryption = Encryption.disabled
  var encryptsNodes = false
  var replacesProxy = false
  var tunnel = "vxlan"

  static let name = "cilium-config"

  static func areIn(_ object: Value) -> Bool { object.name == name && object.has("data") }

  init(_ objects: [Value] = []) {
    guard let data = objects.first(where: Self.areIn)?["data"] else { return }
    func isOn(_ key: String) -> Bool { data.text(key) == "true" }
    enforcement = Enforcement(rawValue: data.text("enable-policy")) ?? .standard
    hasMutualAuthentication = isOn("mesh-auth-mutual-enabled")
    encryption =
      isOn("enable-wireguard") ? .wireGuard : isOn("enable-ipsec") ? .ipsec : .disabled
    encryptsNodes = isOn("encrypt-node")
    replacesProxy = isOn("kube-proxy-replacement")
    tunnel = data["tunnel-protocol"]?.string ?? tunnel
  }
}
