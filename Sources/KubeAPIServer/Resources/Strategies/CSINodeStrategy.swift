package import Documents
package import KubeObjects

/// CSINodes.
package struct CSINodeStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource {
    GroupVersionResource("storage.k8s.io", "v1", "csinodes")
  }
  package var allowsUnconditionalUpdate: Bool { false }
  package var table: (any TableForm)? { ObjectTable.csiNodes }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    ObjectMetadata.validate(object, namespaced: false) + validate(object["spec"] ?? [:])
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    var errors = ObjectMetadata.validateUpdate(object, old: old)
    errors += validate(object["spec"] ?? [:])
    // A driver that is there stays as it is, but for how many volumes it takes
    // (MutableCSINodeAllocatableCount).
    for before in old["spec"]?.items("drivers") ?? [] {
      guard
        var now = object["spec"]?.items("drivers").first(where: { $0["name"] == before["name"] })
      else { continue }
      var before = before
      (now["allocatable"], before["allocatable"]) = (nil, nil)
      errors += Checks.unchanged(
        now, before, FieldPath("spec", "drivers"), structure: Self.driver)
    }
    return errors
  }

  private static let driver = GoStructure("Name=s NodeID:nodeID=s TopologyKeys Allocatable")

  private func validate(_ spec: Value) -> [FieldError] {
    var errors: [FieldError] = []
    var names: Set<String> = []
    for (index, driver) in spec.items("drivers").enumerated() {
      let here = FieldPath("spec", "drivers").index(index)
      let name = driver.text("name")
      errors += StorageNames.driver(name, here.child("name"))
      let node = driver.text("nodeID")
      if node.isEmpty { errors.append(.required(here.child("nodeID"))) }
      if node.utf8.count > 256 {
        errors.append(
          .invalid(here.child("nodeID"), .string(node), "must be 256 characters or less"))
      }
      if let count = driver["allocatable"]?["count"]?.int, count < 0 {
        errors.append(
          .invalid(here.child("allocatable", "count"), .int(count), Checks.notNegative))
      }
      if !names.insert(name).inserted {
        errors.append(.duplicate(here.child("name"), .string(name)))
      }
      // Upstream gives each key the path of its driver.
      errors += topology(driver.texts("topologyKeys"), here)
    }
    return errors
  }

  private func topology(_ keys: [String], _ path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    var seen: Set<String> = []
    for key in keys {
      if !seen.insert(key).inserted { errors.append(.duplicate(path, .string(key))) }
      if key.isEmpty { errors.append(.required(path)) }
      errors += Checks.name(.qualifiedName, key, path)
    }
    return errors
  }
}

/// The names of storage drivers and classes.
enum StorageNames {
  /// As upstream's ValidateCSIDriverName.
  static func driver(_ name: String, _ path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = name.isEmpty ? [.required(path)] : []
    if name.utf8.count > 63 { errors.append(.tooLong(path, max: 63)) }
    return errors
      + NameRule.dns1123Subdomain.problems(name.lowercased()).map {
        .invalid(path, .string(name), $0)
      }
  }
}
