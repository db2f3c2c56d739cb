package import Documents
package import KubeObjects

/// ServiceAccounts.
package struct ServiceAccountStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource { .serviceAccounts }
  package var table: (any TableForm)? { ObjectTable.serviceAccounts }

  package func prepareForCreate(_ object: inout Value, _ context: RequestContext) {
    Self.cleanSecretReferences(&object)
  }

  package func prepareForUpdate(_ object: inout Value, old: Value, _ context: RequestContext) {
    Self.cleanSecretReferences(&object)
  }

  private static func cleanSecretReferences(_ object: inout Value) {
    object.updateEach("secrets") { secret in
      secret = secret["name"].map { ["name": $0] } ?? [:]
    }
  }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    ObjectMetadata.validate(object, namespaced: true)
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    ObjectMetadata.validateUpdate(object, old: old, andNew: 1)
  }

  package func warnings(_ object: Value, old: Value?, _ context: RequestContext) -> [String] {
    let key = "kubernetes.io/enforce-mountable-secrets"
    guard object.annotation(key) != nil, old?.annotation(key) == nil else { return [] }
    return [
      "metadata.annotations[\(key)]: deprecated in v1.32+; prefer separate namespaces to isolate "
        + "access to mounted secrets"
    ]
  }
}
