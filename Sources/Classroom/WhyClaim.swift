import Documents
import KubeObjects

/// Why a PersistentVolumeClaim is bound or waits, volume by volume.
struct WhyClaim {
  let claim: Value
  /// Its StorageClass, if there is one of that name.
  let storageClass: Value?
  let volumes: [Value]
  /// Pods that use the claim.
  let users: [String]

  private var className: String { VolumeMatch.className(claim) }

  var text: String {
    let name = "pvc/\(claim.name)"
    let phase = claim[path: "status", "phase"]?.string ?? "Pending"
    let volume = claim[path: "spec", "volumeName"]?.string ?? ""
    switch phase {
    case "Bound": return "\(name) is Bound to pv/\(volume)\n"
    case "Lost":
      return "\(name) is Lost\n└ pv/\(volume) is gone, and what was on it too\n"
        + "  → delete the claim and make it anew\n"
    default: return "\(name) is \(phase)\n" + cause + suitability
    }
  }

  private var cause: String {
    if className.isEmpty { return "└ it names no class: only a volume without one will do\n" }
    guard let storageClass else {
      return "└ there is no StorageClass \(className): only a volume that names it will do\n"
        + "  → kubectl get storageclass\n"
    }
    if VolumeMatch.isDelayed(storageClass), users.isEmpty {
      return "└ class \(className) waits for the first Pod that uses the claim\n"
        + "  → create a Pod with this claim\n"
    }
    let provisioner = storageClass["provisioner"]?.string ?? ""
    if provisioner == VolumeMatch.noProvisioner {
      return "└ class \(className) makes no volumes: one has to be there\n"
    }
    return "└ \(provisioner) has made no volume for it yet\n"
      + "  → do its Pods run? kubectl get pods -A\n"
  }

  private var suitability: String {
    if volumes.isEmpty { return "└ there are no volumes at all\n" }
    return volumes.prefix(20).map { volume in
      let obstacles = VolumeMatch.obstacles(volume, claim)
      return obstacles.isEmpty
        ? "└ pv/\(volume.name) would do\n"
        : "└ pv/\(volume.name) will not do: \(obstacles.joined(separator: "; "))\n"
    }.joined()
  }
}
