import Documents
import KubeObjects
import Simulation

/// Tells of every FlowSchema whether the priority level that it names exists
/// (apf_controller.go, presyncFlowSchemaStatus).
final class FlowSchemaLevels {
  private unowned let server: APIServer
  private var follower: ChangeFollower?

  private static let manager = "api-priority-and-fairness-config-consumer-v1"
  private static let schemas = GroupVersionResource(
    "flowcontrol.apiserver.k8s.io", "v1", "flowschemas")
  private static let levels = GroupVersionResource(
    "flowcontrol.apiserver.k8s.io", "v1", "prioritylevelconfigurations")

  init(server: APIServer) {
    self.server = server
    follower = ChangeFollower(server, of: [Self.schemas, Self.levels]) { [weak self] in
      self?.look()
    }
  }

  private func look() {
    for schema in server.registry.list(Self.schemas, namespace: "") { tell(of: schema) }
  }

  private func tell(of schema: Value) {
    let level = schema[path: "spec", "priorityLevelConfiguration", "name"]?.string ?? ""
    let isThere = server.registry.get(Self.levels, namespace: "", name: level) != nil
    let text = "This FlowSchema references the PriorityLevelConfiguration object named "
    var condition: Value = [
      "type": "Dangling", "status": isThere ? "False" : "True",
      "reason": isThere ? "Found" : "NotFound",
      "message": .string(
        text + level.goQuoted + (isThere ? " and it exists" : " but there is no such object")),
    ]
    let known = schema["status"]?.items("conditions").first { $0.text("type") == "Dangling" }
    if let known, ["status", "reason", "message"].allSatisfy({ known[$0] == condition[$0] }) {
      return
    }
    condition["lastTransitionTime"] = .string(server.timeline.now.rfc3339)
    let client = ComponentClient(server: server, user: .apiServer, manager: Self.manager)
    _ = try? client.patch(
      Self.schemas, schema.name, .apply(force: true),
      [
        "apiVersion": "flowcontrol.apiserver.k8s.io/v1", "kind": "FlowSchema",
        "metadata": ["name": .string(schema.name)], "status": ["conditions": [condition]],
      ], subresource: "status")
  }
}
