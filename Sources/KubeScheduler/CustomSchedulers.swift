import Documents
package import KubeAPIServer
import KubeObjects

/// Runs one more scheduler for every Pod that runs kube-scheduler under names of its own, with no
/// more rights than the Pod's ServiceAccount has.
package final class CustomSchedulers {
  private let server: APIServer
  private let seed: UInt64
  private let client: ComponentClient
  private var running: [String: Scheduler] = [:]

  package init(server: APIServer, seed: UInt64) {
    self.server = server
    self.seed = seed
    client = ComponentClient(
      server: server, user: UserInfo(name: "kubelet", groups: ["system:masters"]),
      manager: "kubelet")
  }

  package func start() {
    // No cache: only the few that run a scheduler are of interest.
    server.follow(
      ResourceCall(
        verb: .list, resource: .pods, namespace: "", name: "", user: client.user,
        manager: client.manager)
    ) { [weak self] old, new in self?.changed(old, new) }
  }

  /// The scheduler that answers to a name; nil: none does.
  package func scheduler(named name: String) -> Scheduler? {
    running.sorted { $0.key < $1.key }.map(\.value).first { $0.names.contains(name) }
  }

  private func changed(_ old: Value?, _ new: Value?) {
    guard let pod = new ?? old else { return }
    let uid = pod.uid
    let runs = new?.isConditionTrue("Ready") == true && new?.isBeingDeleted == false
    guard runs else {
      if !running.isEmpty { running[uid] = nil }
      return
    }
    guard running[uid] == nil else { return }
    let names = Self.names(of: pod) { [client] name in
      try? client.get(.configMaps, name, namespace: pod.namespace)
    }.subtracting(["default-scheduler"])
    guard !names.isEmpty else { return }
    let account = pod[path: "spec", "serviceAccountName"]?.string ?? "default"
    let scheduler = Scheduler(
      server: server, seed: seed, host: pod.name, names: names,
      user: UserInfo(
        name: "system:serviceaccount:\(pod.namespace):\(account)",
        groups: [
          "system:serviceaccounts", "system:serviceaccounts:\(pod.namespace)",
          "system:authenticated",
        ]))
    running[uid] = scheduler
    scheduler.start()
  }

  /// The names under which a Pod's kube-scheduler works, by its flags and its configuration.
  static func names(of pod: Value, configMap: (String) -> Value?) -> Set<String> {
    var names: Set<String> = []
    for container in pod[path: "spec", "containers"]?.array ?? [] {
      let words = container.texts("command") + container.texts("args")
      guard words.contains(where: { $0.hasSuffix("kube-scheduler") }) else { continue }
      for word in words {
        if word.hasPrefix("--scheduler-name=") { names.insert(String(word.dropFirst(17))) }
        guard word.hasPrefix("--config=") else { continue }
        let path = String(word.dropFirst(9))
        guard let text = file(path, of: container, in: pod, configMap) else { continue }
        for document in Manifest(text).documents {
          for profile in document.value.items("profiles") {
            names.insert(profile["schedulerName"]?.string ?? "default-scheduler")
          }
        }
      }
    }
    return names
  }

  /// A file that a container has from a ConfigMap.
  private static func file(
    _ path: String, of container: Value, in pod: Value, _ configMap: (String) -> Value?
  ) -> String? {
    for mount in container.items("volumeMounts") {
      let directory = mount.text("mountPath")
      let subPath = mount.text("subPath")
      var name = subPath
      if subPath.isEmpty {
        let prefix = directory.hasSuffix("/") ? directory : directory + "/"
        guard path.hasPrefix(prefix) else { continue }
        name = String(path.dropFirst(prefix.count))
      } else if path != directory {
        continue
      }
      let volumes = pod[path: "spec", "volumes"]?.array ?? []
      guard let volume = volumes.first(where: { $0["name"] == mount["name"] }),
        let map = volume[path: "configMap", "name"]?.string.flatMap(configMap)
      else { continue }
      let item = volume[path: "configMap", "items"]?.array?.first { $0.text("path") == name }
      if let text = map[path: "data", item?.text("key") ?? name]?.string { return text }
    }
    return nil
  }
}
