import Documents
import KubeAPIServer
import KubeObjects

/// Which Pods use which volumes.
struct VolumeUse {
  /// The names of the claims that a Pod's volumes lead to.
  static func claimNames(_ pod: PodRecord) -> [String] {
    (pod.value[path: "spec", "volumes"]?.array ?? []).compactMap { volume in
      if volume["ephemeral"] != nil { return "\(pod.name)-\(volume["name"]?.string ?? "")" }
      return volume[path: "persistentVolumeClaim", "claimName"]?.string
    }
  }
}

extension GroupVersionResource {
  static let volumeAttachments = Self("storage.k8s.io", "v1", "volumeattachments")
  static let csiNodes = Self("storage.k8s.io", "v1", "csinodes")
}
