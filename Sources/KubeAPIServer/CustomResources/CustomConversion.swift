import Documents
import KubeObjects

/// Brings the objects of one definition from the version that they are stored in to others, and
/// back: apiextensions-apiserver's `conversion`, and what its codec does around it.
final class CustomConversion {
  /// The version in which objects are written.
  let storage: GroupVersion
  /// By version, served or not.
  private let schemas: [GroupVersion: CustomSchema]
  private let kind: String
  /// `spec.conversion.webhook`; nil where versions differ by their names alone.
  private let hook: Value?
  /// What was written after this revision has the schemas that hold now.
  private let since: Int64
  private unowned let objects: any ObjectAccess

  /// What the webhook made of stored objects: what a watch cache has in memory.
  private var known: [Place: Known] = [:]

  private struct Place: Hashable {
    let uid: String
    let version: GroupVersion
  }

  private struct Known {
    let resourceVersion: String
    let object: Value
  }

  private static let capacity = 10_000

  /// `spec` is a definition's.
  init(_ spec: Value, storage: String, since: Int64, _ objects: any ObjectAccess) {
    let group = spec.text("group")
    self.storage = GroupVersion(group, storage)
    self.since = since
    self.objects = objects
    kind = spec["names"]?.text("kind") ?? ""
    let conversion = spec["conversion"] ?? [:]
    hook = conversion.text("strategy") == "Webhook" ? conversion["webhook"] : Value?.none
    schemas = Dictionary(
      spec.items("versions").map { version in
        let schema = version["schema"]?["openAPIV3Schema"] ?? .emptyObject
        return (GroupVersion(group, version.text("name")), CustomSchema(schema))
      }
    ) { first, _ in first }
  }

  /// Whether versions differ by more than their names.
  var asksWebhook: Bool { hook != nil }

  /// The schema of a version, served or not.
  func schema(of version: GroupVersion) -> CustomSchema? { schemas[version] }

  /// A stored object as a version shows it. What is read `afresh` asks the webhook again, as what
  /// comes from etcd and not from a cache.
  func decoded(
    _ stored: Value, to version: GroupVersion, afresh: Bool = false
  ) throws(StatusError) -> Value {
    let own = GroupVersion(apiVersion: stored.apiVersion)
    guard let schema = schemas[own] else {
      throw .plain("request to convert CR from an invalid group/version: \(own)")
    }
    var object = stored
    // What came from another version was not filled in when it was stored.
    if schemas.count > 1 || (Int64(stored.resourceVersion) ?? 0) <= since {
      var unknown: [String] = []
      object = schema.defaulted(
        schema.withoutNulls(schema.pruned(stored, "", isRoot: true, &unknown)))
    }
    guard hook != nil, own != version else { return try converted(object, to: version) }
    let place = Place(uid: stored.uid, version: version)
    if !afresh, let known = known[place], known.resourceVersion == stored.resourceVersion {
      return known.object
    }
    let found = try converted(object, to: version)
    if known.count >= Self.capacity { known = [:] }
    known[place] = Known(resourceVersion: stored.resourceVersion, object: found)
    return found
  }

  /// An object of any version in another: what that version does not know is gone, and nothing is
  /// filled in (schemaCoercingConverter).
  func converted(_ object: Value, to version: GroupVersion) throws(StatusError) -> Value {
    // What has no version is empty, and nobody is asked about it.
    if object.apiVersion == version.description || object.apiVersion.isEmpty { return object }
    guard let schema = schemas[version] else {
      throw .plain("request to convert CR to an invalid group/version: \(version)")
    }
    var new = object
    if let hook {
      new = try asked(object, to: version, hook)
    } else {
      new["apiVersion"] = .string(version.description)
    }
    var unknown: [String] = []
    new = schema.pruned(new, "", isRoot: true, &unknown)
    return schema.withoutNulls(new)
  }

  // MARK: the webhook

  /// What the webhook makes of an object (webhookConverter.Convert).
  private func asked(
    _ object: Value, to version: GroupVersion, _ hook: Value
  ) throws(StatusError) -> Value {
    let title = "conversion webhook for \(object.apiVersion), Kind=\(object.kind)"
    let found: [Value]
    do throws(PatchFailure) {
      found = try answered(object, to: version, hook)
    } catch {
      throw .plain("\(title) failed: \(error.message)")
    }
    guard let new = found.first, found.count == 1 else {
      throw .plain("\(title) returned \(found.count) objects, expected 1")
    }
    guard case .object = new else {
      throw .plain(
        new.isNull
          ? "unexpected end of JSON input"
          : "json: cannot unmarshal \(BodyReader.jsonType(new)) into Go value of type "
            + "map[string]interface {}")
    }
    if new.kind.isEmpty { throw .plain("Object 'Kind' is missing in '\(JSON.text(new))'") }
    if new.apiVersion != version.description {
      throw .plain(
        "\(title) returned invalid object at index 0: invalid groupVersion (expected \(version), "
          + "received \(new.apiVersion))")
    }
    if new.kind != object.kind {
      throw .plain(
        "\(title) returned invalid object at index 0: invalid kind (expected \(object.kind), "
          + "received \(new.kind))")
    }
    for (name, shown) in [("name", "name"), ("namespace", "namespace"), ("uid", "UID")] {
      let (old, now) = (object["metadata"]?[name]?.string, new["metadata"]?[name]?.string)
      if old ?? "" != now ?? "" {
        throw .plain(
          "\(title) returned invalid object: must have the same \(shown): \(old ?? "") != "
            + (now ?? ""))
      }
    }
    do throws(PatchFailure) {
      return try Self.restored(new, object["metadata"] ?? [:])
    } catch {
      throw .plain("\(title) returned invalid metadata: \(error.message)")
    }
  }

