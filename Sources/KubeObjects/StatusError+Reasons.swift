extension StatusError {
  package static func badRequest(_ message: String) -> StatusError {
    StatusError(code: 400, reason: "BadRequest", message: message)
  }

  package static let unauthorized = StatusError(
    code: 401, reason: "Unauthorized", message: "Unauthorized")

  /// An object is absent; of a custom or grouped resource as `boats.example "x" not found`.
  package static func notFound(
    _ resource: GroupVersionResource, _ name: String
  ) -> StatusError {
    StatusError(
      code: 404, reason: "NotFound", message: "\(resource) \(name.goQuoted) not found",
      details: details(resource, name))
  }

  /// No such path: what the server says where nothing is served.
  package static let unknownResource = StatusError(
    code: 404, reason: "NotFound", message: "the server could not find the requested resource",
    details: Details())

  package static func alreadyExists(
    _ resource: GroupVersionResource, _ name: String
  ) -> StatusError {
    StatusError(
      code: 409, reason: "AlreadyExists",
      message: "\(resource) \(name.goQuoted) already exists", details: details(resource, name))
  }

  package static func conflict(
    _ resource: GroupVersionResource, _ name: String, _ because: String
  ) -> StatusError {
    StatusError(
      code: 409, reason: "Conflict",
      message: "Operation cannot be fulfilled on \(resource) \(name.goQuoted): \(because)",
      details: details(resource, name))
  }

  /// The text of a write over a newer version.
  package static let modified =
    "the object has been modified; please apply your changes to the latest version and try again"

  package static func forbidden(
    _ resource: GroupVersionResource, _ name: String, _ because: String
  ) -> StatusError {
    let subject = name.isEmpty ? "\(resource)" : "\(resource) \(name.goQuoted)"
    return StatusError(
      code: 403, reason: "Forbidden", message: "\(subject) is forbidden: \(because)",
      details: details(resource, name))
  }

  /// `group` and `kind` are those of the refused object: `Deployment.apps "x" is invalid: …`.
  package static func invalid(
    group: String, kind: String, name: String, _ errors: [FieldError]
  ) -> StatusError {
    let subject = (group.isEmpty ? kind : "\(kind).\(group)") + " " + name.goQuoted
    let text = errors.isEmpty ? "" : ": " + FieldError.aggregate(errors.map(\.message))
    return StatusError(
      code: 422, reason: "Invalid", message: "\(subject) is invalid\(text)",
      details: Details(name: name, group: group, kind: kind, causes: errors.map(\.cause)))
  }

  /// For a verb that a resource does not have.
  package static func methodNotSupported(
    _ resource: GroupVersionResource, _ verb: String
  ) -> StatusError {
    var error = methodNotSupported
    error.message =
      "\(verb) is not supported on resources of kind \("\(resource.resource).\(resource.group)".goQuoted)"
    error.details = .init(group: resource.group, kind: resource.resource)
    return error
  }

  package static let methodNotSupported = StatusError(
    code: 405, reason: "MethodNotAllowed",
    message: "the server does not allow this method on the requested resource",
    details: Details())

  /// A resourceVersion or continue token too old to serve.
  package static func gone(_ message: String) -> StatusError {
    StatusError(code: 410, reason: "Expired", message: message)
  }

  package static func tooManyRequests(_ message: String, retryAfter: Int) -> StatusError {
    StatusError(
      code: 429, reason: "TooManyRequests", message: message,
      details: Details(retryAfterSeconds: retryAfter))
  }

  package static func internalError(_ message: String) -> StatusError {
    StatusError(
      code: 500, reason: "InternalError",
      message: "Internal error occurred: \(message)",
      details: Details(causes: [Cause(reason: "", message: message, field: "")]))
  }

  /// An error that upstream's handlers did not make a Status of: 500 without a reason.
  package static func plain(_ message: String) -> StatusError {
    StatusError(code: 500, reason: "", message: message)
  }

  package static func unsupportedMediaType(_ message: String) -> StatusError {
    StatusError(code: 415, reason: "UnsupportedMediaType", message: message)
  }

  package static func notAcceptable(_ message: String) -> StatusError {
    StatusError(code: 406, reason: "NotAcceptable", message: message)
  }

  private static func details(_ resource: GroupVersionResource, _ name: String) -> Details {
    Details(name: name, group: resource.group, kind: resource.resource)
  }

  package var isNotFound: Bool { reason == "NotFound" }
  package var isAlreadyExists: Bool { reason == "AlreadyExists" }
  package var isConflict: Bool { reason == "Conflict" }
  package var isForbidden: Bool { reason == "Forbidden" }
  package var isInvalid: Bool { reason == "Invalid" }
}
