package import Documents

/// A refusal by the API server: what `kind: Status` with `status: Failure` tells a client.
package struct StatusError: Error, Hashable, Sendable {
  /// HTTP status.
  package var code: Int
  /// metav1.StatusReason; empty for unknown.
  package var reason: String
  package var message: String
  package var details: Details?

  package struct Details: Hashable, Sendable {
    package var name = ""
    package var group = ""
    /// The resource or kind concerned, as upstream fills `details.kind`.
    package var kind = ""
    package var uid = ""
    package var causes: [Cause] = []
    package var retryAfterSeconds = 0

    package init(
      name: String = "", group: String = "", kind: String = "", uid: String = "",
      causes: [Cause] = [], retryAfterSeconds: Int = 0
    ) {
      self.name = name
      self.group = group
      self.kind = kind
      self.uid = uid
      self.causes = causes
      self.retryAfterSeconds = retryAfterSeconds
    }
  }

  package struct Cause: Hashable, Sendable {
    /// metav1.CauseType, such as FieldValueInvalid.
    package var reason: String
    package var message: String
    package var field: String

    package init(reason: String, message: String, field: String) {
      self.reason = reason
      self.message = message
      self.field = field
    }
  }

  package init(code: Int, reason: String, message: String, details: Details? = nil) {
    self.code = code
    self.reason = reason
    self.message = message
    self.details = details
  }

  /// The Status object as the server sends it.
  package var value: Value {
    var status: Value = [
      "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Failure",
      "message": .string(message), "code": .int(Int64(code)),
    ]
    if !reason.isEmpty { status["reason"] = .string(reason) }
    if let details {
      var out: Value = [:]
      if !details.name.isEmpty { out["name"] = .string(details.name) }
      if !details.group.isEmpty { out["group"] = .string(details.group) }
      if !details.kind.isEmpty { out["kind"] = .string(details.kind) }
      if !details.uid.isEmpty { out["uid"] = .string(details.uid) }
      if !details.causes.isEmpty {
        out["causes"] = .array(
          details.causes.map { cause in
            var item: Value = ["message": .string(cause.message)]
            if !cause.reason.isEmpty { item["reason"] = .string(cause.reason) }
            if !cause.field.isEmpty { item["field"] = .string(cause.field) }
            return item
          })
      }
      if details.retryAfterSeconds != 0 {
        out["retryAfterSeconds"] = .int(Int64(details.retryAfterSeconds))
      }
      status["details"] = out
    }
    return status
  }
}
