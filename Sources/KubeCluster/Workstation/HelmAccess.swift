import Documents
import Helm
import Kubectl

/// Helm's way to the cluster: the one that kubectl takes.
final class HelmAccess: ClusterAccess {
  private let access: APIAccess

  init(_ access: APIAccess) { self.access = access }

  private func told<Answer>(_ work: () async throws -> Answer) async throws -> Answer {
    do {
      return try await work()
    } catch let failure as APIAccess.Failure {
      throw HelmError("Kubernetes cluster unreachable: \(failure.message)")
    }
  }

  func namespace() async throws -> String { try await told { try await access.namespace() } }

  func send(
    _ method: String, _ path: String, query: [(name: String, value: String)], body: Value?,
    contentType: String
  ) async throws -> (code: Int, value: Value) {
    try await told {
      try await access.send(method, path, query: query, body: body, contentType: contentType)
    }
  }

  func resource(
    apiVersion: String, kind: String
  ) async throws -> (plural: String, isNamespaced: Bool)? {
    try await told { try await access.resource(apiVersion: apiVersion, kind: kind) }
  }

  func versions() async throws -> [String] { try await told { try await access.versions() } }
}
