import Documents
import KubeObjects

/// The Secrets, ConfigMaps, claims and account that a Pod names.
struct PodReferences {
  private let pod: Value

  init(_ pod: Value) { self.pod = pod }

  /// Whether the Pod names that object; nil: any of the resource.
  func contains(_ resource: String, _ name: String?) -> Bool {
    names(resource).contains { !$0.isEmpty && (name == nil || $0 == name) }
  }

  private func names(_ resource: String) -> [String] {
    let spec = pod["spec"] ?? .emptyObject
    let volumes = spec.items("volumes")
    switch resource {
    case "serviceaccounts": return [spec.text("serviceAccountName")]
    case "resourceclaims":
      let made = pod["status"]?.items("resourceClaimStatuses") ?? []
      let extended = pod["status"]?["extendedResourceClaimStatus"] ?? .null
      return (spec.items("resourceClaims") + made + [extended]).map { $0.text("resourceClaimName") }
    case "persistentvolumeclaims":
      return volumes.map { volume in
        volume.has("ephemeral")
          ? "\(pod.name)-\(volume.text("name"))"
          : volume["persistentVolumeClaim"]?.text("claimName") ?? ""
      }
    case "secrets":
      return spec.items("imagePullSecrets").map { $0.text("name") }
        + volumes.flatMap(Self.secrets)
        + ofContainers("secretRef", "secretKeyRef")
    case "configmaps":
      return volumes.flatMap { volume in
        [volume["configMap"]?.text("name") ?? ""]
          + (volume["projected"]?.items("sources") ?? []).map {
            $0["configMap"]?.text("name") ?? ""
          }
      } + ofContainers("configMapRef", "configMapKeyRef")
    default: return []
    }
  }

  private static func secrets(_ volume: Value) -> [String] {
    var names = [
      volume["secret"]?.text("secretName") ?? "", volume["azureFile"]?.text("secretName") ?? "",
      volume["csi"]?["nodePublishSecretRef"]?.text("name") ?? "",
    ]
    for source in ["cephfs", "flexVolume", "rbd", "scaleIO", "iscsi", "storageos"] {
      names.append(volume[source]?["secretRef"]?.text("name") ?? "")
    }
    for source in volume["projected"]?.items("sources") ?? [] {
      names.append(source["secret"]?.text("name") ?? "")
    }
    return names
  }

  private func ofContainers(_ whole: String, _ key: String) -> [String] {
    ["containers", "initContainers", "ephemeralContainers"].flatMap { list in
      (pod["spec"]?.items(list) ?? []).flatMap { container in
        container.items("envFrom").map { $0[whole]?.text("name") ?? "" }
          + container.items("env").map { $0["valueFrom"]?[key]?.text("name") ?? "" }
      }
    }
  }
}
