import Documents
import KubeObjects

/// The checks of `metadata` that all built-in kinds share.
enum ObjectMetadata {
  static let path = FieldPath("metadata")

  /// For a new object, whose name must follow `rule`.
  static func validate(
    _ object: Value, namespaced: Bool, _ rule: NameRule = .dns1123Subdomain,
    path: FieldPath = path
  ) -> [FieldError] {
    validate(object, namespaced: namespaced, path: path) { rule.problems($0) }
  }

  static func validate(
    _ object: Value, namespaced: Bool, path: FieldPath = path, name rule: (String) -> [String]
  ) -> [FieldError] {
    let metadata = object["metadata"] ?? [:]
    var errors: [FieldError] = []
    let prefix = metadata.text("generateName")
    if !prefix.isEmpty {
      // A prefix may end with the dash that goes before the suffix.
      let masked = prefix.count > 1 && prefix.hasSuffix("-") ? prefix.dropLast() + "a" : prefix
      errors += rule(masked).map { .invalid(path.child("generateName"), .string(prefix), $0) }
    }
    let name = metadata.text("name")
    if name.isEmpty {
      errors.append(.required(path.child("name"), "name or generateName is required"))
    } else {
      errors += rule(name).map { .invalid(path.child("name"), .string(name), $0) }
    }
    let namespace = metadata.text("namespace")
    if namespaced {
      if namespace.isEmpty {
        errors.append(.required(path.child("namespace")))
      } else {
        errors += NameRule.dns1123Label.problems(namespace).map {
          .invalid(path.child("namespace"), .string(namespace), $0)
        }
      }
    } else if !namespace.isEmpty {
      errors.append(.forbidden(path.child("namespace"), "not allowed on this type"))
    }
    if metadata.number("generation") < 0 {
      errors.append(
        .invalid(
          path.child("generation"), .int(metadata.number("generation")), Checks.notNegative))
    }
    return errors + validateShared(metadata, path, isGeneric(object) ? .generic : .new)
  }

  /// Kinds outside of the core's validation are held to less.
  private static func isGeneric(_ object: Value) -> Bool {
    let version = object.apiVersion
    if version == "v1" || version == "apps/v1" { return false }
    let group = GroupVersion(apiVersion: version).group
    return [
      "apiextensions.k8s.io", "apiregistration.k8s.io", "admissionregistration.k8s.io",
    ].contains(group) || !(group.isEmpty || !group.contains(".") || group.hasSuffix(".k8s.io"))
  }

  /// How thoroughly metadata is looked at.
  private enum Pass {
    /// A new object, whose finalizers have the core's names (ValidateObjectMeta).
    case new
    /// A new one of a kind outside of the core's validation, or any by its common fields.
    case generic
    /// A change (the core's ValidateObjectMetaUpdate).
    case change
    /// A change, but for finalizers' names (ValidateObjectMetaAccessorUpdate).
    case genericChange

    var looksAtFinalizers: Bool { self == .new || self == .generic }
    var namesFinalizers: Bool { self == .new || self == .change }
  }

  /// What any kind's change is asked before its own rules: upstream looks at metadata twice here, and
  /// again there, and tells what it finds each time (validateCommonFields).
  static func validateCommon(_ object: Value, old: Value) -> [FieldError] {
    let (metadata, before) = (object["metadata"] ?? [:], old["metadata"] ?? [:])
    return validateShared(metadata, path, .generic, known: before)
      + changes(metadata, before, old)
      + validateShared(metadata, path, .genericChange, known: before)
  }

  /// For a change of an object; `andNew`: as often as the kind's rules look at it as a new one, too.
  static func validateUpdate(_ object: Value, old: Value, andNew: Int = 0) -> [FieldError] {
    let (metadata, before) = (object["metadata"] ?? [:], old["metadata"] ?? [:])
    let isGeneric = isGeneric(object)
    var errors =
      changes(metadata, before, old)
      + validateShared(metadata, path, isGeneric ? .genericChange : .change, known: before)
    for _ in 0..<andNew {
      errors += validateShared(metadata, path, isGeneric ? .generic : .new, known: before)
    }
    return errors
  }

  /// A change's metadata as a new object's.
  static func validateAsNew(_ object: Value, old: Value) -> [FieldError] {
    validateShared(
      object["metadata"] ?? [:], path, isGeneric(object) ? .generic : .new,
      known: old["metadata"] ?? [:])
  }

  private static func changes(
    _ metadata: Value, _ before: Value, _ old: Value
  ) -> [FieldError] {
    var errors: [FieldError] = []
    if old.isBeingDeleted {
      let known = Set(before.texts("finalizers"))
      let added = Set(metadata.texts("finalizers")).subtracting(known).sorted()
      if !added.isEmpty {
        let list = added.map(\.goQuoted).joined(separator: ", ")
        errors.append(
          .forbidden(
            path.child("finalizers"),
            "no new finalizers can be added if the object is being deleted, "
              + "found new finalizers []string{\(list)}"))
      }
    }
    for field in [
      "name", "namespace", "uid", "creationTimestamp", "deletionTimestamp",
      "deletionGracePeriodSeconds",
    ] where metadata.has(field) && metadata[field] != before[field] {
      errors.append(
        .invalid(path.child(field), metadata[field] ?? .null, Checks.immutable))
    }
    return errors
  }

