/// A review card that is done in the cluster: a command to type, a manifest to mend.
package struct Drill: Sendable {
  /// What is asked, in Markdown.
  package var ask: String
  package var start: StartState
  package var checks: [PlannedCheck]
  /// One way of doing it.
  package var solution: String

  init(_ form: Form, namespace: String) {
    form.expect(only: ["ask", "start", "checks", "do", "namespace"])
    ask = form.required("ask")
    start = StartState(form.elements("start"))
    checks = PlannedCheck.read(
      form.elements("checks"), namespace: form.string("namespace") ?? namespace)
    solution = form.required("do")
    if checks.isEmpty { form.note("a card needs \"checks\"") }
  }
}
