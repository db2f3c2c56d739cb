import Documents
import KubeAPIServer
import KubeObjects

/// What becomes of volumes whose claims are gone.
extension VolumeBinder {
  /// The claim is gone: what becomes of its volume.
  func release(_ volume: Value) throws(StatusError) {
    let phase = volume[path: "status", "phase"]?.string
    guard phase != "Failed" else { return }
    if phase != "Released" { return try setVolumePhase(volume, "Released") }
    let policy = volume[path: "spec", "persistentVolumeReclaimPolicy"]?.string
    if policy == "Recycle" { return try recycle(volume) }
    guard policy == "Delete" else { return }
    let message: String
    if let maker = volume.annotation("pv.kubernetes.io/provisioned-by") {
      // findDeletablePlugin: whoever made it removes it, if he is there.
      guard maker.hasPrefix("kubernetes.io/") else { return }
      message = "no volume plugin matched name: \(maker)"
    } else if let path = volume[path: "spec", "hostPath", "path"]?.string {
      // The pattern is looked for anywhere in the path.
      if let place = path.firstRange(of: "/tmp/"), place.upperBound < path.endIndex {
        try client.delete(.persistentVolumes, volume.name)
        return
      }
      message = "host_path deleter only supports /tmp/.+ but received provided \(path)"
    } else {
      let isKnown = ["local", "nfs"].contains { volume[path: "spec", $0] != nil }
      message =
        "error getting deleter volume plugin for volume \"\(volume.name)\": "
        + "no \(isKnown ? "deletable " : "")volume plugin matched"
    }
    record(volume, "VolumeFailedDelete", message, .warning)
    try setVolumePhase(volume, "Failed", message)
  }

  private func recycle(_ volume: Value) throws(StatusError) {
    let recycler = VolumeRecycler(client: client, pods: context.pods)
    switch try recycler.recycle(volume) {
    case .running: return
    case .failed(let message):
      record(volume, "VolumeFailedRecycle", message, .warning)
      try setVolumePhase(volume, "Failed", message)
    case .done:
      record(volume, "VolumeRecycled", "Volume recycled")
      try unbind(volume)
    }
  }

  func unbind(_ volume: Value) throws(StatusError) {
    var changed = volume
    if volume.annotation(VolumeMatch.boundByController) != nil {
      changed["spec"]?["claimRef"] = nil
      changed["metadata"]?["annotations"]?[VolumeMatch.boundByController] = nil
    } else {
      // Who reserved it by hand has it reserved still (unbindVolume).
      changed["spec"]?["claimRef"]?["uid"] = nil
    }
    _ = try client.update(.persistentVolumes, changed)
  }
}
