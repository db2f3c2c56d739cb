/// One resource that the API serves: its kind, names, verbs and subresources.
package struct ResourceDefinition: Sendable {
  package var resource: GroupVersionResource
  package var kind: String
  package var singular: String
  package var isNamespaced: Bool
  package var verbs: [String]
  package var shortNames: [String]
  package var categories: [String]
  /// As discovery shows it.
  package var storageVersionHash: String
  /// By name: status, scale.
  package var subresources: [Subresource]

  package struct Subresource: Sendable {
    package var name: String
    package var kind: String
    /// Of the kind, where it is not the resource's own.
    package var groupVersion: GroupVersion?
    package var verbs: [String]

    package init(name: String, kind: String, groupVersion: GroupVersion?, verbs: [String]) {
      self.name = name
      self.kind = kind
      self.groupVersion = groupVersion
      self.verbs = verbs
    }
  }

  package init(
    resource: GroupVersionResource, kind: String, singular: String, isNamespaced: Bool,
    verbs: [String], shortNames: [String] = [], categories: [String] = [],
    storageVersionHash: String = "", subresources: [Subresource] = []
  ) {
    self.resource = resource
    self.kind = kind
    self.singular = singular
    self.isNamespaced = isNamespaced
    self.verbs = verbs
    self.shortNames = shortNames
    self.categories = categories
    self.storageVersionHash = storageVersionHash
    self.subresources = subresources
  }

  package func subresource(_ name: String) -> Subresource? {
    subresources.first { $0.name == name }
  }
  package var hasStatus: Bool { subresource("status") != nil }
}
