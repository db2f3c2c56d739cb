import Documents

/// `object: deployment/web` with `where`: the object is there and means that.
package struct ObjectCheck: Check {
  package static let keyword = "object"
  package static let fields = ["where"]
  package static let onlyLooks = true
  let reference: ObjectReference
  let pattern: Pattern?

  package init(_ form: Form, namespace: String) {
    let named = form.member(Self.keyword)
    reference = ObjectReference(named, namespace: namespace)
    if reference.name.isEmpty { named?.note("one object is expected: KIND/NAME") }
    pattern = form.member("where").map(Pattern.init(form:))
  }

  package func verdict(in scene: any Scene) -> Verdict {
    do {
      let object = try scene.object(reference)
      return pattern?.mismatch(object).map { .failed("\(reference): \($0)") } ?? .passed
    } catch { return .failed(error.message) }
  }
}

extension Pattern {
  /// Reads a pattern, noting operators that do not exist.
  init(form: Form) {
    self.init(form.value)
    Self.inspect(form, depth: 0)
  }

  private static func inspect(_ form: Form, depth: Int) {
    guard depth < 40 else { return form.note("nested too deep") }
    if let mapping = form.value.object {
      for key in mapping.keys {
        if key.hasPrefix("$"), !operators.contains(key) {
          form.note("\(key) is not known; there are \(operators.joined(separator: ", "))", at: key)
        }
        if let member = form.member(key) { inspect(member, depth: depth + 1) }
      }
    } else if form.value.array != nil {
      for element in form.elements() { inspect(element, depth: depth + 1) }
    }
  }
}
