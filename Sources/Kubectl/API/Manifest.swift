import Documents
import KubeObjects

/// One object of a file, or what is wrong with it.
struct Manifest {
  var source: String
  var object: Value
  var problem: (any Error)?

  /// Finds the object's resource; the object must say what it is.
  func info(_ mapper: ResourceMapper) throws -> ResourceInfo {
    let kind = object["kind"]?.string ?? ""
    let apiVersion = object["apiVersion"]?.string ?? ""
    if kind.isEmpty {
      throw CommandError.text(
        "unable to decode \(Go.quoted(source)): Object 'Kind' is missing in "
          + "'\(JSONText.compact(object))'")
    }
    if apiVersion.isEmpty {
      throw CommandError.text(
        "unable to decode \(Go.quoted(source)): Object 'apiVersion' is missing in "
          + "'\(JSONText.compact(object))'")
    }
    try checkNames()
    let metadata = object["metadata"]
    let name = metadata?["name"]?.string ?? ""
    let namespace = metadata?["namespace"]?.string ?? ""
    guard let resource = mapper.resource(of: object) else {
      throw CommandError.text(
        "resource mapping not found for name: \(Go.quoted(name)) namespace: "
          + "\(Go.quoted(namespace)) from \(Go.quoted(source)): no matches for kind "
          + "\(Go.quoted(kind)) in version \(Go.quoted(apiVersion))\nensure CRDs are installed "
          + "first"
      )
    }
    return ResourceInfo(
      resource: resource, namespace: namespace, name: name, source: source, object: object)
  }

  /// The client reads the names itself and so refuses a number there in Go's words.
  private func checkNames() throws {
    for member in ["generateName", "name", "namespace"] {
      guard let value = object[path: "metadata", member], !value.isNull, value.string == nil else {
        continue
      }
      let type: String
      switch value {
      case .bool: type = "bool"
      case .int, .double: type = "number"
      case .array: type = "array"
      default: type = "object"
      }
      throw CommandError.text(
        "unable to decode \(Go.quoted(source)): json: cannot unmarshal \(type) into Go struct "
          + "field ObjectMeta.metadata.\(member) of type string")
    }
  }

  /// A List becomes its items.
  static func flatten(_ object: Value, source: String) -> [Manifest] {
    let kind = object["kind"]?.string ?? ""
    guard kind.hasSuffix("List"), let items = object["items"]?.array else {
      return [Manifest(source: source, object: object)]
    }
    return items.flatMap { item -> [Manifest] in
      item["kind"]?.string == "List"
        ? [Manifest(source: source, object: item)] : flatten(item, source: source)
    }
  }
}
