import Documents
import KubeObjects

/// The checks of a CustomResourceDefinition's spec.
struct DefinitionValidation {
  var errors: [FieldError] = []
  let spec: Value
  let versions: [Value]
  let path = FieldPath("spec")

  let old: Value?

  init(_ definition: Value, old: Value? = nil) {
    spec = definition["spec"] ?? .emptyObject
    self.old = old
    versions = spec["versions"]?.array ?? []
    checkGroup()
    choose("scope", spec["scope"], ["Cluster", "Namespaced"], path)
    checkVersions()
    checkNames(spec["names"] ?? [:])
    checkShared()
    checkConversion(spec["conversion"] ?? [:])
    if let old { checkFixed(old) }
    checkStatus(definition["status"] ?? [:])
    checkApproval(definition)
    if spec["preserveUnknownFields"] == true, old?["spec"]?["preserveUnknownFields"] != true {
      errors.append(
        .invalid(
          path.child("preserveUnknownFields"), true,
          "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in "
            + "spec.versions[*].schema instead"))
    }
  }

  private mutating func checkGroup() {
    let group = spec["group"]?.string ?? ""
    let problems = NameRule.dns1123Subdomain.problems(group)
    if group.isEmpty {
      errors.append(.required(path.child("group")))
    } else if !problems.isEmpty {
      refuse(path.child("group"), group, problems)
    } else if !group.contains(".") {
      errors.append(
        .invalid(path.child("group"), .string(group), "should be a domain with at least one dot"))
    }
  }

  /// Upstream tells one field's problems in one error.
  mutating func refuse(
    _ place: FieldPath, _ name: String, _ problems: [String], _ start: String = ""
  ) {
    guard !problems.isEmpty else { return }
    errors.append(.invalid(place, .string(name), start + problems.joined(separator: ",")))
  }

