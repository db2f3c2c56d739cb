import Documents
import KubeObjects
import Simulation

/// What is told of a CustomResourceDefinition in its status: whether its names are free (upstream's
/// naming controller), its group approved (apiapproval) and its resource served (establishing).
struct DefinitionConditions {
  var definition: Value
  let now: Moment

  /// SetCRDCondition: a condition keeps its place, and its time while its status stays.
  mutating func set(_ type: String, _ isTrue: Bool, _ reason: String, _ message: String) {
    var conditions = definition["status"]?.items("conditions") ?? []
    let status = isTrue ? "True" : "False"
    var condition: Value = [
      "type": .string(type), "status": .string(status),
      "lastTransitionTime": .string(now.rfc3339), "reason": .string(reason),
      "message": .string(message),
    ]
    if let place = conditions.firstIndex(where: { $0.text("type") == type }) {
      let known = conditions[place]
      if known.text("status") == status, known.has("lastTransitionTime") {
        condition["lastTransitionTime"] = known["lastTransitionTime"]
      }
      conditions[place] = condition
    } else {
      conditions.append(condition)
    }
    definition["status"]?["conditions"] = .array(conditions)
  }

  func isTrue(_ type: String) -> Bool { definition.isConditionTrue(type) }
  private func has(_ type: String) -> Bool {
    definition["status"]?.items("conditions").contains { $0.text("type") == type } ?? false
  }

  /// Accepts the names that nobody of the group has; a name in conflict keeps what was accepted
  /// before. `resources` and `kinds` are those that all definitions of the group have now.
  mutating func judgeNames(resources: Set<String>, kinds: Set<String>) {
    let wanted = definition["spec"]?["names"] ?? .emptyObject
    var accepted = definition["status"]?["acceptedNames"] ?? .emptyObject
    if wanted == accepted { return }
    var conflict: (reason: String, message: String)?
    func refusal(_ name: String, _ own: String, _ used: Set<String>) -> String? {
      name != own && used.contains(name) ? "\(name.goQuoted) is already in use" : nil
    }
    func judge(_ field: String, _ reason: String, _ used: Set<String>) {
      if let message = refusal(wanted.text(field), accepted.text(field), used) {
        conflict = (reason, message)
      } else {
        accepted[field] = wanted[field]
      }
    }
    judge("plural", "PluralConflict", resources)
    judge("singular", "SingularConflict", resources)
    let own = Set(accepted.texts("shortNames"))
    let taken = wanted.texts("shortNames").filter { !own.contains($0) }
      .compactMap { refusal($0, "", resources) }
    if taken.isEmpty {
      accepted["shortNames"] = wanted["shortNames"]
    } else {
      conflict = ("ShortNamesConflict", FieldError.aggregate(taken))
    }
    judge("kind", "KindConflict", kinds)
    judge("listKind", "ListKindConflict", kinds)
    accepted["categories"] = wanted["categories"]
    definition["status"]?["acceptedNames"] = accepted
    set(
      "NamesAccepted", conflict == nil, conflict?.reason ?? "NoConflicts",
      conflict?.message ?? "no conflicts found")
    if isTrue("Established") { return }
    if conflict == nil {
      set("Established", false, "Installing", "the initial names have been accepted")
    } else if !has("Established") {
      set("Established", false, "NotAccepted", "not all names are accepted")
    }
  }

  mutating func judgeApproval() {
    guard DefinitionValidation.isProtected(definition["spec"]?.text("group") ?? "") else { return }
    let (approval, text) = DefinitionValidation.approval(definition)
    let rule = DefinitionValidation.approvalRule
    let verdict =
      switch approval {
      case .invalid: ("InvalidAnnotation", rule.invalid)
      case .missing: ("MissingAnnotation", rule.missing)
      case .approved: ("ApprovedAnnotation", "approved in \(text)")
      case .bypassed: ("UnapprovedAnnotation", "not approved: \(text.goQuoted)")
      }
    set("KubernetesAPIApprovalPolicyConformant", approval == .approved, verdict.0, verdict.1)
  }

  mutating func establish() {
    guard isTrue("NamesAccepted"), !isTrue("Established") else { return }
    set("Established", true, "InitialNamesAccepted", "the initial names have been accepted")
  }
}
