import Documents
import KubeObjects

/// The checks of a HorizontalPodAutoscaler's spec.
enum HorizontalPodAutoscalerValidation {
  private static let path = FieldPath("spec")

  static func validate(_ spec: Value) -> [FieldError] {
    var errors: [FieldError] = []
    let (low, high) = (spec["minReplicas"]?.int ?? 1, spec.number("maxReplicas"))
    if low < 1 {
      errors.append(
        .invalid(
          path.child("minReplicas"), .int(low), "must be greater than or equal to 1"))
    }
    if high < 1 {
      errors.append(
        .required(path.child("maxReplicas"), "must be set and greater than 0"))
    }
    if high < low {
      errors.append(
        .invalid(
          path.child("maxReplicas"), .int(high),
          "must be greater than or equal to `minReplicas`"))
    }
    errors += target(spec["scaleTargetRef"] ?? [:], path.child("scaleTargetRef"))
    let metrics = spec.items("metrics")
    for (index, metric) in metrics.enumerated() {
      errors += validate(metric: metric, path.child("metrics").index(index))
    }
    let canWake = metrics.contains { ["Object", "External"].contains($0.text("type")) }
    if low == 0, !canWake {
      errors.append(
        .forbidden(
          path.child("metrics"),
          "must specify at least one Object or External metric to support scaling to zero "
            + "replicas"))
    }
    for direction in ["scaleUp", "scaleDown"] {
      guard let rules = spec["behavior"]?[direction], !rules.isNull else { continue }
      errors += HorizontalPodAutoscalerBehavior.validate(
        rules, path.child("behavior", direction))
    }
    return errors
  }

  private static func target(
    _ target: Value, _ path: FieldPath, needsGroup: Bool = true
  ) -> [FieldError] {
    var errors: [FieldError] = []
    for field in ["kind", "name"] {
      let text = target.text(field)
      errors +=
        text.isEmpty
        ? [.required(path.child(field))] : Checks.name(.pathSegment, text, path.child(field))
    }
    let version = target.text("apiVersion")
    if version.filter({ $0 == "/" }).count > 1 {
      return errors + [
        .invalid(
          path.child("apiVersion"), .string(version),
          "unexpected GroupVersion string: \(version)")
      ]
    }
    guard needsGroup, target.text("kind") != "ReplicationController" else { return errors }
    if GroupVersion(apiVersion: version).group.isEmpty {
      errors.append(
        .invalid(
          path.child("apiVersion"), .string(version), "apiVersion must specify API group"))
    }
    return errors
  }

  /// In the order in which upstream looks for them.
  private static let sources = [
    ("Object", "object"), ("External", "external"), ("Pods", "pods"), ("Resource", "resource"),
    ("ContainerResource", "containerResource"),
  ]

  /// The first source that is there is looked at, whatever the type says.
  private static func validate(metric: Value, _ path: FieldPath) -> [FieldError] {
    let type = metric.text("type")
    var errors: [FieldError] =
      type.isEmpty ? [.required(path.child("type"), "must specify a metric source type")] : []
    let known = Checks.oneOf(
      metric, "type", ["ContainerResource", "External", "Object", "Pods", "Resource"], path)
    errors += known
    let given = sources.map(\.1).filter { metric.has($0) }
    if let first = given.first, let source = metric[first] {
      errors += validate(source: source, first, path.child(first))
    }
    // Upstream says it twice: the type is checked, and then finds no source.
    guard let own = sources.first(where: { $0.0 == type })?.1 else { return errors + known }
    if !given.contains(own) {
      errors.append(
        .required(path.child(own), "must populate information for the given metric source"))
    }
    guard given.count != 1 else { return errors }
    return errors
      + given.filter { $0 != own }.map {
        .forbidden(path.child($0), "must populate the given metric source only")
      }
  }

  private static func validate(
    source: Value, _ kind: String, _ path: FieldPath
  ) -> [FieldError] {
    let target = source["target"] ?? [:]
    var errors: [FieldError] = []
    if kind == "object" {
      errors += self.target(
        source["describedObject"] ?? [:], path.child("describedObject"), needsGroup: false)
    }
    if kind == "resource" || kind == "containerResource" {
      if source.text("name").isEmpty {
        errors.append(.required(path.child("name"), "must specify a resource name"))
      }
      if kind == "containerResource" {
        errors += container(source, path)
      }
    } else {
      let name = source["metric"]?.text("name") ?? ""
      let place = path.child("metric", "name")
      errors +=
        name.isEmpty
        ? [.required(place, "must specify a metric name")]
        : Checks.name(.pathSegment, name, place)
    }
    errors += validate(target: target, path.child("target"))
    return errors + amounts(target, kind, path.child("target"))
  }

  private static func container(_ source: Value, _ path: FieldPath) -> [FieldError] {
    let (resource, container) = (source.text("name"), source.text("container"))
    let errors =
      resource.isEmpty
      ? [] : ResourceValidation.containerResource(resource, path.child("name"))
    return errors
      + (container.isEmpty
        ? [.required(path.child("container"), "must specify a container")]
        : Checks.name(.dns1123Label, container, path.child("container")))
  }

  /// Which amounts each kind of source needs, and which it can not have together.
  private static func amounts(
    _ target: Value, _ kind: String, _ path: FieldPath
  ) -> [FieldError] {
    let average = target.has("averageValue")
    switch kind {
    case "pods":
      return average
        ? []
        : [.required(path.child("averageValue"), "must specify a positive target averageValue")]
    case "object":
      return average || target.has("value")
        ? []
        : [.required(path.child("averageValue"), "must set either a target value or averageValue")]
    case "external":
      switch (average, target.has("value")) {
      case (false, false):
        return [
          .required(
            path.child("averageValue"),
            "must set either a target value for metric or a per-pod target")
        ]
      case (true, true):
        return [
          .forbidden(
            path.child("value"),
            "may not set both a target value for metric and a per-pod target")
        ]
      default: return []
      }
    default:
      switch (average, target.has("averageUtilization")) {
      case (false, false):
        return [
          .required(
            path.child("averageUtilization"),
            "must set either a target raw value or a target utilization")
        ]
      case (true, true):
        return [
          .forbidden(
            path.child("averageValue"),
            "may not set both a target raw value and a target utilization")
        ]
      default: return []
      }
    }
  }

  private static func validate(target: Value, _ path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    let type = target.text("type")
    if type.isEmpty {
      errors.append(.required(path.child("type"), "must specify a metric target type"))
    }
    if !["Utilization", "Value", "AverageValue"].contains(type) {
      errors.append(
        .invalid(
          path.child("type"), .string(type),
          "must be either Utilization, Value, or AverageValue"))
    }
    for field in ["value", "averageValue"] {
      guard let amount = target[field], !amount.isNull else { continue }
      let quantity = ResourceValidation.quantity(amount)
      if quantity.sign != 1 {
        errors.append(
          .invalid(path.child(field), .string(quantity.description), "must be positive"))
      }
    }
    if let share = target["averageUtilization"]?.int, share < 1 {
      errors.append(
        .invalid(path.child("averageUtilization"), .int(share), "must be greater than 0"))
    }
    return errors
  }
}
