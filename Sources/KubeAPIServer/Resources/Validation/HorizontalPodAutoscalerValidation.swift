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
    for direction in ["scaleUp", "scaleDown"] {
      guard let rules = spec["behavior"]?[direction], !rules.isNull else { continue }
      errors += HorizontalPodAutoscalerBehavior.validate(
        rules, path.child("behavior", direction))
    }
    let canWake = metrics.contains { ["Object", "External"].contains($0.text("type")) }
    if low == 0, !canWake {
      errors.append(
        .forbidden(
          path.child("metrics"),
          "must specify at least one Object or External metric to support scaling to zero "
            + "replicas"))
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
    guard needsGroup else { return errors }
    let version = target.text("apiVersion")
    let isCore = ["ReplicationController"].contains(target.text("kind"))
    if version.isEmpty || GroupVersion(apiVersion: version).group.isEmpty && !isCore {
      errors.append(
        .invalid(
          path.child("apiVersion"), .string(version), "apiVersion must specify API group"))
    }
    return errors
  }

  private static let sources = [
    ("Object", "object"), ("Pods", "pods"), ("Resource", "resource"),
    ("ContainerResource", "containerResource"), ("External", "external"),
  ]

  private static func validate(metric: Value, _ path: FieldPath) -> [FieldError] {
    let type = metric.text("type")
    if type.isEmpty {
      return [.required(path.child("type"), "must specify a metric source type")]
    }
    guard let own = sources.first(where: { $0.0 == type })?.1 else {
      // Upstream says it twice: the type is checked, and then finds no source.
      let error = Checks.oneOf(
        metric, "type", ["ContainerResource", "External", "Object", "Pods", "Resource"], path)
      return error + error
    }
    var errors: [FieldError] = []
    for (_, other) in sources where other != own && metric.has(other) {
      errors.append(
        .forbidden(path.child(other), "must populate the given metric source only"))
    }
    guard let source = metric[own], !source.isNull else {
      return errors + [
        .required(
          path.child(own), "must populate information for the given metric source")
      ]
    }
    return errors + validate(source: source, own, path.child(own))
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
      if kind == "containerResource", source.text("container").isEmpty {
        errors.append(.required(path.child("container"), "must specify a container"))
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
    if let share = target["averageUtilization"]?.int, share < 1 {
      errors.append(
        .invalid(path.child("averageUtilization"), .int(share), "must be greater than 0"))
    }
    for field in ["value", "averageValue"] {
      guard let amount = target[field], !amount.isNull else { continue }
      let quantity = ResourceValidation.quantity(amount)
      if quantity.sign != 1 {
        errors.append(
          .invalid(path.child(field), .string(quantity.description), "must be positive"))
      }
    }
    return errors
  }
}
