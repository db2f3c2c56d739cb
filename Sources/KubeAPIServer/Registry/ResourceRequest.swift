import Documents
import KubeObjects

/// One operation on a served resource, read from a path and body or from a component's call.
struct ResourceRequest {
  var verb: ResourceCall.Verb
  let resource: ServedResource
  var subresource = ""
  var namespace = ""
  var name = ""
  /// Whether the object is one of a collection: the request has no name of its own.
  var isOneOfMany = false
  var user: UserInfo
  /// The field manager of the write.
  var manager = ""
  var dryRun = false
  /// The options object as admission sees it.
  var options: Value = .null
  var fieldValidation = FieldValidation.warn
  /// Apply: takes over the fields of other managers.
  var force = false
  /// What a strict reader complains of in the text of a patch.
  var patchDoubts: [String] = []

  /// Takes what is told even when the answer is a refusal; nil: nobody reads it, as components do
  /// not.
  var warned: Warned?

  /// Whether who updates what is not there must be allowed to create it.
  var checksCreation = false

  enum FieldValidation: String {
    case ignore = "Ignore"
    case warn = "Warn"
    case strict = "Strict"
  }
}

/// What is told whatever becomes of a request: warnings to the client, the rest to the audit log.
final class Warned {
  var texts: [String] = []
  /// What admission noted.
  var annotations: [String: String] = [:]
  /// Whether an audit log will hear of the request: else its object is not kept.
  let isAudited: Bool
  /// The object that was sent, as it was read: with defaults, in the request's version.
  var object: Value?

  init(isAudited: Bool) { self.isAudited = isAudited }

  func take(_ attributes: AdmissionAttributes) {
    texts += attributes.warnings
    annotations.merge(attributes.auditAnnotations) { first, _ in first }
  }
}

/// What became of an operation.
struct ResourceOutcome {
  var code = 200
  var object: Value
  /// The resource in whose terms `object` is written, where it is one.
  var warnings: [String] = []
}

extension ResourceRequest {
  /// What is sent has to be what the path says.
  func checkPlace(of object: Value) throws(StatusError) {
    if resource.isNamespaced, !object.namespace.isEmpty, object.namespace != namespace {
      throw .badRequest(
        "the namespace of the provided object does not match the namespace sent on the request")
    }
    if object.name.isEmpty {
      throw .badRequest(
        "the name of the object (\(name) based on URL) was undeterminable: "
          + "name must be provided")
    }
    if object.name != name {
      throw .badRequest(
        "the name of the object (\(object.name)) does not match the name on the URL (\(name))")
    }
  }
}

/// DeleteOptions as the registry reads them.
struct DeleteOptions {
  var gracePeriodSeconds: Int64?
  var uid: String?
  var resourceVersion: String?
  var propagationPolicy: String?
  var orphanDependents: Bool?
  var value: Value = .emptyObject

  init(_ value: Value = .emptyObject) {
    self.value = value
    gracePeriodSeconds = value["gracePeriodSeconds"]?.int
    uid = value["preconditions"]?["uid"]?.string
    resourceVersion = value["preconditions"]?["resourceVersion"]?.string
    propagationPolicy = value["propagationPolicy"]?.string
    orphanDependents = value["orphanDependents"]?.bool
  }
}
