import Documents
import KubeObjects

/// The checks that claims for devices, classes of devices and slices of them share, as upstream's
/// pkg/apis/resource/validation has them.
enum DeviceChecks {
  static let mostRequests = 32
  static let mostConfigurations = 32
  private static let mostConditions = 4
  private static let longestParameters = 10 * 1024

  /// The checks of each element of a list that is not too long; a longer one is not looked at.
  static func each(
    _ owner: Value, _ key: String, _ path: FieldPath, most: Int,
    _ check: (Value, FieldPath) -> [FieldError]
  ) -> [FieldError] {
    let (items, list) = (owner.items(key), path.child(key))
    if items.count > most { return [.tooMany(list, items.count, max: most)] }
    return items.enumerated().flatMap { check($0.element, list.index($0.offset)) }
  }

  /// As `each`, of a list in which each element's `name` (nil: the element) stands once.
  static func eachOnce(
    _ owner: Value, _ key: String, _ path: FieldPath, most: Int, name: String?,
    _ check: (Value, FieldPath) -> [FieldError]
  ) -> [FieldError] {
    let errors = each(owner, key, path, most: most, check)
    let items = owner.items(key)
    if items.count > most { return errors }
    var seen: Set<String> = []
    return errors
      + items.enumerated().compactMap { index, item in
        let text = name.map { item.text($0) } ?? item.string ?? ""
        return seen.insert(text).inserted
          ? nil : .duplicate(path.child(key).index(index), .string(text))
      }
  }

  /// A driver's name is one of CSI's: a subdomain, in whatever case, of at most 63 bytes.
  static func driver(_ name: String, _ path: FieldPath) -> [FieldError] {
    if name.isEmpty { return [.required(path)] }
    if name.utf8.count > 63 { return [.tooLong(path, max: 63)] }
    return NameRule.dns1123Subdomain.problems(name.lowercased())
      .map { .invalid(path, .string(name), $0) }
  }

  /// Subdomains with slashes between them.
  static func pool(_ name: String, _ path: FieldPath) -> [FieldError] {
    if name.isEmpty { return [.required(path)] }
    let length: [FieldError] = name.utf8.count > 253 ? [.tooLong(path, max: 253)] : []
    return length
      + name.split(separator: "/", omittingEmptySubsequences: false).flatMap {
        Checks.name(.dns1123Subdomain, String($0), path)
      }
  }

  /// A name of an attribute or capacity: an identifier, perhaps with a domain before it.
  static func qualifiedName(_ name: String, _ path: FieldPath) -> [FieldError] {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard let first = parts.first else { return [] }
    switch parts.count {
    case 1: return identifier(first, path)
    case 2:
      let domain: [FieldError] =
        first.isEmpty
        ? [.invalid(path, "", "the domain must not be empty")] : driver(first, path)
      return domain
        + (parts[1].isEmpty
          ? [.invalid(path, "", "the name must not be empty")] : identifier(parts[1], path))
    // Upstream looks at no name with more slashes.
    default: return []
    }
  }

  private static func identifier(_ name: String, _ path: FieldPath) -> [FieldError] {
    (name.utf8.count > 32 ? [.tooLong(path, max: 32)] : [])
      + Checks.name(.cIdentifier, name, path)
  }

  static func fullyQualifiedName(_ name: String, _ path: FieldPath) -> [FieldError] {
    let errors = qualifiedName(name, path)
    if name.contains("/") { return errors }
    let text = "a fully qualified name must be a domain and a name separated by a slash"
    return errors + [.invalid(path, .string(name), text)]
  }

  /// What a driver is told besides; `isStored`: an older limit held when it was written.
  static func configuration(_ owner: Value, _ path: FieldPath, isStored: Bool) -> [FieldError] {
    let place = path.child("opaque")
    guard let opaque = owner["opaque"], !opaque.isNull else { return [.required(place)] }
    let here = place.child("parameters")
    let errors = driver(opaque.text("driver"), place.child("driver"))
    guard let parameters = opaque["parameters"], !parameters.isNull else {
      return errors + [.required(here)]
    }
    return errors + object(parameters, here, isStored: isStored)
  }

  /// What a driver says or is told in words of its own.
  static func object(_ value: Value, _ path: FieldPath, isStored: Bool) -> [FieldError] {
    if !isStored, value.goJSON.utf8.count > longestParameters {
      return [.tooLong(path, max: longestParameters)]
    }
    return value.object == nil
      ? [.invalid(path, "<value omitted>", "must be a valid JSON object")] : []
  }

  private static let effects = ["NoExecute", "NoSchedule", "None"]

  static func toleration(_ toleration: Value, _ path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    let key = toleration.text("key")
    if !key.isEmpty { errors += Checks.name(.qualifiedName, key, path.child("key")) }
    let (value, place) = (toleration.text("value"), path.child("value"))
    switch toleration.text("operator") {
    case "Exists":
      if !value.isEmpty {
        errors.append(.invalid(place, .string(value), "must be empty for operator `Exists`"))
      }
    case "Equal": errors += Checks.name(.labelValue, value, place)
    default: errors += Checks.oneOf(toleration, "operator", ["Equal", "Exists"], path)
    }
    if !toleration.text("effect").isEmpty {
      errors += Checks.oneOf(toleration, "effect", effects, path)
    }
    return errors
  }

  static func taint(_ taint: Value, _ path: FieldPath) -> [FieldError] {
    let errors =
      Checks.name(.qualifiedName, taint.text("key"), path.child("key"))
      + Checks.name(.labelValue, taint.text("value"), path.child("value"))
    return errors
      + (taint.text("effect").isEmpty
        ? [.required(path.child("effect"))] : Checks.oneOf(taint, "effect", effects, path))
  }

  /// The conditions that a device's binding waits for, and those that end the wait.
  static func bindingConditions(_ owner: Value, _ path: FieldPath) -> [FieldError] {
    let (wanted, failed) = ("bindingConditions", "bindingFailureConditions")
    var errors: [FieldError] = []
    for key in [wanted, failed] {
      errors += each(owner, key, path, most: mostConditions) {
        Checks.name(.qualifiedName, $0.string ?? "", $1)
      }
    }
    let (good, bad) = (owner.texts(wanted), owner.texts(failed))
    errors += repeated(good, path.child(wanted))
    var seen: Set<String> = []
    for (index, condition) in bad.enumerated() {
      let here = path.child(failed).index(index)
      if !seen.insert(condition).inserted {
        errors.append(.duplicate(here, .string(condition)))
      }
      if good.contains(condition) {
        errors.append(
          .invalid(here, .string(condition), "\(failed) must not overlap with \(wanted)"))
      }
    }
    for (key, other) in [(wanted, failed), (failed, wanted)]
    where owner.items(key).isEmpty && !owner.items(other).isEmpty {
      let printed = owner[key]?.goJSON ?? "null"
      errors.append(
        .invalid(path.child(key), printed: printed, "\(key) are required to use \(other)"))
    }
    return errors
  }

  private static func repeated(_ texts: [String], _ path: FieldPath) -> [FieldError] {
    var seen: Set<String> = []
    return texts.enumerated().compactMap { index, text in
      seen.insert(text).inserted ? nil : .duplicate(path.index(index), .string(text))
    }
  }
}
