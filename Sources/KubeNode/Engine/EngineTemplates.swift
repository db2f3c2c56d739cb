package import Documents

/// `--format` of docker and podman: Go's templates with their own functions.
package enum EngineTemplates {
  /// One line for each value; `table` puts the titles of the fields above.
  package static func text(
    _ format: String, _ rows: [Value], titles: [String: String] = [:]
  ) throws(ContainerEngine.Problem) -> String {
    if format == "json" {
      return rows.map { JSON.text($0) + "\n" }.joined()
    }
    let isTable = format == "table" || format.hasPrefix("table ")
    var plain = isTable ? String(format.dropFirst(6)) : format
    plain = plain.split(separator: "\\t", omittingEmptySubsequences: false).joined(separator: "\t")
      .split(separator: "\\n", omittingEmptySubsequences: false).joined(separator: "\n")
    var templates = GoTemplate(library: EngineFunctions())
    func expanded(_ value: Value) throws(GoTemplate.Failure) -> String {
      var run = TemplateRun(templates, missing: .nothing, limit: 200_000)
      try run.execute("", value)
      return run.output
    }
    do throws(GoTemplate.Failure) {
      try templates.add(plain, name: "")
      var lines: [String] = []
      if isTable {
        lines.append(try expanded(.object(Mapping(titles.map { ($0.key, .string($0.value)) }))))
      }
      for row in rows { lines.append(try expanded(row)) }
      guard isTable else { return lines.map { $0 + "\n" }.joined() }
      return EngineProgram.table(
        lines.map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) })
    } catch {
      throw ContainerEngine.Problem(text: "template parsing error: \(error.message)")
    }
  }
}

/// What docker's templates know beyond Go's own.
private final class EngineFunctions: TemplateLibrary {
  let names: Set<String> = ["json", "join", "split", "lower", "upper", "title", "truncate", "pad"]

  func call(
    _ name: String, _ given: [Value?], _ run: inout TemplateRun
  ) throws(GoTemplate.Failure) -> Value? {
    let first = given.first.flatMap { $0 } ?? .null
    let text = first.string ?? ""
    let second = given.count > 1 ? given[1] : nil
    switch name {
    case "json": return .string(JSON.text(first))
    case "join":
      return .string(
        (first.array ?? []).compactMap(\.string).joined(separator: second?.string ?? ""))
    case "split":
      let separator = second?.string ?? ""
      guard !separator.isEmpty else { return .array(text.map { .string(String($0)) }) }
      return .array(
        text.split(separator: separator, omittingEmptySubsequences: false).map {
          .string(String($0))
        })
    case "lower": return .string(text.lowercased())
    case "upper": return .string(text.uppercased())
    case "title": return .string(text.prefix(1).uppercased() + text.dropFirst())
    case "truncate":
      return .string(String(text.prefix(Int(clamping: second?.int ?? Int64(text.count)))))
    default: return first
    }
  }
}
