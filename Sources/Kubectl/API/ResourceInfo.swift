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

  func path(_ subresource: String = "") -> String {
    resource.path(namespace: namespace, name: name, subresource: subresource)
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
