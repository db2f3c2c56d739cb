import Documents
import KubeObjects

extension SchemaDeclaration {
  /// Lists and maps: how their parts are told apart.
  mutating func checkLists(_ schema: Value, _ path: FieldPath) {
    if schema["x-kubernetes-preserve-unknown-fields"] == false {
      add(
        .invalid(
          path.child("x-kubernetes-preserve-unknown-fields"), false, "must be true or undefined"))
    }
    if let mapType = schema["x-kubernetes-map-type"]?.string {
      checkType(schema, "object", "x-kubernetes-map-type", path)
      checkChoice(mapType, ["atomic", "granular"], path.child("x-kubernetes-map-type"))
    }
    let listType = schema["x-kubernetes-list-type"]?.string
    if let listType {
      checkType(schema, "array", "x-kubernetes-list-type", path)
      if schema["type"] == "array", listType == "set" { checkSet(schema, path) }
      checkChoice(listType, ["atomic", "set", "map"], path.child("x-kubernetes-list-type"))
    }
    let keys = (schema["x-kubernetes-list-map-keys"]?.array ?? []).compactMap(\.string)
    if !keys.isEmpty, listType != "map" {
      let place = path.child("x-kubernetes-list-type")
      let why = "must be map if x-kubernetes-list-map-keys is non-empty"
      add(listType.map { .invalid(place, .string($0), why) } ?? .required(place, why))
    }
    if listType == "map" { checkKeys(keys, schema, path) }
    if listType == "map" || listType == "set" { checkNullable(keys, schema, path) }
  }

  private mutating func checkChoice(_ value: String, _ choices: [String], _ path: FieldPath) {
    if !choices.contains(value) { add(.notSupported(path, .string(value), choices)) }
  }

  private mutating func checkType(
    _ schema: Value, _ wanted: String, _ field: String, _ path: FieldPath
  ) {
    let type = schema["type"]?.string ?? ""
    guard type != wanted else { return }
    let why = "must be \(wanted) if \(field) is specified"
    add(
      type.isEmpty
        ? .required(path.child("type"), why) : .invalid(path.child("type"), .string(type), why))
  }

  private mutating func checkSet(_ schema: Value, _ path: FieldPath) {
    let items = schema["items"] ?? [:]
    let listType = items["x-kubernetes-list-type"] ?? .null
    let why = "must be atomic as item of a list with x-kubernetes-list-type=set"
    if items["type"] == "array", !listType.isNull, listType != "atomic" {
      add(.invalid(path.child("items").child("x-kubernetes-list-type"), listType, why))
    } else if items["type"] == "object", items["x-kubernetes-map-type"] != "atomic" {
      add(.invalid(path.child("items").child("x-kubernetes-map-type"), listType, why))
    }
  }

  private mutating func checkKeys(_ keys: [String], _ schema: Value, _ path: FieldPath) {
    let keysPath = path.child("x-kubernetes-list-map-keys")
    if keys.isEmpty {
      add(.required(keysPath, "must not be empty if x-kubernetes-list-type is map"))
    }
    guard let items = schema["items"] else {
      add(
        .required(path.child("items"), "must have a schema if x-kubernetes-list-type is map"))
      return
    }
    let type = items["type"]?.string ?? ""
    guard type == "object" else {
      add(
        .invalid(
          path.child("items").child("type"), .string(type),
          "must be object if parent array's x-kubernetes-list-type is map"))
      return
    }
    var seen: Set<String> = []
    for key in keys {
      let all = Value.array(keys.map { .string($0) })
      if let part = items["properties"]?[key] {
        if part["type"] == "array" || part["type"] == "object" {
          add(
            .invalid(
              path.child("items").child("properties").key(key).child("type"), .string(type),
              "must be a scalar type if parent array's x-kubernetes-list-type is map"))
        }
      } else {
        add(.invalid(keysPath, all, "entries must all be names of item properties"))
      }
      if !seen.insert(key).inserted {
        add(.invalid(keysPath, all, "must not contain duplicate entries"))
      }
    }
  }

  private mutating func checkNullable(_ keys: [String], _ schema: Value, _ path: FieldPath) {
    guard let items = schema["items"] else { return }
    let listType = schema["x-kubernetes-list-type"]?.string ?? ""
    if items["nullable"] == true {
      add(
        .forbidden(
          path.child("items").child("nullable"),
          "cannot be nullable when x-kubernetes-list-type is \(listType)"))
    }
    guard listType == "map" else { return }
    let required = (items["required"]?.array ?? []).compactMap(\.string)
    for key in keys {
      guard let part = items["properties"]?[key] else { continue }
      let place = path.child("items").child("properties").key(key)
      if !required.contains(key), part["default"] == nil {
        add(
          .required(
            place.child("default"),
            "this property is in x-kubernetes-list-map-keys, so it must have a default or be a "
              + "required property"))
      }
      if part["nullable"] == true {
        add(
          .forbidden(
            place.child("nullable"),
            "this property is in x-kubernetes-list-map-keys, so it cannot be nullable"))
      }
    }
  }
}
