import Documents
import KubeObjects

/// The targets of a HorizontalPodAutoscaler beside their present values, as its table shows them.
enum ScalingTargets {
  static func text(_ metrics: [Value], _ current: [Value]) -> String {
    if metrics.isEmpty { return "<none>" }
    let shown = metrics.prefix(2).enumerated().map { index, metric in
      text(metric, index < current.count ? current[index] : [:])
    }
    let list = shown.joined(separator: ", ")
    return metrics.count > 2 ? "\(list) + \(metrics.count - 2) more..." : list
  }

  private static func text(_ metric: Value, _ now: Value) -> String {
    switch metric.text("type") {
    case "Resource": return resource(metric["resource"], now["resource"])
    case "ContainerResource":
      return resource(metric["containerResource"], now["containerResource"])
    case "Pods":
      let target = metric["pods"]?["target"]?.text("averageValue") ?? ""
      return "\(present(now["pods"], "averageValue"))/\(target)"
    case "Object", "External":
      let kind = metric.text("type") == "Object" ? "object" : "external"
      let target = metric[kind]?["target"] ?? [:]
      if target.has("averageValue") {
        return "\(present(now[kind], "averageValue"))/\(target.text("averageValue")) (avg)"
      }
      return "\(present(now[kind], "value"))/\(target.text("value"))"
    default: return "<unknown type>"
    }
  }

  private static func resource(_ metric: Value?, _ now: Value?) -> String {
    let name = metric?.text("name") ?? ""
    let target = metric?["target"] ?? [:]
    if target.has("averageValue") {
      return "\(name): \(present(now, "averageValue"))/\(target.text("averageValue"))"
    }
    let goal = target["averageUtilization"]?.int.map { "\($0)%" } ?? "<auto>"
    let value = now?["current"]?["averageUtilization"]?.int.map { "\($0)%" } ?? "<unknown>"
    return "\(name): \(value)/\(goal)"
  }

  private static func present(_ metric: Value?, _ field: String) -> String {
    let text = metric?["current"]?.text(field) ?? ""
    return text.isEmpty ? "<unknown>" : text
  }
}
