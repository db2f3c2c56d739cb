import Documents
import KubeObjects

/// The checks of a CustomResourceDefinition's spec.
struct DefinitionValidation {
  private(set) var errors: [FieldError] = []
  private let spec: Value
  private let versions: [Value]
  private let path = FieldPath("spec")

  init(_ definition: Value) {
    spec = definition["spec"] ?? .emptyObject
    versions = spec["versions"]?.array ?? []
    checkGroup(definition)
    let scope = spec["scope"]?.string ?? ""
    if !["Cluster", "Namespaced"].contains(scope) {
      errors.append(
        .notSupported(path.child("scope"), .string(scope), ["Cluster", "Namespaced"]))
    }
    checkVersions()
    checkNames(spec["names"] ?? [:])
  }

  private mutating func checkGroup(_ definition: Value) {
    let group = spec["group"]?.string ?? ""
    guard !group.isEmpty else {
      errors.append(.required(path.child("group")))
      return
    }
    let problems = NameRule.dns1123Subdomain.problems(group)
    errors += problems.map { .invalid(path.child("group"), .string(group), $0) }
    if problems.isEmpty, !group.contains(".") {
      errors.append(
        .invalid(path.child("group"), .string(group), "should be a domain with at least one dot"))
    }
    let isProtected = ["k8s.io", "kubernetes.io"].contains {
      group == $0 || group.hasSuffix(".\($0)")
    }
    let key = "api-approved.kubernetes.io"
    guard isProtected else { return }
    let approval = definition["metadata"]?["annotations"]?[key]?.string ?? ""
    let place = FieldPath("metadata", "annotations").key(key)
    if approval.isEmpty {
      errors.append(
        .required(
          place,
          "protected groups must have approval annotation \(key.goQuoted), see "
            + "https://github.com/kubernetes/enhancements/pull/1111"))
    } else if !approval.hasPrefix("unapproved"), !approval.contains("://") {
      errors.append(
        .invalid(
          place, .string(approval),
          "protected groups must have approval annotation \(key.goQuoted) with either a URL or a "
            + "reason starting with \"unapproved\", see "
            + "https://github.com/kubernetes/enhancements/pull/1111"))
    }
  }

  // MARK: versions

  /// What all versions have alike is told of the spec itself.
  private func isShared(_ member: String) -> Bool {
    versions.allSatisfy { $0[member] == versions.first?[member] }
  }

  private func place(_ member: String, _ index: Int) -> FieldPath? {
    guard isShared(member) else { return path.child("versions").index(index).child(member) }
    guard index == 0 else { return nil }
    return path.child(member == "schema" ? "validation" : member)
  }

  private mutating func checkVersions() {
    let place = path.child("versions")
    for (index, version) in versions.enumerated() {
      let name = version["name"]?.string ?? ""
      let problems = NameRule.dns1035Label.problems(name)
      errors += problems.map { .invalid(place.index(index).child("name"), .string(name), $0) }
      if index == 0 {
        errors += problems.map { .invalid(path.child("version"), .string(name), $0) }
      }
      checkSchema(version, index)
      checkSubresources(version, index)
      checkColumns(version, index)
      checkSelectable(version, index)
    }
    let names = versions.map { $0["name"]?.string ?? "" }
    if Set(names).count != names.count { refuseVersions("must contain unique version names") }
    if versions.filter({ $0["storage"] == true }).count != 1 {
      refuseVersions("must have exactly one version marked as storage version")
    }
  }

  private mutating func refuseVersions(_ why: String) {
    let printed = SchemaPrinting.versions(versions) { isShared($0) }
    errors.append(.invalid(path.child("versions"), printed: printed, why))
  }

  private mutating func checkSchema(_ version: Value, _ index: Int) {
    guard let schema = version["schema"]?["openAPIV3Schema"] else {
      errors.append(
        .required(
          path.child("versions").index(index).child("schema").child("openAPIV3Schema")))
      return
    }
    guard let place = place("schema", index) else { return }
    errors += SchemaDeclaration(schema, place.child("openAPIV3Schema")).errors
  }

