import Documents

extension GoTemplate {
  /// The text for one object, as `-o go-template` prints it.
  static func text(_ template: String, _ object: Value, allowsMissingKeys: Bool) throws -> String {
    var parsed = GoTemplate(library: ObjectFunctions())
    do throws(Failure) {
      try parsed.add(template, name: "output")
    } catch {
      throw CommandError.text("error parsing template \(template), \(error.message)\n")
    }
    var run = TemplateRun(parsed, missing: allowsMissingKeys ? .nothing : .failure)
    do throws(Failure) {
      try run.execute("output", object)
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

/// kubectl's own template functions: `exists` and `base64decode`.
final class ObjectFunctions: TemplateLibrary {
  let names: Set<String> = ["base64decode", "exists"]

  func call(
    _ name: String, _ given: [Value?], _ run: inout TemplateRun
  ) throws(GoTemplate.Failure) -> Value? {
    guard let first = given.first else {
      throw GoTemplate.Failure(message: "wrong number of args for \(name): want at least 1 got 0")
    }
    if name == "exists" { return .bool(Self.exists(given)) }
    guard given.count == 1 else {
      throw GoTemplate.Failure(
        message: "wrong number of args for base64decode: want 1 got \(given.count)")
    }
    guard case .string(let text) = first else {
      throw GoTemplate.Failure(
        message: "wrong type for value; expected string; got \(GoFormat.type(first))")
    }
    guard let bytes = Base64.decode(text) else {
      throw GoTemplate.Failure(
        message: "base64 decode failed: illegal base64 data at input byte 0")
    }
    return .string(String(decoding: bytes, as: UTF8.self))
  }

  private static func exists(_ given: [Value?]) -> Bool {
    guard var value = given[0] else { return false }
    for key in given.dropFirst() {
      guard let key, let next = element(of: value, key) else { return false }
      value = next
    }
    return true
  }

  private static func element(of value: Value, _ key: Value) -> Value? {
    switch (value, key) {
    case (.object(let members), .string(let name)): members[name]
    case (.array(let elements), .int(let place)):
      place >= 0 && place < Int64(elements.count) ? Value?.some(elements[Int(place)]) : nil
    default: nil
    }
  }
}
