import Documents
import KubeObjects

/// Small checks that many kinds share, with upstream's texts.
enum Checks {
  static let immutable = "field is immutable"
  static let notNegative = "must be greater than or equal to 0"
  static let notPositive = "must be greater than zero"

  static func between(_ low: Int64, _ high: Int64) -> String {
    "must be between \(low) and \(high), inclusive"
  }

  static func name(_ rule: NameRule, _ name: String, _ path: FieldPath) -> [FieldError] {
    rule.problems(name).map { .invalid(path, .string(name), $0) }
  }

  static func labels(_ labels: Value?, _ path: FieldPath) -> [FieldError] {
    guard case .object(let mapping)? = labels else { return [] }
    var errors: [FieldError] = []
    for (key, value) in mapping {
      errors += name(.qualifiedName, key, path)
      errors += name(.labelValue, value.string ?? "", path)
    }
    return errors
  }

  /// A selector object, which may be absent.
  static func labelSelector(_ selector: Value?, _ path: FieldPath) -> [FieldError] {
    guard let selector, !selector.isNull else { return [] }
    var errors = labels(selector["matchLabels"], path.child("matchLabels"))
    for (index, requirement) in selector.items("matchExpressions").enumerated() {
      errors += self.requirement(requirement, path.child("matchExpressions").index(index))
    }
    return errors
  }

  private static func requirement(_ requirement: Value, _ path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    if let unfit = valuesFit(requirement, path) {
      errors += unfit
    } else {
      errors.append(
        .invalid(
          path.child("operator"), .string(requirement.text("operator")),
          "not a valid selector operator"))
    }
    errors += name(.qualifiedName, requirement.text("key"), path.child("key"))
    for (index, value) in requirement.texts("values").enumerated() {
      errors += name(.labelValue, value, path.child("values").index(index))
    }
    return errors
  }

  /// Whether a requirement has values just where its operator wants some; nil: the operator is none.
  static func valuesFit(_ requirement: Value, _ path: FieldPath) -> [FieldError]? {
    let values = requirement.texts("values")
    switch requirement.text("operator") {
    case "In", "NotIn":
      guard values.isEmpty else { return [] }
      return [
        .required(path.child("values"), "must be specified when `operator` is 'In' or 'NotIn'")
      ]
    case "Exists", "DoesNotExist":
      guard !values.isEmpty else { return [] }
      return [
        .forbidden(
          path.child("values"),
          "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
      ]
    default: return nil
    }
  }

  static func notNegative(_ object: Value, _ key: String, _ path: FieldPath) -> [FieldError] {
    let number = object.number(key)
    return number < 0 ? [.invalid(path.child(key), .int(number), notNegative)] : []
  }

  static func port(_ number: Int64, _ path: FieldPath) -> [FieldError] {
    (1...65535).contains(number) ? [] : [.invalid(path, .int(number), between(1, 65535))]
  }

  /// A number, or the name of a container's port.
  static func portOrName(_ port: Value?, _ path: FieldPath) -> [FieldError] {
    switch port {
    case .string(let text)?: name(.portName, text, path)
    case .int(let number)?: self.port(number, path)
    default: self.port(0, path)
    }
  }

  static func oneOf(
    _ object: Value, _ key: String, _ supported: [String], _ path: FieldPath
  ) -> [FieldError] {
    let text = object.text(key)
    return supported.contains(text)
      ? [] : [.notSupported(path.child(key), .string(text), supported)]
  }

  static func requiredText(_ object: Value, _ key: String, _ path: FieldPath) -> [FieldError] {
    object.text(key).isEmpty ? [.required(path.child(key))] : []
  }

  /// Refuses a change of a field.
  static func unchanged(
    _ object: Value?, _ old: Value?, _ path: FieldPath, structure: GoStructure? = nil
  ) -> [FieldError] {
    let new = object ?? .null
    if new == (old ?? .null) { return [] }
    return [
      .invalid(path, printed: structure?.printed(new) ?? new.goPrinted, immutable)
    ]
  }

  /// Paths inside a volume: relative and without steps up.
  static func descendingPath(_ text: String, _ path: FieldPath) -> [FieldError] {
    (text.hasPrefix("/") ? [.invalid(path, .string(text), "must be a relative path")] : [])
      + noBacksteps(text, path)
  }

  static func noBacksteps(_ text: String, _ path: FieldPath) -> [FieldError] {
    text.utf8.split(separator: UInt8(ascii: "/")).contains { $0.elementsEqual("..".utf8) }
      ? [.invalid(path, .string(text), "must not contain '..'")] : []
  }

  /// `acme.io/foo` (IsDomainPrefixedPath); an error of a half shows that half.
  static func domainPrefixedPath(_ text: String, _ path: FieldPath) -> [FieldError] {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
      .map(String.init)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
      return [
        .invalid(
          path, .string(text), "must be a domain-prefixed path (such as \"acme.io/foo\")")
      ]
    }
    let isPath = parts[1].unicodeScalars.allSatisfy {
      $0.properties.isAlphabetic && $0.isASCII || ("0"..."9").contains($0)
        || #"/-._~%!$&'()*+,;=:"#.unicodeScalars.contains($0)
    }
    return name(.dns1123Subdomain, parts[0], path)
      + (isPath
        ? []
        : [
          .invalid(
            path, .string(parts[1]),
            NameRule.mismatch("Invalid path", #"[A-Za-z0-9/\-._~%!$&'()*+,;=:]+"#))
        ])
  }

  static func userID(_ object: Value, _ key: String, _ path: FieldPath) -> [FieldError] {
    guard let id = object[key]?.int, !(0...Int64(Int32.max)).contains(id) else { return [] }
    return [.invalid(path.child(key), .int(id), between(0, 2_147_483_647))]
  }
}

extension Checks {
  static func oneOfAt(_ path: FieldPath, _ text: String, _ supported: [String]) -> [FieldError] {
    supported.contains(text) ? [] : [.notSupported(path, .string(text), supported)]
  }
}
