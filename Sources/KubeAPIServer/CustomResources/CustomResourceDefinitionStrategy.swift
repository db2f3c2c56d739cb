import Documents
import KubeObjects
import Simulation

/// CustomResourceDefinitions.
struct CustomResourceDefinitionStrategy: Strategy {
  var resource: GroupVersionResource { .customResourceDefinitions }
  var generationPaths: [[String]] { [["spec"]] }
  var allowsUnconditionalUpdate: Bool { false }
  var table: (any TableForm)? { CustomResourceDefinitionTable() }

  func applyDefaults(_ object: inout Value) {
    guard object["spec"] != nil else { return }
    let kind = object["spec"]?["names"]?["kind"]?.string ?? ""
    if (object["spec"]?["names"]?["singular"]?.string ?? "").isEmpty, !kind.isEmpty {
      object["spec"]?["names"]?["singular"] = .string(kind.lowercased())
    }
    if (object["spec"]?["names"]?["listKind"]?.string ?? "").isEmpty, !kind.isEmpty {
      object["spec"]?["names"]?["listKind"] = .string(kind + "List")
    }
    if object["spec"]?["conversion"] == nil {
      object["spec"]?["conversion"] = ["strategy": "None"]
    }
  }

  func prepareForCreate(_ object: inout Value, _ context: RequestContext) {
    object["status"] = [
      "conditions": .null, "acceptedNames": ["plural": "", "kind": ""],
      "storedVersions": .array(Self.storageVersion(object).map { [.string($0)] } ?? []),
    ]
  }

  static func storageVersion(_ object: Value) -> String? {
    object["spec"]?["versions"]?.array?.first { $0["storage"] == true }?["name"]?.string
  }

  func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    let spec = object["spec"] ?? .emptyObject
    let group = spec["group"]?.string ?? ""
    let wanted = "\(spec["names"]?["plural"]?.string ?? "").\(group)"
    let named = ObjectMetadata.validate(object, namespaced: false) { name in
      var problems = NameRule.dns1123Subdomain.problems(name)
      if name != wanted { problems.append("must be spec.names.plural+\".\"+spec.group") }
      return problems
    }
    return named + validate(spec)
  }

  func validateUpdate(_ object: Value, old: Value, _ context: RequestContext) -> [FieldError] {
    ObjectMetadata.validateUpdate(object, old: old) + validate(object["spec"] ?? .emptyObject)
  }

  private func validate(_ spec: Value) -> [FieldError] {
    let path = FieldPath("spec")
    var errors: [FieldError] = []
    let group = spec["group"]?.string ?? ""
    if group.isEmpty {
      errors.append(.required(path.child("group")))
    } else {
      let problems = NameRule.dns1123Subdomain.problems(group)
      errors += problems.map { .invalid(path.child("group"), .string(group), $0) }
      if problems.isEmpty, !group.contains(".") {
        errors.append(
          .invalid(
            path.child("group"), .string(group), "should be a domain with at least one dot"))
      }
    }
    let scope = spec["scope"]?.string ?? ""
    if !["Cluster", "Namespaced"].contains(scope) {
      errors.append(
        .notSupported(path.child("scope"), .string(scope), ["Cluster", "Namespaced"]))
    }
    return errors + versionErrors(spec, path) + nameErrors(spec["names"] ?? [:], path)
  }

  private func versionErrors(_ spec: Value, _ path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    let versions = spec["versions"]?.array ?? []
    for (index, version) in versions.enumerated() {
      let name = version["name"]?.string ?? ""
      errors += NameRule.dns1035Label.problems(name).map {
        .invalid(path.child("versions").index(index).child("name"), .string(name), $0)
      }
      let place =
        versions.count == 1
        ? path.child("validation") : path.child("versions").index(index).child("schema")
      guard let schema = version["schema"]?["openAPIV3Schema"] else {
        errors.append(
          .required(
            path.child("versions").index(index).child("schema").child("openAPIV3Schema")))
        continue
      }
      let root = place.child("openAPIV3Schema")
      let type = schema["type"]?.string ?? ""
      if type.isEmpty {
        errors.append(.required(root.child("type"), "must not be empty at the root"))
      } else if type != "object" {
        errors.append(
          .invalid(root.child("type"), .string(type), "must be object at the root"))
      }
    }
    if versions.filter({ $0["storage"] == true }).count != 1 {
      errors.append(
        .invalid(
          path.child("versions"), .array(versions),
          "must have exactly one version marked as storage version"))
    }
    return errors
  }

  private func nameErrors(_ names: Value, _ path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
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
    for (index, name) in (names["shortNames"]?.array ?? []).enumerated() {
      errors += NameRule.dns1035Label.problems(name.string ?? "").map {
        .invalid(place.child("shortNames").index(index), name, $0)
      }
    }
    if let kind = names["kind"]?.string, !kind.isEmpty, kind == names["listKind"]?.string {
      errors.append(
        .invalid(
          place.child("listKind"), .string(kind),
          "kind and listKind may not be the same"))
    }
    return errors
  }
}

/// Name and creation time.
struct CustomResourceDefinitionTable: TableForm {
  var columns: [TableColumn] {
    let descriptions = ColumnDescriptions.all
    return [
      TableColumn("Name", format: "name", description: descriptions.first ?? ""),
      TableColumn(
        "Created At", type: "date",
        description: descriptions.count > 3 ? descriptions[3] : ""),
    ]
  }

  func cells(_ object: Value, now: Moment) -> [Value] {
    [.string(object.name), object["metadata"]?["creationTimestamp"] ?? .null]
  }
}
