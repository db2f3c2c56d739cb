import Documents
import Etcd
package import KubeObjects
import Simulation

/// Keeps an APIService for every version that definitions serve (kube-aggregator's crdregistration
/// and autoregister controllers), and knows the versions that other servers are to serve.
final class APIServiceRegistrations {
  private unowned let server: APIServer
  private var isDue = false

  private static let label = "kube-aggregator.kubernetes.io/automanaged"
  private static let resource = GroupVersionResource(
    "apiregistration.k8s.io", "v1", "apiservices")

  init(server: APIServer) {
    self.server = server
    for name in [Self.resource, .customResourceDefinitions] {
      guard let range = server.table[name]?.range(namespace: "") else { continue }
      _ = try? server.etcd.watch(from: range.start, before: range.end) { [weak self] _ in
        self?.lookSoon()
      }
    }
  }

  private func lookSoon() {
    guard !isDue else { return }
    isDue = true
    server.timeline.after(.zero) { [weak self] in
      self?.isDue = false
      self?.look()
    }
  }

  private func all(_ name: GroupVersionResource) -> [Value] {
    guard let resource = server.table[name] else { return [] }
    var found: [Value] = []
    server.registry.store.forEach(resource, namespace: "") { stored in
      if let object = try? resource.decoded(stored) { found.append(object) }
      return true
    }
    return found
  }

  private func look() {
    let services = all(Self.resource)
    server.table.remote = Set(
      services.filter { $0["spec"]?.has("service") == true }.map {
        GroupVersion($0["spec"]?.text("group") ?? "", $0["spec"]?.text("version") ?? "")
      })
    var wanted: [String: GroupVersion] = [:]
    for definition in all(.customResourceDefinitions) {
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

  private var client: ComponentClient {
    ComponentClient(
      server: server, user: UserInfo(name: "system:apiserver", groups: ["system:masters"]),
      manager: "kube-apiserver")
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
