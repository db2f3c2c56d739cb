package import Documents

/// A condition on a node's labels or fields: one term's worth of a NodeSelector, read once.
package struct NodeSelectorTerm: Sendable {
  package struct Requirement: Sendable {
    package enum Operator: String, Sendable {
      case isIn = "In"
      case notIn = "NotIn"
      case exists = "Exists"
      case doesNotExist = "DoesNotExist"
      case greater = "Gt"
      case less = "Lt"
    }
    package var key: String
    package var comparison: Operator
    package var values: [String]

    package init?(_ value: Value) {
      guard let key = value["key"]?.string,
        let comparison = Operator(rawValue: value["operator"]?.string ?? "")
      else { return nil }
      self.key = key
      self.comparison = comparison
      values = value["values"]?.array?.compactMap(\.string) ?? []
    }

    package func matches(_ present: String?) -> Bool {
      switch comparison {
      case .isIn: present.map(values.contains) ?? false
      case .notIn: present.map { !values.contains($0) } ?? true
      case .exists: present != nil
      case .doesNotExist: present == nil
      case .greater, .less: compare(present)
      }
    }

    private func compare(_ present: String?) -> Bool {
      guard let present, let own = Int64(present), values.count == 1,
        let bound = Int64(values[0])
      else { return false }
      return comparison == .greater ? own > bound : own < bound
    }
  }

  package var expressions: [Requirement]
  package var fields: [Requirement]
  /// A term with an unreadable requirement, or with none at all, matches no node.
  private var isVoid: Bool

  package init(_ value: Value) {
    let expressionValues = value["matchExpressions"]?.array ?? []
    let fieldValues = value["matchFields"]?.array ?? []
    expressions = expressionValues.compactMap(Requirement.init)
    fields = fieldValues.compactMap(Requirement.init)
    isVoid =
      expressionValues.isEmpty && fieldValues.isEmpty
      || expressions.count < expressionValues.count || fields.count < fieldValues.count
  }

  package func matches(labels: Mapping, name: String) -> Bool {
    guard !isVoid else { return false }
    for requirement in expressions
    where !requirement.matches(labels[requirement.key]?.string) {
      return false
    }
    for requirement in fields {
      guard requirement.key == "metadata.name", requirement.matches(name) else { return false }
    }
    return true
  }
}

/// Alternatives of terms: a node is chosen when any of them matches.
package struct NodeSelector: Sendable {
  package var terms: [NodeSelectorTerm]

  package init?(_ value: Value?) {
    guard let value, case .array(let terms)? = value["nodeSelectorTerms"] else { return nil }
    self.terms = terms.map(NodeSelectorTerm.init)
  }

  package func matches(labels: Mapping, name: String) -> Bool {
    terms.contains { $0.matches(labels: labels, name: name) }
  }
}
