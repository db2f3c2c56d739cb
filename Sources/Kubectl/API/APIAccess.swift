package import Documents
import KubeAPIServer
package import Linux

/// The way of another client of a machine, such as helm, to the cluster of its kubeconfig: by the
/// same files, flags and credentials as kubectl's own.
package final class APIAccess {
  private let invocation: Invocation

  /// What stopped a request before the server answered, in words.
  package struct Failure: Error {
    package let message: String
  }

  /// `flags` are kubectl's, such as `--context x`.
  package init(
    _ process: Process, flags: [String], transport: any APITransport
  ) throws(Failure) {
    do {
      let reading = try CommandLineReader(root: Commands.root).read(["get", "--raw", "/"] + flags)
      invocation = Invocation(
        reading: reading, surroundings: ProcessSurroundings(process), transport: transport,
        output: Output(), published: { _ in nil })
    } catch {
      throw Failure(message: Self.words(error))
    }
  }

  private static func words(_ error: any Error) -> String {
    (error as? CommandError).map(CommandError.message) ?? "\(error)"
  }

  /// Runs what may fail as commands do; the end of a process passes through.
  private func told<Answer>(_ work: () async throws -> Answer) async throws -> Answer {
    do {
      return try await work()
    } catch let error as CommandError {
      throw Failure(message: Self.words(error))
    }
  }

  package func namespace() async throws -> String {
    try await told { try await invocation.namespace().name }
  }

  /// Where the context in force leads.
  package func server() async throws -> ServerAddress {
    try await told { try await invocation.client().identity.address }
  }

  package func send(
    _ method: String, _ path: String, query: [(name: String, value: String)], body: Value?,
    contentType: String
  ) async throws -> (code: Int, value: Value) {
    try await told {
      var headers: [(name: String, value: String)] = [("accept", "application/json")]
      if body != nil { headers.append(("content-type", contentType)) }
      let answer = try await invocation.client().transmit(
        APIRequest(
          method: method, path: path, query: query, headers: headers,
          body: body.map { .value($0) } ?? .none))
      return (answer.code, answer.value)
    }
  }

  /// The plural name of a kind and whether it has namespaces.
  package func resource(
    apiVersion: String, kind: String
  ) async throws -> (plural: String, isNamespaced: Bool)? {
    try await told {
      let object: Value = ["apiVersion": .string(apiVersion), "kind": .string(kind)]
      if let found = try await invocation.mapper().resource(of: object) {
        return (found.name, found.isNamespaced)
      }
      invocation.forgetResources()
      return try await invocation.mapper().resource(of: object).map { ($0.name, $0.isNamespaced) }
    }
  }

  /// `apps/v1` and `apps/v1/Deployment` of everything that is served.
  package func versions() async throws -> [String] {
    try await told {
      let mapper = try await invocation.mapper()
      return mapper.groupVersions.map { "\($0)" }
        + mapper.resources.map { resource in
          (resource.group.isEmpty ? "" : resource.group + "/") + "\(resource.version)/"
            + resource.kind
        }
    }
  }
}
