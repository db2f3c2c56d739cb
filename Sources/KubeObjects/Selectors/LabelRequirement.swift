/// One condition of a label selector.
package struct LabelRequirement: Hashable, Sendable {
  package enum Operator: Hashable, Sendable {
    case `in`, notIn, equals, doubleEquals, notEquals, exists, doesNotExist, greaterThan, lessThan

    /// The spelling of matchExpressions; node selectors know Gt and Lt too, labels do not.
    package init?(expression: String) {
      switch expression {
      case "In": self = .in
      case "NotIn": self = .notIn
      case "Exists": self = .exists
      case "DoesNotExist": self = .doesNotExist
      default: return nil
      }
    }
  }

  package var key: String
  package var `operator`: Operator
  /// Sorted, each once.
  package var values: [String]

  package init(key: String, operator comparison: Operator, values: [String] = []) {
    self.key = key
    self.operator = comparison
    self.values = values.count > 1 ? Set(values).sorted() : values
  }

  /// As upstream's NewRequirement: refuses what could never be meant.
  package init(
    checked key: String, _ comparison: Operator, _ values: [String]
  ) throws(LabelSelectorError) {
    self.init(key: key, operator: comparison, values: values)
    var problems: [String] = []
    if let problem = Self.problem(ofKey: key) { problems.append(problem) }
    let printed = "[" + self.values.map(\.goJSON).joined(separator: ",") + "]"
    func refuse(_ detail: String) {
      problems.append("values: Invalid value: \(printed): \(detail)")
    }
    switch comparison {
    case .in, .notIn:
      if values.isEmpty { refuse("for 'in', 'notin' operators, values set can't be empty") }
    case .equals, .doubleEquals, .notEquals:
      if self.values.count != 1 { refuse("exact-match compatibility requires one single value") }
    case .exists, .doesNotExist:
      if !values.isEmpty { refuse("values set must be empty for exists and does not exist") }
    case .greaterThan, .lessThan:
      if self.values.count != 1 {
        refuse("for 'Gt', 'Lt' operators, exactly one value is required")
      }
      for (index, value) in self.values.enumerated() where Int64(value) == nil {
        problems.append(
          "values[\(index)]: Invalid value: \(value.goQuoted): "
            + "for 'Gt', 'Lt' operators, the value must be an integer")
      }
    }
    for (index, value) in self.values.enumerated() {
      let wrong = NameRule.labelValue.problems(value)
      if !wrong.isEmpty {
        problems.append(
          "values[\(index)][\(key)]: Invalid value: \(value.goQuoted): "
            + wrong.joined(separator: "; "))
      }
    }
    if !problems.isEmpty { throw LabelSelectorError(FieldError.aggregate(problems)) }
  }

  // Upstream has no path for a key in a text, and prints that as <nil>.
  static func problem(ofKey key: String) -> String? {
    let wrong = NameRule.qualifiedName.problems(key)
    guard !wrong.isEmpty else { return nil }
    return "<nil>: Invalid value: \(key.goQuoted): " + wrong.joined(separator: "; ")
  }

  /// Whether a label with that value, or none, will do.
  package func matches(_ value: String?) -> Bool {
    switch `operator` {
    case .in, .equals, .doubleEquals: value.map { values.contains($0) } ?? false
    case .notIn, .notEquals: value.map { !values.contains($0) } ?? true
    case .exists: value != nil
    case .doesNotExist: value == nil
    case .greaterThan, .lessThan: matches(number: value)
    }
  }

  private func matches(number value: String?) -> Bool {
    guard let own = value.flatMap({ Int64($0) }), let bound = values.first.flatMap({ Int64($0) })
    else { return false }
    return `operator` == .greaterThan ? own > bound : own < bound
  }
}

extension LabelRequirement: CustomStringConvertible {
  package var description: String {
    let list = values.joined(separator: ",")
    return switch `operator` {
    case .in: "\(key) in (\(list))"
    case .notIn: "\(key) notin (\(list))"
    case .equals: "\(key)=\(list)"
    case .doubleEquals: "\(key)==\(list)"
    case .notEquals: "\(key)!=\(list)"
    case .exists: key
    case .doesNotExist: "!\(key)"
    case .greaterThan: "\(key)>\(list)"
    case .lessThan: "\(key)<\(list)"
    }
  }
}
