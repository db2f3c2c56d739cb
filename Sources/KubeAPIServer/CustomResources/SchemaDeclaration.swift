import Documents
import KubeObjects

/// The checks of the schema that a definition declares for one version.
struct SchemaDeclaration {
  private let root: FieldPath
  private(set) var errors: [FieldError] = []
  /// All rules' estimated costs, the total of which is limited.
  var ruleCosts: [(path: FieldPath, cost: UInt64)] = []
  private static let types = ["array", "boolean", "integer", "number", "object", "string"]
  private static let depthLimit = 100

  init(_ schema: Value, _ path: FieldPath) {
    root = path
    let type = schema["type"]?.string ?? ""
    if type.isEmpty {
      add(.required(path.child("type"), "must not be empty at the root"))
    } else if type != "object" {
      add(.invalid(path.child("type"), .string(type), "must be object at the root"))
    }
    visit(schema, path, Place(isRoot: true, mostCount: 1))
    checkMetadata(schema["properties"]?["metadata"], path.child("properties").key("metadata"))
    checkTotal()
  }

  /// Where a part of a schema stands.
  struct Place {
    var isRoot = false
    /// Within allOf, anyOf, oneOf or not.
    var isLogical = false
    var depth = 0
    /// How many values one object may have here; nil: not limited.
    var mostCount: UInt64?

    func below(_ count: UInt64?) -> Place {
      var place = self
      place.isRoot = false
      place.depth += 1
      place.mostCount = mostCount.flatMap { own in
        count.map { own.multipliedReportingOverflow(by: $0) }.map {
          $0.overflow ? .max : $0.partialValue
        }
      }
      return place
    }
  }

  mutating func add(_ error: FieldError) { errors.append(error) }

  private mutating func visit(_ schema: Value, _ path: FieldPath, _ place: Place) {
    guard place.depth < Self.depthLimit, schema.object != nil else { return }
    if place.isLogical { checkLogical(schema, path) }
    checkType(schema, path, place)
    checkLists(schema, path)
    if let pattern = schema["pattern"]?.string, let problem = CustomSchema.problem(pattern) {
      add(
        .invalid(
          path.child("pattern"), .string(pattern),
          "must be a valid regular expression, but isn't: \(problem)"))
    }
    if let keep = schema["x-kubernetes-preserve-unknown-fields"], keep == false {
      add(
        .invalid(
          path.child("x-kubernetes-preserve-unknown-fields"), keep, "must be true or undefined"))
    }
    if !place.isLogical { checkDefault(schema, path) }
    visitParts(schema, path, place)
    if !place.isLogical { checkRules(schema, path, place) }
  }

  private mutating func visitParts(_ schema: Value, _ path: FieldPath, _ place: Place) {
    for (name, part) in schema["properties"]?.object ?? [:] {
      visit(part, path.child("properties").key(name), place.below(1))
    }
    if let part = schema["additionalProperties"], part.object != nil {
      let most = schema["maxProperties"]?.int.map { UInt64(max(0, $0)) }
      visit(part, path.child("additionalProperties"), place.below(most))
    }
    if let part = schema["items"], part.object != nil {
      let most = schema["maxItems"]?.int.map { UInt64(max(0, $0)) }
      visit(part, path.child("items"), place.below(most))
    }
    var logical = place.below(1)
    logical.isLogical = true
    for list in ["allOf", "anyOf", "oneOf"] {
      for (index, part) in (schema[list]?.array ?? []).enumerated() {
        visit(part, path.child(list).index(index), logical)
      }
    }
    if let part = schema["not"] { visit(part, path.child("not"), logical) }
  }

  private mutating func checkLogical(_ schema: Value, _ path: FieldPath) {
    for field in ["default", "additionalProperties"] where schema[field] != nil {
      add(.forbidden(path.child(field), "must be undefined to be structural"))
    }
    let mayType = schema["type"] == nil || schema["x-kubernetes-int-or-string"] == true
    for field in ["type", "title", "description"]
    where !(schema[field]?.string ?? "").isEmpty && !(field == "type" && mayType) {
      add(.forbidden(path.child(field), "must be empty to be structural"))
    }
    if schema["nullable"] == true {
      add(.forbidden(path.child("nullable"), "must be false to be structural"))
    }
  }

