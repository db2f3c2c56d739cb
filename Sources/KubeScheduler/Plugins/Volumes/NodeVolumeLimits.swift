import Documents
import KubeObjects

/// Keeps a node from getting more volumes of a driver than it can attach.
struct NodeVolumeLimits: FilterPlugin {
  let name = "NodeVolumeLimits"

  func prepare(_ pod: PodInfo, _ cluster: ClusterCache) -> FilterPreparation {
    let volumes = Self.volumes(of: pod, cluster.storage)
    return volumes.isEmpty
      ? .skip : .filter(Filter(volumes: volumes, storage: cluster.storage, plugin: self))
  }

  /// Drivers by volume; a claim without one counts for the driver of its class.
  fileprivate static func volumes(of pod: PodInfo, _ storage: StorageCache) -> [String: String] {
    var found: [String: String] = [:]
    for claim in pod.claims {
      guard let object = storage.claim(pod.namespace, claim.name) else { continue }
      let name = object[path: "spec", "volumeName"]?.string ?? ""
      if let volume = storage.volumes[name] {
        if let driver = volume[path: "spec", "csi", "driver"]?.string { found[name] = driver }
      } else if let driver = storage.classes[VolumeMatch.className(object)]?["provisioner"]?.string
      {
        found["\(driver)-\(pod.namespace)/\(claim.name)"] = driver
      }
    }
    return found
  }

  func mayHelp(_ event: ClusterEvent, _ pod: PodInfo, _ cluster: ClusterCache) -> Bool {
    switch event.subject {
    case .assignedPod(let old?, nil): !old.claims.isEmpty
    case .storageDriver, .claim, .node(nil, _): true
    default: false
    }
  }

  private struct Filter: NodeFilter {
    let volumes: [String: String]
    let storage: StorageCache
    let plugin: NodeVolumeLimits

    func check(_ node: NodeInfo) -> Rejection? {
      let drivers = storage.nodeDrivers[node.name]?[path: "spec", "drivers"]?.array ?? []
      for driver in drivers {
        guard let name = driver["name"]?.string,
          let limit = driver[path: "allocatable", "count"]?.int
        else { continue }
        var there: Set<String> = []
        for pod in node.pods where !pod.claims.isEmpty {
          for (volume, own) in NodeVolumeLimits.volumes(of: pod, storage) where own == name {
            there.insert(volume)
          }
        }
        let wanted = volumes.filter { $0.value == name && !there.contains($0.key) }.count
        if wanted > 0, Int64(there.count + wanted) > limit {
          return plugin.unschedulable("node(s) exceed max volume count")
        }
      }
      return nil
    }
  }
}
