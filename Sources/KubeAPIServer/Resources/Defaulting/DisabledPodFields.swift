import Documents
import KubeObjects

/// Fields of Pods that 1.36 knows and whose features are off: they are not kept
/// (pkg/api/pod, DropDisabledTemplateFields).
enum DisabledPodFields {
  static func drop(from spec: inout Value) {
    // GenericWorkload.
    if spec["schedulingGroup"] != nil { spec["schedulingGroup"] = nil }
    // ContainerStopSignals.
    for list in ["containers", "initContainers", "ephemeralContainers"]
    where spec.items(list).contains(where: { $0["lifecycle"]?["stopSignal"] != nil }) {
      spec.updateEach(list) { container in
        container["lifecycle"]?["stopSignal"] = nil
        if container["lifecycle"]?.object?.isEmpty == true { container["lifecycle"] = nil }
      }
    }
    // ClusterTrustBundleProjection, PodCertificateRequest.
    let projections = ["clusterTrustBundle", "podCertificate"]
    let isUsed = spec.items("volumes").contains { volume in
      volume["projected"]?.items("sources").contains { source in
        projections.contains { source[$0] != nil }
      } ?? false
    }
    guard isUsed else { return }
    spec.updateEach("volumes") { volume in
      volume.update("projected") { projected in
        projected.updateEach("sources") { source in
          for name in projections where source[name] != nil { source[name] = nil }
        }
      }
    }
  }
}
