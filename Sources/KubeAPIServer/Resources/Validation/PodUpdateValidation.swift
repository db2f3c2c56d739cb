import Documents
import KubeObjects

/// What may change in a Pod that exists.
enum PodUpdateValidation {
  private static let path = FieldPath("spec")

  static func validate(_ pod: Value, old: Value) -> [FieldError] {
    let (spec, before) = (pod["spec"] ?? [:], old["spec"] ?? [:])
    var errors = PodAnnotations.changes(pod, old: old)
    // What did not change was checked when it was written.
    if spec == before { return errors }
    errors += PodSpecValidator.validate(
      spec, path, isTemplate: false, name: pod["metadata"]?.text("name") ?? "")
    for list in ["containers", "initContainers"] {
      let changed = counts(spec, before, list)
      if !changed.isEmpty { return errors + changed }
      errors += images(spec.items(list), path.child(list))
    }
    let (deadline, isLast) = deadline(spec, before)
    errors += deadline
    if isLast { return errors }
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

  /// Whether upstream looks at nothing more.
  private static func deadline(_ spec: Value, _ before: Value) -> ([FieldError], isLast: Bool) {
    let here = path.child("activeDeadlineSeconds")
    let old = before["activeDeadlineSeconds"]?.int
    guard let new = spec["activeDeadlineSeconds"]?.int else {
      let text = "must not update from a positive integer to nil value"
      return (old == nil ? [] : [.invalid(here, .null, text)], false)
    }
    guard (0...Int64(Int32.max)).contains(new) else {
      return ([.invalid(here, .int(new), Checks.between(0, Int64(Int32.max)))], true)
    }
    guard let old, old < new else { return ([], false) }
    return ([.invalid(here, .int(new), "must be less than or equal to previous value")], true)
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
    let list = path.child("tolerations")
    guard kept else {
      return [
        .forbidden(list, "existing toleration can not be modified except its tolerationSeconds")
      ]
    }
    return new.enumerated().flatMap { PodSpecValidator.toleration($1, list.index($0)) }
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
    for field in ["activeDeadlineSeconds", "tolerations", "schedulingGates"] {
      spec[field] = before[field]
    }
    if spec["terminationGracePeriodSeconds"]?.int == 1,
      before.number("terminationGracePeriodSeconds") < 0
    {
      spec["terminationGracePeriodSeconds"] = before["terminationGracePeriodSeconds"]
    }
    let errors = before.items("schedulingGates").isEmpty ? [] : gated(&spec, before)
    if spec == before { return errors }
    let difference = GoStructure.difference(
      .podSpec, old: GoStructure.internalPodSpec(before),
      new: GoStructure.internalPodSpec(spec))
    return errors + [
      .forbidden(
        path,
        "pod updates may not change fields other than `spec.containers[*].image`,"
          + "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` "
          + "(only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow "
          + "it to be set to 1 if it was previously negative)\n\(difference)")
    ]
  }

  /// A Pod that waits at gates may be held to fewer nodes.
  private static func gated(_ spec: inout Value, _ before: Value) -> [FieldError] {
    var errors: [FieldError] = []
    if spec["nodeSelector"] != before["nodeSelector"] {
      let new = spec.members("nodeSelector")
      if before.members("nodeSelector").contains(where: { new[$0.key] != $0.value }) {
        errors.append(
          .invalid(
            path.child("nodeSelector"), spec["nodeSelector"] ?? .null,
            "only additions to spec.nodeSelector are allowed (no mutations or deletions)"))
      }
      spec["nodeSelector"] = before["nodeSelector"]
    }
    let (new, old) = (spec["affinity"]?["nodeAffinity"], before["affinity"]?["nodeAffinity"])
    if new != old {
      errors += gated(new ?? [:], old ?? [:], path.child("affinity", "nodeAffinity"))
      if spec.has("affinity") || before.has("affinity") {
        if !spec.has("affinity") { spec["affinity"] = [:] }
        spec["affinity"]?["nodeAffinity"] = old
        if !before.has("affinity"), spec["affinity"]?.object?.isEmpty == true {
          spec["affinity"] = nil
        }
      }
    }
    return errors
  }

  private static func gated(_ new: Value, _ old: Value, _ place: FieldPath) -> [FieldError] {
    let name = "requiredDuringSchedulingIgnoredDuringExecution"
    let list = place.child(name, "nodeSelectorTerms")
    let (terms, before) = (
      new[name]?.items("nodeSelectorTerms") ?? [], old[name]?.items("nodeSelectorTerms") ?? []
    )
    if before.isEmpty { return [] }
    func printed(_ term: Value) -> String { GoStructure.nodeSelectorTerm.printed(term) }
    guard terms.count == before.count else {
      return [
        .invalid(
          list, printed: "[" + terms.map(printed).joined(separator: ",") + "]",
          "no additions/deletions to non-empty NodeSelectorTerms list are allowed")
      ]
    }
    return terms.indices.compactMap { index in
      let isLarger = ["matchExpressions", "matchFields"].allSatisfy {
        terms[index].items($0).starts(with: before[index].items($0))
      }
      let wasEmpty = ["matchExpressions", "matchFields"].allSatisfy {
        before[index].items($0).isEmpty
      }
      if isLarger, !wasEmpty || terms[index] == before[index] { return nil }
      return .invalid(
        list.index(index), printed: printed(terms[index]),
        "only additions are allowed (no mutations or deletions)")
    }
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
    var errors = PodSpecValidator.validate(
      pod["spec"] ?? [:], path, isTemplate: false, name: pod["metadata"]?.text("name") ?? "")
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
  static func ofStaticPod(_ pod: Value, _ why: String) -> FieldError? {
    guard pod.annotation("kubernetes.io/config.mirror") != nil else { return nil }
    return FieldError(.forbidden, "[]", badValue: nil, why)
  }
}
