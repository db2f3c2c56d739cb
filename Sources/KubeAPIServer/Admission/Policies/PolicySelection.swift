import Documents
import KubeObjects

/// A policy with one of its bindings and one of its parameters, about a request.
struct PolicyInvocation {
  let policy: Value
  /// Nil where the policy itself is at fault.
  var binding: Value?
  var parameters: Value?
  /// The version that the policy sees the request in.
  let matched: GroupVersionResource
  /// Why it cannot be run.
  var problem: String?

  var spec: Value { policy["spec"] ?? [:] }
  var isIgnoringFailures: Bool { spec.text("failurePolicy") == "Ignore" }

  /// Tells it apart from others of the same request.
  var key: String {
    [policy.name, binding?.name ?? "", parameters?.namespace ?? "", parameters?.name ?? ""]
      .joined(separator: "/")
  }
}

/// Finds the policies of a kind that are about a request, with their bindings and parameters
/// (policyDispatcher.Dispatch).
struct PolicySelection {
  let kind: String
  let attributes: AdmissionAttributes
  let objects: any ObjectAccess

  private func list(_ suffix: String) -> [Value] {
    objects.list(
      GroupVersionResource(
        "admissionregistration.k8s.io", "v1", "\(kind.lowercased())\(suffix)"), namespace: "")
  }

  var invocations: [PolicyInvocation] {
    // Policies do not judge what could lock everybody out.
    guard attributes.resource.group != "admissionregistration.k8s.io" else { return [] }
    let policies = list("admissionpolicies")
    guard !policies.isEmpty else { return [] }
    let bindings = list("admissionpolicybindings")
    let matching = RequestMatching(attributes: attributes, objects: objects)
    var found: [PolicyInvocation] = []
    for policy in policies {
      let own = bindings.filter { $0["spec"]?["policyName"]?.string == policy.name }
      guard !own.isEmpty, let matched = matching.matched(policy["spec"]?["matchConstraints"])
      else { continue }
      var invocation = PolicyInvocation(policy: policy, matched: matched)
      let (parameterKind, problem) = parameterKind(of: policy)
      if let problem {
        invocation.problem = "failed to configure policy: \(problem)"
        found.append(invocation)
        continue
      }
      for binding in own where matching.matched(binding["spec"]?["matchResources"]) != nil {
        invocation.binding = binding
        do throws(PatchFailure) {
          for one in try parameters(parameterKind, binding["spec"]?["paramRef"]) {
            invocation.parameters = one
            found.append(invocation)
          }
        } catch {
          var failed = invocation
          failed.parameters = nil
          failed.problem = "failed to configure binding: \(error.message)"
          found.append(failed)
        }
      }
    }
    return found
  }

  private func parameterKind(of policy: Value) -> (GroupVersionResource?, String?) {
    guard let kind = policy["spec"]?["paramKind"], !kind.isNull else { return (nil, nil) }
    let version = GroupVersion(apiVersion: kind.text("apiVersion"))
    if let resource = objects.resource(kind: kind.text("kind"), in: version) {
      return (resource, nil)
    }
    return (
      nil,
      "failed to find resource referenced by paramKind: '\(version), Kind=\(kind.text("kind"))'"
    )
  }

  /// What a binding gives to its policy (CollectParams); a policy may have to do with nothing.
  private func parameters(
    _ resource: GroupVersionResource?, _ reference: Value?
  ) throws(PatchFailure) -> [Value?] {
    guard let resource, let reference, !reference.isNull else { return [nil] }
    var place = reference.text("namespace")
    if objects.isNamespaced(resource) {
      if place.isEmpty { place = attributes.namespace }
      if place.isEmpty {
        throw PatchFailure(
          "cannot use namespaced paramRef in policy binding that matches cluster-scoped resources")
      }
    } else if !place.isEmpty {
      throw PatchFailure(
        "paramRef.namespace must not be provided for a cluster-scoped `paramKind`")
    }
    var found: [Value] = []
    let name = reference.text("name")
    if !name.isEmpty {
      if let one = objects.get(resource, namespace: place, name: name) { found = [one] }
    } else if let selector = try? LabelSelector(object: reference["selector"]) {
      found = objects.list(resource, namespace: place).filter {
        selector.matches($0["metadata"]?["labels"])
      }
    }
    if found.isEmpty, reference.text("parameterNotFoundAction") == "Deny" {
      throw PatchFailure("no params found for policy binding with `Deny` parameterNotFoundAction")
    }
    return found
  }
}
