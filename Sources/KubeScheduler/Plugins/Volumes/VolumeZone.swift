import Documents
import KubeObjects

/// Keeps Pods where the zones of their bound volumes are.
struct VolumeZone: FilterPlugin {
  let name = "VolumeZone"

  fileprivate static let keys = [
    "topology.kubernetes.io/zone", "topology.kubernetes.io/region",
    "failure-domain.beta.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/region",
  ]

  func prepare(_ pod: PodInfo, _ cluster: ClusterCache) -> FilterPreparation {
    var wanted: [(key: String, values: Set<String>)] = []
    for claim in pod.claims where !claim.isEphemeral {
      guard let object = cluster.storage.claim(pod.namespace, claim.name),
        let name = object[path: "spec", "volumeName"]?.string, !name.isEmpty
      else { continue }
      guard let volume = cluster.storage.volumes[name] else {
        return .rejected(unresolvable("persistentvolume \"\(name)\" not found"))
      }
      for key in Self.keys {
        guard let value = volume.label(key) else { continue }
        // Several zones in one label are parted by two underscores.
        wanted.append((key, Set(value.split(separator: "__").map(String.init))))
      }
    }
    return wanted.isEmpty ? .skip : .filter(Filter(wanted: wanted, plugin: self))
  }

  func mayHelp(_ event: ClusterEvent, _ pod: PodInfo, _ cluster: ClusterCache) -> Bool {
    switch event.subject {
    case .node, .claim, .volume, .storageClass: true
    default: false
    }
  }

  private struct Filter: NodeFilter {
    let wanted: [(key: String, values: Set<String>)]
    let plugin: VolumeZone

    func check(_ node: NodeInfo) -> Rejection? {
      // A cluster of one zone has no such labels on its nodes: they are not held against them.
      guard VolumeZone.keys.contains(where: { node.topology($0) != nil }) else { return nil }
      for (key, values) in wanted {
        let own = node.topology(key) ?? node.topology(Self.successor(of: key))
        if let own, values.contains(own) { continue }
        return plugin.unresolvable("node(s) had no available volume zone")
      }
      return nil
    }

    private static func successor(of key: String) -> String {
      switch key {
      case "failure-domain.beta.kubernetes.io/zone": "topology.kubernetes.io/zone"
      case "failure-domain.beta.kubernetes.io/region": "topology.kubernetes.io/region"
      default: key
      }
    }
  }
}
