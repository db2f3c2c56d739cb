import Documents
import KubeObjects

/// A selector as Go's own printing has it, which one table shows.
enum GoSelector {
  static func text(_ selector: Value) -> String {
    let labels = (selector["matchLabels"]?.object ?? [:])
      .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      .map { "\($0.key): \($0.value.string ?? "")," }.joined()
    let expressions = selector.items("matchExpressions").map { requirement in
      "LabelSelectorRequirement{Key:\(requirement.text("key")),"
        + "Operator:\(requirement.text("operator")),"
        + "Values:[\(requirement.texts("values").joined(separator: " "))],},"
    }.joined()
    return "&LabelSelector{MatchLabels:map[string]string{\(labels)},"
      + "MatchExpressions:[]LabelSelectorRequirement{\(expressions)},}"
  }
}
