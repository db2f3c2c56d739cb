import Documents

/// Describes HorizontalPodAutoscalers.
struct HorizontalPodAutoscalerDescriber: Describer {
  func describe(_ given: Value, _ out: DescribeWriter, _ context: DescribeContext) async throws {
    // In whatever version it was asked for, the second is described.
    var second = context.resource
    second.version = "v2"
    let object =
      given["apiVersion"]?.string == "autoscaling/v2"
      ? given
      : try await context.get(
        second, namespace: DescribeText.namespace(given), name: DescribeText.name(given))
    let spec = object["spec"] ?? .emptyObject
    let status = object["status"] ?? .emptyObject
    let target = spec["scaleTargetRef"]
    DescribeText.head(object, out)
    out.field("CreationTimestamp", DescribeText.time(object[path: "metadata", "creationTimestamp"]))
    out.field("Reference", "\(target?["kind"]?.string ?? "")/\(target?["name"]?.string ?? "")")
    out.field("Metrics", "( current / target )")
    for (index, metric) in (spec["metrics"]?.array ?? []).enumerated() {
      self.metric(metric, status["currentMetrics"]?[index], target, out)
    }
    out.field("Min replicas", spec["minReplicas"].map(DescribeText.text) ?? "<unset>")
    out.field("Max replicas", "\(spec["maxReplicas"]?.int ?? 0)")
    if let behavior = spec["behavior"], behavior.object != nil {
      out.line(0, "Behavior:")
      scaling("Scale Up", behavior["scaleUp"], out)
      scaling("Scale Down", behavior["scaleDown"], out)
    }
    out.field(
      "\(target?["kind"]?.string ?? "") pods",
      "\(status["currentReplicas"]?.int ?? 0) current / \(status["desiredReplicas"]?.int ?? 0) "
        + "desired"
    )
    if let conditions = status["conditions"]?.array, !conditions.isEmpty {
      out.line(0, "Conditions:")
      out.line(1, "Type\tStatus\tReason\tMessage")
      out.line(1, "----\t------\t------\t-------")
      for item in conditions {
        out.line(
          1,
          "\(item["type"]?.string ?? "")\t\(item["status"]?.string ?? "")\t"
            + "\(item["reason"]?.string ?? "")\t\(item["message"]?.string ?? "")")
      }
    }
    await context.events(of: object, out)
  }

  private func metric(
    _ metric: Value, _ current: Value?, _ target: Value?, _ out: DescribeWriter
  ) {
    let type = metric["type"]?.string ?? ""
    let member = type.prefix(1).lowercased() + type.dropFirst()
    let wanted = metric[member]?["target"]
    let now = current?[member]?["current"]
    func value(_ name: String) -> String { now?[name].map(DescribeText.text) ?? "<unknown>" }
    switch type {
    case "Resource", "ContainerResource":
      let name = metric[member]?["name"]?.string ?? ""
      let place =
        type == "Resource"
        ? "on pods"
        : "of container \(Go.quoted(metric[member]?["container"]?.string ?? "")) on pods"
      if let average = wanted?["averageValue"] {
        out.field(
          1, "resource \(name) \(place)",
          "\(value("averageValue")) / \(DescribeText.text(average))")
      } else {
        let percent = now?["averageUtilization"]?.int.map {
          "\($0)% (\(value("averageValue")))"
        }
        let goal = wanted?["averageUtilization"]?.int.map { "\($0)%" } ?? "<auto>"
        out.field(
          1, "resource \(name) \(place)  (as a percentage of request)",
          "\(percent ?? "<unknown>") / \(goal)")
      }
    case "Pods":
      let name = metric[path: "pods", "metric", "name"]?.string ?? ""
      out.field(
        1, "\(Go.quoted(name)) on pods",
        "\(value("averageValue")) / \(DescribeText.text(wanted?["averageValue"]))")
    case "Object":
      let name = metric[path: "object", "metric", "name"]?.string ?? ""
      let object = metric[path: "object", "describedObject"]
      let average = wanted?["averageValue"]
      let goal = average ?? wanted?["value"]
      out.field(
        1,
        "\(Go.quoted(name)) on \(object?["kind"]?.string ?? "")/\(object?["name"]?.string ?? "")"
          + " (target \(average == nil ? "value" : "average value"))",
        "\(value(average == nil ? "value" : "averageValue")) / \(DescribeText.text(goal))")
    case "External":
      let name = metric[path: "external", "metric", "name"]?.string ?? ""
      let average = wanted?["averageValue"]
      out.field(
        1, "\(Go.quoted(name)) (target \(average == nil ? "value" : "average value"))",
        "\(value(average == nil ? "value" : "averageValue")) / "
          + DescribeText.text(average ?? wanted?["value"]))
    default: out.line(1, "<unknown metric type \(Go.quoted(type))>")
    }
  }

  private func scaling(_ title: String, _ rules: Value?, _ out: DescribeWriter) {
    guard let rules, rules.object != nil else { return }
    out.line(1, "\(title):")
    if let seconds = rules["stabilizationWindowSeconds"]?.int {
      out.line(2, "Stabilization Window: \(seconds) seconds")
    }
    if let policies = rules["policies"]?.array, !policies.isEmpty {
      out.line(2, "Select Policy: \(rules["selectPolicy"]?.string ?? "Max")")
      out.line(2, "Policies:")
      for policy in policies {
        out.line(
          3,
          "- Type: \(policy["type"]?.string ?? "")\tValue: \(policy["value"]?.int ?? 0)\tPeriod: "
            + "\(policy["periodSeconds"]?.int ?? 0) seconds")
      }
    }
  }
}
