import Documents
import KubeAPIServer
import KubeObjects

/// What the API server finds when it asks the parts of the control plane how they are
/// (registry/core/componentstatus).
final class ComponentStatuses: ObjectSource {
  private let isServing: (ControlPlane.Part) -> Bool

  init(isServing: @escaping (ControlPlane.Part) -> Bool) { self.isServing = isServing }

  private static let parts: [(name: String, part: ControlPlane.Part, port: Int)] = [
    ("scheduler", .scheduler, 10259), ("controller-manager", .controllerManager, 10257),
    ("etcd-0", .etcd, 2379),
  ]

  func objects(of resource: GroupVersionResource, namespace: String) -> [Value] {
    Self.parts.map { name, part, port in
      let isHealthy = isServing(part)
      let address = "127.0.0.1:\(port)"
      let problem =
        "Get \"https://\(address)/healthz\": dial tcp \(address): connect: connection refused"
      return [
        "kind": "ComponentStatus", "apiVersion": "v1",
        "metadata": ["name": .string(name)],
        "conditions": [
          [
            "type": "Healthy", "status": isHealthy ? "True" : "False",
            "message": .string(isHealthy ? "ok" : problem),
          ]
        ],
      ]
    }
  }
}
