import CEL
import Documents
import KubeObjects

extension SchemaDeclaration {
  private static let costLimit: UInt64 = 10_000_000
  private static let reasons = [
    "FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired",
  ]

  /// What can be told of rules without compiling them.
  mutating func checkRuleParts(_ schema: Value, _ path: FieldPath) {
    let rules = schema["x-kubernetes-validations"]?.array ?? []
    guard !rules.isEmpty else { return }
    let parsed = CustomSchema(schema)
    for (index, rule) in rules.enumerated() {
      checkParts(rule, path.child("x-kubernetes-validations").index(index), parsed)
    }
  }

  mutating func checkRules(_ schema: Value, _ path: FieldPath, _ place: Place) {
    let rules = schema["x-kubernetes-validations"]?.array ?? []
    guard !rules.isEmpty else { return }
    let parsed = CustomSchema(schema)
    let types = ExpressionTypes(parsed, isResource: place.isRoot)
    for (index, rule) in rules.enumerated() {
      let here = path.child("x-kubernetes-validations").index(index)
      var usesOld = false
      do throws(ValidationRule.Problem) {
        let compiled = try ValidationRule(rule, of: parsed, types)
        usesOld = compiled.isTransition
        checkCost(compiled, here, types, place)
      } catch {
        if error.field == "messageExpression" {
          // The rule itself is sound: its cost counts.
          usesOld = checkCost(rule, here, types, place)
        }
        ruleErrors.append(
          error.isRequired
            ? .required(here.child(error.field), error.detail)
            : .invalid(here.child(error.field), printed: Self.printed(rule), error.detail))
      }
      if usesOld, let uncorrelated = place.uncorrelated {
        ruleErrors.append(
          .invalid(
            here.child("rule"), rule["rule"] ?? "",
            "oldSelf cannot be used on the uncorrelatable portion of the schema within "
              + "\(uncorrelated)"))
      } else if !usesOld, let optional = rule["optionalOldSelf"], !optional.isNull {
        ruleErrors.append(
          .invalid(
            here.child("optionalOldSelf"), optional,
            "may not be set if oldSelf is not used in rule"))
      }
    }
  }

  private mutating func checkParts(_ rule: Value, _ path: FieldPath, _ schema: CustomSchema) {
    let text = rule["rule"]?.string ?? ""
    let message = rule["message"]?.string ?? ""
    func hasBreaks(_ text: String) -> Bool { text.contains(where: \.isNewline) }
    if text.trimmingBlanks.isEmpty {
      add(.required(path.child("rule"), "rule is not specified"))
    } else if !message.isEmpty, message.trimmingBlanks.isEmpty {
      add(
        .invalid(path.child("message"), .string(message), "must be non-empty if specified"))
    } else if hasBreaks(message.trimmingBlanks) {
      add(
        .invalid(path.child("message"), .string(message), "must not contain line breaks"))
    } else if hasBreaks(text.trimmingBlanks), message.isEmpty {
      add(
        .required(
          path.child("message"), "message must be specified if rule contains line breaks"))
    }
    if let expression = rule["messageExpression"]?.string, !expression.isEmpty,
      expression.trimmingBlanks.isEmpty
    {
      add(.required(path.child("messageExpression"), "must be non-empty if specified"))
    }
    if let reason = rule["reason"]?.string, !Self.reasons.contains(reason) {
      add(.notSupported(path.child("reason"), .string(reason), Self.reasons))
    }
    guard let field = rule["fieldPath"]?.string, !field.isEmpty else { return }
    let place = path.child("fieldPath")
    if field.trimmingBlanks.isEmpty {
      add(.invalid(place, .string(field), "must be non-empty if specified"))
    }
    if hasBreaks(field) { add(.invalid(place, .string(field), "must not contain line breaks")) }
    if (try? SchemaPath.find(field, in: schema)) == nil {
      add(.invalid(place, .string(field), "must be a valid path"))
    }
  }

  // MARK: costs

  private mutating func checkCost(
    _ rule: ValidationRule, _ path: FieldPath, _ types: ExpressionTypes, _ place: Place
  ) {
    check("estimated rule cost", rule.program, path.child("rule"), types, place)
    if let program = rule.messageProgram {
      check(
        "estimated messageExpression cost", program, path.child("messageExpression"), types, place)
    }
  }

  /// Whether the rule refers to the old value.
  private mutating func checkCost(
    _ rule: Value, _ path: FieldPath, _ types: ExpressionTypes, _ place: Place
  ) -> Bool {
    guard let environment = types.environment(optionalOld: rule["optionalOldSelf"] == true),
      let program = try? Program(rule["rule"]?.string ?? "", environment)
    else { return false }
    check("estimated rule cost", program, path.child("rule"), types, place)
    return program.refers(to: "oldSelf")
  }

  private mutating func check(
    _ name: String, _ program: Program, _ path: FieldPath, _ types: ExpressionTypes,
    _ place: Place
  ) {
    let once = CostEstimator.estimate(program) { path, _ in types.size(path) }
    let count = place.mostCount ?? types.mostInOneRequest
    let cost = CostEstimate.multiply(once.most, count)
    ruleCosts.append((path, cost))
    if cost > Self.costLimit {
      ruleErrors.append(.forbidden(path, Self.excess(name, cost, Self.costLimit)))
    }
  }

  static func excess(_ name: String, _ cost: UInt64, _ limit: UInt64) -> String {
    let factor = Double(cost) / Double(limit)
    var shown = "more than 100x"
    if factor <= 100 {
      let digits = factor < 1.5 ? 1_000_000.0 : 10.0
      let scaled = UInt64((factor * digits).rounded())
      let whole = scaled / UInt64(digits)
      let rest = String(scaled % UInt64(digits))
      let width = factor < 1.5 ? 6 : 1
      shown = "\(whole).\(String(repeating: "0", count: max(0, width - rest.count)))\(rest)x"
    }
    return "\(name) exceeds budget by factor of \(shown) (try simplifying the rule, or adding "
      + "maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)"
  }

  /// A rule as upstream's structure prints it.
  static func printed(_ rule: Value) -> String {
    func text(_ name: String) -> String { (rule[name]?.string ?? "").goJSON }
    let reason = rule["reason"]?.string.map(\.goJSON) ?? "null"
    let optional = rule["optionalOldSelf"]?.bool.map { $0 ? "true" : "false" } ?? "null"
    return "{\"Rule\":\(text("rule")),\"Message\":\(text("message")),"
      + "\"MessageExpression\":\(text("messageExpression")),\"Reason\":\(reason),"
      + "\"FieldPath\":\(text("fieldPath")),\"OptionalOldSelf\":\(optional)}"
  }
}
