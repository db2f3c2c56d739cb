package import KubeObjects

/// A resource as discovery tells of it, for components that care for every kind.
package struct ServedKind: Hashable, Sendable {
  package var resource: GroupVersionResource
  package var kind: String
  package var isNamespaced: Bool
  package var isDeletable: Bool
  /// Whether its size can be asked and set by a Scale.
  package var hasScale: Bool
}

extension APIServer {
  /// Every resource that can be listed, once, in the version in which it is stored.
  package var servedKinds: [ServedKind] {
    table.ordered.filter { $0.isStoredVersion && $0.definition.verbs.contains("list") }.map {
      ServedKind(
        resource: $0.resource, kind: $0.kind, isNamespaced: $0.isNamespaced,
        isDeletable: $0.definition.verbs.contains("delete"),
        hasScale: $0.hasScale)
    }
  }

  /// The resource of a kind, by apiVersion and kind; nil: not served.
  package func servedKind(apiVersion: String, kind: String) -> ServedKind? {
    guard
      let found = table.resource(GroupVersion(apiVersion: apiVersion), kind: kind)
    else { return nil }
    return ServedKind(
      resource: found.resource, kind: found.kind, isNamespaced: found.isNamespaced,
      isDeletable: found.definition.verbs.contains("delete"), hasScale: found.hasScale)
  }
}

extension ServedResource {
  fileprivate var hasScale: Bool { scale != nil || definition.subresource("scale") != nil }
}
