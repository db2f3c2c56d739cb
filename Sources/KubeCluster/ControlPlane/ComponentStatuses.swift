import Documents
import KubeAPIServer
import KubeObjects

/// What the API server finds when it asks the parts of the control plane how they are
/// (registry/core/componentstatus).
final class ComponentStatuses: ObjectSource {
  private weak var plane: ControlPlane?

  init(_ plane: ControlPlane) { self.plane = plane }

  private static let parts: [(name: String, part: ControlPlane.Part, port: Int)] = [
    ("controller-manager", .controllerManager, 10257), ("etcd-0", .etcd, 2379),
    ("scheduler", .scheduler, 10259),
  ]

  func objects(of resource: GroupVersionResource, namespace: String) -> [Value] {
    guard let plane else { return [] }
    return Self.parts.map { name, part, port in
      let isHealthy = plane.isServing(part)
      let address = "127.0.0.1:\(port)"
      let problem =
        "Get \"https://\(address)/healthz\": dial tcp \(address): connect: connection refused"
      return [
        "kind": "ComponentStatus", "apiVersion": "v1",
        "metadata": ["name": .string(name), "creationTimestamp": .null],
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
