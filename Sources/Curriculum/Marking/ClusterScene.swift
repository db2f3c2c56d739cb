package import Documents
import KubeAPIServer
package import KubeCluster
import KubeObjects
import Linux
package import Simulation

/// A real cluster as checks see it.
package final class ClusterScene: Scene {
  package let cluster: Cluster
  private var originals: [ObjectReference: [Value]] = [:]
  private let administrator: ComponentClient
  /// The marker's own, once something was asked of it.
  private var shell: ShellSession?

  /// Looks at a cluster; `remembering` is what `unchanged` will ask for, taken now.
  package init(_ cluster: Cluster, remembering references: [ObjectReference]) {
    self.cluster = cluster
    administrator = ComponentClient(
      server: cluster.server,
      user: UserInfo(
        name: "kubernetes-admin", groups: ["system:masters", "system:authenticated"]),
      manager: "drydock-marker")
    for reference in references { originals[reference] = try? objects(reference) }
  }

  deinit { shell?.end() }

  /// Boots a fresh cluster and brings it into a start state.
  package static func boot(
    _ blueprint: Blueprint, seed: UInt64, start: StartState, checks: [PlannedCheck]
  ) -> ClusterScene {
    let cluster = Cluster(blueprint, seed: seed)
    _ = cluster.shell.run(start.script)
    return ClusterScene(cluster, remembering: checks.flatMap(\.remembered))
  }

  package func objects(_ reference: ObjectReference) throws(SceneError) -> [Value] {
    let definition = try definition(reference.kind)
    let namespace = definition.isNamespaced ? reference.namespace : ""
    do {
      if reference.name.isEmpty {
        return try administrator.list(
          definition.resource, namespace: namespace, labelSelector: reference.selector)
      }
      return [try administrator.get(definition.resource, reference.name, namespace: namespace)]
    } catch {
      if error.code == 404, !reference.name.isEmpty { return [] }
      throw SceneError(error.message)
    }
  }

  package func create(
    _ object: Value, kind: String, namespace: String
  ) throws(SceneError) -> Value {
    let definition = try definition(kind)
    do {
      return try administrator.create(definition.resource, object, namespace: namespace)
    } catch { throw SceneError(error.message) }
  }

  package func run(_ line: String) -> SceneOutput { Self.run(line, in: cluster.shell) }

  package func inspect(_ line: String) -> SceneOutput {
    let shell = shell ?? cluster.freshShell()
    self.shell = shell
    return Self.run(line, in: shell)
  }

  private static func run(_ line: String, in shell: ShellSession) -> SceneOutput {
    let result = shell.run(line)
    return SceneOutput(status: result.status, output: result.output, errors: result.errors)
  }

  package func contents(of path: String) -> [UInt8]? {
    try? cluster.workstation.files.read(path)
  }

  package var now: Moment { cluster.timeline.now }

  package func wait(_ span: Span) { cluster.timeline.advance(by: span) }

  package func original(_ reference: ObjectReference) -> [Value]? { originals[reference] }

  /// The resource that kubectl would take a word for.
  private func definition(_ word: String) throws(SceneError) -> ResourceDefinition {
    guard let found = cluster.server.definition(named: word) else {
      throw SceneError("there is no kind \"\(word)\"")
    }
    return found
  }
}

extension PlannedCheck {
  /// The objects whose first state it compares with.
  package var remembered: [ObjectReference] { (check as? UnchangedCheck)?.references ?? [] }
}
