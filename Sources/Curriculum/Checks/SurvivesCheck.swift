import Documents

/// `survives: COMMANDS` with `then`: after that blow other checks still, or again, hold.
package struct SurvivesCheck: Check {
  package static let keyword = "survives"
  package static let fields = ["then", "status"]
  package static let isDisruptive = true
  let lines: String
  let then: [PlannedCheck]
  let status: Int?

  package init(_ form: Form, namespace: String) {
    lines = form.string(Self.keyword) ?? ""
    let given = form.member("then")
    let forms = given.map { $0.value.array == nil ? [$0] : $0.elements() } ?? []
    then = PlannedCheck.read(parts: forms, namespace: namespace)
    if then.isEmpty { form.note("\"then\" says what must hold afterwards") }
    status = form.has("status") ? form.integer("status", in: 0...255) : 0
  }

  package func verdict(in scene: any Scene) -> Verdict {
    let result = scene.inspect(lines)
    let first = lines.split(separator: "\n").first ?? ""
    if let status, Int(result.status) != status {
      let said = result.errors.split(separator: "\n").last.map { ": \($0)" } ?? ""
      return .failed("`\(first)` ended with status \(result.status)\(said)")
    }
    for planned in then {
      if let reason = planned.verdict(in: scene).reason {
        return .failed("after `\(first)`: \(reason)")
      }
    }
    return .passed
  }
}
