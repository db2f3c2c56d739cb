package import Documents

/// Which labels an object must have to be selected.
package struct LabelSelector: Hashable, Sendable {
  /// All of them must hold; none selects everything.
  package var requirements: [LabelRequirement]
  /// A null selector selects nothing.
  package var selectsNothing = false

  package init(_ requirements: [LabelRequirement]) { self.requirements = requirements }

  package static let everything = LabelSelector([])
  package static let nothing: LabelSelector = {
    var selector = LabelSelector([])
    selector.selectsNothing = true
    return selector
  }()

  /// Reads a selector object with matchLabels and matchExpressions: null selects nothing, an empty
  /// one everything; requirements that make no sense are errors.
  package init(object: Value?) throws(LabelSelectorError) {
    guard let object, !object.isNull else {
      self = .nothing
      return
    }
    var found: [LabelRequirement] = []
    for (key, value) in object["matchLabels"]?.object ?? [:] {
      found.append(try LabelRequirement(checked: key, .equals, [value.string ?? ""]))
    }
    for expression in object["matchExpressions"]?.array ?? [] {
      let name = expression["operator"]?.string ?? ""
      guard let comparison = LabelRequirement.Operator(expression: name) else {
        throw LabelSelectorError("\(name.goQuoted) is not a valid label selector operator")
      }
      found.append(
        try LabelRequirement(
          checked: expression["key"]?.string ?? "", comparison,
          (expression["values"]?.array ?? []).compactMap(\.string)))
    }
    // Sorted by key, as upstream's selectors are, so that printed forms agree.
    requirements = found.enumerated().sorted {
      $0.element.key == $1.element.key
        ? $0.offset < $1.offset : $0.element.key < $1.element.key
    }.map(\.element)
  }

  /// Requires each of the labels to be exactly so: the map form, as Services have it.
  package init(labels: Value?) {
    requirements = (labels?.object ?? [:]).map {
      LabelRequirement(key: $0.key, operator: .equals, values: [$0.value.string ?? ""])
    }
  }

  package var isEmpty: Bool { requirements.isEmpty && !selectsNothing }

  /// Whether an object with `labels` (its metadata.labels) is selected.
  package func matches(_ labels: Value?) -> Bool {
    if selectsNothing { return false }
    return requirements.allSatisfy { $0.matches(labels?[$0.key]?.string) }
  }
}

extension LabelSelector: CustomStringConvertible {
  /// The text form that the string parser reads back.
  package var description: String {
    requirements.map(\.description).joined(separator: ",")
  }
}

/// Why a label selector could not be read, in upstream's words.
package struct LabelSelectorError: Error, Hashable, Sendable, CustomStringConvertible {
  package var message: String
  package init(_ message: String) { self.message = message }
  package var description: String { message }
}
