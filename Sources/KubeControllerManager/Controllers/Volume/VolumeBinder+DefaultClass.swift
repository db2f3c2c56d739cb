import Documents
import KubeAPIServer
import KubeObjects

extension VolumeBinder {
  /// A default class that came after the claim counts for it still (assignDefaultStorageClass).
  func takeDefaultClass(_ claim: Value) throws(StatusError) -> Bool {
    guard StandardClass.isWanted(by: claim),
      let chosen = StandardClass.of(classes.objects.values)
    else { return false }
    var changed = claim
    changed["spec"]?["storageClassName"] = .string(chosen.name)
    _ = try client.update(.persistentVolumeClaims, changed)
    return true
  }
}
