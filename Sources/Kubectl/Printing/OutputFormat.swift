import Documents

/// What `-o` asks for.
enum OutputFormat: Equatable {
  case table, wide, json, yaml, name
  case jsonPath(String)
  case jsonPathAsJSON(String)
  case customColumns(String)
  case goTemplate(String)

  /// Where a command may use it; the allowed names appear in the complaint about another.
  enum Family {
    case get, objects
    /// What an editor is given.
    case edited

    var names: [String] {
      if self == .edited { return ["json", "yaml"] }
      let common = [
        "go-template", "go-template-file", "json", "jsonpath", "jsonpath-as-json",
        "jsonpath-file", "name", "template", "templatefile", "yaml",
      ]
      return self == .objects
        ? common : (["custom-columns", "custom-columns-file", "wide"] + common).sorted()
    }
  }

  /// Reads `-o` and `--template`; nil when neither is given.
  static func parse(_ invocation: Invocation, _ family: Family = .objects) async throws
    -> OutputFormat?
  {
    var text = invocation.values.string("output")
    let template = invocation.values.string("template")
    if text.isEmpty {
      if template.isEmpty || invocation.values.flag("template") == nil { return nil }
      text = "go-template"
    }
    switch text.lowercased() {
    case "json": return .json
    case "yaml": return .yaml
    case "name" where family != .edited: return .name
    case "wide" where family == .get && text == "wide": return .wide
    default: break
    }
    let equals = text.firstIndex(of: "=")
    let form = String(text[..<(equals ?? text.endIndex)])
    var argument = equals.map { String(text[$0...].dropFirst()) } ?? ""
    guard family.names.contains(form), form != "json", form != "yaml", form != "wide",
      form != "name"
    else {
      throw CommandError.text(
        "unable to match a printer suitable for the output format \(Go.quoted(text)), allowed "
          + "formats are: \(family.names.joined(separator: ","))")
    }
    if argument.isEmpty, !template.isEmpty { argument = template }
    if form.hasPrefix("custom-columns") {
      guard !argument.isEmpty else {
        throw CommandError.text(
          "custom-columns format specified but no custom columns given")
      }
      return form == "custom-columns"
        ? .customColumns(argument)
        : .customColumns(try await CustomColumns.specification(file: argument, invocation))
    }
    guard !argument.isEmpty else {
      throw CommandError.text("template format specified but no template given")
    }
    if form.hasSuffix("file") {
      do {
        let bytes = try await invocation.surroundings.readFile(argument)
        argument = String(decoding: bytes, as: UTF8.self)
      } catch {
        throw CommandError.text(
          "error reading --template \(argument), open \(argument): no such file or directory\n")
      }
    }
    switch form {
    case "jsonpath", "jsonpath-file": return .jsonPath(argument)
    case "jsonpath-as-json": return .jsonPathAsJSON(argument)
    default: return .goTemplate(argument)
    }
  }
}
