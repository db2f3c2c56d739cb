import Documents
import KubeObjects

extension GoStructure {
  private static let items = Form.list(GoStructure("Key=s Path=s Mode"))
  private static let files = Form.list(
    GoStructure(
      "Path=s FieldRef ResourceFieldRef Mode",
      [
        "FieldRef": .pointer(GoStructure("APIVersion:apiVersion=s FieldPath=s")),
        "ResourceFieldRef": .pointer(GoStructure("ContainerName=s Resource=s Divisor=q")),
      ]))
  private static let projection = GoStructure("Name=s Items Optional", ["Items": items])
  private static let projected = GoStructure(
    "Sources DefaultMode",
    [
      "Sources": .list(
        GoStructure(
          "Secret DownwardAPI:downwardAPI ConfigMap ServiceAccountToken ClusterTrustBundle "
            + "PodCertificate",
          [
            "Secret": .pointer(projection), "ConfigMap": .pointer(projection),
            "DownwardAPI": .pointer(GoStructure("Items", ["Items": files])),
            "ServiceAccountToken": .pointer(
              GoStructure("Audience=s ExpirationSeconds=0 Path=s")),
          ]))
    ])

  private static let shared: [String: Form] = [
    "HostPath": .pointer(GoStructure("Path=s Type")),
    "NFS": .pointer(GoStructure("Server=s Path=s ReadOnly=f")),
    "ISCSI": .pointer(
      GoStructure(
        "TargetPortal=s IQN:iqn=s Lun=0 ISCSIInterface:iscsiInterface=s FSType:fsType=s "
          + "ReadOnly=f Portals DiscoveryCHAPAuth:chapAuthDiscovery=f "
          + "SessionCHAPAuth:chapAuthSession=f SecretRef InitiatorName")),
  ]

  static let volume = GoStructure(
    "Name=s HostPath EmptyDir GCEPersistentDisk:gcePersistentDisk "
      + "AWSElasticBlockStore:awsElasticBlockStore GitRepo Secret NFS:nfs ISCSI:iscsi Glusterfs "
      + "PersistentVolumeClaim RBD:rbd Quobyte FlexVolume Cinder CephFS:cephfs Flocker "
      + "DownwardAPI:downwardAPI FC:fc AzureFile ConfigMap VsphereVolume AzureDisk "
      + "PhotonPersistentDisk Projected PortworxVolume ScaleIO:scaleIO StorageOS:storageos "
      + "CSI:csi Ephemeral Image",
    shared.merging([
      "EmptyDir": .pointer(GoStructure("Medium=s SizeLimit")),
      "Secret": .pointer(
        GoStructure("SecretName=s Items DefaultMode Optional", ["Items": items])),
      "ConfigMap": .pointer(
        GoStructure("Name=s Items DefaultMode Optional", ["Items": items])),
      "PersistentVolumeClaim": .pointer(GoStructure("ClaimName=s ReadOnly=f")),
      "DownwardAPI": .pointer(GoStructure("Items DefaultMode", ["Items": files])),
      "Projected": .pointer(projected),
      "CSI": .pointer(
        GoStructure(
          "Driver=s ReadOnly FSType:fsType VolumeAttributes NodePublishSecretRef",
          ["NodePublishSecretRef": .pointer(GoStructure("Name=s"))])),
      "Image": .pointer(GoStructure("Reference=s PullPolicy=s")),
    ]) { _, new in new })

  static let persistentVolumeSource = GoStructure(
    "GCEPersistentDisk:gcePersistentDisk AWSElasticBlockStore:awsElasticBlockStore HostPath "
      + "Glusterfs NFS:nfs RBD:rbd Quobyte ISCSI:iscsi FlexVolume Cinder CephFS:cephfs FC:fc "
      + "Flocker AzureFile VsphereVolume AzureDisk PhotonPersistentDisk PortworxVolume "
      + "ScaleIO:scaleIO Local StorageOS:storageos CSI:csi",
    shared.merging([
      "Local": .pointer(GoStructure("Path=s FSType:fsType")),
      "CSI": .pointer(
        GoStructure(
          "Driver=s VolumeHandle=s ReadOnly=f FSType:fsType=s VolumeAttributes "
            + "ControllerPublishSecretRef NodeStageSecretRef NodePublishSecretRef "
            + "ControllerExpandSecretRef NodeExpandSecretRef")),
    ]) { _, new in new })
}
