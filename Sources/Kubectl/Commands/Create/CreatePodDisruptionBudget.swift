import Documents
import KubeObjects

/// kubectl create poddisruptionbudget.
enum CreatePodDisruptionBudget {
  static let specification = CommandSpecification(
    name: "poddisruptionbudget", aliases: ["pdb"],
    usage: "poddisruptionbudget NAME --selector=SELECTOR --min-available=N "
      + "[--dry-run=server|client|none]",
    summary: "Create a pod disruption budget with the specified name",
    about: "Create a pod disruption budget with the specified name, selector, and desired minimum "
      + "available pods.",
    examples: [
      ("One pod stays up", "kubectl create pdb web --selector=app=web --min-available=1")
    ],
    flags: Creation.flags
      + Flag.list("max-unavailable:string min-available:string selector:string"),
    run: run)

  static func run(_ call: Invocation) async throws {
    let creation = try Creation(call, .podDisruptionBudgets)
    let values = call.values
    let least = values.string("min-available")
    let most = values.string("max-unavailable")
    let text = values.string("selector")
    if text.isEmpty { throw CommandError.text("a selector must be specified") }
    if least.isEmpty, most.isEmpty {
      throw CommandError.text("one of min-available or max-unavailable must be specified")
    }
    if !least.isEmpty, !most.isEmpty {
      throw CommandError.text("min-available and max-unavailable cannot be both specified")
    }
    let selector = try SelectorText.object(text)
    var spec: Value = ["selector": selector]
    let amount = least.isEmpty ? most : least
    let digits = amount.hasSuffix("%") ? amount.dropLast() : amount[...]
    guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }) else {
      throw CommandError.text(
        "invalid format specified for \(least.isEmpty ? "max-unavailable" : "min-available")")
    }
    spec[least.isEmpty ? "maxUnavailable" : "minAvailable"] =
      Int64(amount).map { .int($0) } ?? .string(amount)
    let status: Value = [
      "currentHealthy": 0, "desiredHealthy": 0, "disruptionsAllowed": 0, "expectedPods": 0,
    ]
    try await creation.finish(
      creation.frame(["spec": spec, "status": status]),
      failure: "failed to create poddisruptionbudgets: ")
  }
}

/// Selectors as texts and as objects.
enum SelectorText {
  /// `a=b,c in (d)` as a LabelSelector object (metav1.ParseToLabelSelector).
  static func object(_ text: String) throws -> Value {
    let selector: LabelSelector
    do throws(LabelSelectorError) {
      selector = try LabelSelector(text)
    } catch {
      throw CommandError.text(
        "couldn't parse the selector string \(Go.quoted(text)): \(error.message)")
    }
    var labels = Mapping()
    var expressions: [Value] = []
    for requirement in selector.requirements {
      let name: String
      switch requirement.operator {
      case .equals where requirement.values.count == 1,
        .doubleEquals where requirement.values.count == 1:
        labels[requirement.key] = .string(requirement.values[0])
        continue
      case .equals, .doubleEquals, .in: name = "In"
      case .notIn: name = "NotIn"
      case .exists: name = "Exists"
      case .doesNotExist: name = "DoesNotExist"
      case .notEquals: throw CommandError.text("\"!=\" is not a valid label selector operator")
      case .greaterThan:
        throw CommandError.text("\"gt\" isn't supported in label selectors")
      case .lessThan:
        throw CommandError.text("\"lt\" isn't supported in label selectors")
      }
      var expression: Value = ["key": .string(requirement.key), "operator": .string(name)]
      if !requirement.values.isEmpty {
        expression["values"] = .array(requirement.values.map { .string($0) })
      }
      expressions.append(expression)
    }
    var object: Value = [:]
    if !labels.isEmpty { object["matchLabels"] = .object(labels) }
    if !expressions.isEmpty { object["matchExpressions"] = .array(expressions) }
    return object
  }
}
