import Documents
import KubeObjects

extension CustomSchema {
  /// What allOf, anyOf, oneOf and not demand.
  func logicalErrors(_ value: Value, _ path: FieldPath?, isRoot: Bool) -> [FieldError] {
    let place = (path?.description ?? "").goQuoted
    func refused(_ detail: String) -> FieldError {
      FieldError(.invalid, "<nil>", badValue: "\"\"", "\(place) \(detail)")
    }
    func results(_ list: [CustomSchema]) -> [[FieldError]] {
      list.map { $0.errors(value, path, isRoot: isRoot) }
    }
    var errors: [FieldError] = []
    if !anyOf.isEmpty {
      let found = results(anyOf)
      if !found.contains(where: \.isEmpty) {
        errors.append(refused("must validate at least one schema (anyOf)"))
        errors += found.first ?? []
      }
    }
    if !oneOf.isEmpty {
      let found = results(oneOf)
      let count = found.filter(\.isEmpty).count
      if count != 1 {
        errors.append(
          refused(
            "must validate one and only one schema (oneOf). Found "
              + (count == 0 ? "none valid" : "\(count) valid alternatives")))
        if count == 0 { errors += found.first ?? [] }
      }
    }
    if !allOf.isEmpty {
      let found = results(allOf).filter { !$0.isEmpty }
      if !found.isEmpty {
        let isNone = found.count == allOf.count
        errors.append(
          refused("must validate all the schemas (allOf)" + (isNone ? ". None validated" : "")))
        errors += found.flatMap { $0 }
      }
    }
    if let negated, negated.errors(value, path, isRoot: isRoot).isEmpty {
      errors.append(refused("must not validate the schema (not)"))
    }
    return errors
  }

  /// Whether a number fits the format that it is declared with.
  func formatErrors(_ value: Value, _ number: Double, _ place: String) -> [FieldError] {
    guard format == "int32" || format == "int64", type == "integer" else { return [] }
    let refusal = FieldError(
      .invalid, "<nil>", badValue: "\"\"",
      "Checked value must be of type integer with format \(format) in \(place)")
    if case .double = value, number.magnitude >= 9.2e18 {
      let kind = FieldError(
        .typeInvalid, place, badValue: "\"float64\"",
        "\(place) in body must be of type \(format): \"float64\"")
      return [kind, refusal]
    }
    return format == "int32" && (number > 2_147_483_647 || number < -2_147_483_648)
      ? [refusal] : []
  }

  /// The elements that a set or a map has already.
  func duplicates(_ elements: [Value], _ path: FieldPath?) -> [FieldError] {
    guard listType == "set" || listType == "map" else { return [] }
    var seen: Set<Value> = []
    var errors: [FieldError] = []
    for (index, element) in elements.enumerated() {
      var identity = element
      if listType == "map" {
        identity = .emptyObject
        for key in mapKeys {
          if let part = element[key] { identity[key] = part }
        }
        // Keys are missing: that is told elsewhere.
        if identity == .emptyObject { continue }
      }
      if !seen.insert(identity).inserted {
        errors.append(.duplicate(path?.index(index) ?? FieldPath("[\(index)]"), identity))
      }
    }
    return errors
  }
}
