package import Documents
package import KubeObjects

/// Secrets.
package struct SecretStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource { .secrets }
  package var table: (any TableForm)? { ObjectTable.secrets }

  package func applyDefaults(_ object: inout Value) {
    object.fill("type", "Opaque")
    // What is written in plain text is stored as the rest is.
    let plain = object.members("stringData")
    guard !plain.isEmpty else {
      if object["stringData"] != nil { object["stringData"] = nil }
      return
    }
    var data = object.members("data")
    for (key, value) in plain { data[key] = .string(Base64.encode((value.string ?? "").utf8)) }
    object["data"] = .object(data)
    object["stringData"] = nil
  }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    ObjectMetadata.validate(object, namespaced: true) + validate(object)
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    ObjectMetadata.validateUpdate(object, old: old, andNew: 1)
      + Checks.unchanged(object["type"], old["type"], FieldPath("type"))
      + Immutability.validate(object, old: old, ["data"]) + validate(object)
  }

  package func warnings(_ object: Value, old: Value?, _ context: RequestContext) -> [String] {
    guard object.text("type") == "kubernetes.io/tls" else { return [] }
    let data = object.members("data")
    func text(_ key: String) -> String { Base64.text(data[key]?.string ?? "") }
    return context.objects.problem(ofCertificate: text("tls.crt"), key: text("tls.key"))
      .map { [$0] } ?? []
  }

  /// What Go's JSON decoder says of the bytes; nil: they are sound.
  private static func problem(inJSON text: String) -> String? {
    do throws(Problem) {
      switch try JSON.parse(Base64.decode(text) ?? []) {
      case .object, .null: return nil
      case let other:
        return "json: cannot unmarshal \(BodyReader.jsonType(other)) into Go value of type "
          + "map[string]interface {}"
      }
    } catch {
      return error.message
    }
  }

  private static let required: [String: [String]] = [
    "kubernetes.io/dockercfg": [".dockercfg"],
    "kubernetes.io/dockerconfigjson": [".dockerconfigjson"],
    "kubernetes.io/ssh-auth": ["ssh-privatekey"], "kubernetes.io/tls": ["tls.crt", "tls.key"],
  ]

  private func validate(_ object: Value) -> [FieldError] {
    let path = FieldPath("data")
    let data = object.members("data")
    var errors: [FieldError] = []
    var size = 0
    for (key, value) in data {
      errors += Checks.name(.configMapKey, key, path.key(key))
      size += Immutability.decodedSize(value)
    }
    if size > 1_048_576 { errors.append(.tooLong(path, max: 1_048_576)) }
    let type = object.text("type")
    switch type {
    case "kubernetes.io/service-account-token":
      let key = "kubernetes.io/service-account.name"
      if object.annotation(key)?.isEmpty ?? true {
        errors.append(.required(FieldPath("metadata", "annotations").key(key)))
      }
    case "kubernetes.io/basic-auth":
      if data["username"] == nil, data["password"] == nil {
        errors.append(.required(path.key("username")))
        errors.append(.required(path.key("password")))
      }
    default:
      for key in Self.required[type] ?? []
      where data[key] == nil || key == "ssh-privatekey" && data[key]?.string == "" {
        errors.append(.required(path.key(key)))
      }
      if let key = Self.required[type]?.first, key.hasPrefix(".docker"),
        let text = data[key]?.string, let problem = Self.problem(inJSON: text)
      {
        errors.append(
          .invalid(path.key(key), "<secret contents redacted>", problem))
      }
    }
    return errors
  }

  package var selectableFields: [String] { ["type"] }
}
