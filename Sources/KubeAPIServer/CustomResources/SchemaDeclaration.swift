import Documents
import KubeObjects

/// The checks of the schema that a definition declares for one version.
struct SchemaDeclaration {
  private let root: FieldPath
  private(set) var errors: [FieldError] = []
  /// What compiling the rules finds: told after all that is wrong with the schema itself.
  var ruleErrors: [FieldError] = []
  /// All rules' estimated costs, the total of which is limited.
  var ruleCosts: [(path: FieldPath, cost: UInt64)] = []
  /// Rules are compiled only where the whole schema is structural.
  private var compilesRules = false
  private static let types = ["array", "boolean", "integer", "number", "object", "string"]
  private static let depthLimit = 100

  init(_ schema: Value, _ path: FieldPath, hasStatus: Bool) {
    root = path
    if hasStatus { checkRoot(schema, path) }
    if SchemaDeclaration.hasDialect(schema) {
      add(.invalid(path, "", "OpenAPIV3Schema 'schema' is not supported"))
    }
    if schema["nullable"] == true {
      add(.forbidden(path.child("nullable"), "nullable cannot be true at the root"))
    }
    let isConvertible = StructuralCheck.isConvertible(schema)
    if isConvertible {
      let structural = StructuralCheck.errors(schema, path)
      errors += structural
      if structural.isEmpty {
        let before = errors.count
        checkDefaults(schema, path, isRoot: true, 0)
        compilesRules = errors.count == before
      }
    }
    visit(schema, path, Place(isRoot: true, mostCount: 1))
    errors += ruleErrors
    checkTotal()
  }

  /// Whether a part names a dialect of JSON schema.
  private static func hasDialect(_ schema: Value, _ depth: Int = 0) -> Bool {
    guard depth < depthLimit else { return false }
    if !(schema["$schema"]?.string ?? "").isEmpty { return true }
    return StructuralCheck.parts(of: schema).contains { hasDialect($0, depth + 1) }
  }

  /// Where a part of a schema stands.
  struct Place {
    var isRoot = false
    /// Within allOf, anyOf, oneOf or not.
    var isLogical = false
    var depth = 0
    /// How many values one object may have here; nil: not limited.
    var mostCount: UInt64?
    /// Why no default may be here.
    var noDefault: String?
    var isMetadata = false
    /// The part above whose old values cannot be told apart.
    var uncorrelated: FieldPath?

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

  /// With a status of its own, the root may have only what the status' schema does not lose.
  private mutating func checkRoot(_ schema: Value, _ path: FieldPath) {
    let allowed = [
      "Description", "Type", "Format", "Title", "Maximum", "ExclusiveMaximum", "Minimum",
      "ExclusiveMinimum", "MaxLength", "MinLength", "Pattern", "MaxItems", "MinItems",
      "UniqueItems", "MultipleOf", "Required", "Items", "Properties", "ExternalDocs", "Example",
      "XPreserveUnknownFields", "XValidations",
    ]
    let fields = SchemaPrinting.fields
    for (name, member) in fields {
      guard let value = schema[member], !value.isEmptyInGo else { continue }
      if name == "Type" {
        if value != "object" {
          add(
            .invalid(
              path.child("type"), value,
              "only \"object\" is allowed as the type at the root of the schema if the status "
                + "subresource is enabled"))
          return
        }
      } else if !allowed.contains(name) {
        add(
          .invalid(
            path, printed: SchemaPrinting.schema(schema),
            "only [\(allowed.joined(separator: " "))] fields are allowed at the root of the schema "
              + "if the status subresource is enabled"))
        return
      }
    }
  }

  private mutating func visit(_ schema: Value, _ path: FieldPath, _ place: Place) {
    guard place.depth < Self.depthLimit, schema.object != nil else { return }
    let before = errors.count
    checkSupported(schema, path, place)
    visitParts(schema, path, place)
    checkLists(schema, path)
    checkRuleParts(schema, path)
    if compilesRules, !place.isLogical, errors.count == before { checkRules(schema, path, place) }
  }

