package import Documents
package import KubeObjects

/// ResourceSlices.
package struct ResourceSliceStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource {
    GroupVersionResource("resource.k8s.io", "v1", "resourceslices")
  }
  package var generationPaths: [[String]] { [["spec"]] }
  package var selectableFields: [String] { ["spec.nodeName", "spec.driver"] }

  package func selectableField(_ name: String, of object: Value) -> String {
    object.at(dotted: name)?.string ?? ""
  }

  package func fieldRefusal(_ name: String) -> String {
    "field label not supported for resource.k8s.io/v1, Kind=ResourceSlice: \(name)"
  }

  package var table: (any TableForm)? { ObjectTable.resourceSlices }

  package func prepareForCreate(_ object: inout Value, _ context: RequestContext) {
    prepare(&object, context)
  }

  package func prepareForUpdate(_ object: inout Value, old: Value, _ context: RequestContext) {
    prepare(&object, context)
  }

  /// Taints are of now unless they say since when; lists of values and shares of a node's own
  /// resources belong to features that are not on.
  private func prepare(_ object: inout Value, _ context: RequestContext) {
    object.update("spec") { spec in
      spec.updateEach("devices") { device in
        if device.has("nodeAllocatableResourceMappings") {
          device["nodeAllocatableResourceMappings"] = nil
        }
        device.updateEach("taints") { $0.fillAbsent("timeAdded", .string(context.now.rfc3339)) }
        for (name, attribute) in device.members("attributes") {
          for key in ["ints", "bools", "strings", "versions"] where attribute[key] != nil {
            device["attributes"]?[name]?[key] = nil
          }
        }
      }
    }
  }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    ObjectMetadata.validate(object, namespaced: false) + validate(object["spec"] ?? [:], old: nil)
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    ObjectMetadata.validateUpdate(object, old: old)
      + validate(object["spec"] ?? [:], old: old["spec"] ?? [:])
  }

  private func validate(_ spec: Value, old: Value?) -> [FieldError] {
    let path = FieldPath("spec")
    var errors = DeviceChecks.driver(spec.text("driver"), path.child("driver"))
    errors += validate(pool: spec["pool"] ?? [:], path.child("pool"))
    if let old {
      errors += Checks.unchanged(
        spec["pool"]?["name"], old["pool"]?["name"], path.child("pool", "name"))
      for key in ["driver", "nodeName"] {
        errors += Checks.unchanged(spec[key], old[key], path.child(key))
      }
    }
    errors += nodes(spec, path)
    if spec.has("sharedCounters"), spec.has("devices") {
      errors.append(.invalid(path, "", "only one of `sharedCounters` or `devices` is allowed"))
    }
    let devices = spec.items("devices")
    let isAdvanced = devices.contains {
      !$0.items("taints").isEmpty || !$0.items("consumesCounters").isEmpty
    }
    let validation = DeviceValidation(
      choosesNodes: spec.flag("perDeviceNodeSelection"),
      before: Dictionary(
        (old?.items("devices") ?? []).map { ($0.text("name"), $0) }, uniquingKeysWith: { $1 }))
    return errors
      + DeviceChecks.eachOnce(
        spec, "devices", path, most: isAdvanced ? 64 : 128, name: "name",
        validation.validate)
      + DeviceChecks.eachOnce(
        spec, "sharedCounters", path, most: 8, name: "name",
        DeviceValidation.counterSet)
  }

  private func validate(pool: Value, _ path: FieldPath) -> [FieldError] {
    var errors = DeviceChecks.pool(pool.text("name"), path.child("name"))
    let (count, generation) = (pool.number("resourceSliceCount"), pool.number("generation"))
    if count <= 0 {
      errors.append(
        .invalid(path.child("resourceSliceCount"), .int(count), Checks.notPositive))
    }
    if generation < 0 {
      errors.append(
        .invalid(
          path.child("generation"), .int(generation), "must be greater than or equal to zero"))
    }
    return errors
  }

  private func nodes(_ spec: Value, _ path: FieldPath) -> [FieldError] {
    let keys = ["nodeName", "nodeSelector", "allNodes", "perDeviceNodeSelection"]
    var (errors, found) = NodeChoice.validate(
      spec, path, keys, emptyName: "must be either unset or set to a non-empty string")
    if let terms = spec["nodeSelector"]?.items("nodeSelectorTerms"), terms.count != 1 {
      let printed = terms.map { GoStructure.nodeSelectorTerm.printed($0) }.joined(separator: ",")
      errors.append(
        .invalid(
          path.child("nodeSelector", "nodeSelectorTerms"), printed: "[\(printed)]",
          "must have exactly one node selector term"))
    }
    let text =
      "exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required"
    if found.isEmpty { errors.append(.required(path, text)) }
    if found.count > 1 {
      errors.append(
        .invalid(
          path, .string(NodeChoice.list(found)), text + ", but multiple fields are set"))
    }
    return errors
  }
}
