import Documents
import KubeObjects

/// Whether a schema is structural: upstream's apiextensions `ValidateStructural`.
struct StructuralCheck {
  /// What stands for the absence of a type in messages.
  private enum Level: String {
    case root = "at the root"
    case item = "for specified array items"
    case field = "for specified object fields"
  }

  private var errors: [FieldError] = []
  private static let depthLimit = 100
  private static let eitherType: Value = [["type": "integer"], ["type": "string"]]

  /// In the order of their texts, as upstream sorts them.
  static func errors(_ schema: Value, _ path: FieldPath) -> [FieldError] {
    var check = StructuralCheck()
    check.visit(schema, .root, path, 0)
    check.complete(schema, schema, path, path, 0)
    return check.errors.sorted { $0.message < $1.message }
  }

  /// What no structural schema can hold at all, at any place: told elsewhere.
  static func isConvertible(_ schema: Value, _ depth: Int = 0) -> Bool {
    guard depth < depthLimit else { return true }
    for field in ["additionalItems", "definitions", "dependencies", "patternProperties", "$ref"]
    where schema[field].map({ !$0.isNull }) ?? false { return false }
    if !(schema["id"]?.string ?? "").isEmpty || schema["type"] == "null" { return false }
    if schema["items"]?.array?.isEmpty == false { return false }
    return parts(of: schema).allSatisfy { isConvertible($0, depth + 1) }
  }

  /// The schemas right below a schema.
  static func parts(of schema: Value) -> [Value] {
    (schema["properties"]?.object?.map(\.value) ?? [])
      + ["items", "additionalProperties", "not"].compactMap { schema[$0] }
      + ["allOf", "anyOf", "oneOf"].flatMap { schema[$0]?.array ?? [] }
  }

  private mutating func visit(
    _ schema: Value, _ level: Level, _ path: FieldPath, _ depth: Int
  ) {
    guard depth < Self.depthLimit, schema.object != nil else { return }
    if schema["type"] == "array", schema["items"]?.object == nil {
      errors.append(.required(path.child("items"), "must be specified"))
    }
    if let items = schema["items"] { visit(items, .item, path.child("items"), depth + 1) }
    for (name, part) in schema["properties"]?.object ?? [:] {
      visit(part, .field, path.child("properties").key(name), depth + 1)
    }
    let more = schema["additionalProperties"]
    if let more {
      let place = path.child("additionalProperties")
      if level == .root { errors.append(.forbidden(place, "must not be used at the root")) }
      visit(more, .field, place, depth + 1)
    }
    checkExtensions(schema, path)
    checkLogic(schema, path, depth)
    checkType(schema, level, path)
    if schema["x-kubernetes-embedded-resource"] == true, more != nil {
      errors.append(
        .forbidden(
          path.child("additionalProperties"),
          "must not be used if x-kubernetes-embedded-resource is set"))
    }
    checkMetadata(schema, level, path)
  }

  private mutating func checkExtensions(_ schema: Value, _ path: FieldPath) {
    guard schema["x-kubernetes-int-or-string"] == true else { return }
    for name in ["x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource"]
    where schema[name] == true {
      errors.append(
        .invalid(path.child(name), true, "must be false if x-kubernetes-int-or-string is true"))
    }
  }

  private mutating func checkType(_ schema: Value, _ level: Level, _ path: FieldPath) {
    let type = schema["type"]?.string ?? ""
    let place = path.child("type")
    let isFree =
      schema["x-kubernetes-int-or-string"] == true
      || schema["x-kubernetes-preserve-unknown-fields"] == true
    if schema["x-kubernetes-embedded-resource"] == true {
      let wanted = "must be object if x-kubernetes-embedded-resource is true"
      if type.isEmpty {
        errors.append(.required(place, wanted))
      } else if type != "object" {
        errors.append(.invalid(place, .string(type), wanted))
      }
    } else if type.isEmpty, !isFree {
      errors.append(.required(place, "must not be empty \(level.rawValue)"))
    }
    if level == .root, !type.isEmpty, type != "object" {
      errors.append(.invalid(place, .string(type), "must be object at the root"))
    }
  }

  private mutating func checkMetadata(_ schema: Value, _ level: Level, _ path: FieldPath) {
    let isEmbedded = schema["x-kubernetes-embedded-resource"] == true
    let properties = path.child("properties")
    if level == .root || isEmbedded {
      for (name, wanted) in [
        ("kind", "string"), ("apiVersion", "string"), ("metadata", "object"),
      ] {
        guard let part = schema["properties"]?[name] else { continue }
        let type = part["type"]?.string ?? ""
        if type != wanted {
          errors.append(
            .invalid(
              properties.key(name).child("type"), .string(type), "must be \(wanted)"))
        }
      }
    }
    if level == .root, var part = schema["properties"]?["metadata"] {
      let names = Set((part["properties"]?.object ?? [:]).map(\.key))
      if names.isSubset(of: ["name", "generateName"]) { part["properties"] = nil }
      part["type"] = nil
      part["default"] = nil
      if part.object?.isEmpty == false {
        errors.append(
          .forbidden(
            properties.key("metadata"),
            "must not specify anything other than name and generateName, but metadata is "
              + "implicitly specified"))
      }
    }
    if isEmbedded, schema["x-kubernetes-preserve-unknown-fields"] != true,
      schema["properties"]?.object?.isEmpty ?? true
    {
      errors.append(
        .required(
          properties,
          "must not be empty if x-kubernetes-embedded-resource is true without "
            + "x-kubernetes-preserve-unknown-fields"))
    }
  }

