package import Simulation

/// A check with its place in an exercise or a lesson: its words, its worth, what it builds upon.
package struct PlannedCheck: Sendable {
  package var id: String
  /// The line that the learner sees.
  package var say: String
  package var points: Int
  /// Checks that must hold before this one is looked at.
  package var needs: [String]
  package var patience: Span
  /// The label of the cluster that it looks at; nil: the first.
  package var cluster: String?
  /// Whether it counts only once something else is right.
  package var isGuard: Bool
  package var onlyLooks: Bool
  /// Whether it does harm on purpose.
  package var isDisruptive: Bool
  package var check: any Check

  /// How many may stand in one list; marking asks each of them.
  private static let most = 200

  private static let fields = [
    "id", "say", "points", "needs", "within", "namespace", "cluster", "guard",
  ]

  /// nil when the form names no kind of check.
  private static func read(
    _ form: Form, number: Int, namespace: String, isPart: Bool = false
  ) -> PlannedCheck? {
    let kinds = Checks.all.filter { form.has($0.keyword) }
    guard let kind = kinds.first else {
      let known = Checks.all.map { $0.keyword }.sorted().joined(separator: ", ")
      form.note("a check needs one of the fields: \(known)")
      return nil
    }
    if kinds.count > 1 {
      let found = kinds.map { "\"\($0.keyword)\"" }.joined(separator: " and ")
      form.note("a check asks one thing: \(found) are two")
    }
    return read(form, as: kind, number: number, namespace: namespace, isPart: isPart)
  }

  private static func read<Kind: Check>(
    _ form: Form, as kind: Kind.Type, number: Int, namespace: String, isPart: Bool
  ) -> PlannedCheck {
    form.expect(only: fields + [Kind.keyword] + Kind.fields)
    return PlannedCheck(
      id: form.string("id") ?? "\(number)",
      say: isPart ? form.string("say") ?? "" : form.required("say"),
      points: form.integer("points", in: 0...100) ?? 1, needs: form.strings("needs"),
      patience: form.member("within").flatMap { Span(form: $0) } ?? Kind.patience,
      cluster: form.string("cluster"),
      isGuard: form.truth("guard") ?? Kind.isGuard, onlyLooks: Kind.onlyLooks,
      isDisruptive: Kind.isDisruptive,
      check: Kind(form, namespace: form.string("namespace") ?? namespace))
  }

  /// Reads checks inside another one, which have no words or worth of their own.
  static func read(parts forms: [Form], namespace: String) -> [PlannedCheck] {
    forms.enumerated().compactMap {
      read($0.element, number: $0.offset + 1, namespace: namespace, isPart: true)
    }
  }

  /// Asks until it holds, or until it has taken too long.
  func verdict(in first: any Scene) -> Verdict {
    guard let scene = cluster == nil ? first : cluster.flatMap(first.scene(of:)) else {
      return .failed("there is no cluster \(cluster ?? "")")
    }
    var waited = Span.zero
    while true {
      let verdict = check.verdict(in: scene)
      if verdict == .passed || waited >= patience { return verdict }
      // Short looks first: most things that will happen happen soon.
      let pause = min(
        max(.seconds(1), Span(nanoseconds: waited.nanoseconds / 4)),
        Span(nanoseconds: patience.nanoseconds - waited.nanoseconds))
      scene.wait(pause)
      waited = waited + pause
    }
  }

  /// Reads a list of checks; ids must differ, and `needs` must name earlier ones.
  static func read(_ forms: [Form], namespace: String) -> [PlannedCheck] {
    var checks: [PlannedCheck] = []
    if forms.count > most { forms[most].note("there are more than \(most) checks") }
    for (index, form) in forms.prefix(most).enumerated() {
      guard let check = read(form, number: index + 1, namespace: namespace) else {
        continue
      }
      let known = checks.map(\.id)
      if known.contains(check.id) { form.note("two checks have the id \"\(check.id)\"") }
      for need in check.needs where !known.contains(need) {
        form.note("needs \"\(need)\", which is no earlier check", at: "needs")
      }
      checks.append(check)
    }
    return checks
  }
}

extension Span {
  /// A duration as Go writes it in whole units: 90s, 5m, 1h30m, 200ms; nil when it is none.
  package init?(duration text: String) {
    var rest = Substring(text)
    var sum = Span.zero
    guard !rest.isEmpty else { return nil }
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      guard let number = Int64(digits) else { return nil }
      rest = rest.dropFirst(digits.count)
      let unit = rest.prefix { $0.isLetter }
      rest = rest.dropFirst(unit.count)
      switch unit {
      case "ms": sum = sum + .milliseconds(number)
      case "s": sum = sum + .seconds(number)
      case "m": sum = sum + .minutes(number)
      case "h": sum = sum + .hours(number)
      case "d" where number < 10_000: sum = sum + .hours(24 * number)
      default: return nil
      }
    }
    self = sum
  }

  init?(form: Form) {
    guard let text = form.string(), let span = Span(duration: text) else {
      form.note("a duration such as 30s or 5m is expected here")
      return nil
    }
    self = span
  }
}
