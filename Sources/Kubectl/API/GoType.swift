import KubeObjects

/// The Go types that kubectl decodes objects into, and its complaint about kinds it has none for.
enum GoType {
  /// `*v1.ConfigMap`.
  static func name(of resource: APIResource) -> String { "*\(resource.version).\(resource.kind)" }

  /// Commands that work on typed objects know no custom resources.
  static func require(_ resource: APIResource, of file: String = "") throws {
    guard !isKnown(resource) else { return }
    throw CommandError.text(
      (file.isEmpty ? "" : "unable to decode \(Go.quoted(file)): ")
        + "no kind \(Go.quoted(resource.kind)) is registered for version "
        + "\(Go.quoted(resource.groupVersion.description)) in scheme \"pkg/scheme/scheme.go:28\"")
  }

  static func isKnown(_ resource: APIResource) -> Bool {
    Schema.builtin.index(
      GroupVersion(resource.group, resource.version), kind: resource.kind) != nil
  }
}
