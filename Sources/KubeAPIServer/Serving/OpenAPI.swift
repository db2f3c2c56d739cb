import Documents
import KubeObjects

/// The OpenAPI documents that clients look into before they write: structures from the schema
/// table, paths with what each operation is about.
struct OpenAPI {
  let table: ResourceTable

  private static let schemas = "#/components/schemas/"

  func answer(_ request: APIRequest, _ segments: [String]) -> APIResponse? {
    guard request.method == "GET", segments.count > 1 else { return nil }
    switch segments[1] {
    case "v2" where segments.count == 2: return second(request)
    case "v3" where segments.count == 2: return json(["paths": paths])
    case "v3":
      let version: GroupVersion
      switch (segments[2], segments.count) {
      case ("api", 4): version = GroupVersion("", segments[3])
      case ("apis", 5): version = GroupVersion(segments[3], segments[4])
      default: return nil
      }
      return document(version).map(json)
    default: return nil
    }
  }

  private func json(_ value: Value) -> APIResponse {
    APIResponse(
      code: 200, headers: [("Content-Type", "application/json")], body: .value(value))
  }

  /// JSON for all but clients of 1.27 and 1.28, which name protobuf.
  private func second(_ request: APIRequest) -> APIResponse {
    let isAsked = MediaType.clauses(request.header("accept") ?? "*/*").contains {
      $0.name.hasPrefix("application/com.github.proto-openapi.spec.v2")
    }
    return isAsked ? Self.minimalV2 : json(Swagger.document(document(versions)))
  }

  // They are content with a document that says swagger 2.0 and no more.
  private static var minimalV2: APIResponse {
    APIResponse(
      code: 200,
      headers: [
        ("Content-Type", "application/com.github.proto-openapi.spec.v2.v1.0+protobuf")
      ], body: .bytes([0x0A, 0x03] + Array("2.0".utf8)))
  }

  private var versions: [GroupVersion] {
    var seen: Set<GroupVersion> = []
    return table.ordered.map(\.groupVersion).filter { seen.insert($0).inserted }
  }

  private static func path(_ version: GroupVersion) -> String {
    version.group.isEmpty ? "api/\(version.version)" : "apis/\(version)"
  }

  private var paths: Value {
    .object(
      Mapping(
        versions.map { version in
          let path = Self.path(version)
          // The hash only has to change when the document does.
          let served = table.ordered.filter { $0.groupVersion == version }
          let hash = served.reduce(UInt64(served.count)) { sum, resource in
            resource.custom.map {
              Array(GoText.print($0.declaration).utf8).reduce(sum) { $0 &* 31 &+ UInt64($1) }
            } ?? sum
          }
          let address = "/openapi/v3/\(path)?hash=\(String(hash, radix: 16).uppercased())"
          return (path, ["serverRelativeURL": .string(address)])
        }))
  }

  private func document(_ version: GroupVersion) -> Value? {
    guard versions.contains(version) else { return nil }
    return document([version])
  }

  private func document(_ versions: [GroupVersion]) -> Value {
    let served = table.ordered.filter { versions.contains($0.groupVersion) }
    var paths: [(String, Value)] = []
    var wanted: Set<Int> = []
    var custom: [(String, Value)] = []
    for resource in served {
      paths += entries(resource)
      if let form = resource.custom {
        custom += components(of: resource, form.declaration, &wanted)
      }
      if let type = resource.type { wanted.insert(type) }
      if let list = Schema.builtin.index(resource.groupVersion, kind: resource.kind + "List") {
        wanted.insert(list)
      }
    }
    return [
      "openapi": "3.0.0", "info": ["title": "Kubernetes", "version": "v1.36.2"],
      "paths": .object(Mapping(paths)),
      "components": ["schemas": .object(Mapping(components(wanted) + custom))],
    ]
  }

  // MARK: paths

