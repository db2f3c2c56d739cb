import Documents
import KubeObjects

/// What of a Pod may change by its resize (ValidatePodResize).
enum PodResizeValidation {
  private static let path = FieldPath("spec")
  private static let lists = ["containers", "initContainers"]

  static func validate(_ pod: Value, old: Value) -> [FieldError] {
    if let refusal = PodUpdateValidation.ofStaticPod(old, "static pods cannot be resized") {
      return [refusal]
    }
    let (spec, before) = (pod["spec"] ?? [:], old["spec"] ?? [:])
    if spec["os"]?.text("name") == "windows" {
      return [FieldError(.forbidden, "[]", badValue: nil, "windows pods cannot be resized")]
    }
    var errors = PodSpecValidator.validate(
      spec, path, isTemplate: false, name: pod["metadata"]?.text("name") ?? "")
    let qosClass = old["status"]?.text("qosClass") ?? ""
    if PodResources.qosClass(spec) != qosClass {
      errors.append(
        .invalid(
          path, .string(qosClass), "Pod QOS Class may not change as a result of resizing"))
    }
    if let running = old["status"]?.items("containerStatuses").first(where: {
      $0["state"]?.has("running") == true
    }), !running.has("resources") {
      errors.append(.forbidden(path, "Pod running on node without support for resize"))
    }
    errors += podLevel(spec["resources"], before["resources"])
    let order = lists.flatMap { ordering(spec.items($0), before.items($0), $0) }
    if !order.isEmpty { return errors + order }
    for list in lists.reversed() {
      for (index, container) in spec.items(list).enumerated() {
        errors += removals(
          container["resources"], before.items(list)[index]["resources"],
          path.child(list).index(index).child("resources"), "resource")
      }
    }
    for list in lists {
      for (container, old) in zip(spec.items(list).enumerated(), before.items(list)) {
        errors += mutable(container.element, old, list, container.offset)
      }
    }
    return errors
  }

  /// What the Pod as a whole asks for.
  private static func podLevel(_ new: Value?, _ old: Value?) -> [FieldError] {
    let (new, old) = (new ?? .null, old ?? .null)
    func isSet(_ resources: Value) -> Bool {
      ["requests", "limits"].contains { !resources.members($0).isEmpty }
    }
    guard isSet(new) || isSet(old) else { return [] }
    let here = path.child("resources")
    if !old.isNull, new.isNull {
      return [.forbidden(here, "pod-level resources cannot be removed")]
    }
    let errors = removals(new, old, here, "pod-level resource")
    if isMutation(new, old) { return errors }
    return errors + [
      .forbidden(path, "only cpu and memory resources are mutable at pod-level")
    ]
  }

  /// What was asked for once can be changed but not taken back.
  private static func removals(
    _ new: Value?, _ old: Value?, _ here: FieldPath, _ what: String
  ) -> [FieldError] {
    ["requests", "limits"].compactMap { kind in
      let now = new?.members(kind) ?? [:]
      guard (old?.members(kind) ?? [:]).contains(where: { now[$0.key] == nil }) else { return nil }
      return .forbidden(here.child(kind), "\(what) \(kind) cannot be removed")
    }
  }

  /// Whether two lists of resources differ by processor and memory alone.
  private static func isMutation(_ new: Value?, _ old: Value?) -> Bool {
    func others(_ resources: Value?, _ kind: String) -> [String: Quantity] {
      PodResources.amounts(resources?[kind]).filter { $0.key != "cpu" && $0.key != "memory" }
    }
    return ["requests", "limits"].allSatisfy { others(new, $0) == others(old, $0) }
  }

  private static func ordering(
    _ new: [Value], _ old: [Value], _ list: String
  ) -> [FieldError] {
    let here = path.child(list)
    guard new.count == old.count else {
      return [.forbidden(here, "\(list) may not be added or removed on resize")]
    }
    return new.indices.filter { new[$0]["name"] != old[$0]["name"] }.map {
      .forbidden(
        here.index($0).child("name"), "\(list) may not be renamed or reordered on resize")
    }
  }

  private static func mutable(
    _ new: Value, _ old: Value, _ list: String, _ index: Int
  ) -> [FieldError] {
    // Claims for devices are no resources that a resize leaves alone.
    let claims = new["resources"]?.items("claims") ?? []
    var (rest, before) = (new, old)
    rest["resources"] = nil
    before["resources"] = nil
    let isSound =
      rest == before && claims.isEmpty && isMutation(new["resources"], old["resources"])
    guard list == "initContainers" else {
      return isSound ? [] : [.forbidden(path, "only cpu and memory resources are mutable")]
    }
    let here = path.child(list).index(index)
    var errors: [FieldError] = []
    if !isSound {
      errors.append(
        .forbidden(
          here, "only cpu and memory resources for init or sidecar containers are mutable"))
    }
    let restarts = new.items("resizePolicy").contains {
      $0.text("restartPolicy") == "RestartContainer"
    }
    if new != old, new.text("restartPolicy") != "Always", restarts {
      errors.append(
        .forbidden(
          here,
          "non-sidecar init containers with a resize policy of RestartContainer cannot be resized"))
    }
    return errors
  }
}