  private mutating func visitParts(_ schema: Value, _ path: FieldPath, _ place: Place) {
    if let part = schema["additionalProperties"], part.object != nil {
      let most = schema["maxProperties"]?.int.map { UInt64(max(0, $0)) }
      var below = place.below(most)
      if place.isMetadata {
        below.noDefault = "inside additionalProperties applying to object metadata"
      }
      visit(part, path.child("additionalProperties"), below)
    }
    for (name, part) in schema["properties"]?.object ?? [:] {
      var below = place.below(1)
      if schema["x-kubernetes-map-type"] == "atomic" {
        below.uncorrelated = below.uncorrelated ?? path
      }
      if place.isRoot || schema["x-kubernetes-embedded-resource"] == true,
        ["metadata", "kind", "apiVersion"].contains(name)
      {
        below.isMetadata = true
        if place.isRoot { below.noDefault = "in top-level \(name)" }
      }
      visit(part, path.child("properties").key(name), below)
    }
    var logical = place.below(1)
    logical.isLogical = true
    if let part = schema["not"] { visit(part, path.child("not"), logical) }
    for list in ["allOf", "oneOf", "anyOf"] {
      for (index, part) in (schema[list]?.array ?? []).enumerated() {
        visit(part, path.child(list).index(index), logical)
      }
    }
    if let part = schema["items"], part.object != nil {
      let most = schema["maxItems"]?.int.map { UInt64(max(0, $0)) }
      var below = place.below(most)
      if schema["x-kubernetes-list-type"] != "map" {
        below.uncorrelated = below.uncorrelated ?? path
      }
      visit(part, path.child("items"), below)
    }
  }

  /// What OpenAPI knows and custom resources do not.
  private mutating func checkSupported(_ schema: Value, _ path: FieldPath, _ place: Place) {
    let type = schema["type"]?.string ?? ""
    if !type.isEmpty, !Self.types.contains(type) {
      add(.notSupported(path.child("type"), .string(type), Self.types))
    }
    if schema["default"] != nil, let why = place.noDefault {
      add(.forbidden(path.child("default"), "must not be set \(why)"))
    }
    for field in [
      "id", "additionalItems", "patternProperties", "definitions", "dependencies", "$ref",
    ] where schema[field].map({ !$0.isEmptyInGo }) ?? false {
      add(.forbidden(path.child(field), "\(field) is not supported"))
    }
    if type == "null" {
      add(
        .forbidden(
          path.child("type"), "type cannot be set to null, use nullable as an alternative"))
    }
    if schema["items"]?.array?.isEmpty == false {
      add(.forbidden(path.child("items"), "items must be a schema object and not an array"))
    }
    if place.isMetadata, schema["x-kubernetes-embedded-resource"] == true {
      add(
        .forbidden(
          path.child("x-kubernetes-embedded-resource"), "must not be used inside of resource meta"))
    }
    if schema["uniqueItems"] == true {
      add(
        .forbidden(
          path.child("uniqueItems"),
          "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"))
    }
    if schema["properties"]?.object?.isEmpty == false, let more = schema["additionalProperties"],
      more.object != nil || more == false
    {
      add(
        .forbidden(
          path.child("additionalProperties"),
          "additionalProperties and properties are mutual exclusive"))
    }
  }

  // MARK: defaults

  /// A default must be a value that the schema accepts.
  private mutating func checkDefaults(
    _ schema: Value, _ path: FieldPath, isRoot: Bool, _ depth: Int
  ) {
    guard depth < Self.depthLimit, schema.object != nil else { return }
    checkDefault(schema, path, isRoot: isRoot)
    if let items = schema["items"] {
      checkDefaults(items, path.child("items"), isRoot: false, depth + 1)
    }
    for (name, part) in schema["properties"]?.object ?? [:] where !(isRoot && name == "metadata") {
      checkDefaults(part, path.child("properties").key(name), isRoot: false, depth + 1)
    }
  }

  private mutating func checkDefault(_ schema: Value, _ path: FieldPath, isRoot: Bool) {
    guard let value = schema["default"] else { return }
    let place = path.child("default")
    let parsed = CustomSchema(schema)
    var unknown: [String] = []
    _ = parsed.pruned(value, "", isRoot: false, &unknown)
    if !unknown.isEmpty { add(.invalid(place, value, "must not have unknown fields")) }
    let identity =
      isRoot && !parsed.isEmbedded ? CustomSchema.identityErrors(value, place) : []
    var found = identity + parsed.embeddedErrors(value, place)
    if found.isEmpty { found = parsed.errors(value, place) }
    if found.isEmpty, let rules = CustomRules(parsed, isResource: isRoot) {
      // As it is kept, and as it comes anew.
      found = rules.judge(value, old: value, place).errors
      if found.isEmpty { found = rules.judge(value, old: nil, place).errors }
    }
    for error in found { add(error) }
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

extension Value {
  /// Whether Go's structure would hold nothing for the member.
  fileprivate var isEmptyInGo: Bool {
    switch self {
    case .null, .bool(false), .string(""): true
    case .array(let elements): elements.isEmpty
    default: false
    }
  }
}