  private mutating func checkType(_ schema: Value, _ path: FieldPath, _ place: Place) {
    let type = schema["type"]?.string ?? ""
    let isFree =
      schema["x-kubernetes-int-or-string"] == true
      || schema["x-kubernetes-preserve-unknown-fields"] == true
    if !type.isEmpty, !Self.types.contains(type) {
      add(.notSupported(path.child("type"), .string(type), Self.types))
    } else if type.isEmpty, !isFree, !place.isLogical, !place.isRoot {
      let isItem = path.description.hasSuffix("items")
      add(
        .required(
          path.child("type"),
          "must not be empty for specified \(isItem ? "array items" : "object fields")"))
    }
    if !type.isEmpty, schema["x-kubernetes-int-or-string"] == true {
      add(
        .invalid(
          path.child("type"), .string(type),
          "must be empty if x-kubernetes-int-or-string is true"))
    }
    if type == "array", schema["items"] == nil, !place.isLogical {
      add(.required(path.child("items"), "must be specified"))
    }
    if schema["properties"] != nil, let more = schema["additionalProperties"],
      more.object != nil || more == true
    {
      add(
        .forbidden(
          path.child("additionalProperties"),
          "additionalProperties and properties are mutual exclusive"))
    }
    if schema["uniqueItems"] == true {
      add(
        .forbidden(
          path.child("uniqueItems"),
          "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"))
    }
    for field in ["definitions", "dependencies", "patternProperties", "id"]
    where schema[field] != nil {
      add(.forbidden(path.child(field), "\(field) is not supported"))
    }
    if schema["$ref"] != nil { add(.forbidden(path.child("$ref"), "$ref is not supported")) }
  }

  private mutating func checkLists(_ schema: Value, _ path: FieldPath) {
    let keysPath = path.child("x-kubernetes-list-map-keys")
    let keys = (schema["x-kubernetes-list-map-keys"]?.array ?? []).compactMap(\.string)
    let listType = schema["x-kubernetes-list-type"]?.string
    if let listType {
      if !["atomic", "set", "map"].contains(listType) {
        add(
          .notSupported(
            path.child("x-kubernetes-list-type"), .string(listType), ["atomic", "set", "map"]))
      }
      if schema["type"] != "array" {
        add(
          .invalid(
            path.child("type"), schema["type"] ?? "",
            "must be array if x-kubernetes-list-type is specified"))
      }
    }
    if let mapType = schema["x-kubernetes-map-type"]?.string,
      !["granular", "atomic"].contains(mapType)
    {
      add(
        .notSupported(
          path.child("x-kubernetes-map-type"), .string(mapType), ["granular", "atomic"]))
    }
    guard listType == "map" else {
      if !keys.isEmpty {
        add(
          .invalid(
            path.child("x-kubernetes-list-type"), listType.map { .string($0) } ?? .null,
            "must be map if x-kubernetes-list-map-keys is non-empty"))
      }
      return
    }
    if keys.isEmpty {
      add(.required(keysPath, "must not be empty if x-kubernetes-list-type is map"))
    }
    let items = schema["items"] ?? [:]
    let required = (items["required"]?.array ?? []).compactMap(\.string)
    for (index, key) in keys.enumerated() {
      guard let part = items["properties"]?[key] else {
        add(
          .invalid(
            keysPath.index(index), .string(key),
            "entry is invalid, must not refer to an unspecified property"))
        continue
      }
      if !required.contains(key), part["default"] == nil {
        add(
          .required(
            path.child("items").child("properties").key(key).child("default"),
            "this property is in x-kubernetes-list-map-keys, so it must have a default or be a "
              + "required property"))
      }
    }
  }

  private mutating func checkDefault(_ schema: Value, _ path: FieldPath) {
    guard let value = schema["default"] else { return }
    let place = path.child("default")
    let parsed = CustomSchema(schema)
    var unknown: [String] = []
    _ = parsed.pruned(value, "", isRoot: false, &unknown)
    if !unknown.isEmpty {
      add(.invalid(place, value, "must not have unknown fields"))
      return
    }
    for var error in parsed.errors(value, nil) {
      error.field = place.description + (error.field.isEmpty ? "" : ".\(error.field)")
      add(error)
    }
  }

  private mutating func checkMetadata(_ schema: Value?, _ path: FieldPath) {
    guard let schema else { return }
    if schema["default"] != nil {
      add(.forbidden(path.child("default"), "must not be set in top-level metadata"))
    }
    for (name, part) in schema["properties"]?.object ?? [:] {
      if !["name", "generateName"].contains(name) {
        add(
          .forbidden(
            path,
            "must not specify anything other than name and generateName, but metadata is "
              + "implicitly specified"))
      }
      if part["default"] != nil {
        let place = path.child("properties").key(name).child("default")
        add(.forbidden(place, "must not be set in top-level metadata"))
      }
    }
  }

  private mutating func checkTotal() {
    let limit: UInt64 = 100_000_000
    let total = ruleCosts.reduce(UInt64(0)) {
      let (sum, overflow) = $0.addingReportingOverflow($1.cost)
      return overflow ? .max : sum
    }
    guard total > limit else { return }
    let dearest = ruleCosts.enumerated().sorted {
      $0.element.cost == $1.element.cost ? $0.offset < $1.offset : $0.element.cost > $1.element.cost
    }.prefix(4)
    for (_, rule) in dearest where rule.cost > limit / 100 {
      add(
        .forbidden(
          rule.path,
          "contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 "
            + "schema"))
    }
    add(
      .forbidden(
        root,
        Self.excess(
          "x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema", total,
          limit)))
  }
}
