package import Documents

/// One thing wrong with one field of an object, worded as upstream's field errors.
package struct FieldError: Error, Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    case notFound, required, duplicate, invalid, notSupported, forbidden, tooLong, tooMany
    case internalError, typeInvalid
  }
  package var kind: Kind
  /// The printed path; empty where upstream gives none.
  package var field: String
  /// The refused value as it is printed, or nil where it is not.
  package var badValue: String?
  package var detail: String

  package init(_ kind: Kind, _ field: String, badValue: String?, _ detail: String) {
    self.kind = kind
    self.field = field
    self.badValue = badValue
    self.detail = detail
  }

  /// metav1.CauseType.
  package var reason: String {
    switch kind {
    case .notFound: "FieldValueNotFound"
    case .required: "FieldValueRequired"
    case .duplicate: "FieldValueDuplicate"
    case .invalid: "FieldValueInvalid"
    case .notSupported: "FieldValueNotSupported"
    case .forbidden: "FieldValueForbidden"
    case .tooLong: "FieldValueTooLong"
    case .tooMany: "FieldValueTooMany"
    case .internalError: "InternalError"
    case .typeInvalid: "FieldValueTypeInvalid"
    }
  }

  private var title: String {
    switch kind {
    case .notFound: "Not found"
    case .required: "Required value"
    case .duplicate: "Duplicate value"
    case .invalid, .typeInvalid: "Invalid value"
    case .notSupported: "Unsupported value"
    case .forbidden: "Forbidden"
    case .tooLong: "Too long"
    case .tooMany: "Too many"
    case .internalError: "Internal error"
    }
  }

  /// What is wrong, without the field.
  package var body: String {
    var text = title
    if let badValue { text += ": " + badValue }
    if !detail.isEmpty { text += ": " + detail }
    return text
  }

  /// The whole message: `spec.ports: Required value`.
  package var message: String { "\(field): \(body)" }

  package var cause: StatusError.Cause {
    StatusError.Cause(reason: reason, message: body, field: field)
  }

  /// Several messages as Go's aggregates print them: each once, in brackets when more than one.
  package static func aggregate(_ messages: [String]) -> String {
    var seen: Set<String> = []
    let unique = messages.filter { seen.insert($0).inserted }
    if unique.count == 1, let only = unique.first { return only }
    return "[" + unique.joined(separator: ", ") + "]"
  }
}

extension FieldError {
  package static func notFound(_ path: FieldPath, _ value: Value) -> FieldError {
    FieldError(.notFound, path.description, badValue: value.goPrinted, "")
  }

  package static func required(_ path: FieldPath, _ detail: String = "") -> FieldError {
    FieldError(.required, path.description, badValue: nil, detail)
  }

  package static func duplicate(_ path: FieldPath, _ value: Value) -> FieldError {
    FieldError(.duplicate, path.description, badValue: value.goPrinted, "")
  }

  package static func duplicate(_ path: FieldPath, printed: String) -> FieldError {
    FieldError(.duplicate, path.description, badValue: printed, "")
  }

  package static func invalid(_ path: FieldPath, _ value: Value, _ detail: String) -> FieldError {
    FieldError(.invalid, path.description, badValue: value.goPrinted, detail)
  }

  /// For values that upstream prints in a form of its own, as its internal structures.
  package static func invalid(
    _ path: FieldPath, printed: String, _ detail: String
  ) -> FieldError {
    FieldError(.invalid, path.description, badValue: printed, detail)
  }

  package static func typeInvalid(
    _ path: FieldPath, _ value: Value, _ detail: String
  ) -> FieldError {
    FieldError(.typeInvalid, path.description, badValue: value.goPrinted, detail)
  }

  /// `supported` in the order in which it is to be shown.
  package static func notSupported(
    _ path: FieldPath, _ value: Value, _ supported: [String]
  ) -> FieldError {
    let list = supported.map(\.goQuoted).joined(separator: ", ")
    return FieldError(
      .notSupported, path.description, badValue: value.goPrinted,
      supported.isEmpty ? "" : "supported values: " + list)
  }

  /// For values that upstream prints in a form of its own.
  package static func notSupported(
    _ path: FieldPath, printed: String, _ supported: [String]
  ) -> FieldError {
    let list = supported.map(\.goQuoted).joined(separator: ", ")
    return FieldError(
      .notSupported, path.description, badValue: printed, "supported values: " + list)
  }

  package static func forbidden(_ path: FieldPath, _ detail: String) -> FieldError {
    FieldError(.forbidden, path.description, badValue: nil, detail)
  }

  package static func tooLong(_ path: FieldPath, max: Int) -> FieldError {
    FieldError(.tooLong, path.description, badValue: nil, atMost(bytes: max))
  }

  /// The detail of `tooLong`.
  package static func atMost(bytes most: Int) -> String {
    "may not be more than \(most) byte\(most == 1 ? "" : "s")"
  }

  package static func tooMany(_ path: FieldPath, _ actual: Int, max: Int) -> FieldError {
    FieldError(.tooMany, path.description, badValue: String(actual), atMost(items: max))
  }

  /// The detail of `tooMany`.
  package static func atMost(items most: Int) -> String {
    "must have at most \(most) item\(most == 1 ? "" : "s")"
  }

  package static func internalError(_ path: FieldPath, _ detail: String) -> FieldError {
    FieldError(.internalError, path.description, badValue: nil, detail)
  }
}
