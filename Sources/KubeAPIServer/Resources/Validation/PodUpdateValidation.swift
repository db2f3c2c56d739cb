import Documents
import KubeObjects

/// What may change in a Pod that exists.
enum PodUpdateValidation {
  private static let path = FieldPath("spec")

  static func validate(_ pod: Value, old: Value) -> [FieldError] {
    let (spec, before) = (pod["spec"] ?? [:], old["spec"] ?? [:])
    if spec == before { return [] }
    var errors = PodSpecValidator.validate(
      spec, path, isTemplate: false, labels: pod["metadata"]?.members("labels") ?? [:])
    for list in ["containers", "initContainers"] {
      let changed = counts(spec, before, list)
      if !changed.isEmpty { return errors + changed }
      errors += images(spec.items(list), path.child(list))
    }
    errors += deadline(spec, before)
    errors += tolerations(spec, before)
    errors += gates(spec, before)
    errors += rest(pod, old)
    return errors
  }

  private static func counts(
    _ spec: Value, _ before: Value, _ list: String
  ) -> [FieldError] {
    let (new, old) = (spec.items(list), before.items(list))
    if new.count == old.count { return [] }
    return [
      .forbidden(path.child(list), "pod updates may not add or remove containers")
    ]
  }

  private static func images(_ containers: [Value], _ list: FieldPath) -> [FieldError] {
    containers.enumerated().flatMap { index, container -> [FieldError] in
      let image = container.text("image")
      let here = list.index(index).child("image")
      if image.isEmpty { return [.required(here)] }
      return image.trimmingBlanks == image
        ? []
        : [
          .invalid(here, .string(image), "must not have leading or trailing whitespace")
        ]
    }
  }

  private static func deadline(_ spec: Value, _ before: Value) -> [FieldError] {
    let here = path.child("activeDeadlineSeconds")
    guard let old = before["activeDeadlineSeconds"]?.int else { return [] }
    guard let new = spec["activeDeadlineSeconds"]?.int else {
      return [.invalid(here, .null, "must not update from a positive integer to nil value")]
    }
    guard new > old else { return [] }
    return [.invalid(here, .int(new), "must be less than or equal to previous value")]
  }

  private static func tolerations(_ spec: Value, _ before: Value) -> [FieldError] {
    let new = spec.items("tolerations")
    let kept = before.items("tolerations").allSatisfy { old in
      new.contains { toleration in
        var same = toleration
        same["tolerationSeconds"] = old["tolerationSeconds"]
        return same == old
      }
    }
    return kept
      ? []
      : [
        .forbidden(
          path.child("tolerations"),
          "existing toleration can not be modified except its tolerationSeconds")
      ]
  }

  private static func gates(_ spec: Value, _ before: Value) -> [FieldError] {
    let known = Set(before.items("schedulingGates").map { $0.text("name") })
    return spec.items("schedulingGates").enumerated().compactMap { index, gate in
      let name = gate.text("name")
      if known.contains(name) { return nil }
      return .forbidden(
        path.child("schedulingGates").index(index).child("name"),
        "only deletion is allowed, but found new scheduling gate '\(name)'")
    }
  }

  /// Everything else must be as it was, once the fields that may change are put back.
  private static func rest(_ pod: Value, _ old: Value) -> [FieldError] {
    var (spec, before) = (pod["spec"] ?? [:], old["spec"] ?? [:])
    for list in ["containers", "initContainers"] where spec.has(list) {
      let images = before.items(list).map { $0["image"] }
      var containers = spec.items(list)
      for (index, image) in images.enumerated() where index < containers.count {
        containers[index]["image"] = image
      }
      spec[list] = .array(containers)
    }
    for field in ["activeDeadlineSeconds", "tolerations"] { spec[field] = before[field] }
    if spec["terminationGracePeriodSeconds"]?.int == 1,
      before.number("terminationGracePeriodSeconds") < 0
    {
      spec["terminationGracePeriodSeconds"] = before["terminationGracePeriodSeconds"]
    }
    if !before.items("schedulingGates").isEmpty {
      for field in ["schedulingGates", "nodeSelector", "affinity"] {
        spec[field] = before[field]
      }
    }
    if spec == before { return [] }
    let difference = GoStructure.difference(
      .podSpec, old: GoStructure.internalPodSpec(before),
      new: GoStructure.internalPodSpec(spec))
    return [
      .forbidden(
        path,
        "pod updates may not change fields other than `spec.containers[*].image`,"
          + "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` "
          + "(only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow "
          + "it to be set to 1 if it was previously negative)\n\(difference)")
    ]
  }

