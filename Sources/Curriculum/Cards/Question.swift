/// A multiple-choice question with a reason for every answer.
package struct Question: Hashable, Sendable {
  package struct Option: Hashable, Sendable {
    package var text: String
    package var isRight: Bool
    package var because: String
  }
  package var ask: String
  package var options: [Option]
  /// Lines that show the truth in a cluster, after the answer.
  package var run: String
  /// The competency that it asks about, where it stands alone.
  package var competency: String
  /// Pages of the Kubernetes documentation to read on.
  package var docs: [String]

  init(_ form: Form) {
    form.expect(only: ["ask", "options", "run", "competency", "docs"])
    ask = form.required("ask")
    run = form.string("run") ?? ""
    competency = form.string("competency") ?? ""
    docs = form.strings("docs")
    options = form.elements("options").map { option in
      option.expect(only: ["text", "right", "because"])
      return Option(
        text: option.required("text"), isRight: option.truth("right") ?? false,
        because: option.string("because") ?? "")
    }
    if options.count(where: \.isRight) != 1 { form.note("exactly one option is right: true") }
    if !(2...8).contains(options.count) { form.note("two to eight options are expected") }
    if Set(options.map { $0.text.lowercased() }).count < options.count {
      form.note("two options are the same", at: "options")
    }
    if !competency.isEmpty, Certifications.competency(competency) == nil {
      form.note("there is no competency \"\(competency)\"", at: "competency")
    }
  }

  /// The number of the right option, counted from 1.
  package var right: Int { (options.firstIndex(where: \.isRight) ?? 0) + 1 }
}
