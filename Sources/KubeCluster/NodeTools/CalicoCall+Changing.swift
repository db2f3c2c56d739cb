import Documents
import KubeObjects
import Kubectl
import Linux

/// What writes: apply, create, replace and delete.
extension CalicoCall {
  func change(_ verb: String) async throws {
    var objects: [Value] = []
    if files.isEmpty, verb == "delete", words.count > 2, let kind = Self.kind(words[1]) {
      objects = words.dropFirst(2).map {
        [
          "kind": .string(kind.name),
          "metadata": ["name": .string($0), "namespace": .string(namespace ?? "default")],
        ]
      }
    }
    for file in files {
      let text =
        file == "-"
        ? String(decoding: try await process.readAll(), as: UTF8.self)
        : process.machine.files.text(file)
      guard let text else {
        throw Refusal("Failed to execute command: open \(file): no such file or directory")
      }
      objects += Manifest(text).documents.map(\.value).flatMap {
        $0.kind.hasSuffix("List") ? $0.items("items") : [$0]
      }
    }
    guard let first = objects.first else {
      throw Refusal("Failed to execute command: no resources specified")
    }
    for object in objects { try await change(verb, object) }
    let past = [
      "apply": "applied", "create": "created", "replace": "replaced", "delete": "deleted",
    ]
    try await process.write(
      "Successfully \(past[verb] ?? verb) \(objects.count) '\(first.kind)' resource(s)\n")
  }

  private func change(_ verb: String, _ object: Value) async throws {
    guard let kind = Self.kind(object.kind), !["Node", "Profile"].contains(kind.name),
      kind.name != "WorkloadEndpoint", let access
    else {
      throw Refusal("Failed to execute command: resource type '\(object.kind)' is not supported")
    }
    var object = object
    let space = object.namespace.isEmpty ? namespace ?? "default" : object.namespace
    var name = object.name
    if kind.name.hasSuffix("NetworkPolicy"), !name.contains(".") { name = "default." + name }
    object["apiVersion"] = "crd.projectcalico.org/v1"
    object.set(["metadata", "name"], .string(name))
    if kind.isNamespaced { object.set(["metadata", "namespace"], .string(space)) }
    let list =
      "/apis/crd.projectcalico.org/v1/" + (kind.isNamespaced ? "namespaces/\(space)/" : "")
      + kind.plural
    let old = try await read("\(list)/\(name)")
    let shown = "\(kind.name)(\(kind.isNamespaced ? space + "/" : "")\(object.name))"
    if verb == "create", old != nil {
      throw Refusal("Failed to create '\(kind.name)' resource: resource already exists: \(shown)")
    }
    if ["replace", "delete"].contains(verb), old == nil {
      throw Refusal("Failed to \(verb) '\(kind.name)' resource: resource does not exist: \(shown)")
    }
    if let version = old?[path: "metadata", "resourceVersion"] {
      object.set(["metadata", "resourceVersion"], version)
    }
    let (code, told) =
      verb == "delete"
      ? try await access.send(
        "DELETE", "\(list)/\(name)", query: [], body: nil, contentType: "")
      : try await access.send(
        old == nil ? "POST" : "PUT", old == nil ? list : "\(list)/\(name)", query: [],
        body: object, contentType: "application/json")
    guard code < 300 else {
      throw Refusal("Failed to \(verb) '\(kind.name)' resource: \(told.text("message"))")
    }
  }
}
