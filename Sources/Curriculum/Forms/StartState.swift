import Documents
package import Simulation

/// What is done to a fresh cluster before the learner gets it.
package struct StartState: Hashable, Sendable {
  package enum Action: Hashable, Sendable {
    /// Lines for the workstation's shell.
    case run(String)
    /// Manifests to apply.
    case manifest(String)
    /// A file for the workstation.
    case file(path: String, text: String)
    /// Virtual time to let pass.
    case wait(Span)
  }

  package var actions: [Action]

  /// How long a start may take in virtual time, and how much of that it may wait.
  package static let patience = Span.hours(72)
  private static let longestWait = Span.hours(48)

  package init(_ actions: [Action] = []) { self.actions = actions }

  init(_ forms: [Form]) {
    actions = forms.compactMap { form in
      form.expect(only: ["run", "manifest", "file", "text", "wait"])
      let kinds = ["run", "manifest", "file", "wait"].filter { form.has($0) }
      guard let kind = kinds.first, kinds.count == 1 else {
        form.note("one of \"run\", \"manifest\", \"file\" and \"wait\" is expected")
        return nil
      }
      switch kind {
      case "run": return form.string("run").map(Action.run)
      case "manifest": return form.string("manifest").map(Action.manifest)
      case "file": return .file(path: form.required("file"), text: form.required("text"))
      default: return form.member("wait").flatMap { Span(form: $0) }.map(Action.wait)
      }
    }
    let waits = actions.reduce(Span.zero) { sum, action in
      if case .wait(let span) = action { min(sum + span, Self.patience) } else { sum }
    }
    if waits > Self.longestWait { forms.last?.note("all waits together are more than 48h") }
  }

  /// The same as a script for the workstation's shell; waiting is a sleep.
  package var script: String {
    actions.map { action in
      switch action {
      case .run(let lines): lines.hasSuffix("\n") ? lines : lines + "\n"
      case .manifest(let text): "kubectl apply -f - >/dev/null " + Self.hereDocument(text) + "\n"
      case .file(let path, let text):
        "mkdir -p \"$(dirname '\(path)')\"\ncat > '\(path)' " + Self.hereDocument(text) + "\n"
      case .wait(let span): "sleep \((span.nanoseconds + 999_999_999) / 1_000_000_000)\n"
      }
    }.joined()
  }

  /// A here-document whose end mark is no line of the text.
  private static func hereDocument(_ text: String) -> String {
    let lines = Set(text.split(separator: "\n"))
    var mark = "DRYDOCK"
    while lines.contains(Substring(mark)) { mark += "_" }
    return "<<'\(mark)'\n\(text.hasSuffix("\n") ? text : text + "\n")\(mark)"
  }
}
