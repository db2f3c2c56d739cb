/// A set of templates in the language of Go's text/template, such as
/// `{{range .items}}{{.metadata.name}}{{"\n"}}{{end}}`.
package struct GoTemplate {
  /// A template's name and text, for the places that errors name.
  struct Source {
    let name: String
    let text: [UInt8]
  }

  struct Definition {
    let nodes: [TemplateNode]
    let source: Source
  }

  private(set) var definitions: [String: Definition] = [:]
  let library: any TemplateLibrary

  /// What is wrong with a template, or with what it was applied to.
  package struct Failure: Error {
    package let message: String
    package init(message: String) { self.message = message }
  }

  package init(library: any TemplateLibrary) { self.library = library }

  /// Adds a template and what it defines; of equal names the last counts.
  package mutating func add(_ text: String, name: String) throws(Failure) {
    let source = Source(name: name, text: Array(text.utf8))
    var parser = TemplateParser(
      tokens: TemplateLexer.tokens(source.text), name: name, functions: library.names)
    for (name, nodes) in try parser.definitions() {
      definitions[name] = Definition(nodes: nodes, source: source)
    }
  }

  package func defines(_ name: String) -> Bool { definitions[name] != nil }
}

/// Functions and methods that a program adds to Go's own.
package protocol TemplateLibrary: AnyObject {
  var names: Set<String> { get }
  /// Functions that change their first argument, where it is a variable.
  var changing: Set<String> { get }
  /// Called with evaluated arguments; nil is Go's absence of a value.
  func call(
    _ name: String, _ given: [Value?], _ run: inout TemplateRun
  ) throws(GoTemplate.Failure) -> Value?
  /// `.Files.Get "x"`: the value that `name` is asked of, or nil when it has no such method.
  func method(
    _ name: String, of receiver: Value, _ given: [Value?]
  ) throws(GoTemplate.Failure) -> Value?
}

extension TemplateLibrary {
  package var changing: Set<String> { [] }
  package func method(
    _ name: String, of receiver: Value, _ given: [Value?]
  ) throws(GoTemplate.Failure) -> Value? { nil }
}
