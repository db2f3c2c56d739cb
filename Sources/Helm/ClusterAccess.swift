package import Documents

/// A process's way to a cluster, plugged in from above.
package protocol ClusterAccess: AnyObject {
  /// Of the kubeconfig's context.
  func namespace() async throws -> String
  /// Sends a request; throws `HelmError` only when no answer comes.
  func send(
    _ method: String, _ path: String, query: [(name: String, value: String)], body: Value?,
    contentType: String
  ) async throws -> (code: Int, value: Value)
  /// The plural name of a kind and whether it has namespaces, or nil when it is not served.
  func resource(apiVersion: String, kind: String) async throws -> (
    plural: String, isNamespaced: Bool
  )?
  /// `apps/v1` and `apps/v1/Deployment` of everything that is served.
  func versions() async throws -> [String]
}

extension ClusterAccess {
  func get(_ path: String, query: [(name: String, value: String)] = []) async throws
    -> (code: Int, value: Value)
  {
    try await send("GET", path, query: query, body: nil, contentType: "application/json")
  }

  /// A successful answer's value, or the server's message.
  func require(_ answer: (code: Int, value: Value)) throws -> Value {
    guard answer.code < 400 else {
      throw HelmError(answer.value["message"]?.string ?? "the server answered \(answer.code)")
    }
    return answer.value
  }
}

/// An object of a manifest and where the server keeps it.
struct ClusterObject {
  let value: Value
  let collection: String
  let name: String
  let namespace: String
  let isNamespaced: Bool

  var kind: String { value["kind"]?.string ?? "" }
  var path: String { "\(collection)/\(name)" }

  /// Finds the object's place; nil when its kind is not served.
  init?(_ value: Value, namespace: String, in cluster: any ClusterAccess) async throws {
    let apiVersion = value["apiVersion"]?.string ?? ""
    let kind = value["kind"]?.string ?? ""
    guard let found = try await cluster.resource(apiVersion: apiVersion, kind: kind) else {
      return nil
    }
    name = value[path: "metadata", "name"]?.string ?? ""
    isNamespaced = found.isNamespaced
    let own = value[path: "metadata", "namespace"]?.string ?? ""
    self.namespace = found.isNamespaced ? (own.isEmpty ? namespace : own) : ""
    let root = apiVersion.contains("/") ? "/apis/\(apiVersion)" : "/api/\(apiVersion)"
    collection =
      found.isNamespaced
      ? "\(root)/namespaces/\(self.namespace)/\(found.plural)" : "\(root)/\(found.plural)"
    self.value = value
  }

  static func missing(_ value: Value) -> HelmError {
    let apiVersion = value["apiVersion"]?.string ?? ""
    let kind = value["kind"]?.string ?? ""
    let name = value[path: "metadata", "name"]?.string ?? ""
    return HelmError(
      "resource mapping not found for name: \"\(name)\" namespace: \"\" from \"\": "
        + "no matches for kind \"\(kind)\" in version \"\(apiVersion)\"\nensure CRDs are installed "
        + "first")
  }
}