  private mutating func checkSubresources(_ version: Value, _ index: Int) {
    guard let scale = version["subresources"]?["scale"],
      let place = place("subresources", index)?.child("scale")
    else { return }
    for (field, start) in [("specReplicasPath", ".spec"), ("statusReplicasPath", ".status")] {
      let text = scale[field]?.string ?? ""
      if text.isEmpty {
        errors.append(.required(place.child(field)))
      } else if !text.hasPrefix(start + ".") {
        errors.append(
          .invalid(place.child(field), .string(text), "should be a json path under \(start)"))
      }
    }
    if let text = scale["labelSelectorPath"]?.string, !text.isEmpty,
      !text.hasPrefix(".spec."), !text.hasPrefix(".status.")
    {
      errors.append(
        .invalid(
          place.child("labelSelectorPath"), .string(text),
          "should be a json path under either .spec or .status"))
    }
  }

  private mutating func checkColumns(_ version: Value, _ index: Int) {
    guard let place = place("additionalPrinterColumns", index) else { return }
    let types = ["boolean", "date", "integer", "number", "string"]
    for (number, column) in (version["additionalPrinterColumns"]?.array ?? []).enumerated() {
      let here = place.index(number)
      if (column["name"]?.string ?? "").isEmpty { errors.append(.required(here.child("name"))) }
      let type = column["type"]?.string ?? ""
      if type.isEmpty {
        errors.append(
          .required(here.child("type"), "must be one of \(types.joined(separator: ","))"))
      } else if !types.contains(type) {
        errors.append(
          .invalid(
            here.child("type"), .string(type), "must be one of \(types.joined(separator: ","))"))
      }
      let text = column["jsonPath"]?.string ?? ""
      if text.isEmpty {
        errors.append(.required(here.child("jsonPath")))
      } else if !text.hasPrefix(".") || (try? JSONPath("{\(text)}", allowsMissing: true)) == nil {
        errors.append(
          .invalid(
            here.child("jsonPath"), .string(text), "must be a simple json path starting with ."))
      }
    }
  }

  private mutating func checkSelectable(_ version: Value, _ index: Int) {
    guard let place = place("selectableFields", index),
      let schema = version["schema"]?["openAPIV3Schema"]
    else { return }
    var seen: Set<String> = []
    for (number, field) in (version["selectableFields"]?.array ?? []).enumerated() {
      let here = place.index(number).child("jsonPath")
      let text = field["jsonPath"]?.string ?? ""
      if text.isEmpty {
        errors.append(.required(here, "must be a simple JSON path starting with ."))
        continue
      }
      guard let found = Self.part(of: schema, at: text) else {
        errors.append(
          .invalid(here, .string(text), "is an invalid path: does not refer to a valid field"))
        continue
      }
      if !["string", "boolean", "integer"].contains(found["type"]?.string ?? "") {
        errors.append(
          .invalid(
            here, .string(text),
            "must point to a field of type string, boolean or integer. Enum string fields and "
              + "strings with formats are allowed."))
      }
      if !seen.insert(text).inserted { errors.append(.duplicate(here, .string(text))) }
    }
  }

  private static func part(of schema: Value, at path: String) -> Value? {
    guard let steps = ValidationRule.steps(path) else { return nil }
    var here = schema
    for step in steps {
      guard let next = here["properties"]?[step] else { return nil }
      here = next
    }
    return here
  }

  // MARK: names

  private mutating func checkNames(_ names: Value) {
    let place = path.child("names")
    for (field, isLower) in [
      ("plural", false), ("singular", false), ("kind", true), ("listKind", true),
    ] {
      let name = names[field]?.string ?? ""
      if name.isEmpty {
        errors.append(.required(place.child(field)))
        continue
      }
      errors += NameRule.dns1035Label.problems(isLower ? name.lowercased() : name).map {
        .invalid(place.child(field), .string(name), $0)
      }
    }
    for list in ["shortNames", "categories"] {
      for (index, name) in (names[list]?.array ?? []).enumerated() {
        errors += NameRule.dns1035Label.problems(name.string ?? "").map {
          .invalid(place.child(list).index(index), name, $0)
        }
      }
    }
    if let kind = names["kind"]?.string, !kind.isEmpty, kind == names["listKind"]?.string {
      errors.append(
        .invalid(
          place.child("listKind"), .string(kind), "kind and listKind may not be the same"))
    }
  }
}
