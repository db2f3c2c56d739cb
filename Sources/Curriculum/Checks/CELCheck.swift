import CEL
import Documents
import KubeAPIServer

/// `cel: EXPRESSION` with `of`: it is true of an object, of each of several, or of all together.
package struct CELCheck: Check {
  package static let keyword = "cel"
  package static let fields = ["of", "because"]
  package static let onlyLooks = true
  private let text: String
  private let expression: ObjectExpression?
  /// Comes to the words that tell why it is not true.
  private let because: ObjectExpression?
  private let subjects: Subjects

  private enum Subjects {
    /// Asked of each by itself, as `self`.
    case each(ObjectReference)
    /// Asked once; a name for one object stands for it, one for several for their list.
    case named([(name: String, reference: ObjectReference)])

    var variables: [String] {
      switch self {
      case .each: ["self"]
      case .named(let all): all.map(\.name)
      }
    }
  }

  package init(_ form: Form, namespace: String) {
    text = form.string(Self.keyword) ?? ""
    let of = form.member("of")
    if of == nil { form.note("\"of\" says what it is about, such as deployment/web") }
    if let names = of?.value.object {
      subjects = .named(
        names.keys.map { ($0, ObjectReference(of?.member($0), namespace: namespace)) })
    } else {
      subjects = .each(ObjectReference(of, namespace: namespace))
    }
    expression = Self.compile(form, Self.keyword, "bool", subjects.variables)
    because = Self.compile(form, "because", "string", subjects.variables)
  }

  private static func compile(
    _ form: Form, _ field: String, _ type: String, _ variables: [String]
  ) -> ObjectExpression? {
    guard let text = form.string(field) else { return nil }
    do {
      let expression = try ObjectExpression(text, variables: variables)
      if ![type, "dyn"].contains(expression.type) {
        form.note("it comes to \(expression.type), not to \(type)", at: field)
      }
      return expression
    } catch {
      form.note(error.issues.first?.message ?? "\(error)", at: field)
      return nil
    }
  }

  package func verdict(in scene: any Scene) -> Verdict {
    do {
      switch subjects {
      case .each(let reference):
        let objects = try scene.objects(reference)
        if objects.isEmpty { return .failed("\(reference) does not exist") }
        for object in objects {
          if let reason = reason(["self": object]) {
            let kind = object["kind"]?.string?.lowercased() ?? "object"
            let name = object[path: "metadata", "name"]?.string ?? ""
            return .failed("\(kind)/\(name): \(reason)")
          }
        }
        return .passed
      case .named(let all):
        var variables: [String: Value] = [:]
        for (name, reference) in all {
          variables[name] =
            reference.name.isEmpty
            ? .array(try scene.objects(reference)) : try scene.object(reference)
        }
        return reason(variables).map(Verdict.failed) ?? .passed
      }
    } catch { return .failed(error.message) }
  }

  /// nil when it is true.
  private func reason(_ variables: [String: Value]) -> String? {
    guard let expression else { return "`\(text)` cannot be read" }
    switch expression.evaluate(variables) {
    case .success(true): return nil
    case .success(false):
      if case .success(.string(let words))? = because?.evaluate(variables) { return words }
      return "`\(text)` is not true"
    case .success: return "`\(text)` is neither true nor false"
    // What a path runs through is not there: the usual way of not being as it should.
    case .failure(let failure): return "`\(text)`: \(failure.words)"
    }
  }
}