  /// Ephemeral containers are only ever added.
  static func validateEphemeral(_ pod: Value, old: Value) -> [FieldError] {
    if let refusal = ofStaticPod(old, "static pods do not support ephemeral containers") {
      return [refusal]
    }
    let list = path.child("ephemeralContainers")
    let (new, before) = (
      pod["spec"]?.items("ephemeralContainers") ?? [],
      old["spec"]?.items("ephemeralContainers") ?? []
    )
    var errors = ephemeral(new, in: pod["spec"] ?? [:], list)
    for container in before {
      guard let same = new.first(where: { $0.text("name") == container.text("name") }) else {
        errors.append(
          .forbidden(
            list,
            "existing ephemeral containers \(container.text("name").goQuoted) may not be removed\n"
          ))
        continue
      }
      if same != container {
        errors.append(
          .forbidden(
            list,
            "existing ephemeral containers \(container.text("name").goQuoted) may not be changed\n"
          ))
      }
    }
    return errors
  }

  /// Upstream's path to the Pod as a whole prints as brackets.
  private static func ofStaticPod(_ pod: Value, _ why: String) -> FieldError? {
    guard pod.annotation("kubernetes.io/config.mirror") != nil else { return nil }
    return FieldError(.forbidden, "[]", badValue: nil, why)
  }

  private static func ephemeral(
    _ containers: [Value], in spec: Value, _ list: FieldPath
  ) -> [FieldError] {
    var errors: [FieldError] = []
    var names = Set(
      ["containers", "initContainers"].flatMap { spec.items($0) }.map { $0.text("name") })
    let others = Set(spec.items("containers").map { $0.text("name") })
    for (index, container) in containers.enumerated() {
      let here = list.index(index)
      let name = container.text("name")
      if name.isEmpty {
        errors.append(.required(here.child("name")))
      } else {
        errors += Checks.name(.dns1123Label, name, here.child("name"))
        if !names.insert(name).inserted {
          errors.append(.duplicate(here.child("name"), .string(name)))
        }
      }
      errors += Checks.requiredText(container, "image", here)
      let target = container.text("targetContainerName")
      if !target.isEmpty, !others.contains(target) {
        errors.append(.notFound(here.child("targetContainerName"), .string(target)))
      }
      func refuse(_ place: FieldPath) {
        errors.append(.forbidden(place, "cannot be set for an Ephemeral Container"))
      }
      for field in [
        "ports", "resources", "resizePolicy", "restartPolicy", "restartPolicyRules",
        "livenessProbe", "readinessProbe", "startupProbe", "lifecycle",
      ] where container.has(field) && !(container[field]?.object?.isEmpty ?? false) {
        refuse(here.child(field))
      }
      for (place, mount) in container.items("volumeMounts").enumerated() {
        for field in ["subPath", "subPathExpr"] where !mount.text(field).isEmpty {
          refuse(here.child("volumeMounts").index(place).child(field))
        }
      }
    }
    return errors
  }

  private static func dropResizable(_ container: inout Value) {
    container["resizePolicy"] = nil
    for list in ["requests", "limits"] {
      for name in ["cpu", "memory"] { container["resources"]?[list]?[name] = nil }
      if container["resources"]?[list]?.object?.isEmpty ?? false {
        container["resources"]?[list] = nil
      }
    }
    if container["resources"]?.object?.isEmpty ?? false { container["resources"] = nil }
  }

  /// What was asked for once can be changed but not taken back.
  private static func removals(
    _ spec: Value, _ before: Value, _ list: String
  ) -> [FieldError] {
    var errors: [FieldError] = []
    let containers = spec.items(list)
    for (index, old) in before.items(list).enumerated() where index < containers.count {
      let here = path.child(list).index(index).child("resources")
      for kind in ["requests", "limits"] {
        let now = containers[index]["resources"]?.members(kind) ?? [:]
        let isGone = (old["resources"]?.members(kind) ?? [:]).contains { now[$0.key] == nil }
        if isGone {
          errors.append(
            .forbidden(here.child(kind), "resource \(kind) cannot be removed"))
        }
      }
    }
    return errors
  }

  /// Only the resources of containers, and how a resize is done.
  static func validateResize(_ pod: Value, old: Value) -> [FieldError] {
    if let refusal = ofStaticPod(old, "static pods cannot be resized") { return [refusal] }
    var (spec, before) = (pod["spec"] ?? [:], old["spec"] ?? [:])
    if spec["os"]?.text("name") == "windows" {
      return [
        FieldError(.forbidden, "[]", badValue: nil, "windows pods cannot be resized")
      ]
    }
    var errors = PodSpecValidator.validate(spec, path, isTemplate: false)
    let qosClass = old["status"]?.text("qosClass") ?? ""
    if PodResources.qosClass(spec) != qosClass {
      errors.append(
        .invalid(
          path, .string(qosClass), "Pod QOS Class may not change as a result of resizing"))
    }
    for list in ["containers", "initContainers"] where spec.has(list) {
      errors += removals(spec, before, list)
      // Of init containers only those that go on running.
      func drop(_ container: inout Value) {
        if list == "containers" || container.text("restartPolicy") == "Always" {
          Self.dropResizable(&container)
        }
      }
      spec.updateEach(list, drop)
      before.updateEach(list, drop)
    }
    if spec != before {
      errors.append(
        .forbidden(path, "only cpu and memory resources are mutable"))
    }
    return errors
  }
}
