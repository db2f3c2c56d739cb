import Documents
import KubeObjects
import Simulation

/// One version of a custom resource.
struct CustomResourceStrategy: Strategy {
  let resource: GroupVersionResource
  let kind: String
  let isNamespaced: Bool
  let schema: CustomSchema
  let hasStatus: Bool
  let columns: [Value]
  let selectableFields: [String]
  let deprecation: String?
  let rules: CustomRules?

  var generationPaths: [[String]] { [["spec"]] }
  var allowsUnconditionalUpdate: Bool { false }
  var table: (any TableForm)? { CustomTable(columns: columns) }

  func applyDefaults(_ object: inout Value) { object = schema.defaulted(object) }

  func prepareForCreate(_ object: inout Value, _ context: RequestContext) {
    if hasStatus { object["status"] = nil }
  }

  func prepareForUpdate(_ object: inout Value, old: Value, _ context: RequestContext) {
    if hasStatus { context.keepOtherParts(&object, old: old) }
  }

  func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    let errors = schema.errors(object, nil, isRoot: true)
    return ObjectMetadata.validate(object, namespaced: isNamespaced) + errors
      + ruleErrors(object, old: nil, errors)
  }

  func validateUpdate(_ object: Value, old: Value, _ context: RequestContext) -> [FieldError] {
    let known = Set(schema.errors(old, nil, isRoot: true).map(\.field))
    // What was wrong already and did not change may stay.
    let errors = schema.errors(object, nil, isRoot: true).filter { error in
      guard known.contains(error.field) else { return true }
      let path = PathStep.steps(ofField: error.field)
      return object.value(at: path) != old.value(at: path)
    }
    return ObjectMetadata.validateUpdate(object, old: old) + errors
      + ruleErrors(object, old: old, errors)
  }

  /// Rules see sound objects only.
  private func ruleErrors(
    _ object: Value, old: Value?, _ errors: [FieldError]
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
    return rules.errors(object, old: old, nil)
  }

  func selectableField(_ name: String, of object: Value) -> String {
    switch object.at(name.split(separator: ".").map(String.init)) {
    case .string(let text): text
    case .bool(let flag): flag ? "true" : "false"
    case .int(let number): String(number)
    default: ""
    }
  }

  func convert(_ object: Value, from: GroupVersion, to: GroupVersion) -> Value {
    var new = object
    new["apiVersion"] = .string(to.description)
    return new
  }
}

extension Value {
  fileprivate func value(at path: [PathStep]) -> Value? {
    var value: Value? = self
    for step in path {
      switch step {
      case .member(let name): value = value?[name]
      case .element(let index): value = value?[index]
      }
    }
    return value
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
      guard first.string != nil else { return .null }
      return .string(Cell.since(first, now))
    default: return .string(JSONPath.text(first))
    }
  }
}
