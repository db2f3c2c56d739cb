import CEL
import Documents
import KubeObjects

/// The rules of a schema, at the places of its tree where they are.
final class CustomRules: Sendable {
  private let schema: CustomSchema
  private let rules: [ValidationRule]
  private let members: [(name: String, rules: CustomRules)]
  private let items: CustomRules?
  private let additional: CustomRules?
  private let isResource: Bool

  /// nil where there are no rules here and below.
  init?(_ schema: CustomSchema, isResource: Bool) {
    self.schema = schema
    self.isResource = isResource
    let declared = schema.demands["x-kubernetes-validations"]?.array ?? []
    let types = declared.isEmpty ? nil : ExpressionTypes(schema, isResource: isResource)
    rules = declared.compactMap { rule in
      guard let types else { return nil }
      return try? ValidationRule(rule, types)
    }
    members = schema.names.compactMap { name in
      schema.properties[name].flatMap { CustomRules($0, isResource: false) }.map { (name, $0) }
    }
    items = schema.items.flatMap { CustomRules($0, isResource: false) }
    additional = schema.additional.flatMap { CustomRules($0, isResource: false) }
    if rules.isEmpty, members.isEmpty, items == nil, additional == nil { return nil }
  }

  /// What the rules refuse; `old` is what the value was, where it can be told.
  func errors(_ value: Value, old: Value?, _ path: FieldPath?) -> [FieldError] {
    var errors: [FieldError] = []
    // What did not change may stay as it is.
    let isUnchanged = old == value
    if !rules.isEmpty, !value.isNull, !isUnchanged || rules.contains(where: \.isTransition) {
      let new = Datum(value, schema, isResource: isResource)
      let before = old.map { Datum($0, schema, isResource: isResource) }
      let type = schema.isIntOrString ? "" : schema.type
      for rule in rules where !isUnchanged || rule.isTransition {
        if let error = rule.error(new, old: before, path, type: type) {
          errors.append(error)
        }
      }
      if isUnchanged { errors = [] }
    }
    switch value {
    case .object(let object): errors += below(object, old, path)
    case .array(let elements):
      guard let items else { break }
      for (index, element) in elements.enumerated() {
        errors += items.errors(element, old: match(element, old), path?.index(index))
      }
    default: break
    }
    return errors
  }

  private func below(_ object: Mapping, _ old: Value?, _ path: FieldPath?) -> [FieldError] {
    var errors: [FieldError] = []
    for (name, rules) in members {
      guard let value = object[name] else { continue }
      errors += rules.errors(value, old: old?[name], path?.child(name) ?? FieldPath(name))
    }
    if let additional {
      for (name, value) in object where schema.properties[name] == nil {
        errors += additional.errors(
          value, old: old?[name], path?.key(name) ?? FieldPath(name))
      }
    }
    return errors
  }

  /// The old element with the same keys, in lists that have keys.
  private func match(_ element: Value, _ old: Value?) -> Value? {
    guard schema.listType == "map", let elements = old?.array else { return nil }
    return elements.first { one in schema.mapKeys.allSatisfy { one[$0] == element[$0] } }
  }
}
