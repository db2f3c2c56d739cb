import Documents
import KubeObjects
import Simulation

/// One version of a custom resource.
struct CustomResourceStrategy: Strategy {
  let resource: GroupVersionResource
  let kind: String
  let isNamespaced: Bool
  let schema: CustomSchema
  /// The schema as its definition says it.
  let declaration: Value
  let hasStatus: Bool
  let scale: Value?
  let columns: [Value]
  let selectableFields: [String]
  let deprecation: String?
  let rules: CustomRules?
  /// Whatever is not metadata; the status neither, where it is written on its own.
  let generationPaths: [[String]]

  /// `version` is one of the definition's versions.
  init(
    _ resource: GroupVersionResource, kind: String, isNamespaced: Bool, version: Value,
    deprecation: String?
  ) {
    let subresources = version["subresources"] ?? .emptyObject
    self.resource = resource
    self.kind = kind
    self.isNamespaced = isNamespaced
    self.deprecation = deprecation
    declaration = version["schema"]?["openAPIV3Schema"] ?? .emptyObject
    schema = CustomSchema(declaration)
    rules = CustomRules(schema, isResource: true)
    hasStatus = subresources["status"] != nil
    scale = subresources["scale"]
    columns = version.items("additionalPrinterColumns")
    selectableFields = version.items("selectableFields").compactMap {
      $0["jsonPath"]?.string.map { String($0.drop { $0 == "." }) }
    }
    let others = ["apiVersion", "kind", "metadata"] + (hasStatus ? ["status"] : [])
    generationPaths =
      Set(schema.names).union(["spec"]).subtracting(others).sorted().map { [$0] }
  }

  var allowsUnconditionalUpdate: Bool { false }
  var table: (any TableForm)? { CustomTable(columns: columns) }

  func applyDefaults(_ object: inout Value) { object = schema.defaulted(object) }

  func prepareForCreate(_ object: inout Value, _ context: RequestContext) {
    if hasStatus { object["status"] = nil }
  }

  func prepareForUpdate(_ object: inout Value, old: Value, _ context: RequestContext) {
    guard hasStatus else { return }
    context.keepOtherParts(&object, old: old)
    guard context.subresource == "status" else { return }
    // Nothing but the status and who manages it.
    let managers = object["metadata"]?["managedFields"]
    let version = object["metadata"]?["resourceVersion"]
    object["metadata"] = old["metadata"]
    object["metadata"]?["managedFields"] = managers
    object["metadata"]?["resourceVersion"] = version
  }

