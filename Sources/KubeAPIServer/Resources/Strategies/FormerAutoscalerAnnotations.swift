import Documents
import KubeObjects

/// What autoscaling/v1 has no field for, kept in annotations of its objects.
enum FormerAutoscalerAnnotations {
  private static let prefix = "autoscaling.alpha.kubernetes.io/"
  private static let kinds = ["resource", "containerResource", "pods", "object", "external"]

  static func write(_ object: inout Value) {
    let spec = object["spec"] ?? [:]
    let others = spec.items("metrics").filter { !isProcessor($0) }
    var notes: [(String, String)] = []
    if !others.isEmpty { notes.append(("metrics", list(others.map(metric)))) }
    if let behavior = spec["behavior"], !behavior.isNull {
      notes.append(("behavior", text(behavior, ["scaleUp", "scaleDown"])))
    }
    let conditions = object["status"]?.items("conditions") ?? []
    if !conditions.isEmpty {
      notes.append(
        (
          "conditions",
          list(
            conditions.map {
              text($0, ["type", "status", "lastTransitionTime", "reason", "message"])
            })
        ))
    }
    guard !notes.isEmpty else { return }
    object["metadata"]?.fillAbsent("annotations", [:])
    for (name, text) in notes {
      object["metadata"]?["annotations"]?[prefix + name] = .string(text)
    }
  }

  /// Takes the annotations off and returns the metrics that they told of.
  static func take(_ object: inout Value) -> [Value] {
    guard let annotations = object["metadata"]?["annotations"]?.object else { return [] }
    var others: [Value] = []
    for (name, value) in annotations where name.hasPrefix(prefix) {
      guard let told = value.string.flatMap({ try? JSON.parse($0) }) else { continue }
      switch name.dropFirst(prefix.utf8.count) {
      case "metrics": others = (told.array ?? []).map(newer)
      case "behavior": object["spec"]?["behavior"] = told
      case "conditions": object["status"]?["conditions"] = told
      case "current-metrics": break
      default: continue
      }
      object["metadata"]?["annotations"]?[name] = nil
    }
    if object["metadata"]?["annotations"]?.object?.isEmpty ?? false {
      object["metadata"]?["annotations"] = nil
    }
    return others
  }

  private static func isProcessor(_ metric: Value) -> Bool {
    metric.text("type") == "Resource" && metric["resource"]?.text("name") == "cpu"
      && metric["resource"]?["target"]?["averageUtilization"] != nil
  }

  private static func list(_ texts: [String]) -> String {
    "[" + texts.joined(separator: ",") + "]"
  }

  /// An object's text with its members in the order of Go's structure.
  private static func text(_ object: Value, _ names: [String]) -> String {
    let members = names.compactMap { name in
      object[name].map { "\(JSON.text(.string(name))):\(JSON.text($0))" }
    }
    return "{" + members.joined(separator: ",") + "}"
  }

  private static func metric(_ metric: Value) -> String {
    var text = "{\"type\":" + JSON.text(metric["type"] ?? "")
    for kind in kinds {
      guard let source = metric[kind], !source.isNull else { continue }
      text += ",\"\(kind)\":" + self.text(older(source, kind), order)
    }
    return text + "}"
  }

  private static let order = [
    "target", "name", "metricName", "targetValue", "targetAverageUtilization",
    "targetAverageValue", "selector", "metricSelector", "averageValue", "container",
  ]

  private static func older(_ source: Value, _ kind: String) -> Value {
    let target = source["target"] ?? [:]
    let isNamed = kind == "resource" || kind == "containerResource"
    var out: Value = [:]
    out[isNamed ? "name" : "metricName"] = isNamed ? source["name"] : source["metric"]?["name"]
    out["container"] = source["container"]
    out["targetAverageUtilization"] = target["averageUtilization"]
    out[kind == "object" ? "averageValue" : "targetAverageValue"] = target["averageValue"]
    out["targetValue"] = target["value"]
    out["target"] = source["describedObject"]
    out[kind == "external" ? "metricSelector" : "selector"] = source["metric"]?["selector"]
    return out
  }

  private static func newer(_ metric: Value) -> Value {
    var out: Value = ["type": metric["type"] ?? ""]
    for kind in kinds {
      guard let source = metric[kind], !source.isNull else { continue }
      var target: Value = [:]
      target["averageUtilization"] = source["targetAverageUtilization"]
      target["averageValue"] = source["targetAverageValue"] ?? source["averageValue"]
      target["value"] = source["targetValue"]
      target["type"] =
        target["averageUtilization"] != nil
        ? "Utilization" : target["averageValue"] != nil ? "AverageValue" : "Value"
      var new: Value = ["target": target]
      new["container"] = source["container"]
      new["describedObject"] = source["target"]
      if let name = source["metricName"] {
        new["metric"] = ["name": name]
        new["metric"]?["selector"] = source["selector"] ?? source["metricSelector"]
      } else {
        new["name"] = source["name"]
      }
      out[kind] = new
    }
    return out
  }
}
