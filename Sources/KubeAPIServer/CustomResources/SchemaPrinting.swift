import Documents
import KubeObjects

/// A definition's versions as upstream's internal structures print in messages.
enum SchemaPrinting {
  private static let first: [(String, String, String)] = [
    ("ID", "id", "\"\""), ("Schema", "$schema", "\"\""), ("Ref", "$ref", "null"),
    ("Description", "description", "\"\""), ("Type", "type", "\"\""),
    ("Nullable", "nullable", "false"), ("Format", "format", "\"\""), ("Title", "title", "\"\""),
    ("Default", "default", "null"), ("Maximum", "maximum", "null"),
    ("ExclusiveMaximum", "exclusiveMaximum", "false"), ("Minimum", "minimum", "null"),
    ("ExclusiveMinimum", "exclusiveMinimum", "false"), ("MaxLength", "maxLength", "null"),
    ("MinLength", "minLength", "null"), ("Pattern", "pattern", "\"\""),
    ("MaxItems", "maxItems", "null"), ("MinItems", "minItems", "null"),
    ("UniqueItems", "uniqueItems", "false"), ("MultipleOf", "multipleOf", "null"),
    ("Enum", "enum", "null"), ("MaxProperties", "maxProperties", "null"),
    ("MinProperties", "minProperties", "null"), ("Required", "required", "null"),
  ]
  private static let last: [(String, String, String)] = [
    ("ExternalDocs", "externalDocs", "null"), ("Example", "example", "null"),
    ("XPreserveUnknownFields", "x-kubernetes-preserve-unknown-fields", "null"),
    ("XEmbeddedResource", "x-kubernetes-embedded-resource", "false"),
    ("XIntOrString", "x-kubernetes-int-or-string", "false"),
    ("XListMapKeys", "x-kubernetes-list-map-keys", "null"),
    ("XListType", "x-kubernetes-list-type", "null"), ("XMapType", "x-kubernetes-map-type", "null"),
  ]

  /// The names of a schema's fields in upstream's structure, in its order, and in documents.
  static let fields: [(String, String)] =
    first.map { ($0.0, $0.1) } + [
      ("Items", "items"), ("AllOf", "allOf"), ("OneOf", "oneOf"), ("AnyOf", "anyOf"),
      ("Not", "not"), ("Properties", "properties"),
      ("AdditionalProperties", "additionalProperties"),
      ("PatternProperties", "patternProperties"), ("Dependencies", "dependencies"),
      ("AdditionalItems", "additionalItems"), ("Definitions", "definitions"),
    ] + last.map { ($0.0, $0.1) } + [("XValidations", "x-kubernetes-validations")]

  static func schema(_ schema: Value, depth: Int = 0) -> String {
    guard depth < 100 else { return "null" }
    var parts = first.map { "\"\($0.0)\":\(schema[$0.1].map(\.goJSON) ?? $0.2)" }
    func inner(_ value: Value) -> String { self.schema(value, depth: depth + 1) }
    parts.append(
      "\"Items\":"
        + (schema["items"].map { "{\"Schema\":\(inner($0)),\"JSONSchemas\":null}" }
          ?? "null"))
    for (name, member) in [("AllOf", "allOf"), ("OneOf", "oneOf"), ("AnyOf", "anyOf")] {
      let list = schema[member]?.array.map { "[" + $0.map(inner).joined(separator: ",") + "]" }
      parts.append("\"\(name)\":\(list ?? "null")")
    }
    parts.append("\"Not\":" + (schema["not"].map(inner) ?? "null"))
    let properties = schema["properties"]?.object.map { members in
      "{" + members.map { "\($0.key.goJSON):\(inner($0.value))" }.joined(separator: ",") + "}"
    }
    parts.append("\"Properties\":\(properties ?? "null")")
    parts.append(
      "\"AdditionalProperties\":"
        + (schema["additionalProperties"].map { more in
          more.bool.map { "{\"Allows\":\($0),\"Schema\":null}" }
            ?? "{\"Allows\":true,\"Schema\":\(inner(more))}"
        } ?? "null"))
    for name in ["PatternProperties", "Dependencies", "AdditionalItems", "Definitions"] {
      parts.append("\"\(name)\":null")
    }
    parts += last.map { "\"\($0.0)\":\(schema[$0.1].map(\.goJSON) ?? $0.2)" }
    let rules = schema["x-kubernetes-validations"]?.array.map { rules in
      "[" + rules.map(SchemaDeclaration.printed).joined(separator: ",") + "]"
    }
    parts.append("\"XValidations\":\(rules ?? "null")")
    return "{" + parts.joined(separator: ",") + "}"
  }

  /// `hoisted`: schema, subresources, columns that all versions share are not the versions' own.
  static func versions(_ versions: [Value], isHoisted: (String) -> Bool) -> String {
    let printed = versions.map { version -> String in
      func own(_ member: String) -> Value? { isHoisted(member) ? nil : version[member] }
      let schema = own("schema")?["openAPIV3Schema"].map {
        "{\"OpenAPIV3Schema\":\(self.schema($0))}"
      }
      let deprecation = version["deprecationWarning"]?.goJSON ?? "null"
      return "{\"Name\":\((version["name"]?.string ?? "").goJSON),"
        + "\"Served\":\(version["served"] == true),\"Storage\":\(version["storage"] == true),"
        + "\"Deprecated\":\(version["deprecated"] == true),\"DeprecationWarning\":\(deprecation),"
        + "\"Schema\":\(schema ?? "null"),"
        + "\"Subresources\":\(own("subresources").map(subresources) ?? "null"),"
        + "\"AdditionalPrinterColumns\":\(own("additionalPrinterColumns").map(columns) ?? "null"),"
        + "\"SelectableFields\":\(own("selectableFields").map(selectable) ?? "null")}"
    }
    return "[" + printed.joined(separator: ",") + "]"
  }

  private static func subresources(_ value: Value) -> String {
    let scale = value["scale"].map { scale in
      "{\"SpecReplicasPath\":\((scale["specReplicasPath"]?.string ?? "").goJSON),"
        + "\"StatusReplicasPath\":\((scale["statusReplicasPath"]?.string ?? "").goJSON),"
        + "\"LabelSelectorPath\":\(scale["labelSelectorPath"]?.goJSON ?? "null")}"
    }
    return "{\"Status\":\(value["status"] == nil ? "null" : "{}"),\"Scale\":\(scale ?? "null")}"
  }

  private static func columns(_ value: Value) -> String {
    let printed = (value.array ?? []).map { column -> String in
      func text(_ name: String) -> String { (column[name]?.string ?? "").goJSON }
      return "{\"Name\":\(text("name")),\"Type\":\(text("type")),\"Format\":\(text("format")),"
        + "\"Description\":\(text("description")),\"Priority\":\(column["priority"]?.int ?? 0),"
        + "\"JSONPath\":\(text("jsonPath"))}"
    }
    return "[" + printed.joined(separator: ",") + "]"
  }

  private static func selectable(_ value: Value) -> String {
    let printed = (value.array ?? []).map {
      "{\"JSONPath\":\(($0["jsonPath"]?.string ?? "").goJSON)}"
    }
    return "[" + printed.joined(separator: ",") + "]"
  }
}
