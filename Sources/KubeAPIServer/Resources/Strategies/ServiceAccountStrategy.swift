package import Documents
package import KubeObjects

/// ServiceAccounts.
package struct ServiceAccountStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource { .serviceAccounts }
  package var table: (any TableForm)? { ObjectTable.serviceAccounts }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    ObjectMetadata.validate(object, namespaced: true)
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    ObjectMetadata.validateUpdate(object, old: old)
  }
}
