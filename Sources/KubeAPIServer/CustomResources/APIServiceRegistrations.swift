import Documents
package import KubeObjects
import Simulation

/// Keeps an APIService for every version that definitions serve (kube-aggregator's crdregistration
/// and autoregister controllers), and knows the versions that other servers are to serve.
final class APIServiceRegistrations {
  private unowned let server: APIServer
  private var follower: ChangeFollower?

  private static let label = "kube-aggregator.kubernetes.io/automanaged"
  private static let resource = GroupVersionResource(
    "apiregistration.k8s.io", "v1", "apiservices")

  init(server: APIServer) {
    self.server = server
    follower = ChangeFollower(server, of: [Self.resource, .customResourceDefinitions]) {
      [weak self] in self?.look()
    }
  }

  private func look() {
    let client = server.ownClient
    let services = server.registry.list(Self.resource, namespace: "")
    server.table.remote = Set(
      services.filter { $0["spec"]?.has("service") == true }.map {
        GroupVersion($0["spec"]?.text("group") ?? "", $0["spec"]?.text("version") ?? "")
      })
    var wanted: [String: GroupVersion] = [:]
    for definition in server.registry.list(.customResourceDefinitions, namespace: "") {
      let group = definition["spec"]?.text("group") ?? ""
      for version in definition["spec"]?.items("versions") ?? [] where version.flag("served") {
        let name = version.text("name")
        wanted["\(name).\(group)"] = GroupVersion(group, name)
      }
    }
    for service in services {
      guard let version = wanted.removeValue(forKey: service.name) else {
        if service.label(Self.label) == "true" {
          _ = try? client.delete(Self.resource, service.name)
        }
        continue
      }
      let spec = Self.spec(version)
      if service.label(Self.label) == "true", service["spec"] != spec {
        var changed = service
        changed["spec"] = spec
        _ = try? client.update(Self.resource, changed)
      }
    }
    for (name, version) in wanted.sorted(by: { $0.key < $1.key }) {
      _ = try? client.create(
        Self.resource,
        [
          "apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService",
          "metadata": ["name": .string(name), "labels": [Self.label: "true"]],
          "spec": Self.spec(version),
        ])
    }
  }

  private static func spec(_ version: GroupVersion) -> Value {
    [
      "group": .string(version.group), "version": .string(version.version),
      "groupPriorityMinimum": 1000, "versionPriority": 100,
    ]
  }
}

extension APIServer {
  /// Versions that other servers should serve and do not: discovery tells of them as stale.
  package var staleVersions: [GroupVersion] { table.stale }
}
