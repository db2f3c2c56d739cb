import Documents
import KubeObjects

/// Takes a tree into the structure of a custom resource: its metadata is every object's, the rest
/// its schema's.
struct CustomBody {
  private let resource: ServedResource

  init(_ resource: ServedResource) { self.resource = resource }

  /// `failure`: what the structure of metadata cannot hold. Null where it is not allowed and nothing
  /// is filled in for it is dropped, but where it is to be kept.
  func clean(
    _ value: Value, keepsNull: Bool = false
  ) -> (object: Value, unknown: [String], failure: String?) {
    guard let custom = resource.custom, case .object = value else { return (value, [], nil) }
    var unknown: [String] = []
    var failure: String?
    var object = custom.schema.pruned(value, "", isRoot: true, &unknown)
    if !keepsNull { object = custom.schema.withoutNulls(object) }
    object["apiVersion"] = object["apiVersion"] ?? .string(resource.apiVersion)
    object["kind"] = object["kind"] ?? .string(resource.kind)
    object = custom.schema.coerced(object, "", isRoot: true, &unknown, &failure)
    return (object, unknown.sorted(), failure)
  }
}

extension BodyReader {
  /// Reads a custom resource.
  mutating func custom(
    _ body: APIRequest.Body, _ format: Format, _ resource: ServedResource,
    _ validation: ResourceRequest.FieldValidation
  ) throws(StatusError) -> Value {
    let (value, doubts) = try tree(body, format)
    guard let actual = value["kind"]?.string, !actual.isEmpty else {
      let text = String(decoding: doubts.source, as: UTF8.self)
      throw .badRequest(
        "the object provided is unrecognized (must be of type \(kind)): Object 'Kind' is missing "
          + "in '\(text)' (\(Self.summary(doubts.source)))")
    }
    let version = value.apiVersion
    if version != resource.apiVersion {
      if resource.conversion?.schema(of: GroupVersion(apiVersion: version)) == nil {
        try complainOfAll(value, doubts, validation)
      }
      throw .badRequest(
        "the API version in the data (\(version)) does not match the expected API version "
          + "(\(resource.apiVersion))")
    }
    if actual != resource.kind {
      throw .invalid(
        group: resource.resource.group, kind: actual, name: value.name,
        [.invalid(FieldPath("kind"), .string(actual), "must be \(resource.kind)")])
    }
    let (object, unknown, failure) = CustomBody(resource).clean(value)
    if let failure {
      throw .badRequest(
        "\(kind) in version \(groupVersion.version.goQuoted) cannot be handled as a \(kind): "
          + failure)
    }
    try complain(doubts.complaints(unknown: unknown, isSorted: true), validation)
    return object
  }

  /// In a version that has no schema here every member is unknown.
  private mutating func complainOfAll(
    _ value: Value, _ doubts: Doubts, _ validation: ResourceRequest.FieldValidation
  ) throws(StatusError) {
    let names = (value.object?.keys ?? []).filter {
      !["apiVersion", "kind", "metadata"].contains($0)
    }
    try complain(doubts.complaints(unknown: Array(names).sorted(), isSorted: true), validation)
  }

  private mutating func complain(
    _ complaints: [String], _ validation: ResourceRequest.FieldValidation
  ) throws(StatusError) {
    guard !complaints.isEmpty, validation != .ignore else { return }
    if validation == .strict {
      throw .badRequest(
        "\(kind) in version \(groupVersion.version.goQuoted) cannot be handled as a \(kind): "
          + "strict decoding error: " + complaints.joined(separator: ", "))
    }
    warn(complaints)
  }
}