  private func entries(_ resource: ServedResource) -> [(String, Value)] {
    let root = "/" + Self.path(resource.groupVersion) + "/"
    let base =
      root + (resource.isNamespaced ? "namespaces/{namespace}/" : "")
      + resource.resource.resource
    let verbs = resource.definition.verbs
    var collection: [(String, Value)] = []
    if verbs.contains("list") { collection.append(("get", operation(resource, "list"))) }
    if verbs.contains("create") { collection.append(("post", operation(resource, "post"))) }
    if verbs.contains("deletecollection") {
      collection.append(("delete", operation(resource, "deletecollection")))
    }
    var object: [(String, Value)] = []
    for (verb, method, action) in [
      ("get", "get", "get"), ("update", "put", "put"), ("patch", "patch", "patch"),
      ("delete", "delete", "delete"),
    ] where verbs.contains(verb) {
      object.append((method, operation(resource, action)))
    }
    var found = [(base, Value.object(Mapping(collection)))]
    if !object.isEmpty { found.append((base + "/{name}", .object(Mapping(object)))) }
    if resource.isNamespaced, verbs.contains("list") {
      found.append(
        (root + resource.resource.resource, ["get": operation(resource, "list")]))
    }
    return found
  }

  private func operation(_ resource: ServedResource, _ action: String) -> Value {
    let writes = ["post", "put", "patch"].contains(action)
    var names = ["pretty"]
    if writes { names += ["dryRun", "fieldManager", "fieldValidation"] }
    if action == "patch" { names.append("force") }
    if action == "list" { names += ["labelSelector", "fieldSelector", "limit", "watch"] }
    return [
      "x-kubernetes-action": .string(action),
      "x-kubernetes-group-version-kind": [
        "group": .string(resource.resource.group), "version": .string(resource.resource.version),
        "kind": .string(resource.kind),
      ],
      "parameters": .array(
        names.map { ["name": .string($0), "in": "query", "schema": ["type": "string"]] }),
      "responses": ["200": ["description": "OK"]],
    ]
  }

  // MARK: structures

