import CEL
import Documents
import KubeObjects

/// The rules of a schema, at the places of its tree where they are.
final class CustomRules: Sendable {
  /// What the rules refuse, and what they would if the value had not been so before.
  struct Verdict {
    var errors: [FieldError] = []
    var tolerated: [FieldError] = []
  }

  /// What the value at a place was.
  private struct Before {
    var old: Value?
    /// nil: nothing is tolerated. Else whether the value, or what is known of it, did not change.
    var isUnchanged: Bool?

    func below(_ old: Value?, _ value: Value) -> Before {
      Before(old: old, isUnchanged: isUnchanged.map { known in old.map { $0 == value } ?? known })
    }
  }

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
      return try? ValidationRule(rule, of: schema, types)
    }
    members = schema.names.compactMap { name in
      schema.properties[name].flatMap { CustomRules($0, isResource: false) }.map { (name, $0) }
    }
    items = schema.items.flatMap { CustomRules($0, isResource: false) }
    additional = schema.additional.flatMap { CustomRules($0, isResource: false) }
    if rules.isEmpty, members.isEmpty, items == nil, additional == nil { return nil }
  }

  /// `old` is what the value was. With `ratchets`, what breaks a rule as it did before is tolerated.
  func judge(
    _ value: Value, old: Value?, _ path: FieldPath?, ratchets: Bool = false
  ) -> Verdict {
    var verdict = Verdict()
    let isUnchanged = ratchets ? old.map { $0 == value } ?? false : nil
    judge(value, Before(old: old, isUnchanged: isUnchanged), path, &verdict)
    return verdict
  }

  private func judge(
    _ value: Value, _ before: Before, _ path: FieldPath?, _ verdict: inout Verdict
  ) {
    if !rules.isEmpty, !value.isNull { judge(here: value, before, path, &verdict) }
    switch value {
    case .object(let object):
      let old = schema.isAtomicMap ? nil : before.old
      for (name, rules) in members {
        guard let member = object[name] else { continue }
        rules.judge(
          member, before.below(old?[name], member), path?.child(name) ?? FieldPath(name), &verdict)
      }
      guard let additional else { break }
      for (name, member) in object where schema.properties[name] == nil {
        additional.judge(
          member, before.below(old?[name], member), path?.key(name) ?? FieldPath(name), &verdict)
      }
    case .array(let elements):
      guard let items else { break }
      let old = KeyedElements(before.old, of: schema)
      for (index, element) in elements.enumerated() {
        items.judge(element, before.below(old[element], element), path?.index(index), &verdict)
      }
    default: break
    }
  }

  private func judge(
    here value: Value, _ before: Before, _ path: FieldPath?, _ verdict: inout Verdict
  ) {
    let new = Datum(value, schema, isResource: isResource)
    let old = before.old.flatMap { $0.isNull ? nil : Datum($0, schema, isResource: isResource) }
    let type = schema.isIntOrString ? "" : schema.type
    for rule in rules {
      switch rule.judge(new, old: old, path, value, type: type) {
      case .kept: break
      case .broken(let error) where !rule.isTransition && before.isUnchanged == true:
        verdict.tolerated.append(error)
      case .broken(let error), .failed(let error): verdict.errors.append(error)
      }
    }
  }
}
