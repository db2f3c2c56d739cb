package import Documents
package import KubeObjects

/// Which objects a quota with scopes counts.
package enum QuotaScopes {
  package static func matches(
    _ quota: Value, _ object: Value, _ resource: GroupVersionResource
  ) -> Bool {
    let spec = quota["spec"] ?? [:]
    var requirements: [Value] = spec.texts("scopes").map {
      ["scopeName": .string($0), "operator": "Exists"]
    }
    requirements += spec["scopeSelector"]?.items("matchExpressions") ?? []
    if requirements.isEmpty { return true }
    return requirements.allSatisfy { matches(requirement: $0, object, resource) }
  }

  private static func matches(
    requirement: Value, _ object: Value, _ resource: GroupVersionResource
  ) -> Bool {
    let spec = object["spec"] ?? [:]
    guard resource == .pods else {
      return resource == .persistentVolumeClaims
        && requirement.text("scopeName") == "VolumeAttributesClass"
        && matches(name: spec.text("volumeAttributesClassName"), requirement)
    }
    switch requirement.text("scopeName") {
    case "Terminating": return spec["activeDeadlineSeconds"]?.int ?? -1 >= 0
    case "NotTerminating": return spec["activeDeadlineSeconds"]?.int ?? -1 < 0
    case "BestEffort": return PodResources.qosClass(spec) == "BestEffort"
    case "NotBestEffort": return PodResources.qosClass(spec) != "BestEffort"
    case "PriorityClass": return matches(name: spec.text("priorityClassName"), requirement)
    case "CrossNamespacePodAffinity": return hasForeignAffinity(spec)
    default: return false
    }
  }

  private static func matches(name: String, _ requirement: Value) -> Bool {
    let values = requirement.texts("values")
    return switch requirement.text("operator") {
    case "Exists": !name.isEmpty
    case "DoesNotExist": name.isEmpty
    case "In": values.contains(name)
    case "NotIn": !values.contains(name)
    default: false
    }
  }

  private static func hasForeignAffinity(_ spec: Value) -> Bool {
    ["podAffinity", "podAntiAffinity"].contains { kind in
      let affinity = spec["affinity"]?[kind] ?? [:]
      let terms =
        affinity.items("requiredDuringSchedulingIgnoredDuringExecution")
        + affinity.items("preferredDuringSchedulingIgnoredDuringExecution")
        .compactMap { $0["podAffinityTerm"] }
      return terms.contains { !$0.items("namespaces").isEmpty || $0.has("namespaceSelector") }
    }
  }
}
