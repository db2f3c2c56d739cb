package import Documents
import KubeAPIServer
package import KubeCluster
import KubeObjects
import Linux
package import Simulation

/// A real cluster as checks see it.
package final class ClusterScene: Scene {
  package let cluster: Cluster
  /// Whose workstation it is: the first of clusters that stand beside each other.
  private let desk: Cluster
  private var others: [String: ClusterScene] = [:]
  private var originals: [ObjectReference: [Value]] = [:]
  private let administrator: ComponentClient
  /// The marker's own, once something was asked of it.
  private var shell: ShellSession?

  /// Looks at a cluster; `remembering` is what `unchanged` will ask for, taken now.
  package convenience init(_ cluster: Cluster, remembering references: [ObjectReference]) {
    self.init(cluster, at: cluster, remembering: references)
    for other in cluster.all.dropFirst() {
      others[other.blueprint.label] = ClusterScene(other, at: cluster, remembering: references)
    }
  }

  private init(
    _ cluster: Cluster, at desk: Cluster, remembering references: [ObjectReference]
  ) {
    self.cluster = cluster
    self.desk = desk
    administrator = ComponentClient(
      server: cluster.server,
      user: UserInfo(
        name: "kubernetes-admin", groups: ["system:masters", "system:authenticated"]),
      manager: "drydock-marker")
    for reference in references { originals[reference] = try? objects(reference) }
  }

  deinit { shell?.end() }

  /// Brings a fresh cluster into a start state.
  package static func begin(
    _ start: StartState, in cluster: Cluster, checks: [PlannedCheck]
  ) -> ClusterScene {
    _ = cluster.workstation.asScript { cluster.shell.run(start.script, limit: StartState.patience) }
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

  package func scene(of label: String) -> (any Scene)? {
    label == cluster.blueprint.label ? self : others[label]
  }

  package func run(_ line: String) -> SceneOutput { run(line, in: desk.shell) }

  package func inspect(_ line: String) -> SceneOutput {
    let shell = shell ?? desk.freshShell()
    self.shell = shell
    return run(line, in: shell)
  }

  private func run(_ line: String, in shell: ShellSession) -> SceneOutput {
    let result = workstation.asScript { shell.run(line) }
    return SceneOutput(status: result.status, output: result.output, errors: result.errors)
  }

  package func contents(of path: String) -> [UInt8]? {
    try? desk.workstation.files.read(path)
  }

  package var now: Moment { cluster.timeline.now }

  package func wait(_ span: Span) { cluster.timeline.advance(by: span) }

  /// The machine that a learner sits at.
  var workstation: Machine { desk.workstation }

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
