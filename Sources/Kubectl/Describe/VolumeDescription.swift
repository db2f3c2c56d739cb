import Documents

/// Volumes of Pods and PersistentVolumes, as describe writes them.
struct VolumeDescription {
  let out: DescribeWriter
  /// The source is a PersistentVolume's.
  var isPersistent = false

  /// The `Volumes:` part of a Pod or template.
  func write(_ volumes: Value?, indent: String) {
    let list = volumes?.array ?? []
    if list.isEmpty { return out.line(0, "\(indent)Volumes:\t<none>") }
    out.line(0, "\(indent)Volumes:")
    for volume in list {
      out.line(1, "\(indent.isEmpty ? "" : " ")\(volume["name"]?.string ?? ""):")
      source(volume)
    }
  }

  private func type(_ text: String) { out.field(2, "Type", text) }

  private func fields(_ source: Value, _ fields: [(String, String)]) {
    for (label, member) in fields {
      out.field(2, label, DescribeText.text(source[member]))
    }
  }

  private func flag(_ source: Value?, _ member: String) -> String {
    source?[member]?.bool == true ? "true" : "false"
  }

  /// The claim that an ephemeral volume is made from; never bound, so only half of it is said.
  private func claimTemplate(_ template: Value?) {
    let spec = template?["spec"] ?? [:]
    out.nesting += 2
    defer { out.nesting -= 2 }
    out.field("StorageClass", spec["storageClassName"]?.string ?? "")
    out.field("Volume", spec["volumeName"]?.string ?? "")
    out.labels("Labels", template?[path: "metadata", "labels"])
    out.annotations("Annotations", template?[path: "metadata", "annotations"])
    out.field("Capacity", "")
    out.field("Access Modes", "")
    out.field("VolumeMode", spec["volumeMode"]?.string ?? "Filesystem")
    if let source = spec["dataSource"] {
      out.line(0, "DataSource:")
      if let group = source["apiGroup"]?.string { out.field(1, "APIGroup", group) }
      out.field(1, "Kind", source["kind"]?.string ?? "")
      out.field(1, "Name", source["name"]?.string ?? "")
    }
  }

  /// The type of a volume and what matters of it.
  func source(_ volume: Value) {
    if let source = volume["hostPath"] {
      type("HostPath (bare host directory volume)")
      fields(source, [("Path", "path"), ("HostPathType", "type")])
    } else if let source = volume["emptyDir"] {
      type("EmptyDir (a temporary directory that shares a pod's lifetime)")
      out.field(2, "Medium", source["medium"]?.string ?? "")
      out.field(2, "SizeLimit", source["sizeLimit"].map(DescribeText.text) ?? "<unset>")
    } else if let source = volume["secret"] {
      type("Secret (a volume populated by a Secret)")
      out.field(2, "SecretName", source["secretName"]?.string ?? "")
      out.field(2, "Optional", flag(source, "optional"))
    } else if let source = volume["configMap"] {
      type("ConfigMap (a volume populated by a ConfigMap)")
      out.field(2, "Name", source["name"]?.string ?? "")
      out.field(2, "Optional", flag(source, "optional"))
    } else if let source = volume["persistentVolumeClaim"] {
      type(
        "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)")
      out.field(2, "ClaimName", source["claimName"]?.string ?? "")
      out.field(2, "ReadOnly", flag(source, "readOnly"))
    } else if let source = volume["projected"] {
      projected(source)
    } else if let source = volume["downwardAPI"] {
      type("DownwardAPI (a volume populated by information about the pod)")
      out.line(2, "Items:")
      items(source)
    } else {
      rarer(volume)
    }
  }

  private func projected(_ source: Value) {
    type("Projected (a volume that contains injected data from multiple sources)")
    for part in source["sources"]?.array ?? [] {
      if let secret = part["secret"] {
        out.field(2, "SecretName", secret["name"]?.string ?? "")
        out.field(2, "Optional", flag(secret, "optional"))
      } else if part["downwardAPI"] != nil {
        out.field(2, "DownwardAPI", "true")
      } else if let map = part["configMap"] {
        out.field(2, "ConfigMapName", map["name"]?.string ?? "")
        out.field(2, "Optional", flag(map, "optional"))
      } else if let token = part["serviceAccountToken"] {
        out.field(2, "TokenExpirationSeconds", "\(token["expirationSeconds"]?.int ?? 3600)")
      }
    }
  }

  private func items(_ source: Value) {
    for item in source["items"]?.array ?? [] {
      let path = item["path"]?.string ?? ""
      if let field = item[path: "fieldRef", "fieldPath"]?.string {
        out.line(3, "\(field) -> \(path)")
      } else if let field = item[path: "resourceFieldRef", "resource"]?.string {
        out.line(3, "\(field) -> \(path)")
      }
    }
  }

  private func rarer(_ volume: Value) {
    if let source = volume["csi"] {
      type("CSI (a Container Storage Interface (CSI) volume source)")
      fields(source, [("Driver", "driver"), ("FSType", "fsType")])
      if source["volumeHandle"] != nil {
        out.field(2, "VolumeHandle", source["volumeHandle"]?.string ?? "")
      }
      out.field(2, "ReadOnly", flag(source, "readOnly"))
      attributes(source["volumeAttributes"])
    } else if volume["ephemeral"] != nil {
      type(
        "EphemeralVolume (an inline specification for a volume that gets created and deleted "
          + "with the pod)")
      claimTemplate(volume[path: "ephemeral", "volumeClaimTemplate"])
    } else if let known = VolumeSourceRows.all.first(where: { volume[$0.member] != nil }),
      let source = volume[known.member]
    {
      type(known.type)
      for row in known.rows where isPersistent || !row.isOfVolumes {
        let text = VolumeSourceRows.text(source, row, ofVolume: isPersistent)
        out.line(2, "\(row.label)\t\(text)")
      }
    } else {
      type("<unknown>")
    }
  }

  private func attributes(_ value: Value?) {
    guard let members = value?.object, !members.isEmpty else {
      return out.line(2, "VolumeAttributes:\t<none>")
    }
    for (index, member) in members.enumerated() {
      out.line(
        2,
        "\(index == 0 ? "VolumeAttributes:" : "")\t    \(member.key)=\(member.value.string ?? "")")
    }
  }
}
