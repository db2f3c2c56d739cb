import Documents
import KubeObjects

/// One object of a file, or what is wrong with it.
struct Manifest {
  var source: String
  var object: Value
  var problem: (any Error)?

  /// The schema check that precedes decoding: an object must say what it is. Its failure ends the
  /// reading of a file, while a failure to decode concerns one document.
  var flaw: CommandError? {
    Self.flaw(object).map {
      .text(
        "error validating \(Go.quoted(source)): error validating data: \($0); if you choose to "
          + "ignore these errors, turn validation off with --validate=false")
    }
  }

  /// The bare words of the schema check.
  static func flaw(_ object: Value) -> String? {
    guard object.object != nil else { return "invalid object to validate" }
    let absent = ["apiVersion", "kind"].filter { object[$0]?.isNull ?? true }
    if absent.isEmpty { return nil }
    let texts = absent.map { "\($0) not set" }
    return texts.count == 1 ? texts[0] : "[" + texts.joined(separator: ", ") + "]"
  }

  /// Finds the object's resource; the object must say what it is.
  func info(_ mapper: ResourceMapper) throws -> ResourceInfo {
    let kind = object["kind"]?.string ?? ""
    let apiVersion = object["apiVersion"]?.string ?? ""
    guard object.object != nil else {
      throw CommandError.text(
        "unable to decode \(Go.quoted(source)): json: cannot unmarshal "
          + "\(MetadataShape.kind(object)) into Go value of type unstructured.detector")
    }
    if kind.isEmpty {
      throw CommandError.text(
        "unable to decode \(Go.quoted(source)): Object 'Kind' is missing in "
          + "'\(JSONText.compact(object))'")
    }
    if let problem = MetadataShape.problem(object["metadata"]) {
      throw CommandError.text("unable to decode \(Go.quoted(source)): json: \(problem)")
    }
    let metadata = object["metadata"]
    let name = metadata?["name"]?.string ?? ""
    let namespace = metadata?["namespace"]?.string ?? ""
    // Without a version the core's kinds are found, and then no path to them.
    var found = mapper.resource(of: object)
    if apiVersion.isEmpty { found?.version = "" }
    guard let resource = found else {
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

  /// A List becomes its items.
  static func flatten(_ object: Value, source: String) -> [Manifest] {
    let kind = object["kind"]?.string ?? ""
    guard kind.hasSuffix("List"), let items = object["items"]?.array else {
      return [Manifest(source: source, object: object)]
    }
    let itemKind = String(kind.dropLast(4))
    return items.flatMap { item -> [Manifest] in
      var item = item
      // A typed list says once what its items are.
      if !itemKind.isEmpty, item.object != nil, item["kind"] == nil, item["apiVersion"] == nil {
        item["kind"] = .string(itemKind)
        item["apiVersion"] = object["apiVersion"]
      }
      return item["kind"]?.string == "List"
        ? [Manifest(source: source, object: item)] : flatten(item, source: source)
    }
  }
}