  // MARK: logic

  /// allOf, anyOf, oneOf and not, and the pattern.
  private mutating func checkLogic(_ schema: Value, _ path: FieldPath, _ depth: Int) {
    let mayBeEither = schema["anyOf"] == Self.eitherType
    let mayAllBeEither = schema["allOf"]?.array?.first?["anyOf"] == Self.eitherType
    checkLogic(
      schema, path, depth, skipsAnyOf: mayBeEither, skipsFirstAllOf: mayAllBeEither)
  }

  private mutating func checkLogic(
    _ schema: Value, _ path: FieldPath, _ depth: Int, skipsAnyOf: Bool, skipsFirstAllOf: Bool
  ) {
    for list in ["anyOf", "allOf", "oneOf"] where !(list == "anyOf" && skipsAnyOf) {
      for (index, part) in (schema[list]?.array ?? []).enumerated() {
        let skips = list == "allOf" && index == 0 && skipsFirstAllOf
        nested(part, path.child(list).index(index), depth + 1, skipsAnyOf: skips)
      }
    }
    if let part = schema["not"] { nested(part, path.child("not"), depth + 1) }
    if let pattern = schema["pattern"]?.string, !pattern.isEmpty,
      let problem = CustomSchema.problem(pattern)
    {
      errors.append(
        .invalid(
          path.child("pattern"), .string(pattern),
          "must be a valid regular expression, but isn't: \(problem)"))
    }
  }

  /// What stands under logic may demand of values, and not shape them.
  private mutating func nested(
    _ schema: Value, _ path: FieldPath, _ depth: Int, skipsAnyOf: Bool = false
  ) {
    guard depth < Self.depthLimit, schema.object != nil else { return }
    checkLogic(schema, path, depth, skipsAnyOf: skipsAnyOf, skipsFirstAllOf: false)
    if let items = schema["items"] { nested(items, path.child("items"), depth + 1) }
    for (name, part) in schema["properties"]?.object ?? [:] {
      nested(part, path.child("properties").key(name), depth + 1)
    }
    func forbid(_ field: String, _ why: String) {
      errors.append(.forbidden(path.child(field), "must be \(why) to be structural"))
    }
    func isText(_ field: String) -> Bool { !(schema[field]?.string ?? "").isEmpty }
    if isText("type") { forbid("type", "empty") }
    for field in ["additionalProperties", "default"] where schema[field] != nil {
      forbid(field, "undefined")
    }
    for field in ["title", "description"] where isText(field) { forbid(field, "empty") }
    for field in [
      "nullable", "x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource",
      "x-kubernetes-int-or-string",
    ] where schema[field] == true { forbid(field, "false") }
    if schema["x-kubernetes-list-map-keys"]?.array?.isEmpty == false {
      forbid("x-kubernetes-list-map-keys", "empty")
    }
    for field in ["x-kubernetes-list-type", "x-kubernetes-map-type"] where schema[field] != nil {
      forbid(field, "undefined")
    }
    if schema["x-kubernetes-validations"]?.array?.isEmpty == false {
      forbid("x-kubernetes-validations", "empty")
    }
    if schema["properties"]?["metadata"] != nil {
      errors.append(
        .forbidden(
          path.child("properties").key("metadata"), "must not be specified in a nested context"))
    }
  }

  // MARK: completeness

  /// What logic speaks of must be declared outside of it too.
  private mutating func complete(
    _ logic: Value, _ schema: Value?, _ path: FieldPath, _ logicPath: FieldPath, _ depth: Int
  ) {
    if let part = logic["not"] {
      completeNested(part, schema, path, logicPath.child("not"), depth + 1)
    }
    for list in ["allOf", "anyOf", "oneOf"] {
      for (index, part) in (logic[list]?.array ?? []).enumerated() {
        completeNested(part, schema, path, logicPath.child(list).index(index), depth + 1)
      }
    }
  }

  private mutating func completeNested(
    _ logic: Value, _ schema: Value?, _ path: FieldPath, _ logicPath: FieldPath, _ depth: Int
  ) {
    guard depth < Self.depthLimit else { return }
    guard let schema else {
      errors.append(.required(path, "because it is defined in \(logicPath)"))
      return
    }
    complete(logic, schema, path, logicPath, depth)
    if let items = logic["items"] {
      completeNested(
        items, schema["items"], path.child("items"), logicPath.child("items"), depth + 1)
    }
    for (name, part) in logic["properties"]?.object ?? [:] {
      completeNested(
        part, schema["properties"]?[name], path.child("properties").key(name),
        logicPath.child("properties").key(name), depth + 1)
    }
  }
}