  private func components(_ roots: Set<Int>) -> [(String, Value)] {
    var walk = Walk(open: roots.sorted(), seen: roots)
    var found: [(String, Value)] = []
    while let index = walk.open.popLast() {
      let type = Schema.builtin.types[index]
      var properties: [(String, Value)] = []
      for field in type.fields {
        properties.append((field.name, property(field, of: type, &walk)))
      }
      var schema: Value = ["type": "object", "properties": .object(Mapping(properties))]
      let sentence = FieldSentences.kind(type.kind ?? "")
      if !sentence.isEmpty { schema["description"] = .string(sentence) }
      let required = type.fields.filter(\.isRequired).map { Value.string($0.name) }
      if !required.isEmpty { schema["required"] = .array(required) }
      if let version = type.groupVersion, let kind = type.kind {
        schema["x-kubernetes-group-version-kind"] = [
          [
            "group": .string(version.group), "version": .string(version.version),
            "kind": .string(kind),
          ]
        ]
      }
      found.append((Self.openAPIName(type.name), schema))
    }
    return found + walk.scalars.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// What the structures lead to.
  private struct Walk {
    var open: [Int]
    var seen: Set<Int>
    /// Types of text and numbers that have names of their own.
    var scalars: [String: Value] = [:]

    mutating func named(_ name: String, _ schema: Value) -> Value {
      let full = "io.k8s.apimachinery.pkg." + name
      scalars[full] = schema
      return ["allOf": [["$ref": .string(OpenAPI.schemas + full)]]]
    }
  }

  /// A custom resource and its list as the document shows them: what was declared, with what all
  /// objects have (apiextensions-apiserver's builder).
  private func components(
    of resource: ServedResource, _ declaration: Value, _ wanted: inout Set<Int>
  ) -> [(String, Value)] {
    let version = resource.groupVersion
    func name(_ kind: String) -> String {
      let domain = version.group.split(separator: ".").reversed().joined(separator: ".")
      return "\(domain).\(version.version).\(kind)"
    }
    func reference(_ type: String) -> Value {
      guard let index = Schema.builtin.index(of: type) else { return ["type": "object"] }
      wanted.insert(index)
      return ["allOf": [["$ref": .string(Self.schemas + Self.openAPIName(type))]]]
    }
    func identity(_ kind: String) -> Value {
      [
        [
          "group": .string(version.group), "version": .string(version.version),
          "kind": .string(kind),
        ]
      ]
    }
    var object = declaration
    object["type"] = "object"
    var properties = object["properties"] ?? .emptyObject
    // What all objects have is described like a built-in kind's (the CRD builder's addTypeMetaProperties).
    func described(_ name: String, _ schema: Value) -> Value {
      var schema = schema
      schema["description"] = .string(FieldSentences.field(name, of: "ObjectMeta"))
      return schema
    }
    for (name, schema) in [
      ("apiVersion", ["type": "string"]), ("kind", ["type": "string"]),
      ("metadata", reference("meta.v1.ObjectMeta")),
    ] {
      properties[name] = described(name, schema)
    }
    object["properties"] = properties
    object["x-kubernetes-group-version-kind"] = identity(resource.kind)
    let listKind = resource.kind + "List"
    let list: Value = [
      "type": "object", "required": ["items"],
      "properties": [
        "apiVersion": ["type": "string"], "kind": ["type": "string"],
        "metadata": reference("meta.v1.ListMeta"),
        "items": [
          "type": "array",
          "items": ["allOf": [["$ref": .string(Self.schemas + name(resource.kind))]]],
        ],
      ], "x-kubernetes-group-version-kind": identity(listKind),
    ]
    return [(name(resource.kind), object), (name(listKind), list)]
  }

  private func property(
    _ field: StructuralType.Field, of type: StructuralType, _ walk: inout Walk
  ) -> Value {
    var schema = self.schema(field.type, &walk)
    let sentence = FieldSentences.field(field.name, of: type.name)
    if !sentence.isEmpty { schema["description"] = .string(sentence) }
    if !field.allowed.isEmpty { schema["enum"] = .strings(field.allowed) }
    if let value = field.defaultValue { schema["default"] = value }
    switch field.list {
    case .atomic: schema["x-kubernetes-list-type"] = "atomic"
    case .set: schema["x-kubernetes-list-type"] = "set"
    case .map(let keys):
      schema["x-kubernetes-list-type"] = "map"
      schema["x-kubernetes-list-map-keys"] = .strings(keys)
    case .granular, .unspecified: break
    }
    if !field.patchStrategy.isEmpty {
      schema["x-kubernetes-patch-strategy"] = .string(field.patchStrategy)
    }
    if !field.patchMergeKey.isEmpty {
      schema["x-kubernetes-patch-merge-key"] = .string(field.patchMergeKey)
    }
    return schema
  }

  private func schema(_ type: FieldType, _ walk: inout Walk) -> Value {
    switch type {
    case .string: return ["type": "string"]
    case .boolean: return ["type": "boolean"]
    case .int32: return ["type": "integer", "format": "int32"]
    case .int64: return ["type": "integer", "format": "int64"]
    case .double: return ["type": "number", "format": "double"]
    case .bytes: return ["type": "string", "format": "byte"]
    case .time:
      return walk.named("apis.meta.v1.Time", ["type": "string", "format": "date-time"])
    case .microTime:
      return walk.named("apis.meta.v1.MicroTime", ["type": "string", "format": "date-time"])
    case .quantity:
      return walk.named(
        "api.resource.Quantity", ["oneOf": [["type": "string"], ["type": "number"]]])
    case .intOrString:
      return walk.named(
        "util.intstr.IntOrString",
        ["format": "int-or-string", "oneOf": [["type": "integer"], ["type": "string"]]])
    case .object: return ["type": "object"]
    case .any: return [:]
    case .list(let element):
      return ["type": "array", "items": schema(element, &walk)]
    case .map(let element):
      return ["type": "object", "additionalProperties": schema(element, &walk)]
    case .structure(let index):
      if walk.seen.insert(index).inserted { walk.open.append(index) }
      let name = Self.openAPIName(Schema.builtin.types[index].name)
      return ["allOf": [["$ref": .string(Self.schemas + name)]]]
    }
  }

  /// As the real document names a type: io.k8s.api.core.v1.Pod.
  private static func openAPIName(_ name: String) -> String {
    let first = name.prefix { $0 != "." }
    switch first {
    case "meta", "version":
      return "io.k8s.apimachinery.pkg." + (first == "meta" ? "apis." : "")
        + name
    case "apiextensions": return "io.k8s.apiextensions-apiserver.pkg.apis." + name
    case "apiregistration": return "io.k8s.kube-aggregator.pkg.apis." + name
    default: return "io.k8s.api." + name
    }
  }
}
