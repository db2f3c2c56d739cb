import CEL
import Documents
import KubeObjects

/// Changes objects as MutatingAdmissionPolicies say.
struct MutatingAdmissionPolicies: MutatingAdmissionPlugin {
  var name: String { "MutatingAdmissionPolicy" }

  func handles(_ operation: AdmissionAttributes.Operation) -> Bool {
    operation == .create || operation == .update
  }

  func admit(
    _ attributes: inout AdmissionAttributes, _ objects: any ObjectAccess
  ) throws(StatusError) {
    let runs = PolicySelection(kind: "Mutating", attributes: attributes, objects: objects).runs
    for (first, problem) in runs {
      // Each policy sees what those before it made.
      let run = PolicyRun(
        policy: first.policy, binding: first.binding, parameters: first.given,
        attributes: attributes, objects: objects, isMutating: true)
      let (isMatch, failure) = run.holds()
      guard isMatch else { continue }
      var why = problem ?? failure
      if why == nil {
        do throws(PatchFailure) {
          attributes.object = try Self.mutated(run, attributes)
        } catch {
          why = error.message
        }
      }
      if let why, !run.isIgnoringFailures {
        throw attributes.forbidden(run.refusal(why, kind: "MutatingAdmissionPolicy"))
      }
    }
  }

  private static func mutated(
    _ run: PolicyRun, _ attributes: AdmissionAttributes
  ) throws(PatchFailure) -> Value {
    var object = attributes.object
    for mutation in run.spec.items("mutations") {
      switch mutation.text("patchType") {
      case "JSONPatch":
        object = try patched(object, run, mutation["jsonPatch"]?.text("expression") ?? "")
      case "ApplyConfiguration":
        object = try applied(
          object, run, mutation["applyConfiguration"]?.text("expression") ?? "", attributes)
      default: break
      }
    }
    return object
  }

  private static func result(_ run: PolicyRun, _ text: String) throws(PatchFailure) -> Value {
    let result = run.evaluate(text)
    if case .failure(let why) = result {
      throw PatchFailure("expression '\(text)' resulted in error: \(why)")
    }
    guard let value = result.value else {
      throw PatchFailure("expression '\(text)' resulted in \(result.typeName)")
    }
    return value
  }

  private static func patched(
    _ object: Value, _ run: PolicyRun, _ text: String
  ) throws(PatchFailure) -> Value {
    try JSONPatch(try result(run, text)).apply(to: object)
  }

  private static func applied(
    _ object: Value, _ run: PolicyRun, _ text: String, _ attributes: AdmissionAttributes
  ) throws(PatchFailure) -> Value {
    let configuration = try result(run, text)
    let version = attributes.resource.groupVersion
    let type = Schema.builtin.index(version, kind: attributes.kind)
    guard let type else { return MergePatch.apply(configuration, to: object) }
    return try StrategicMergePatch.apply(
      configuration, to: object, schema: StructuralPatchSchema(type: type))
  }
}