  mutating func choose(
    _ member: String, _ value: Value?, _ choices: [String], _ place: FieldPath
  ) {
    let text = value?.string ?? ""
    if text.isEmpty {
      errors.append(.required(place.child(member)))
    } else if !choices.contains(text) {
      errors.append(.notSupported(place.child(member), .string(text), choices))
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
    for (index, version) in versions.enumerated()
    where version["schema"]?["openAPIV3Schema"] == nil {
      errors.append(
        .required(
          path.child("versions").index(index).child("schema").child("openAPIV3Schema")))
    }
    let first = versions.first?["name"]?.string ?? ""
    for (index, version) in versions.enumerated() {
      let place = path.child("versions").index(index)
      let name = version["name"]?.string ?? ""
      refuse(place.child("name"), name, NameRule.dns1035Label.problems(name))
      checkDeprecation(version, place.child("deprecationWarning"))
      let hasStatus = version["subresources"]?["status"].map { !$0.isNull } ?? false
      for check in checks where !isShared(check.member) {
        check.run(&self, version, place.child(check.member), hasStatus)
      }
      // What all versions have alike is not looked for in one of them, not even a schema.
      if isShared("schema"), !isShared("selectableFields"),
        !version.items("selectableFields").isEmpty
      {
        errors.append(
          .invalid(
            place.child("selectableFields"), "",
            "may only be set when `version.schema.openAPIV3Schema` is not included"))
      }
    }
    let names = versions.map { $0["name"]?.string ?? "" }
    if Set(names).count != names.count { refuseVersions("must contain unique version names") }
    if versions.filter({ $0["storage"] == true }).count != 1 {
      refuseVersions("must have exactly one version marked as storage version")
    }
    if !first.isEmpty {
      refuse(path.child("version"), first, NameRule.dns1035Label.problems(first))
    }
  }

  private struct Check {
    let member: String
    let run: (inout DefinitionValidation, Value, FieldPath, Bool) -> Void
  }

  private var checks: [Check] {
    [
      Check(member: "schema") { $0.checkSchema($1, $2, hasStatus: $3) },
      Check(member: "subresources") { all, version, place, _ in
        all.checkSubresources(version, place)
      },
      Check(member: "additionalPrinterColumns") { all, version, place, _ in
        all.checkColumns(version, place)
      },
      Check(member: "selectableFields") { all, version, place, _ in
        all.checkSelectable(version, place)
      },
    ]
  }

  /// What all versions share stands in upstream's structure once, above them.
  private mutating func checkShared() {
    guard let version = versions.first else { return }
    let hasStatus = versions.contains {
      $0["subresources"]?["status"].map { !$0.isNull } ?? false
    }
    for check in checks where isShared(check.member) {
      let place = path.child(check.member == "schema" ? "validation" : check.member)
      check.run(&self, version, place, hasStatus)
    }
  }

  private mutating func refuseVersions(_ why: String) {
    let printed =
      (spec["versions"] ?? .null).isNull
      ? "null" : SchemaPrinting.versions(versions) { isShared($0) }
    errors.append(.invalid(path.child("versions"), printed: printed, why))
  }

  private mutating func checkDeprecation(_ version: Value, _ place: FieldPath) {
    guard let warning = version["deprecationWarning"]?.string else { return }
    // A pointer in upstream's structure: printed as JSON.
    func refuse(_ why: String) { errors.append(.invalid(place, printed: warning.goJSON, why)) }
    guard version["deprecated"] == true else {
      return refuse("can only be set for deprecated versions")
    }
    if warning.utf8.count > 256 { refuse("must be <= 256 characters long") }
    if warning.isEmpty { refuse("must not be an empty string") }
    var offset = 0
    for scalar in warning.unicodeScalars {
      let isPrintable = scalar == " " || Self.isPrintable(scalar)
      if !isPrintable {
        refuse(
          "must only contain printable UTF-8 characters; non-printable character found at index "
            + "\(offset)")
        break
      }
      offset += UTF8.width(scalar)
    }
  }

  /// unicode.IsPrint.
  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .spaceSeparator,
      .lineSeparator, .paragraphSeparator:
      false
    default: true
    }
  }

  private mutating func checkSchema(_ version: Value, _ place: FieldPath, hasStatus: Bool) {
    guard let schema = version["schema"]?["openAPIV3Schema"] else { return }
    errors +=
      SchemaDeclaration(schema, place.child("openAPIV3Schema"), hasStatus: hasStatus).errors
  }

  private mutating func checkSubresources(_ version: Value, _ place: FieldPath) {
    guard let scale = version["subresources"]?["scale"], !scale.isNull else { return }
    let place = place.child("scale")
    for (field, start) in [("specReplicasPath", ".spec"), ("statusReplicasPath", ".status")] {
      let text = scale[field]?.string ?? ""
      if text.isEmpty {
        errors.append(.required(place.child(field)))
      } else if isSimple(text, place.child(field)), !text.hasPrefix(start + ".") {
        errors.append(
          .invalid(place.child(field), .string(text), "should be a json path under \(start)"))
      }
    }
    let field = place.child("labelSelectorPath")
    if let text = scale["labelSelectorPath"]?.string, !text.isEmpty, isSimple(text, field),
      !text.hasPrefix(".spec."), !text.hasPrefix(".status.")
    {
      errors.append(
        .invalid(field, .string(text), "should be a json path under either .spec or .status"))
    }
  }

  private mutating func isSimple(_ text: String, _ place: FieldPath) -> Bool {
    if text.hasPrefix(".") { return true }
    errors.append(
      .invalid(place, .string(text), "must be a simple json path starting with ."))
    return false
  }

  private mutating func checkColumns(_ version: Value, _ place: FieldPath) {
    let types = ["boolean", "date", "integer", "number", "string"]
    let formats = [
      "byte", "date", "date-time", "double", "float", "int32", "int64", "password",
    ]
    for (number, column) in (version["additionalPrinterColumns"]?.array ?? []).enumerated() {
      let here = place.index(number)
      if (column["name"]?.string ?? "").isEmpty { errors.append(.required(here.child("name"))) }
      let type = column["type"]?.string ?? ""
      let wanted = "must be one of \(types.joined(separator: ","))"
      if type.isEmpty {
        errors.append(.required(here.child("type"), wanted))
      } else if !types.contains(type) {
        errors.append(.invalid(here.child("type"), .string(type), wanted))
      }
      if let format = column["format"]?.string, !format.isEmpty, !formats.contains(format) {
        errors.append(
          .invalid(
            here.child("format"), .string(format),
            "must be one of \(formats.joined(separator: ","))"))
      }
      let text = column["jsonPath"]?.string ?? ""
      if text.isEmpty {
        errors.append(.required(here.child("JSONPath")))
      } else {
        _ = isSimple(text, here.child("JSONPath"))
      }
    }
  }

  private mutating func checkSelectable(_ version: Value, _ place: FieldPath) {
    let fields = version["selectableFields"]?.array ?? []
    guard !fields.isEmpty, let schema = version["schema"]?["openAPIV3Schema"] else { return }
    let parsed = CustomSchema(schema)
    var seen: Set<[String]> = []
    for (number, field) in fields.enumerated() {
      let here = place.index(number).child("jsonPath")
      let text = field["jsonPath"]?.string ?? ""
      if text.isEmpty {
        errors.append(.required(here))
        continue
      }
      let steps: [String]
      let found: CustomSchema
      do throws(SchemaPath.Problem) {
        (steps, found) = try SchemaPath.find(text, in: parsed, allowsBrackets: false)
      } catch {
        errors.append(.invalid(here, .string(text), "is an invalid path: \(error.message)"))
        continue
      }
      if steps.first == "metadata" {
        errors.append(.invalid(here, .string(text), "must not point to fields in metadata"))
      }
      if !["string", "boolean", "integer"].contains(found.type) {
        errors.append(
          .invalid(
            here, .string(text),
            "must point to a field of type string, boolean or integer. Enum string fields and "
              + "strings with formats are allowed."))
      }
      if !seen.insert(steps).inserted { errors.append(.duplicate(here, .string(text))) }
    }
    if seen.count > 8 {
      errors.append(
        FieldError(
          .tooMany, place.description, badValue: String(seen.count),
          "must have at most 8 items"))
    }
  }
}
