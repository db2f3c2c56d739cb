import CEL
import Documents
import KubeObjects

extension CustomSchema {
  /// What a place's checks found: kube-openapi's `validate.Result`. Errors name their place relative
  /// to the whole value; those of no place in particular have an empty name.
  struct Findings {
    private(set) var errors: [FieldError] = []
    /// The errors again: each is told once.
    private var known: Set<FieldError> = []
    /// How many checks were made and passed: which of several alternatives came nearest.
    var matches = 0

    mutating func merge(_ other: Findings) {
      if errors.isEmpty {
        (errors, known) = (other.errors, other.known)
      } else {
        add(other.errors)
      }
      matches += other.matches
    }

    mutating func add(_ more: [FieldError]) {
      for error in more where known.insert(error).inserted { errors.append(error) }
    }

    mutating func forgive() {
      errors = []
      known = []
    }
  }

  /// What is wrong with a value, in the words of the server's OpenAPI validation. `old`: what the
  /// value was; parts that did not change may stay as they are (CRD ratcheting).
  /// `path`: what all places are below; nil where the value is the whole object.
  func errors(_ value: Value, old: Value? = nil, _ path: FieldPath? = nil) -> [FieldError] {
    let start = path?.description ?? ""
    return findings(value, old: old, "").errors.map { error in
      var error = error
      if error.field.isEmpty {
        error.field = path == nil ? "<nil>" : start
      } else if !start.isEmpty {
        error.field = "\(start).\(error.field)"
      }
      return error
    }
  }

  /// The checks in upstream's order; each looks at values of its own kind only.
  func findings(_ value: Value, old: Value?, _ place: String) -> Findings {
    var all = Findings()
    if hasType {
      if let error = typeError(value, place) { all.add([error]) } else { all.matches += 1 }
    }
    if value.isNull {
      all.add(enumErrors(value, place))
    } else {
      if hasType { all.matches += 1 }
      all.merge(logical(value, place))
      all.matches += 2
      switch value {
      case .string(let text):
        all.add(errors(text: text, place))
        all.matches += 1
      case .int, .double:
        all.add(errors(number: value, place))
        all.matches += 2
      case .array(let elements): all.merge(findings(list: elements, old: old, place))
      default: break
      }
      all.add(enumErrors(value, place))
      all.matches += 1
      if case .object(let members) = value {
        all.merge(findings(object: members, old: old, place))
      }
      all.matches += 1
    }
    if let old, old == value { all.forgive() }
    return all
  }

  // MARK: types

  private var types: [String] {
    isIntOrString ? ["integer", "string"] : type.isEmpty ? [] : [type]
  }

  private var hasType: Bool { !types.isEmpty || !checkedFormat.isEmpty }

  private func typeError(_ value: Value, _ place: String) -> FieldError? {
    let types = types
    func refused(_ wanted: String, _ actual: String) -> FieldError {
      FieldError(
        .typeInvalid, place, badValue: actual.goQuoted,
        "\(place) in body must be of type \(wanted): \(actual.goQuoted)")
    }
    // The JSON type and what go-openapi calls its format.
    let (actual, form): (String, String) =
      switch value {
      case .null: ("null", "")
      case .bool: ("boolean", "")
      case .int: ("integer", "int64")
      case .double: ("number", "float64")
      case .string: ("string", "")
      case .array: ("array", "")
      case .object: ("object", "")
      }
    let wanted = types.joined(separator: ",")
    if value.isNull { return types.isEmpty || isNullable ? nil : refused(wanted, actual) }
    var fits = types.contains(actual)
    if case .double(let number) = value, types.contains("integer") {
      fits = fits || Self.isWhole(number)
    }
    if actual == "integer", types.contains("number") { fits = true }
    let isTextual = actual == "string" || actual == "array"
    if !checkedFormat.isEmpty {
      if !isTextual, !fits, form != checkedFormat { return refused(checkedFormat, form) }
      if isTextual, !types.contains("number"), !types.contains("integer") { return nil }
    }
    return fits ? nil : refused(wanted, actual)
  }

