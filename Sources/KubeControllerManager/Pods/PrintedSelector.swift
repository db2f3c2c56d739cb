import Documents
import KubeObjects

extension Value {
  /// A label selector as Go's generated String() has it.
  var printedSelector: String {
    guard !isNull else { return "nil" }
    let labels = members("matchLabels").map { "\($0.key): \($0.value.string ?? "")," }
    let expressions = items("matchExpressions").map { item in
      "LabelSelectorRequirement{Key:\(item.text("key")),Operator:\(item.text("operator")),"
        + "Values:[\(item.texts("values").joined(separator: " "))],},"
    }
    return "&LabelSelector{MatchLabels:map[string]string{\(labels.joined())},"
      + "MatchExpressions:[]LabelSelectorRequirement{\(expressions.joined())},}"
  }
}
