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
    if let versions = object["spec"]?["versions"]?.array,
      versions.contains(where: { $0["served"] == nil || $0["storage"] == nil })
    {
      object["spec"]?["versions"] = .array(
        versions.map { version in
          var version = version
          version.fillAbsent("served", false)
          version.fillAbsent("storage", false)
          return version
        })
    }
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
    if let service = object["spec"]?["conversion"]?["webhook"]?["clientConfig"]?["service"],
      service.object != nil, service["port"] == nil
    {
      object["spec"]?["conversion"]?["webhook"]?["clientConfig"]?["service"]?["port"] = 443
    }
  }

  func prepareForCreate(_ object: inout Value, _ context: RequestContext) {
    object["status"] = [
      "conditions": .null, "acceptedNames": ["plural": "", "kind": ""],
      "storedVersions": .array(Self.storageVersion(object).map { [.string($0)] } ?? []),
    ]
  }

  func prepareForUpdate(_ object: inout Value, old: Value, _ context: RequestContext) {
    context.keepOtherParts(&object, old: old)
    guard context.subresource.isEmpty, let storage = Self.storageVersion(object) else { return }
    let stored = object["status"]?["storedVersions"]?.array ?? []
    if !stored.contains(.string(storage)) {
      object["status"]?["storedVersions"] = .array(stored + [.string(storage)])
    }
  }

  static func storageVersion(_ object: Value) -> String? {
    object["spec"]?["versions"]?.array?.first { $0["storage"] == true }
      .map { $0["name"]?.string ?? "" }
  }

  func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    named(object) + DefinitionValidation(object).errors
  }

  private func named(_ object: Value) -> [FieldError] {
    let spec = object["spec"] ?? .emptyObject
    let group = spec["group"]?.string ?? ""
    let wanted = "\(spec["names"]?["plural"]?.string ?? "").\(group)"
    return ObjectMetadata.validate(object, namespaced: false) { name in
      var problems = NameRule.dns1123Subdomain.problems(name)
      if name != wanted { problems.append("must be spec.names.plural+\".\"+spec.group") }
      return problems
    }
  }

  func validateUpdate(_ object: Value, old: Value, _ context: RequestContext) -> [FieldError] {
    let errors = ObjectMetadata.validateUpdate(object, old: old)
    if context.subresource == "status" { return errors }
    return errors + DefinitionValidation(object, old: old).errors
  }

  func warnings(_ object: Value, old: Value?, _ context: RequestContext) -> [String] {
    guard object["spec"] != old?["spec"] else { return [] }
    var formats: [String] = []
    for version in object["spec"]?["versions"]?.array ?? [] {
      Self.collect(version["schema"]?["openAPIV3Schema"] ?? .null, 0, &formats)
    }
    var seen: Set<String> = []
    return formats.filter { seen.insert($0).inserted }.map { "unrecognized format \($0.goQuoted)" }
  }

  /// The formats that nothing checks.
  private static func collect(_ schema: Value, _ depth: Int, _ formats: inout [String]) {
    guard depth < 100 else { return }
    let type = schema["x-kubernetes-int-or-string"] == true ? "" : schema["type"]?.string ?? ""
    if let format = schema["format"]?.string, !format.isEmpty,
      !TextFormat.isKnown(format, type: type)
    {
      formats.append(format)
    }
    for (_, part) in schema["properties"]?.object ?? [:] { collect(part, depth + 1, &formats) }
    for name in ["items", "additionalProperties", "not"] {
      if let part = schema[name] { collect(part, depth + 1, &formats) }
    }
    for list in ["allOf", "anyOf", "oneOf"] {
      for part in schema[list]?.array ?? [] { collect(part, depth + 1, &formats) }
    }
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
