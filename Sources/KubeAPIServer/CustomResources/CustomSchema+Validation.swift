import CEL
import Documents
import KubeObjects
import Simulation

extension CustomSchema {
  /// What is wrong with a value, in the words of the server's OpenAPI validation.
  func errors(_ value: Value, _ path: FieldPath?, isRoot: Bool = false) -> [FieldError] {
    let place = path?.description ?? ""
    if value.isNull, isNullable { return [] }
    if let error = typeError(value, path, place) { return [error] }
    var errors = enumErrors(value, path)
    switch value {
    case .string(let text): errors += self.errors(text: text, path, place)
    case .int, .double: errors += self.errors(number: value, path, place)
    case .array(let elements): errors += self.errors(list: elements, path, place)
    case .object(let members):
      errors += self.errors(object: members, path, place, isRoot: isRoot)
    default: break
    }
    return errors + logicalErrors(value, path, isRoot: isRoot)
  }

  private func typeError(_ value: Value, _ path: FieldPath?, _ place: String) -> FieldError? {
    let actual: String =
      switch value {
      case .null: "null"
      case .bool: "boolean"
      case .int: "integer"
      case .double(let number): number == number.rounded() ? "integer" : "number"
      case .string: "string"
      case .array: "array"
      case .object: "object"
      }
    if isIntOrString {
      return actual == "integer" || actual == "string"
        ? nil : invalidType(path, place, "integer,string", actual)
    }
    guard !type.isEmpty, type != actual, !(type == "number" && actual == "integer") else {
      return nil
    }
    return invalidType(path, place, type, actual)
  }

  private func invalidType(
    _ path: FieldPath?, _ place: String, _ wanted: String, _ actual: String
  ) -> FieldError {
    FieldError(
      .typeInvalid, place, badValue: actual.goQuoted,
      "\(place) in body must be of type \(wanted): \(actual.goQuoted)")
  }

  private func enumErrors(_ value: Value, _ path: FieldPath?) -> [FieldError] {
    guard let allowed = demands["enum"]?.array, !allowed.contains(value) else { return [] }
    let shown = allowed.map { ($0.string ?? $0.goPrinted).goQuoted }.joined(separator: ", ")
    return [
      FieldError(
        .notSupported, path?.description ?? "", badValue: value.goPrinted,
        "supported values: \(shown)")
    ]
  }

  private func invalid(_ place: String, _ value: Value, _ demand: String) -> FieldError {
    FieldError(.invalid, place, badValue: value.goPrinted, "\(place) in body \(demand)")
  }

  private func errors(text: String, _ path: FieldPath?, _ place: String) -> [FieldError] {
    var errors: [FieldError] = []
    let count = Int64(text.unicodeScalars.count)
    if let most = demands["maxLength"]?.int, count > most {
      errors.append(
        FieldError(.tooLong, place, badValue: nil, "may not be more than \(most) bytes"))
    }
    if let least = demands["minLength"]?.int, count < least {
      errors.append(
        invalid(place, .string(text), "should be at least \(least) chars long"))
    }
    if let pattern = demands["pattern"]?.string, !Self.matches(text, pattern) {
      errors.append(invalid(place, .string(text), "should match '\(pattern)'"))
    }
    if let format = demands["format"]?.string, !TextFormat.accepts(text, format) {
      errors.append(
        FieldError(
          .typeInvalid, place, badValue: text.goQuoted,
          "\(place) in body must be of type \(format): \(text.goQuoted)"))
    }
    return errors
  }

  /// Patterns are searched for anywhere, as Go's regexp does.
  static func matches(_ text: String, _ pattern: String) -> Bool {
    guard let expression = try? RegularExpression(pattern) else { return true }
    return expression.matches(text)
  }

  /// What is wrong with a pattern, in the words of Go's regexp.
  static func problem(_ pattern: String) -> String? {
    do throws(RegularExpression.ParseError) {
      _ = try RegularExpression(pattern)
      return nil
    } catch {
      return "\(error)"
    }
  }

  private func errors(number value: Value, _ path: FieldPath?, _ place: String) -> [FieldError] {
    guard let number = value.number else { return [] }
    var errors = formatErrors(value, number, place)
    if let least = demands["minimum"], let bound = least.number {
      let isOpen = demands["exclusiveMinimum"] == true
      if isOpen ? number <= bound : number < bound {
        errors.append(
          invalid(
            place, value,
            "should be greater than \(isOpen ? "" : "or equal to ")\(least.goPrinted)"))
      }
    }
    if let most = demands["maximum"], let bound = most.number {
      let isOpen = demands["exclusiveMaximum"] == true
      if isOpen ? number >= bound : number > bound {
        errors.append(
          invalid(
            place, value, "should be less than \(isOpen ? "" : "or equal to ")\(most.goPrinted)"))
      }
    }
    if let factor = demands["multipleOf"], let unit = factor.number, unit > 0 {
      let ratio = number / unit
      if ratio != ratio.rounded() {
        errors.append(invalid(place, value, "should be a multiple of \(factor.goPrinted)"))
      }
    }
    return errors
  }

  private func errors(
    list elements: [Value], _ path: FieldPath?, _ place: String
  ) -> [FieldError] {
    var errors: [FieldError] = []
    let count = Int64(elements.count)
    if let least = demands["minItems"]?.int, count < least {
      errors.append(invalid(place, .int(count), "should have at least \(least) items"))
    }
    if let most = demands["maxItems"]?.int, count > most {
      errors.append(
        FieldError(
          .tooMany, place, badValue: String(count), "must have at most \(most) items"))
    }
    if demands["uniqueItems"] == true, Set(elements).count != elements.count {
      errors.append(invalid(place, .array(elements), "shouldn't contain duplicates"))
    }
    guard let items else { return errors }
    errors += duplicates(elements, path)
    for (index, element) in elements.enumerated() {
      errors += items.errors(element, path?.index(index))
    }
    return errors
  }

  private func errors(
    object members: Mapping, _ path: FieldPath?, _ place: String, isRoot: Bool
  ) -> [FieldError] {
    var errors: [FieldError] = []
    let count = Int64(members.count)
    if let least = demands["minProperties"]?.int, count < least {
      errors.append(invalid(place, .int(count), "should have at least \(least) properties"))
    }
    if let most = demands["maxProperties"]?.int, count > most {
      errors.append(
        FieldError(
          .tooMany, place, badValue: String(count), "must have at most \(most) items"))
    }
    func below(_ name: String) -> FieldPath { path?.child(name) ?? FieldPath(name) }
    for name in required where members[name] == nil {
      errors.append(.required(below(name)))
    }
    for (name, member) in members {
      if isRoot, ["apiVersion", "kind", "metadata"].contains(name) { continue }
      guard let schema = schema(of: name) else { continue }
      errors += schema.errors(member, below(name))
    }
    return errors
  }
}