  /// swag's IsFloat64AJSONInteger: whole within a billionth, and exact in a JSON number.
  private static func isWhole(_ number: Double) -> Bool {
    guard number.isFinite, number.magnitude <= 9_007_199_254_740_991 else { return false }
    let whole = number.rounded()
    return number == whole || (number - whole).magnitude < 1e-9 * whole.magnitude
  }

  /// A listed value is compared after Go's conversion to its type.
  private func enumErrors(_ value: Value, _ place: String) -> [FieldError] {
    guard let allowed = demands["enum"]?.array, !allowed.isEmpty else { return [] }
    let isListed = allowed.contains { one in
      switch (one, value) {
      case (.int(let wanted), .double(let number)):
        Int64(exactly: number.rounded(.towardZero)) == wanted
      case (.double(let wanted), .int(let number)): wanted == Double(number)
      default: one == value
      }
    }
    guard !isListed else { return [] }
    let shown = allowed.map { ($0.string ?? $0.goJSON).goQuoted }.joined(separator: ", ")
    return [
      FieldError(
        .notSupported, place, badValue: value.goPrinted, "supported values: \(shown)")
    ]
  }

  private func invalid(_ place: String, _ value: Value, _ demand: String) -> FieldError {
    FieldError(.invalid, place, badValue: value.goPrinted, "\(place) in body \(demand)")
  }

  // MARK: texts

