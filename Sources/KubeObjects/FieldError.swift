package import Documents

/// One mistake in one field of an object, as apimachinery's field.Error.
package struct FieldError: Error, Hashable, Sendable {
  /// The raw values are metav1.CauseType's.
  package enum Kind: String, Sendable {
    case required = "FieldValueRequired"
    case invalid = "FieldValueInvalid"
    case notSupported = "FieldValueNotSupported"
    case forbidden = "FieldValueForbidden"
    case duplicate = "FieldValueDuplicate"
    case notFound = "FieldValueNotFound"
    case tooLong = "FieldValueTooLong"
    case tooMany = "FieldValueTooMany"
    case tooFew = "FieldValueTooFew"
    case typeInvalid = "FieldValueTypeInvalid"
    case internalError = "InternalError"
  }

  package var kind: Kind
  /// Such as spec.containers[0].name.
  package var field: String
  package var badValue: Value
  package var detail: String

  package init(_ kind: Kind, _ field: String, _ badValue: Value = .null, _ detail: String) {
    self.kind = kind
    self.field = field
    self.badValue = badValue
    self.detail = detail
  }
}
