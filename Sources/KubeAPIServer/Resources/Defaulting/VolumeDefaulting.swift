import Documents
import KubeObjects

/// What a Pod's volume is given where its writer said nothing.
enum VolumeDefaulting {
  static func apply(_ volume: inout Value) {
    if volume.object?.count ?? 0 <= 1, !volume.has("emptyDir") { volume["emptyDir"] = [:] }
    for kind in ["secret", "configMap", "downwardAPI", "projected"] {
      volume.update(kind) { $0.fillAbsent("defaultMode", 420) }
    }
    volume.update("emptyDir") { ResourceDefaulting.canonicalize(&$0, "sizeLimit") }
    volume.update("downwardAPI") { files in
      files.updateEach("items") { PodDefaulting.apply(toSource: &$0) }
    }
    volume.update("projected") { projected in
      projected.updateEach("sources") { source in
        source.update("serviceAccountToken") { $0.fillAbsent("expirationSeconds", 3600) }
        source.update("downwardAPI") { files in
          files.updateEach("items") { PodDefaulting.apply(toSource: &$0) }
        }
      }
    }
    volume.update("image") { image in
      image.fill("pullPolicy", PodDefaulting.pullPolicy(of: image.text("reference")))
    }
    volume.update("ephemeral") { ephemeral in
      ephemeral.update("volumeClaimTemplate") { template in
        if !template.has("metadata") { template["metadata"] = [:] }
        template.update("spec") { PersistentVolumeClaimStrategy.applyDefaults(toSpec: &$0) }
      }
    }
    applyToSource(&volume)
  }

  /// The sources that Pods and PersistentVolumes share.
  static func applyToSource(_ source: inout Value) {
    source.update("hostPath") { $0.fillAbsent("type", "") }
    source.update("iscsi") { $0.fill("iscsiInterface", "default") }
    source.update("rbd") { rbd in
      rbd.fill("pool", "rbd")
      rbd.fill("user", "admin")
      rbd.fill("keyring", "/etc/ceph/keyring")
    }
    source.update("azureDisk") { disk in
      disk.fill("cachingMode", "ReadWrite")
      disk.fill("kind", "Shared")
      disk.fill("fsType", "ext4")
      disk.fillAbsent("readOnly", false)
    }
    source.update("scaleIO") { disk in
      disk.fill("storageMode", "ThinProvisioned")
      disk.fill("fsType", "xfs")
    }
  }
}
