package import Documents
package import KubeObjects

/// ConfigMaps.
package struct ConfigMapStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource { .configMaps }
  package var table: (any TableForm)? { ObjectTable.configMaps }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    ObjectMetadata.validate(object, namespaced: true) + validate(object)
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    ObjectMetadata.validateUpdate(object, old: old, andNew: 1)
      + Immutability.validate(object, old: old, ["data", "binaryData"]) + validate(object)
  }

  private func validate(_ object: Value) -> [FieldError] {
    var errors: [FieldError] = []
    var size = 0
    let binary = object.members("binaryData")
    for (key, value) in object.members("data") {
      errors += Checks.name(.configMapKey, key, FieldPath("data").key(key))
      if binary[key] != nil {
        errors.append(
          .invalid(
            FieldPath("data").key(key), .string(key), "duplicate of key present in binaryData"))
      }
      size += value.string?.utf8.count ?? 0
    }
    for (key, value) in binary {
      errors += Checks.name(.configMapKey, key, FieldPath("binaryData").key(key))
      size += Immutability.decodedSize(value)
    }
    if size > 1_048_576 { errors.append(.tooLong(FieldPath(""), max: 1_048_576)) }
    return errors
  }
}

/// ConfigMaps and Secrets that may not change any more.
enum Immutability {
  static func validate(_ object: Value, old: Value, _ fields: [String]) -> [FieldError] {
    guard old.flag("immutable") else { return [] }
    let text = "field is immutable when `immutable` is set"
    var errors: [FieldError] = []
    if !object.flag("immutable") { errors.append(.forbidden(FieldPath("immutable"), text)) }
    for field in fields where object.members(field) != old.members(field) {
      errors.append(.forbidden(FieldPath(field), text))
    }
    return errors
  }

  /// The bytes that a base64 text stands for.
  static func decodedSize(_ value: Value) -> Int {
    let text = value.string ?? ""
    return text.utf8.count / 4 * 3 - (text.hasSuffix("==") ? 2 : text.hasSuffix("=") ? 1 : 0)
  }
}
