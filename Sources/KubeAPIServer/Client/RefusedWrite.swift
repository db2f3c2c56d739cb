package import Documents

/// A write of a client that was refused: what `why` starts from.
package struct RefusedWrite {
  package let method: String
  package let path: String
  /// The Status that the client got.
  package let status: Value

  /// Nil where a request was answered, or was no write.
  init?(_ request: APIRequest, _ response: APIResponse) {
    guard response.code >= 400, ["POST", "PUT", "PATCH", "DELETE"].contains(request.method) else {
      return nil
    }
    switch response.body {
    case .value(let value): status = value
    case .bytes(let bytes):
      guard let value = try? JSON.parse(bytes) else { return nil }
      status = value
    default: return nil
    }
    guard status["kind"] == "Status" else { return nil }
    method = request.method
    path = request.path
  }
}
