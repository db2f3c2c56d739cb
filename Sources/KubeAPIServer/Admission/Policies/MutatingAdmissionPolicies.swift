import CEL
import Documents
import KubeObjects

/// Changes objects as MutatingAdmissionPolicies say.
struct MutatingAdmissionPolicies: MutatingAdmissionPlugin {
  var name: String { "MutatingAdmissionPolicy" }

  func handles(_ operation: AdmissionAttributes.Operation) -> Bool { true }

  private enum Failure: Error {
    /// Of the policy: it counts by the failure policy.
    case policy(String)
    /// Of the result: the request fails with it.
    case status(StatusError)
  }

  func admit(
    _ attributes: inout AdmissionAttributes, _ objects: any ObjectAccess
  ) throws(StatusError) {
    let selection = PolicySelection(kind: "Mutating", attributes: attributes, objects: objects)
    let invocations = selection.invocations
    guard !invocations.isEmpty else { return }
    attributes.reinvocation.enter(name, attributes.object)
    defer { attributes.reinvocation.leave(name, attributes.object) }
    // What keeps a policy from being asked is told before what happens when they are.
    var refusals: [(invocation: PolicyInvocation, why: String, isConfiguration: Bool)] = []
    for invocation in invocations {
      if let problem = invocation.problem { refusals.append((invocation, problem, true)) }
    }
    for invocation in invocations where invocation.problem == nil {
      for why in try run(invocation, &attributes, objects) {
        refusals.append((invocation, why, false))
      }
    }
    let counted = refusals.filter { !$0.invocation.isIgnoringFailures }
    if let first = counted.first {
      throw Self.refusal(
        counted.map { Self.text($0.invocation, $0.why) },
        isConfiguration: first.isConfiguration, attributes)
    }
  }

  private static func text(_ invocation: PolicyInvocation, _ why: String) -> String {
    guard let binding = invocation.binding else {
      return "policy \(invocation.policy.name.goQuoted) denied request: \(why)"
    }
    return "policy '\(invocation.policy.name)' with binding '\(binding.name)' denied request: "
      + why
  }

  private static func refusal(
    _ messages: [String], isConfiguration: Bool, _ attributes: AdmissionAttributes
  ) -> StatusError {
    var error = attributes.forbidden("")
    error.message = messages.first ?? ""
    if !isConfiguration { error.reason = "Invalid" }
    error.details?.causes = messages.map {
      StatusError.Cause(reason: "", message: $0, field: "")
    }
    return error
  }

  /// Makes the changes of one policy; returns what failed.
  private func run(
    _ invocation: PolicyInvocation, _ attributes: inout AdmissionAttributes,
    _ objects: any ObjectAccess
  ) throws(StatusError) -> [String] {
    let (isMatch, problem) = PolicyRun(invocation, attributes, objects, isMutation: true)
      .holds(
        invocation.spec.items("matchConditions"),
        isIgnoringFailures: invocation.isIgnoringFailures)
    guard isMatch else { return [] }
    if let problem { return [problem] }
    guard !attributes.object.isNull, !attributes.reinvocation.skips(name, invocation.key) else {
      return []
    }
    let before = attributes.object
    var failures: [String] = []
    for mutation in invocation.spec.items("mutations") {
      do throws(Failure) {
        attributes.object = try Self.changed(mutation, invocation, attributes, objects)
      } catch {
        switch error {
        case .policy(let why): failures.append(why)
        case .status(let error): throw error
        }
      }
    }
    attributes.reinvocation.note(
      name, invocation.key, changed: attributes.object != before,
      mayRunAgain: invocation.spec.text("reinvocationPolicy") == "IfNeeded")
    return failures
  }

  /// The object after one mutation; each sees what those before it made.
  private static func changed(
    _ mutation: Value, _ invocation: PolicyInvocation, _ attributes: AdmissionAttributes,
    _ objects: any ObjectAccess
  ) throws(Failure) -> Value {
    let version = invocation.matched
    let isPatch = mutation.text("patchType") == "JSONPatch"
    let text =
      mutation[isPatch ? "jsonPatch" : "applyConfiguration"]?.text("expression") ?? ""
    let result = PolicyRun(invocation, attributes, objects, isMutation: true).evaluate(text)
    if case .failure(let why) = result { throw .policy(PolicyRun.failed(text, why)) }
    let view = AdmissionView(attributes, as: version, objects)
    var object = view.object
    do throws(PatchFailure) {
      guard let value = result.value else {
        throw PatchFailure("expression '\(text)' resulted in \(result.typeName)")
      }
      if isPatch {
        try checkValueTypes(result)
        guard let patched = try Self.patched(object, value) else { return attributes.object }
        object = patched
      } else {
        try checkTypes(result, "Object")
        object = try objects.merged(value, into: object, of: attributes, in: version)
      }
    } catch {
      throw .policy(error.message)
    }
    do throws(StatusError) {
      return try objects.reread(object, of: attributes, in: version, isStrict: isPatch)
    } catch {
      throw .status(error)
    }
  }

  /// Nil when a test of the patch does not hold: then nothing is changed.
  private static func patched(_ object: Value, _ patch: Value) throws(PatchFailure) -> Value? {
    do throws(PatchFailure) {
      return try JSONPatch(patch).apply(to: object)
    } catch {
      if error.message.hasSuffix(": test failed") { return nil }
      throw PatchFailure("JSON Patch: \(error.message)")
    }
  }

  private static func checkValueTypes(_ patch: Datum) throws(PatchFailure) {
    guard case .list(let operations) = patch else { return }
    for case .map(let operation) in operations.elements {
      guard case .map(let value)? = operation["value"], !value.structure.isEmpty else { continue }
      try checkTypes(.map(value), value.structure)
    }
  }

  /// A structure is named after the fields that lead to it (CheckTypeNamesMatchFieldPathNames).
  private static func checkTypes(_ datum: Datum, _ root: String) throws(PatchFailure) {
    var problems: [String] = []
    collect(datum, root, &problems)
    if !problems.isEmpty {
      throw PatchFailure("type mismatch: " + problems.joined(separator: "\n"))
    }
  }

  private static func collect(_ datum: Datum, _ path: String, _ problems: inout [String]) {
    switch datum {
    case .list(let list):
      for element in list.elements { collect(element, path, &problems) }
    case .map(let map):
      let isStructure = !map.structure.isEmpty
      if isStructure, map.structure != path {
        problems.append(
          "unexpected type name \(map.structure.goQuoted), expected \(path.goQuoted), which "
            + "matches field name path from root Object type")
      }
      for key in map.keys {
        guard let value = map[key] else { continue }
        collect(value, isStructure ? "\(path).\(key.string ?? "")" : path, &problems)
      }
    default: break
    }
  }
}
