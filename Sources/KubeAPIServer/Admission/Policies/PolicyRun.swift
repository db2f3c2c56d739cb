import CEL
import Documents
import KubeObjects

/// The expressions of one policy, run on one request.
struct PolicyRun {
  private let place: PolicyExpression.Place
  private let values: [String: Datum]

  init(
    _ invocation: PolicyInvocation, _ attributes: AdmissionAttributes,
    _ objects: any ObjectAccess, isMutation: Bool = false
  ) {
    let spec = invocation.spec
    var place = PolicyExpression.Place(isMutation: isMutation)
    place.hasParameters = spec.has("paramKind")
    place.variables = PolicyExpression.variables(spec, place)
    self.place = place
    let view = AdmissionView(attributes, as: invocation.matched, objects)
    var values = Self.values(view, attributes, objects)
    if place.hasParameters { values["params"] = invocation.parameters.map { Datum($0) } ?? .null }
    self.values = Self.adding(spec, place, to: values)
  }

  /// The expressions of a webhook's match conditions.
  init(
    webhook view: AdmissionView, _ attributes: AdmissionAttributes, _ objects: any ObjectAccess
  ) {
    place = PolicyExpression.Place()
    values = Self.values(view, attributes, objects)
  }

  private static func values(
    _ view: AdmissionView, _ attributes: AdmissionAttributes, _ objects: any ObjectAccess
  ) -> [String: Datum] {
    let authorizer = AuthorizerLibrary.Authorizer(user: attributes.user, objects: objects)
    var asking = authorizer
    asking.question = AccessQuestion(
      verb: "", group: attributes.requested.group, resource: attributes.requested.resource,
      subresource: attributes.subresource, namespace: attributes.namespace, name: attributes.name)
    let isNamespace = attributes.resource == .namespaces
    let namespace =
      attributes.namespace.isEmpty || isNamespace
      ? nil : objects.get(.namespaces, namespace: "", name: attributes.namespace)
    return [
      "object": Datum(view.object), "oldObject": Datum(view.oldObject),
      "request": Datum(view.request), "namespaceObject": namespace.map { Datum($0) } ?? .null,
      "authorizer": .opaque(authorizer), "authorizer.requestResource": .opaque(asking),
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
      let name = variable.text("name")
      var value: Datum
      do {
        let environment = PolicyExpression.environment(place)
        value = try Program(variable.text("expression"), environment).evaluate(values)
      } catch {
        value = .failure("\(error)")
      }
      if case .failure(let why) = value {
        value = .failure("composited variable \(name.goQuoted) fails to evaluate: \(why)")
      }
      _ = made.insert(.string(name), value)
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

  static func failed(_ expression: String, _ why: String) -> String {
    "expression '\(expression)' resulted in error: \(why)"
  }

  /// Whether all match conditions hold, or what is wrong with them (matcher.Match): one that does
  /// not hold decides, failures count by the failure policy.
  func holds(_ conditions: [Value], isIgnoringFailures: Bool) -> (isMatch: Bool, problem: String?) {
    var problems: [String] = []
    for condition in conditions {
      let text = condition.text("expression")
      switch evaluate(text) {
      case .bool(true): break
      case .failure(let why): problems.append(Self.failed(text, why))
      default: return (false, nil)
      }
    }
    if problems.isEmpty { return (true, nil) }
    return isIgnoringFailures ? (false, nil) : (true, FieldError.aggregate(problems))
  }
}
