package import Documents

extension Value {
  /// A label selector as Go's generated String() has it, its keys in order.
  package var printedSelector: String {
    guard !isNull else { return "nil" }
    let labels = members("matchLabels")
      .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      .map { "\($0.key): \($0.value.string ?? "")," }
    let expressions = items("matchExpressions").map { item in
      "LabelSelectorRequirement{Key:\(item.text("key")),Operator:\(item.text("operator")),"
        + "Values:[\(item.texts("values").joined(separator: " "))],},"
    }
    return "&LabelSelector{MatchLabels:map[string]string{\(labels.joined())},"
      + "MatchExpressions:[]LabelSelectorRequirement{\(expressions.joined())},}"
  }
}
