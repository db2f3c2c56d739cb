import Documents

/// The rarer sources of volumes: what describe calls them, and which of their members it shows.
struct VolumeSourceRows: Sendable {
  let member: String
  let type: String
  let rows: [Row]

  struct Row: Sendable {
    let label: String
    let member: String
    let form: Form
    /// Only for PersistentVolumes.
    let isOfVolumes: Bool
  }

  enum Form {
    case text, number, flag, list, joined, reference, map, orNone, orUnset
    /// A member of the `secretRef`.
    case secret
  }

  private init(_ member: String, _ type: String, _ rows: [Row]) {
    self.member = member
    self.type = type
    self.rows = rows
  }

  private static func row(
    _ label: String, _ member: String, _ form: Form = .text, ofVolumes: Bool = false
  ) -> Row {
    Row(label: label + ":", member: member, form: form, isOfVolumes: ofVolumes)
  }

  private static let fileSystem = row("FSType", "fsType")
  private static let readOnly = row("ReadOnly", "readOnly", .flag)
  private static let secret = row("SecretRef", "secretRef", .reference)
  private static let volume = row("VolumeID", "volumeID")

  static let all: [VolumeSourceRows] = [
    Self(
      "nfs", "NFS (an NFS mount that lasts the lifetime of a pod)",
      [row("Server", "server"), row("Path", "path"), readOnly]),
    Self(
      "local", "LocalVolume (a persistent volume backed by local storage on a node)",
      [row("Path", "path")]),
    Self(
      "image", "Image (a container image or OCI artifact)",
      [row("Reference", "reference"), row("PullPolicy", "pullPolicy")]),
    Self(
      "iscsi",
      "ISCSI (an ISCSI Disk resource that is attached to a kubelet's host machine and then "
        + "exposed to the pod)",
      [
        row("TargetPortal", "targetPortal"), row("IQN", "iqn"), row("Lun", "lun", .number),
        // Upstream forgot the colon.
        Row(
          label: "ISCSIInterface", member: "iscsiInterface", form: .text, isOfVolumes: false),
        fileSystem, readOnly, row("Portals", "portals", .list),
        row("DiscoveryCHAPAuth", "chapAuthDiscovery", .flag),
        row("SessionCHAPAuth", "chapAuthSession", .flag), secret,
        row("InitiatorName", "initiatorName", .orNone),
      ]),
    Self(
      "fc", "FC (a Fibre Channel disk)",
      [
        row("TargetWWNs", "targetWWNs", .joined), row("LUN", "lun", .orNone), fileSystem, readOnly,
      ]),
    Self(
      "gitRepo", "GitRepo (a volume that is pulled from git when the pod is created)",
      [row("Repository", "repository"), row("Revision", "revision")]),
    Self(
      "awsElasticBlockStore", "AWSElasticBlockStore (a Persistent Disk resource in AWS)",
      [volume, fileSystem, row("Partition", "partition", .number), readOnly]),
    Self(
      "gcePersistentDisk",
      "GCEPersistentDisk (a Persistent Disk resource in Google Compute Engine)",
      [row("PDName", "pdName"), fileSystem, row("Partition", "partition", .number), readOnly]),
    Self(
      "azureDisk", "AzureDisk (an Azure Data Disk mount on the host and bind mount to the pod)",
      [
        row("DiskName", "diskName"), row("DiskURI", "diskURI"), row("Kind", "kind"), fileSystem,
        row("CachingMode", "cachingMode"), readOnly,
      ]),
    Self(
      "azureFile", "AzureFile (an Azure File Service mount on the host and bind mount to the pod)",
      [
        row("SecretName", "secretName"),
        row("SecretNamespace", "secretNamespace", ofVolumes: true), row("ShareName", "shareName"),
        readOnly,
      ]),
    Self(
      "cephfs", "CephFS (a CephFS mount on the host that shares a pod's lifetime)",
      [
        row("Monitors", "monitors", .list), row("Path", "path"), row("User", "user"),
        row("SecretFile", "secretFile"), secret, readOnly,
      ]),
    Self(
      "cinder", "Cinder (a Persistent Disk resource in OpenStack)",
      [volume, fileSystem, readOnly, secret]),
    Self(
      "rbd", "RBD (a Rados Block Device mount on the host that shares a pod's lifetime)",
      [
        row("CephMonitors", "monitors", .list), row("RBDImage", "image"), fileSystem,
        row("RBDPool", "pool"), row("RadosUser", "user"), row("Keyring", "keyring"), secret,
        readOnly,
      ]),
    Self(
      "glusterfs", "Glusterfs (a Glusterfs mount on the host that shares a pod's lifetime)",
      [
        row("EndpointsName", "endpoints"),
        row("EndpointsNamespace", "endpointsNamespace", .orUnset, ofVolumes: true),
        row("Path", "path"), readOnly,
      ]),
    Self(
      "flexVolume",
      "FlexVolume (a generic volume resource that is provisioned/attached using an exec based "
        + "plugin)",
      [
        row("Driver", "driver"), fileSystem, secret, readOnly, row("Options", "options", .map),
      ]),
    Self(
      "vsphereVolume", "vSphereVolume (a Persistent Disk resource in vSphere)",
      [
        row("VolumePath", "volumePath"), fileSystem,
        row("StoragePolicyName", "storagePolicyName"),
      ]),
    Self(
      "quobyte", "Quobyte (a Quobyte mount on the host that shares a pod's lifetime)",
      [row("Registry", "registry"), row("Volume", "volume"), readOnly]),
    Self("portworxVolume", "PortworxVolume (a Portworx Volume resource)", [volume]),
    Self(
      "scaleIO", "ScaleIO (a persistent volume backed by a block device in ScaleIO)",
      [
        row("Gateway", "gateway"), row("System", "system"),
        row("Protection Domain", "protectionDomain"), row("Storage Pool", "storagePool"),
        row("Storage Mode", "storageMode"), row("VolumeName", "volumeName"),
        row("SecretName", "name", .secret, ofVolumes: true),
        row("SecretNamespace", "namespace", .secret, ofVolumes: true), fileSystem, readOnly,
      ]),
    Self(
      "storageos", "StorageOS (a StorageOS Persistent Disk resource)",
      [
        row("VolumeName", "volumeName"), row("VolumeNamespace", "volumeNamespace"), fileSystem,
        readOnly,
      ]),
    Self(
      "photonPersistentDisk",
      "PhotonPersistentDisk (a Persistent Disk resource in photon platform)",
      [row("PdID", "pdID"), fileSystem]),
    Self(
      "flocker", "Flocker (a Flocker volume mounted by the Flocker agent)",
      [row("DatasetName", "datasetName"), row("DatasetUUID", "datasetUUID")]),
  ]

  /// A member as Go prints it.
  static func text(_ source: Value, _ row: Row, ofVolume: Bool) -> String {
    let value = source[row.member]
    let list = (value?.array ?? []).compactMap(\.string)
    switch row.form {
    case .text: return DescribeText.text(value)
    case .number: return "\(value?.int ?? 0)"
    case .flag: return value?.bool == true ? "true" : "false"
    case .list: return Go.list(list)
    case .joined: return list.joined(separator: ", ")
    case .orNone: return value.map(DescribeText.text) ?? "<none>"
    case .orUnset: return value.map(DescribeText.text) ?? "<unset>"
    case .secret: return source["secretRef"]?[row.member]?.string ?? ""
    case .map:
      let members = (value?.object ?? [:]).map { "\($0.key):\($0.value.string ?? "")" }
      return "map[\(members.joined(separator: " "))]"
    case .reference:
      guard let value else { return "nil" }
      let name = value["name"]?.string ?? ""
      return ofVolume
        ? "&SecretReference{Name:\(name),Namespace:\(value["namespace"]?.string ?? ""),}"
        : "&LocalObjectReference{Name:\(name),}"
    }
  }
}
