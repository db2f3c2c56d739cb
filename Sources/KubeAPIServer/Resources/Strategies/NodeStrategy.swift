package import Documents
package import KubeObjects

/// Nodes.
package struct NodeStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource { .nodes }
  package var table: (any TableForm)? { ObjectTable.nodes }
  package var allowsCreateOnUpdate: Bool { false }

  package func applyDefaults(_ object: inout Value) {
    object.update("spec") { spec in
      // The old single field and the list are kept equal.
      let first = spec.items("podCIDRs").first?.string
      if !spec.text("podCIDR").isEmpty, spec.text("podCIDR") != first {
        spec["podCIDRs"] = [spec["podCIDR"] ?? ""]
      } else if let first = spec.items("podCIDRs").first, spec.text("podCIDR").isEmpty {
        spec["podCIDR"] = first
      }
    }
    object.fillAbsent("status", [:])
    object.update("status") { status in
      Self.fillInfo(&status)
      if status.has("capacity"), !status.has("allocatable") {
        status["allocatable"] = status["capacity"]
      }
      status.update("capacity") { ResourceDefaulting.apply(toList: &$0) }
      status.update("allocatable") { ResourceDefaulting.apply(toList: &$0) }
    }
  }

  private static func fillInfo(_ status: inout Value) {
    status.fillAbsent("daemonEndpoints", [:])
    status.update("daemonEndpoints") { $0.fillAbsent("kubeletEndpoint", ["Port": 0]) }
    status.update("daemonEndpoints") { endpoints in
      endpoints.update("kubeletEndpoint") { $0.fillAbsent("Port", 0) }
    }
    status.fillAbsent("nodeInfo", [:])
    status.update("nodeInfo") { info in
      for field in [
        "machineID", "systemUUID", "bootID", "kernelVersion", "osImage",
        "containerRuntimeVersion", "kubeletVersion", "kubeProxyVersion", "operatingSystem",
        "architecture",
      ] {
        info.fillAbsent(field, "")
      }
    }
    status.updateEach("conditions") { condition in
      for field in ["lastHeartbeatTime", "lastTransitionTime"] where condition[field] == nil {
        condition[field] = .null
      }
    }
  }

  // A kubelet registers itself with its status: unlike other kinds it is kept.
  package func prepareForCreate(_ object: inout Value, _ context: RequestContext) {
    object["spec"]?["configSource"] = nil
    object["status"]?["config"] = nil
  }

  package func prepareForUpdate(_ object: inout Value, old: Value, _ context: RequestContext) {
    context.keepOtherParts(&object, old: old)
    if old["spec"]?["configSource"] == nil { object["spec"]?["configSource"] = nil }
  }

  package func warnings(_ object: Value, old: Value?, _ context: RequestContext) -> [String] {
    var warnings: [String] = []
    if object["spec"]?.has("configSource") == true {
      warnings.append("spec.configSource: the feature is removed")
    }
    if object["spec"]?.text("externalID").isEmpty == false {
      warnings.append(
        "spec.externalID: this field is deprecated, and is unused by Kubernetes")
    }
    return warnings
  }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    ObjectMetadata.validate(object, namespaced: false) + validate(object)
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    let isStatus = context.subresource == "status"
    var errors = ObjectMetadata.validateUpdate(object, old: old, andNew: isStatus ? 0 : 1)
    if !isStatus { errors += validate(object) }
    // The node is looked at as a new one, and then once more as a changed one.
    let (spec, before) = (object["spec"] ?? [:], old["spec"] ?? [:])
    let path = FieldPath("spec")
    errors += resources(object) + addresses(object)
    let (ranges, known) = (spec.texts("podCIDRs"), before.texts("podCIDRs"))
    let changes =
      ranges.count == known.count ? zip(ranges, known).count { $0 != $1 } : known.isEmpty ? 0 : 1
    errors += Array(
      repeating: .forbidden(
        path.child("podCIDRs"), "node updates may not change podCIDR except from \"\" to valid"),
      count: changes)
    let provider = before.text("providerID")
    if !provider.isEmpty, spec.text("providerID") != provider {
      errors.append(
        .forbidden(
          path.child("providerID"),
          "node updates may not change providerID except from \"\" to valid"))
    }
    errors += Self.validate(taints: spec.items("taints"), FieldPath("metadata", "taints"))
    if spec.text("externalID") != before.text("externalID") {
      errors.append(.forbidden(path.child("externalID"), "may not be updated"))
    }
    return errors
  }

  private func validate(_ object: Value) -> [FieldError] {
    let spec = object["spec"] ?? [:]
    let place = FieldPath("spec", "podCIDRs")
    let texts = spec.texts("podCIDRs")
    var errors = Self.validate(taints: spec.items("taints"), FieldPath("metadata", "taints"))
    errors += resources(object)
    for (index, range) in texts.enumerated() { errors += Checks.prefix(range, place.index(index)) }
    guard texts.count > 1 else { return errors }
    let ranges = texts.map { IPPrefix($0) }
    let bad = ranges.firstIndex { $0 == nil }
    if let bad {
      errors.append(
        .internalError(
          place,
          "invalid PodCIDRs. failed to check with dual stack with error:invalid CIDR[\(bad)]: <nil> "
            + "(invalid CIDR address: \(texts[bad]))"))
    }
    let families = Set(ranges.compactMap { $0?.address.isVersion6 })
    if bad != nil || families.count < 2 || ranges.count > 2 {
      errors.append(
        .invalid(
          place, spec["podCIDRs"] ?? .null, "may specify no more than one CIDR for each IP family"))
    }
    for (index, text) in texts.enumerated() where texts[..<index].contains(text) {
      errors.append(.duplicate(place.index(index), .string(text)))
    }
    return errors
  }

  private func resources(_ object: Value) -> [FieldError] {
    var errors: [FieldError] = []
    for list in ["capacity", "allocatable"] {
      for (name, amount) in object["status"]?.members(list) ?? [:] {
        errors += ResourceValidation.value(name, amount, FieldPath("status", list, name))
      }
    }
    return errors
  }

  private static let address = GoStructure("Type=s Address=s")

  private func addresses(_ object: Value) -> [FieldError] {
    var seen: Set<Value> = []
    return (object["status"]?.items("addresses") ?? []).enumerated().compactMap {
      index, address in
      seen.insert(address).inserted
        ? nil
        : .duplicate(
          FieldPath("status", "addresses").index(index),
          printed: Self.address.printed(address))
    }
  }

  private static let taint = GoStructure("Key=s Value=s Effect=s TimeAdded")

  static func validate(taints: [Value], _ path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    var seen: Set<String> = []
    for (index, taint) in taints.enumerated() {
      let here = path.index(index)
      errors += Checks.name(.qualifiedName, taint.text("key"), here.child("key"))
      let problems = NameRule.labelValue.problems(taint.text("value"))
      if !problems.isEmpty {
        errors.append(
          .invalid(
            here.child("value"), .string(taint.text("value")),
            problems.joined(separator: ";")))
      }
      if taint.text("effect").isEmpty {
        errors.append(.required(here.child("effect")))
      } else {
        errors += Checks.oneOf(
          taint, "effect", ["NoSchedule", "PreferNoSchedule", "NoExecute"], here)
      }
      if !seen.insert("\(taint.text("key"))\0\(taint.text("effect"))").inserted {
        errors.append(
          FieldError(
            .duplicate, here.description, badValue: Self.taint.printed(taint),
            "taints must be unique by key and effect pair"))
      }
    }
    return errors
  }

  package var selectableFields: [String] { ["spec.unschedulable"] }

  package func selectableField(_ name: String, of object: Value) -> String {
    object["spec"]?.flag("unschedulable") == true ? "true" : "false"
  }
}