  func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    var errors = ObjectMetadata.validate(object, namespaced: isNamespaced)
    errors += schema.errors(object) + scaleErrors(object)
    errors += schema.embeddedErrors(object, nil) + schema.duplicates(object, nil)
    return errors + ruleErrors(object, old: nil, errors, context)
  }

  func validateUpdate(_ object: Value, old: Value, _ context: RequestContext) -> [FieldError] {
    var errors = ObjectMetadata.validateUpdate(object, old: old)
    if context.subresource == "status" {
      if let status = object["status"], let part = schema.properties["status"] {
        errors += part.errors(status, old: old["status"], FieldPath("status"))
      }
      errors += scaleErrors(object, ofStatus: true)
    } else {
      errors += schema.errors(object, old: old) + scaleErrors(object)
    }
    errors += schema.embeddedErrors(object, nil)
    if schema.duplicates(old, nil).isEmpty { errors += schema.duplicates(object, nil) }
    return errors + ruleErrors(object, old: old, errors, context)
  }

  /// The numbers of a Scale, where the definition has one.
  private func scaleErrors(_ object: Value, ofStatus isStatus: Bool = false) -> [FieldError] {
    guard let scale else { return [] }
    let paths = (isStatus ? [] : ["specReplicasPath"]) + ["statusReplicasPath"]
    return paths.compactMap { name in
      let path = scale[name]?.string ?? ""
      guard let found = object.at(path.split(separator: ".").map(String.init)) else { return nil }
      func refused(_ number: Int64, _ why: String) -> FieldError {
        .invalid(FieldPath(path), .int(number), why)
      }
      guard case .int(let number) = found else {
        if found.isNull { return nil }
        return refused(0, "\(path) accessor error: \(Self.unlikeNumber(found))")
      }
      if number < 0 { return refused(number, "should be a non-negative integer") }
      return number > Int64(Int32.max)
        ? refused(number, "should be less than or equal to \(Int32.max)") : nil
    }
  }

  /// unstructured.NestedInt64 of what is no whole number.
  private static func unlikeNumber(_ value: Value) -> String {
    let type =
      switch value {
      case .string: "string"
      case .bool: "bool"
      case .double: "float64"
      case .array: "[]interface {}"
      default: "map[string]interface {}"
      }
    return "\(GoText.print(value)) is of the type \(type), expected int64"
  }

  /// Rules see sound objects only. What was broken before is warned of.
  private func ruleErrors(
    _ object: Value, old: Value?, _ errors: [FieldError], _ context: RequestContext
  ) -> [FieldError] {
    guard let rules else { return [] }
    let blocking: Set<FieldError.Kind> = [
      .required, .tooLong, .tooMany, .typeInvalid, .notSupported,
    ]
    if errors.contains(where: { blocking.contains($0.kind) }) {
      return [
        FieldError(
          .invalid, "<nil>", badValue: "null",
          "some validation rules were not checked because the object was invalid; correct the "
            + "existing errors to complete validation")
      ]
    }
    let verdict = rules.judge(object, old: old, nil, ratchets: old != nil)
    context.warn(verdict.tolerated.map(\.message))
    return verdict.errors
  }

  /// New finalizers without a domain.
  func warnings(_ object: Value, old: Value?, _ context: RequestContext) -> [String] {
    let added = Set(object.finalizers).subtracting(old?.finalizers ?? []).sorted()
    let standard: Set<String> = ["orphan", "foregroundDeletion", "kubernetes"]
    var warnings: [String] = []
    for finalizer in added where !finalizer.contains("/") && !standard.contains(finalizer) {
      warnings.append(
        "metadata.finalizers: \(finalizer.goQuoted): prefer a domain-qualified finalizer name "
          + (finalizer.contains(".") ? "including a path (/) " : "")
          + "to avoid accidental conflicts with other finalizer writers")
    }
    return warnings
  }

  func selectableField(_ name: String, of object: Value) -> String {
    switch object.at(name.split(separator: ".").map(String.init)) {
    case .string(let text): text
    case .bool(let flag): flag ? "true" : "false"
    case .int(let number): String(number)
    default: ""
    }
  }
}

/// A custom resource's table: its name and the printer columns of its definition, or its age.
struct CustomTable: TableForm {
  private let definitions: [Value]

  init(columns: [Value]) { definitions = columns }

  private static let descriptions = ColumnDescriptions.all

  var columns: [TableColumn] {
    [
      TableColumn("Name", format: "name", description: Self.descriptions.first ?? "")
    ]
      + (definitions.isEmpty
        ? [TableColumn("Age", type: "date", description: Self.ageDescription)]
        : definitions.map { column in
          let path = column["jsonPath"]?.string ?? ""
          return TableColumn(
            column["name"]?.string ?? "", type: column["type"]?.string ?? "string",
            format: column["format"]?.string ?? "",
            description: column["description"]?.string
              ?? "Custom resource definition column (in JSONPath format): \(path)",
            priority: column["priority"]?.int ?? 0)
        })
  }

  private static var ageDescription: String { descriptions.count > 3 ? descriptions[3] : "" }

  func cells(_ object: Value, now: Moment) -> [Value] {
    guard !definitions.isEmpty else { return [.string(object.name), Cell.age(object, now)] }
    return [.string(object.name)] + definitions.map { cell($0, object, now) }
  }

  private func cell(_ column: Value, _ object: Value, _ now: Moment) -> Value {
    let path = column["jsonPath"]?.string ?? ""
    guard let template = try? JSONPath("{\(path)}", allowsMissing: true),
      let found = try? template.find(in: object).flatMap({ $0 }), let first = found.first
    else { return .null }
    switch column["type"]?.string ?? "" {
    case "integer":
      let whole = first.int ?? first.number.flatMap { Int64(exactly: $0.rounded(.towardZero)) }
      return whole.map { .int($0) } ?? .null
    case "number": return first.number == nil ? .null : first
    case "boolean": return first.bool == nil ? .null : first
    case "date":
      guard let text = first.string else { return .null }
      return .string(Moment(rfc3339: text) == nil ? "<invalid>" : Cell.since(first, now))
    default: return .string(JSONPath.text(first))
    }
  }
}
