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

  /// What kubectl would take a word for: a plural, singular or short name, with or without its
  /// group, in the group's preferred version. Custom resources are found too.
  package func definition(named word: String) -> ResourceDefinition? {
    let lower = word.lowercased()
    let found = table.ordered.map(\.definition).filter { definition in
      definition.resource.resource == lower || definition.singular == lower
        || definition.shortNames.contains(lower) || definition.resource.description == lower
        || definition.singular + "." + definition.resource.group == lower
    }
    guard let group = found.first?.resource.group else { return nil }
    return found.filter { $0.resource.group == group }.max {
      Self.rank($0.resource.version).lexicographicallyPrecedes(Self.rank($1.resource.version))
    }
  }

  /// Later stable versions before earlier ones, stable before beta before alpha
  /// (version.CompareKubeAwareVersionStrings).
  private static func rank(_ version: String) -> [Int] {
    let numbers = version.split { !$0.isNumber }.compactMap { Int($0) }
    let stage = version.contains("alpha") ? 0 : version.contains("beta") ? 1 : 2
    return [stage, numbers.first ?? 0, numbers.dropFirst().first ?? 0]
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
