package import Documents
package import KubeObjects

/// A kind that adds to the generic behaviour no more than its table, its generation and the checks
/// of its metadata.
package struct TabledStrategy: Strategy {
  package let resource: GroupVersionResource
  package let table: (any TableForm)?
  package let generationPaths: [[String]]
  private let namespaced: Bool
  private let nameRule: NameRule

  package init(
    _ resource: GroupVersionResource, _ table: ObjectTable = .plain, namespaced: Bool,
    generation: [[String]] = [], name: NameRule = .dns1123Subdomain
  ) {
    self.resource = resource
    self.table = table
    self.namespaced = namespaced
    generationPaths = generation
    nameRule = name
  }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    ObjectMetadata.validate(object, namespaced: namespaced, nameRule)
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    ObjectMetadata.validateUpdate(object, old: old)
  }
}
