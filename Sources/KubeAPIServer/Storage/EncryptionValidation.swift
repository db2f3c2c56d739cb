import Documents
import KubeObjects

/// What is wrong with an EncryptionConfiguration (validation_encryption.go).
struct EncryptionValidation {
  private static let kinds = ["kms", "aesgcm", "aescbc", "secretbox", "identity"]
  /// How long keys may be.
  static let lengths = ["aescbc": [16, 24, 32], "aesgcm": [16, 24, 32], "secretbox": [32]]

  static func validate(_ configuration: Value) -> [FieldError] {
    let root = FieldPath("resources")
    let list = configuration.items("resources")
    guard !list.isEmpty else { return [.required(root, "at least one resources is required")] }
    return list.enumerated().flatMap { index, entry in
      let (names, providers) = (
        root.index(index).child("resources"), root.index(index).child("providers")
      )
      var errors: [FieldError] = []
      if entry.texts("resources").isEmpty {
        errors.append(.required(names, "at least one \(names) is required"))
      }
      errors += validate(names: entry.texts("resources"), names)
      if entry.items("providers").isEmpty {
        errors.append(.required(providers, "at least one \(providers) is required"))
      }
      for (number, provider) in entry.items("providers").enumerated() {
        errors += validate(provider: provider, providers.index(number))
      }
      return errors
    }
  }

  // MARK: resources

  private static func validate(names: [String], _ path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    let all = Value.array(names.map { .string($0) })
    if Set(names).count < names.count {
      errors.append(
        .invalid(path, all, "the same resource cannot be specified multiple times"))
    }
    if overlap(names) {
      errors.append(
        .invalid(
          path, all,
          "using overlapping resources such as 'secrets' and '*.' in the same resource list is not "
            + "allowed as they will be masked"))
    }
    for (index, name) in names.enumerated() {
      if let why = refusal(of: name) {
        errors.append(.invalid(path.index(index), .string(name), why))
      }
    }
    return errors
  }

  private static func parsed(_ name: String) -> (resource: Substring, group: Substring) {
    guard let dot = name.firstIndex(of: ".") else { return (name[...], "") }
    return (name[..<dot], name[name.index(after: dot)...])
  }

  private static func overlap(_ names: [String]) -> Bool {
    for (index, one) in names.enumerated() {
      for (place, other) in names.enumerated() where place != index && one != other {
        if one == "*.*" { return true }
        let (a, b) = (parsed(one), parsed(other))
        if a.group == b.group, a.resource == "*" || b.resource == "*" { return true }
      }
    }
    return false
  }

  private static func refusal(of name: String) -> String? {
    if name.contains(where: \.isUppercase) {
      return "resource name should not contain capital letters"
    }
    if name == "*" {
      return "use '*.' to encrypt all the resources from core API group or *.* to encrypt all "
        + "resources"
    }
    if ["apiserveripinfo", "serviceipallocations", "servicenodeportallocations"].contains(name) {
      return "resources which do not have REST API/s cannot be encrypted"
    }
    let (resource, group) = parsed(name)
    switch group {
    case "events.k8s.io":
      return "'*.events.k8s.io' objects are stored using the 'events' API group in etcd. Use "
        + "'events' instead in the config file"
    case "extensions":
      return "'extensions' group has been removed and cannot be used for encryption"
    case "*" where resource != "*":
      return "encrypting the same resource across groups is not supported"
    default: return nil
    }
  }

  // MARK: providers

  private static func validate(provider: Value, _ path: FieldPath) -> [FieldError] {
    let found = kinds.filter { provider.has($0) }
    var errors: [FieldError] = []
    let key = GoStructure("Name=s Secret=s")
    let keys = GoStructure("Keys", ["Keys": .list(key)])
    let structure = GoStructure(
      "AESGCM:aesgcm AESCBC:aescbc Secretbox:secretbox Identity:identity KMS:kms",
      ["AESGCM": .pointer(keys), "AESCBC": .pointer(keys), "Secretbox": .pointer(keys)])
    if found.isEmpty {
      errors.append(
        .invalid(
          path, printed: structure.printed(provider),
          "provider does not contain any of the expected providers: KMS, AESGCM, AESCBC, "
            + "Secretbox, Identity"))
    } else if found.count > 1 {
      errors.append(
        .invalid(
          path, printed: structure.printed(provider),
          "more than one provider specified in a single element, should split into different list "
            + "elements"))
    }
    for kind in found {
      guard let lengths = lengths[kind] else { continue }
      errors += validate(
        keys: provider[kind]?.items("keys") ?? [], path.child(kind).child("keys"), lengths)
      break
    }
    return errors
  }

  private static func validate(
    keys: [Value], _ path: FieldPath, _ lengths: [Int]
  ) -> [FieldError] {
    guard !keys.isEmpty else { return [.required(path, "at least one keys is required")] }
    return keys.enumerated().flatMap { index, key in
      let place = path.index(index)
      var errors: [FieldError] = []
      if key.text("name").isEmpty {
        errors.append(.required(place.child("name"), "name is a mandatory field for a key"))
      }
      let secret = key.text("secret")
      guard !secret.isEmpty else {
        return errors + [
          .required(place.child("secret"), "secret is a mandatory field for a key")
        ]
      }
      guard let bytes = Base64.decode(secret) else {
        return errors + [
          .invalid(place.child("secret"), "REDACTED", "secrets must be base64 encoded")
        ]
      }
      if !lengths.contains(bytes.count) {
        let wanted = lengths.map(String.init).joined(separator: " ")
        errors.append(
          .invalid(
            place.child("secret"), "REDACTED",
            "secret is not of the expected length, got \(bytes.count), expected one of [\(wanted)]"
          ))
      }
      return errors
    }
  }

  // MARK: decoding

  /// The file is read strictly: fields that nobody knows are refused.
  static func unknownFields(_ configuration: Value) -> [String] {
    var found = extra(configuration, ["apiVersion", "kind", "resources"], "")
    for (index, entry) in configuration.items("resources").enumerated() {
      let place = "resources[\(index)]."
      found += extra(entry, ["resources", "providers"], place)
      for (number, provider) in entry.items("providers").enumerated() {
        let inner = "\(place)providers[\(number)]."
        found += extra(provider, kinds, inner)
        for kind in lengths.keys.sorted() {
          guard let settings = provider[kind] else { continue }
          found += extra(settings, ["keys"], "\(inner)\(kind).")
          for (place, key) in settings.items("keys").enumerated() {
            found += extra(key, ["name", "secret"], "\(inner)\(kind).keys[\(place)].")
          }
        }
      }
    }
    return found
  }

  private static func extra(_ value: Value, _ known: [String], _ place: String) -> [String] {
    (value.object?.map(\.key) ?? []).filter { !known.contains($0) }.map {
      "unknown field \((place + $0).goQuoted)"
    }
  }
}