  /// What is as it is in `known`, the metadata of a stored object, was checked when it was written.
  private static func validateShared(
    _ metadata: Value, _ path: FieldPath, _ pass: Pass, known: Value = .null
  ) -> [FieldError] {
    func isNew(_ field: String) -> Bool {
      metadata[field].map { value in !(known[field].map(value.sharesStorage) ?? false) } ?? false
    }
    var errors: [FieldError] = []
    if isNew("labels") { errors += Checks.labels(metadata["labels"], path.child("labels")) }
    if isNew("annotations") {
      errors += annotations(metadata["annotations"], path.child("annotations"))
    }
    if isNew("ownerReferences") {
      errors += owners(metadata.items("ownerReferences"), path.child("ownerReferences"))
    }
    if isNew("finalizers") {
      errors += finalizers(
        metadata.texts("finalizers"), path.child("finalizers"), pass)
    }
    return errors
  }

  static func annotations(_ annotations: Value?, _ path: FieldPath) -> [FieldError] {
    guard case .object(let mapping)? = annotations else { return [] }
    var errors: [FieldError] = []
    var size = 0
    for (key, value) in mapping {
      errors += NameRule.qualifiedName.problems(key.lowercased()).map {
        .invalid(path, .string(key), $0)
      }
      size += key.utf8.count + (value.string?.utf8.count ?? 0)
    }
    if size > 262_144 { errors.append(.tooLong(path, max: 262_144)) }
    return errors
  }

  /// The metadata of a template, of which only labels and annotations are used
  /// (ValidateTemplateObjectMeta).
  static func template(_ metadata: Value?, _ path: FieldPath) -> [FieldError] {
    let metadata = metadata ?? [:]
    return annotations(metadata["annotations"], path.child("annotations"))
      + Checks.labels(metadata["labels"], path.child("labels"))
      + others.filter { isSet(metadata[$0]) }.map {
        .forbidden(path.child($0 == "uid" ? "uID" : $0), "cannot be set")
      }
  }

  /// The other fields, in upstream's order.
  private static let others = [
    "name", "generateName", "namespace", "selfLink", "uid", "resourceVersion", "generation",
    "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "ownerReferences",
    "finalizers", "managedFields",
  ]

  /// Whether a field is more than Go's zero.
  private static func isSet(_ value: Value?) -> Bool {
    switch value {
    case nil, .null?, .string("")?, .int(0)?: false
    default: true
    }
  }

  private static func owners(_ owners: [Value], _ path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    var controller: Value?
    for owner in owners {
      let apiVersion = owner.text("apiVersion")
      let version = GroupVersion(apiVersion: apiVersion).version
      if version.isEmpty || apiVersion.filter({ $0 == "/" }).count > 1 {
        errors.append(
          .invalid(
            path.child("apiVersion"), .string(owner.text("apiVersion")),
            "version must not be empty"))
      }
      for field in ["kind", "name", "uid"] where owner.text(field).isEmpty {
        errors.append(.invalid(path.child(field), "", "must not be empty"))
      }
      if owner.text("apiVersion") == "v1", owner.text("kind") == "Event" {
        errors.append(
          .invalid(
            path, printed: GoStructure.ownerReference.printed(owner),
            "/v1, Kind=Event is disallowed from being an owner"))
      }
      guard owner.flag("controller") else { continue }
      if let first = controller {
        let list = owners.map { GoStructure.ownerReference.printed($0) }
        errors.append(
          .invalid(
            path, printed: "[" + list.joined(separator: ",") + "]",
            "Only one reference can have Controller set to true. Found \"true\" in references for "
              + "\(first.text("kind"))/\(first.text("name")) and "
              + "\(owner.text("kind"))/\(owner.text("name"))"))
      } else {
        controller = owner
      }
    }
    return errors
  }

  private static func finalizers(
    _ finalizers: [String], _ path: FieldPath, _ pass: Pass
  ) -> [FieldError] {
    guard !finalizers.isEmpty else { return [] }
    var errors: [FieldError] = []
    if pass.looksAtFinalizers {
      for finalizer in finalizers {
        errors += NameRule.qualifiedName.problems(finalizer).map {
          .invalid(path, .string(finalizer), $0)
        }
      }
      if finalizers.contains("orphan"), finalizers.contains("foregroundDeletion") {
        errors.append(
          .invalid(
            path, .array(finalizers.map { .string($0) }),
            "finalizer orphan and foregroundDeletion cannot be both set"))
      }
    }
    guard pass.namesFinalizers else { return errors }
    return errors
      + finalizers.enumerated().flatMap { standardFinalizer($0.element, path.index($0.offset)) }
  }

  /// A name that stands for itself (ValidateFinalizerName).
  static func finalizer(_ name: String, _ path: FieldPath) -> [FieldError] {
    Checks.name(.qualifiedName, name, path) + standardFinalizer(name, path)
  }

  private static func standardFinalizer(_ name: String, _ path: FieldPath) -> [FieldError] {
    name.contains("/") || standardFinalizers.contains(name)
      ? []
      : [
        .invalid(
          path, .string(name),
          "name is neither a standard finalizer name nor is it fully qualified")
      ]
  }

  private static let standardFinalizers: Set<String> = [
    "kubernetes", "orphan", "foregroundDeletion",
  ]
}
