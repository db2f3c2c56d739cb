import CEL
import Documents
import KubeObjects

/// One policy with one binding, run on one request.
struct PolicyRun {
  let policy: Value
  let binding: Value
  let attributes: AdmissionAttributes
  let objects: any ObjectAccess
  let isMutating: Bool
  private let parameters: Value?
  var given: Value? { parameters }
  private let place: PolicyExpression.Place
  private let values: [String: Datum]

  init(
    policy: Value, binding: Value, parameters: Value?, attributes: AdmissionAttributes,
    objects: any ObjectAccess, isMutating: Bool
  ) {
    self.policy = policy
    self.binding = binding
    self.parameters = parameters
    self.attributes = attributes
    self.objects = objects
    self.isMutating = isMutating
    let spec = policy["spec"] ?? [:]
    var place = PolicyExpression.Place(isMutation: isMutating)
    place.hasParameters = spec.has("paramKind")
    place.variables = PolicyExpression.variables(spec, place)
    self.place = place
    var values = Self.variables(attributes, objects)
    if place.hasParameters { values["params"] = parameters.map { Datum($0) } ?? .null }
    self.values = Self.adding(spec, place, to: values)
  }

  var spec: Value { policy["spec"] ?? [:] }
  var isIgnoringFailures: Bool { spec.text("failurePolicy") == "Ignore" }

  private static func variables(
    _ attributes: AdmissionAttributes, _ objects: any ObjectAccess
  ) -> [String: Datum] {
    let authorizer = AuthorizerLibrary.Authorizer(user: attributes.user, objects: objects)
    var asking = authorizer
    asking.question = AccessQuestion(
      verb: "", group: attributes.resource.group, resource: attributes.resource.resource,
      subresource: attributes.subresource, namespace: attributes.namespace, name: attributes.name)
    let isNamespace = attributes.resource == .namespaces
    let namespace =
      attributes.namespace.isEmpty || isNamespace
      ? nil : objects.get(.namespaces, namespace: "", name: attributes.namespace)
    return [
      "object": Datum(attributes.object), "oldObject": Datum(attributes.oldObject),
      "request": Datum(request(attributes)),
      "namespaceObject": namespace.map { Datum($0) } ?? .null,
      "authorizer": .opaque(authorizer), "authorizer.requestResource": .opaque(asking),
    ]
  }

  private static func request(_ attributes: AdmissionAttributes) -> Value {
    let resource = attributes.resource
    let kind: Value = [
      "group": .string(resource.group), "version": .string(resource.version),
      "kind": .string(attributes.kind),
    ]
    let place: Value = [
      "group": .string(resource.group), "version": .string(resource.version),
      "resource": .string(resource.resource),
    ]
    let name = attributes.name.isEmpty ? attributes.object.name : attributes.name
    return [
      "kind": kind, "resource": place, "subResource": .string(attributes.subresource),
      "requestKind": kind, "requestResource": place,
      "requestSubResource": .string(attributes.subresource), "name": .string(name),
      "namespace": .string(attributes.namespace),
      "operation": .string(attributes.operation.rawValue),
      "userInfo": [
        "username": .string(attributes.user.name),
        "uid": .string(attributes.user.uid),
        "groups": .array(attributes.user.groups.map { .string($0) }), "extra": [:],
      ],
      "dryRun": .bool(attributes.dryRun), "options": attributes.options,
    ]
  }

  /// With the policy's variables; one that fails does so where it is used.
  private static func adding(
    _ spec: Value, _ place: PolicyExpression.Place, to values: [String: Datum]
  ) -> [String: Datum] {
    var values = values
    var made = MapDatum()
    values["variables"] = .map(made)
    for variable in spec.items("variables") {
      let value: Datum
      do {
        let environment = PolicyExpression.environment(place)
        value = try Program(variable.text("expression"), environment).evaluate(values)
      } catch {
        value = .failure("\(error)")
      }
      _ = made.insert(.string(variable.text("name")), value)
      values["variables"] = .map(made)
    }
    return values
  }

  func evaluate(_ text: String) -> Datum {
    do {
      return try Program(text, PolicyExpression.environment(place)).evaluate(values)
    } catch {
      return .failure("compilation error: compilation failed: \(error)")
    }
  }

  /// Whether all match conditions hold; a failure counts by the failure policy.
  func holds() -> (isMatch: Bool, problem: String?) {
    var problem: String?
    for condition in spec.items("matchConditions") {
      switch evaluate(condition.text("expression")) {
      case .bool(true): break
      case .failure(let text): problem = problem ?? text
      default: return (false, nil)
      }
    }
    return problem == nil || isIgnoringFailures ? (problem == nil, nil) : (true, problem)
  }

  func refusal(_ text: String, kind: String) -> String {
    "\(kind) '\(policy.name)' with binding '\(binding.name)' denied request: \(text)"
  }
}

/// Finds the policies of a kind that are about a request, with their bindings and parameters.
struct PolicySelection {
  let kind: String
  let attributes: AdmissionAttributes
  let objects: any ObjectAccess

  private func list(_ suffix: String) -> [Value] {
    objects.list(
      GroupVersionResource(
        "admissionregistration.k8s.io", "v1", "\(kind.lowercased())\(suffix)"), namespace: "")
  }

  /// The runs to be made, or why one cannot be.
  var runs: [(run: PolicyRun, problem: String?)] {
    // Policies do not judge what could lock everybody out.
    guard attributes.resource.group != "admissionregistration.k8s.io" else { return [] }
    let policies = list("admissionpolicies")
    guard !policies.isEmpty else { return [] }
    let bindings = list("admissionpolicybindings")
    let matching = PolicyMatching(attributes: attributes, objects: objects)
    var found: [(run: PolicyRun, problem: String?)] = []
    for policy in policies where matching.matches(policy["spec"]?["matchConstraints"]) {
      for binding in bindings
      where binding["spec"]?["policyName"]?.string == policy.name
        && matching.matches(binding["spec"]?["matchResources"])
      {
        let (parameters, problem) = parameters(policy, binding)
        for one in parameters {
          found.append(
            (
              PolicyRun(
                policy: policy, binding: binding, parameters: one, attributes: attributes,
                objects: objects, isMutating: kind == "Mutating"), problem
            ))
        }
      }
    }
    return found
  }

  private func parameters(_ policy: Value, _ binding: Value) -> ([Value?], String?) {
    guard let kind = policy["spec"]?["paramKind"], !kind.isNull,
      let reference = binding["spec"]?["paramRef"], !reference.isNull
    else { return ([nil], nil) }
    let version = GroupVersion(apiVersion: kind.text("apiVersion"))
    let resource = objects.resource(kind: kind.text("kind"), in: version)
    guard let resource else {
      return (
        [nil],
        "failed to configure policy: failed to find resource referenced by paramKind: "
          + "'\(version), Kind=\(kind.text("kind"))'"
      )
    }
    let namespace = reference.text("namespace")
    let place = namespace.isEmpty ? attributes.namespace : namespace
    var found: [Value] = []
    let name = reference.text("name")
    if !name.isEmpty {
      if let one = objects.get(resource, namespace: place, name: name) { found = [one] }
    } else if let selector = try? LabelSelector(object: reference["selector"]) {
      found = objects.list(resource, namespace: place).filter {
        selector.matches($0["metadata"]?["labels"])
      }
    }
    if !found.isEmpty { return (found, nil) }
    return reference.text("parameterNotFoundAction") == "Allow"
      ? ([], nil)
      : (
        [nil],
        "failed to configure binding: no params found for policy binding with `Deny` "
          + "parameterNotFoundAction"
      )
  }
}
