import Documents
import KubeAPIServer
import KubeObjects

/// What a new volume is filled with: a snapshot or another claim's volume, by the claim's
/// dataSource or dataSourceRef.
struct VolumeOrigin {
  /// The driver's handle of the source.
  let handle: String

  /// Why a volume cannot be made from its source, in external-provisioner's words.
  struct Refusal: Error { let message: String }

  /// nil: the claim names no source.
  static func of(_ claim: Value, _ client: ComponentClient) throws(Refusal) -> VolumeOrigin? {
    let spec = claim["spec"] ?? .emptyObject
    guard
      let source = [spec["dataSource"], spec["dataSourceRef"]].lazy.compactMap({ $0 }).first(
        where: { !$0.isNull }), let name = source["name"]?.string
    else { return nil }
    switch source["kind"]?.string {
    case "VolumeSnapshot": return try snapshot(name, claim, client)
    case "PersistentVolumeClaim": return try clone(name, claim, client)
    default: return nil
    }
  }

  private static func snapshot(
    _ name: String, _ claim: Value, _ client: ComponentClient
  ) throws(Refusal) -> VolumeOrigin {
    let kind = "error getting handle for DataSource Type VolumeSnapshot by Name \(name): "
    let object: Value
    do throws(StatusError) {
      object = try client.get(.volumeSnapshots, name, namespace: claim.namespace)
    } catch {
      throw Refusal(
        message: kind + "error getting snapshot \(name) from api server: \(error.message)")
    }
    guard object[path: "status", "readyToUse"]?.bool == true,
      let contentName = object[path: "status", "boundVolumeSnapshotContentName"]?.string,
      let content = try? client.get(.volumeSnapshotContents, contentName),
      let handle = content[path: "status", "snapshotHandle"]?.string
    else { throw Refusal(message: kind + "snapshot \(name) is not Ready") }
    if let size = object[path: "status", "restoreSize"].flatMap({ try? Quantity(parsing: $0) }),
      let wanted = VolumeMatch.request(of: claim), wanted < size
    {
      throw Refusal(
        message: kind + "requested volume size \(wanted.value) is less than the size "
          + "\(size.value) for the source snapshot \(name)")
    }
    return VolumeOrigin(handle: handle)
  }

  private static func clone(
    _ name: String, _ claim: Value, _ client: ComponentClient
  ) throws(Refusal) -> VolumeOrigin {
    let kind = "error getting handle for DataSource Type PersistentVolumeClaim by Name \(name): "
    let source: Value
    do throws(StatusError) {
      source = try client.get(.persistentVolumeClaims, name, namespace: claim.namespace)
    } catch {
      throw Refusal(
        message: kind + "error getting PVC \(name) (namespace \(claim.namespace.goQuoted)) from "
          + "api server: \(error.message)")
    }
    guard source[path: "status", "phase"]?.string == "Bound",
      let volume = try? client.get(
        .persistentVolumes, source[path: "spec", "volumeName"]?.string ?? "")
    else {
      throw Refusal(
        message: kind + "the PVC data source \(name) must be in a Bound phase")
    }
    let (own, other) = (VolumeMatch.className(claim), VolumeMatch.className(source))
    guard own == other else {
      throw Refusal(
        message: kind + "the source PVC and destination PVCs must be in the same storage class for "
          + "cloning.  Source is in \(other), but new PVC is in \(own)")
    }
    if let size = VolumeMatch.capacity(of: volume), let wanted = VolumeMatch.request(of: claim),
      wanted < size
    {
      throw Refusal(
        message: kind + "error, new PVC request must be greater than or equal in size to the "
          + "specified PVC data source, requested \(wanted.value) but source is "
          + "\(size.value)")
    }
    guard let handle = volume[path: "spec", "csi", "volumeHandle"]?.string else {
      throw Refusal(message: kind + "volume \(volume.name) has no CSI source")
    }
    return VolumeOrigin(handle: handle)
  }
}