  /// The first of length and pattern that is broken, and the format.
  private func errors(text: String, _ place: String) -> [FieldError] {
    var errors: [FieldError] = []
    let count = Int64(text.unicodeScalars.count)
    if let most = demands["maxLength"]?.int, count > most {
      errors.append(
        FieldError(.tooLong, place, badValue: nil, FieldError.atMost(bytes: Int(most))))
    } else if let least = demands["minLength"]?.int, count < least {
      errors.append(invalid(place, .string(text), "should be at least \(least) chars long"))
    } else if let pattern = demands["pattern"]?.string, !Self.matches(text, pattern) {
      errors.append(invalid(place, .string(text), "should match '\(pattern)'"))
    }
    if !TextFormat.accepts(text, checkedFormat) {
      errors.append(
        FieldError(
          .typeInvalid, place, badValue: text.goQuoted,
          "\(place) in body must be of type \(checkedFormat): \(text.goQuoted)"))
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

  // MARK: numbers

  private func errors(number value: Value, _ place: String) -> [FieldError] {
    var errors = rangeErrors(value, "Checked", place)
    let bounds = [
      ("multipleOf", "MultipleOf"), ("minimum", "Minimum boundary"),
      ("maximum", "Maximum boundary"),
    ]
    for (name, title) in bounds {
      guard let bound = demands[name], !bound.isNull else { continue }
      let unfit = rangeErrors(.double(bound.number ?? 0), title, place)
      errors += unfit
      // A bound that does not fit its own type is compared as a plain number.
      let compared: Value = unfit.isEmpty ? value : .double(value.number ?? 0)
      if let error = compare(compared, name, bound.number ?? 0, place) { errors.append(error) }
    }
    return errors
  }

  /// Whether a number is one of the declared type: IsValueValidAgainstRange.
  private func rangeErrors(_ value: Value, _ title: String, _ place: String) -> [FieldError] {
    let isChecked =
      switch (isIntOrString ? "" : type, checkedFormat) {
      case ("integer", "int32"): value.whole.flatMap { Int32(exactly: $0) } != nil
      case ("integer", _): value.whole != nil
      case ("number", "float"): Float(value.number ?? 0).isFinite
      default: true
      }
    guard !isChecked else { return [] }
    let form = checkedFormat.isEmpty ? "(default format)" : "with format \(checkedFormat)"
    return [
      FieldError(
        .invalid, "", badValue: "\"\"", "\(title) value must be of type \(type) \(form) in \(place)"
      )
    ]
  }

  /// Integers are compared as such, with the bound cut to one; all else as floating-point numbers.
  private func compare(
    _ value: Value, _ name: String, _ bound: Double, _ place: String
  ) -> FieldError? {
    var shown = Value.double(bound).goPrinted
    var number = value.number ?? 0
    var limit = bound
    var isMultiple = true
    if case .int(let whole) = value {
      // What does not fit becomes the least number, as on amd64.
      let cut = Int64(exactly: bound.rounded(.towardZero)) ?? .min
      shown = String(cut)
      if name == "multipleOf" {
        limit = Double(cut)
        isMultiple = cut > 0 && whole % cut == 0
      } else {
        // Compared exactly: the difference's sign.
        number = whole < cut ? -1 : whole > cut ? 1 : 0
        limit = 0
      }
    } else if name == "multipleOf" {
      isMultiple = bound > 0 && Self.isWhole(bound < 1 ? 1 / bound * number : number / bound)
    }
    func isOpen(_ member: String) -> Bool { demands[member] == true }
    switch name {
    case "multipleOf":
      if limit <= 0 {
        return FieldError(
          .invalid, place, badValue: shown,
          "factor MultipleOf declared for \(place) must be positive: \(shown)")
      }
      return isMultiple ? nil : invalid(place, value, "should be a multiple of \(shown)")
    case "minimum":
      let open = isOpen("exclusiveMinimum")
      guard open ? number <= limit : number < limit else { return nil }
      return invalid(
        place, value, "should be greater than \(open ? "" : "or equal to ")\(shown)")
    default:
      let open = isOpen("exclusiveMaximum")
      guard open ? number >= limit : number > limit else { return nil }
      return invalid(place, value, "should be less than \(open ? "" : "or equal to ")\(shown)")
    }
  }

  // MARK: lists and objects

  private func findings(list elements: [Value], old: Value?, _ place: String) -> Findings {
    var all = Findings()
    if let items {
      let old = KeyedElements(old, of: self)
      for (index, element) in elements.enumerated() {
        let before = old[element]
        all.merge(items.findings(element, old: before, "\(place)[\(index)]"))
      }
    }
    let count = elements.count
    if let least = demands["minItems"]?.int, count < least {
      all.add([invalid(place, .int(Int64(count)), "should have at least \(least) items")])
    }
    if let most = demands["maxItems"]?.int, count > most {
      all.add([
        FieldError(.tooMany, place, badValue: String(count), FieldError.atMost(items: Int(most)))
      ])
    }
    all.matches += 2
    return all
  }

  private func findings(object members: Mapping, old: Value?, _ place: String) -> Findings {
    var all = Findings()
    let count = members.count
    if let least = demands["minProperties"]?.int, count < least {
      all.add([invalid(place, .int(Int64(count)), "should have at least \(least) properties")])
    }
    if let most = demands["maxProperties"]?.int, count > most {
      all.add([
        FieldError(.tooMany, place, badValue: String(count), FieldError.atMost(items: Int(most)))
      ])
    }
    let known = isAtomicMap ? nil : old
    func below(_ name: String) -> String { place.isEmpty ? name : "\(place).\(name)" }
    if let additional {
      for (name, member) in members where properties[name] == nil {
        all.merge(additional.findings(member, old: known?[name], below(name)))
      }
    }
    for name in names {
      guard let schema = properties[name], let member = members[name] else { continue }
      // What every object has to say of itself counts as new.
      let isOwn = place.isEmpty && ["apiVersion", "kind"].contains(name)
      all.merge(schema.findings(member, old: isOwn ? nil : known?[name], below(name)))
    }
    for name in required where members[name] == nil {
      all.add([FieldError(.required, below(name), badValue: nil, "")])
    }
    all.matches += 1
    return all
  }
}

extension Value {
  /// The number, where it is whole and fits 64 bits.
  fileprivate var whole: Int64? {
    switch self {
    case .int(let number): number
    case .double(let number): Int64(exactly: number)
    default: nil
    }
  }
}