  /// Of the metadata a webhook may change labels and annotations alone (restoreObjectMeta).
  private static func restored(
    _ object: Value, _ original: Value
  ) throws(PatchFailure) -> Value {
    guard let answered = object["metadata"] else {
      throw PatchFailure("missing metadata in converted object")
    }
    guard case .object = answered else {
      throw PatchFailure(
        "invalid metadata of type \(GoText.typeName(answered)) in converted object")
    }
    var metadata = original
    for name in ["labels", "annotations"] {
      let part = answered[name] ?? .null
      metadata[name] = part.isNull ? Value?.none : part
      if part.isNull { continue }
      guard let texts = part.object else {
        throw PatchFailure(
          "invalid metadata.\(name) of type \(GoText.typeName(part)) in converted object")
      }
      for (key, value) in texts where value.string == nil {
        throw PatchFailure(
          "metadata.\(name)[\(key)] must be a string, but is \(GoText.typeName(value)) in converted "
            + "object"
        )
      }
      if part == original[name] { continue }
      let errors =
        name == "labels"
        ? Checks.labels(part, FieldPath("metadata", "labels"))
        : ObjectMetadata.annotations(part, FieldPath("metadata", "annotation"))
      guard errors.isEmpty else {
        let text = errors.map(\.message).joined(separator: ", ")
        throw PatchFailure(errors.count == 1 ? text : "[\(text)]")
      }
    }
    var new = object
    new["metadata"] = metadata
    return new
  }

  private func answered(
    _ object: Value, to version: GroupVersion, _ hook: Value
  ) throws(PatchFailure) -> [Value] {
    let known = ["v1", "v1beta1"]
    guard let review = hook.texts("conversionReviewVersions").first(where: known.contains) else {
      throw PatchFailure("no supported conversion review versions")
    }
    let uid = objects.newUID()
    var sent = object
    // Nothing has a version while it is on its way to or from etcd.
    sent["metadata"]?["resourceVersion"] = nil
    let client = WebhookClient(
      configuration: hook["clientConfig"] ?? [:], seconds: 30, objects: objects)
    let answer = try client.post([
      "kind": "ConversionReview", "apiVersion": .string("apiextensions.k8s.io/\(review)"),
      "request": [
        "uid": .string(uid), "desiredAPIVersion": .string(version.description),
        "objects": [sent],
      ],
    ])
    return try Self.checked(answer, "apiextensions.k8s.io/\(review)", uid)
  }

  /// The objects of an answer, if it is one to this question (getConvertedObjectsFromResponse).
  private static func checked(
    _ answer: Value, _ version: String, _ uid: String
  ) throws(PatchFailure) -> [Value] {
    guard answer.object != nil else {
      throw PatchFailure(
        "couldn't get version/kind; json parse error: json: cannot unmarshal "
          + "\(BodyReader.jsonType(answer)) into Go value of type struct { APIVersion string "
          + #""json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }"#)
    }
    if answer.apiVersion.isEmpty, answer.kind.isEmpty {
      throw PatchFailure(
        "expected webhook response of \(version), Kind=ConversionReview, got /, Kind=")
    }
    let versions = ["apiextensions.k8s.io/v1", "apiextensions.k8s.io/v1beta1"]
    guard answer.kind == "ConversionReview", versions.contains(answer.apiVersion) else {
      throw PatchFailure(
        "no kind \(answer.kind.goQuoted) is registered for version "
          + "\(answer.apiVersion.goQuoted) in scheme "
          + "\"k8s.io/apiserver/pkg/util/webhook/client.go:71\"")
    }
    guard answer.apiVersion == version else {
      func shown(_ version: String) -> String { GroupVersion(apiVersion: version).version }
      throw PatchFailure(
        "converting (\(shown(answer.apiVersion)).ConversionReview) to "
          + "(\(shown(version)).ConversionReview): unknown conversion")
    }
    guard let response = answer["response"], !response.isNull else {
      throw PatchFailure("no response provided")
    }
    let own = response.text("uid")
    if own != uid {
      throw PatchFailure("expected response.uid=\(uid.goQuoted), got \(own.goQuoted)")
    }
    let result = response["result"] ?? [:]
    if result.text("status") != "Success" {
      let message = result.text("message")
      throw PatchFailure(
        message.isEmpty
          ? "response.result.status was '\(result.text("status"))', not 'Success'" : message)
    }
    return response.items("convertedObjects")
  }
}
