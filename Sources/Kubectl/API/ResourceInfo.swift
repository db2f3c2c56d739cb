import Documents

/// One object that a command works on: where it is, where it came from and what is known of it.
struct ResourceInfo {
  var resource: APIResource
  var namespace: String
  var name: String
  /// The file it was read from; empty for the server.
  var source = ""
  var object: Value

  /// `pod/web`, `deployment.apps/web`.
  var printedName: String { "\(resource.printedKind)/\(name.isEmpty ? "<unknown>" : name)" }

  /// Without a name it would be the path of the whole collection (rest.Request's Name and its
  /// preflight check).
  func path(_ subresource: String = "") throws -> String {
    guard !name.isEmpty else { throw CommandError.text("resource name may not be empty") }
    guard !resource.isNamespaced || !namespace.isEmpty else {
      throw CommandError.text(
        "an empty namespace may not be set when a resource name is provided")
    }
    return resource.path(namespace: namespace, name: name, subresource: subresource)
  }

  /// As it is created: the version that a file was read at says nothing of a new object
  /// (resource.Helper.Create).
  var unversioned: Value {
    var object = object
    object["metadata"]?["resourceVersion"] = nil
    return object
  }

  /// Takes over what the server answered.
  mutating func refresh(_ answer: Value) {
    object = answer
    if let name = answer[path: "metadata", "name"]?.string { self.name = name }
    if let namespace = answer[path: "metadata", "namespace"]?.string { self.namespace = namespace }
  }
}
