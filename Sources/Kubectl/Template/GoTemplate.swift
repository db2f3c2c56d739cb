import Documents

/// A template in the language of Go's text/template, such as
/// `{{range .items}}{{.metadata.name}}{{"\n"}}{{end}}`.
struct GoTemplate {
  /// The definitions by name; the template itself is `output`.
  let definitions: [String: [TemplateNode]]
  let source: [UInt8]

  /// What is wrong with a template, or with what it was applied to.
  struct Failure: Error {
    let message: String
  }

  init(_ text: String) throws(Failure) {
    source = Array(text.utf8)
    var parser = TemplateParser(tokens: TemplateLexer.tokens(source))
    definitions = try parser.definitions()
  }

  /// The text for one object, as `-o go-template` prints it.
  static func text(_ template: String, _ object: Value, allowsMissingKeys: Bool) throws -> String {
    let parsed: GoTemplate
    do throws(Failure) {
      parsed = try GoTemplate(template)
    } catch {
      throw CommandError.text("error parsing template \(template), \(error.message)\n")
    }
    var run = TemplateRun(parsed, failsOnMissing: !allowsMissingKeys)
    do throws(Failure) {
      try run.execute(object)
      return run.output
    } catch {
      throw CommandError.printed(
        "\(run.output)Error executing template: \(error.message). Printing more information for "
          + "debugging the template:\n\ttemplate was:\n\t\t\(template)\n\traw data was:\n\t\t"
          + "\(JSONText.marshal(object))\n\tobject given to template engine was:\n\t\t"
          + "\(GoText.print(object))\n\n",
        error:
          "error executing template \(Go.quoted(template)): \(error.message)")
    }
  }
}
