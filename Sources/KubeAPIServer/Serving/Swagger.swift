import Documents

/// The form of an OpenAPI 3 document that clients of version 2 read: /openapi/v2.
enum Swagger {
  static func document(_ third: Value) -> Value {
    [
      "swagger": "2.0", "info": third["info"] ?? [:],
      "paths": .object((third["paths"]?.object ?? [:]).compactMapValues(path)),
      "definitions": .object(
        (third["components"]?["schemas"]?.object ?? [:]).compactMapValues { schema($0, depth: 0) }),
    ]
  }

  private static func path(_ path: Value) -> Value {
    .object((path.object ?? [:]).compactMapValues(operation))
  }

  private static func operation(_ operation: Value) -> Value {
    var operation = operation
    operation["parameters"] = .array(
      (operation["parameters"]?.array ?? []).map { parameter in
        var parameter = parameter
        parameter["type"] = parameter["schema"]?["type"]
        parameter["schema"] = nil
        return parameter
      })
    return operation
  }

  /// References stand alone and elsewhere, and what may be of two types is a string with a format.
  private static func schema(_ schema: Value, depth: Int) -> Value {
    guard depth < 40 else { return [:] }
    if let all = schema["allOf"]?.array, all.count == 1, let target = all.first?["$ref"]?.string {
      let name = target.split(separator: "/").last.map(String.init) ?? target
      var found: Value = ["$ref": .string("#/definitions/\(name)")]
      for (key, value) in schema.object ?? [:] where key != "allOf" { found[key] = value }
      return found
    }
    var found = schema
    if schema["oneOf"] != nil {
      found["oneOf"] = nil
      found["type"] = "string"
    }
    if let properties = schema["properties"]?.object {
      found["properties"] = .object(
        properties.compactMapValues { self.schema($0, depth: depth + 1) })
    }
    for key in ["items", "additionalProperties"] {
      if let inner = schema[key], inner.object != nil {
        found[key] = self.schema(inner, depth: depth + 1)
      }
    }
    return found
  }
}
