import Documents

/// The types of a kubeconfig's members, which Go refuses in its own words where they are others.
struct KubeconfigShape: Sendable {
  /// Go's name of the struct.
  let name: String
  let members: [String: Form]

  enum Form: Sendable {
    case text, texts, flag, bytes
    indirect case object(KubeconfigShape)
    indirect case list(KubeconfigShape)
  }

  private static let cluster = KubeconfigShape(
    name: "Cluster",
    members: [
      "server": .text, "tls-server-name": .text, "insecure-skip-tls-verify": .flag,
      "certificate-authority": .text, "certificate-authority-data": .bytes, "proxy-url": .text,
      "disable-compression": .flag,
    ])
  private static let program = KubeconfigShape(
    name: "ExecConfig",
    members: [
      "command": .text, "args": .texts, "apiVersion": .text, "installHint": .text,
      "provideClusterInfo": .flag, "interactiveMode": .text,
      "env": .list(
        KubeconfigShape(name: "ExecEnvVar", members: ["name": .text, "value": .text])),
    ])
  private static let user = KubeconfigShape(
    name: "AuthInfo",
    members: [
      "client-certificate": .text, "client-certificate-data": .bytes, "client-key": .text,
      "client-key-data": .bytes, "token": .text, "tokenFile": .text, "as": .text, "as-uid": .text,
      "as-groups": .texts, "username": .text, "password": .text, "exec": .object(program),
    ])
  private static let context = KubeconfigShape(
    name: "Context", members: ["cluster": .text, "user": .text, "namespace": .text])

  static let root = KubeconfigShape(
    name: "Config",
    members: [
      "apiVersion": .text, "kind": .text, "current-context": .text,
      "preferences": .object(KubeconfigShape(name: "Preferences", members: ["colors": .flag])),
      "clusters": .list(named("NamedCluster", "cluster", cluster)),
      "users": .list(named("NamedAuthInfo", "user", user)),
      "contexts": .list(named("NamedContext", "context", context)),
    ])

  private static func named(
    _ name: String, _ member: String, _ shape: KubeconfigShape
  ) -> KubeconfigShape {
    KubeconfigShape(name: name, members: ["name": .text, member: .object(shape)])
  }

  /// What encoding/json says of the first member of a wrong type; nil when all are right.
  func problem(_ value: Value, at path: String = "") -> String? {
    for (member, value) in value.object ?? [:] where !value.isNull {
      guard let form = members[member] else { continue }
      let place = path.isEmpty ? member : "\(path).\(member)"
      if let found = problem(value, form, at: place) { return found }
    }
    return nil
  }

  private func problem(_ value: Value, _ form: Form, at path: String) -> String? {
    func refusal(_ value: Value, _ type: String) -> String {
      "json: cannot unmarshal \(MetadataShape.kind(value)) into Go struct field \(name).\(path) of "
        + "type \(type)"
    }
    switch form {
    case .text: return value.string == nil ? refusal(value, "string") : nil
    case .flag: return value.bool == nil ? refusal(value, "bool") : nil
    case .bytes:
      guard let text = value.string else { return refusal(value, "[]uint8") }
      return Base64.problem(text).map { "illegal base64 data at input byte \($0)" }
    case .texts:
      guard let list = value.array else { return refusal(value, "[]string") }
      return list.first { !$0.isNull && $0.string == nil }.map { refusal($0, "string") }
    case .object(let shape):
      return value.object == nil
        ? refusal(value, "v1.\(shape.name)") : shape.problem(value, at: path)
    case .list(let shape):
      guard let list = value.array else { return refusal(value, "[]v1.\(shape.name)") }
      for item in list where !item.isNull {
        if let found = problem(item, .object(shape), at: path) { return found }
      }
      return nil
    }
  }
}
