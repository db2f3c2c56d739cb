/// Snapshots of volumes: their kinds, their controller, and the driver that shows them.
extension PublishedManifests {
  static let snapshots: [PublishedManifest] =
    [
      ("VolumeSnapshotClass", "volumesnapshotclasses", classKind),
      ("VolumeSnapshotContent", "volumesnapshotcontents", contentKind),
      ("VolumeSnapshot", "volumesnapshots", snapshotKind),
    ].map { _, plural, text in
      PublishedManifest(
        marks: ["external-snapshotter", "/snapshot.storage.k8s.io_\(plural).yaml"], text: text)
    } + [
      PublishedManifest(
        marks: ["external-snapshotter", "/rbac-snapshot-controller.yaml"], text: controllerAccount),
      PublishedManifest(
        marks: ["external-snapshotter", "/setup-snapshot-controller.yaml"], text: controller),
      PublishedManifest(
        marks: ["csi-driver-host-path", "/csi-hostpath-driverinfo.yaml"], text: hostPathInfo),
      PublishedManifest(
        marks: ["csi-driver-host-path", "/csi-hostpath-plugin.yaml"], text: hostPathPlugin),
      PublishedManifest(
        marks: ["csi-driver-host-path", "/csi-storageclass.yaml"], text: hostPathClass),
      PublishedManifest(
        marks: ["csi-driver-host-path", "/csi-hostpath-snapshotclass.yaml"],
        text: hostPathSnapshotClass),
    ]

  private static func kind(
    _ kind: String, _ plural: String, short: String, isNamespaced: Bool, columns: String,
    schema: String
  ) -> String {
    """
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata:
      name: \(plural).snapshot.storage.k8s.io
      annotations: {api-approved.kubernetes.io: "https://github.com/kubernetes-csi/external-snapshotter/pull/814"}
    spec:
      group: snapshot.storage.k8s.io
      names: {kind: \(kind), listKind: \(kind)List, plural: \(plural), singular: \(kind.lowercased()), shortNames: \(short)}
      scope: \(isNamespaced ? "Namespaced" : "Cluster")
      versions:
      - name: v1
        served: true
        storage: true
    \(columns)\(schema)
    """
  }

  private static let snapshotKind = kind(
    "VolumeSnapshot", "volumesnapshots", short: "[vs]", isNamespaced: true,
    columns: """
          subresources: {status: {}}
          additionalPrinterColumns:
          - {name: ReadyToUse, type: boolean, jsonPath: .status.readyToUse}
          - {name: SourcePVC, type: string, jsonPath: .spec.source.persistentVolumeClaimName}
          - {name: SourceSnapshotContent, type: string, jsonPath: .spec.source.volumeSnapshotContentName}
          - {name: RestoreSize, type: string, jsonPath: .status.restoreSize}
          - {name: SnapshotClass, type: string, jsonPath: .spec.volumeSnapshotClassName}
          - {name: SnapshotContent, type: string, jsonPath: .status.boundVolumeSnapshotContentName}
          - {name: CreationTime, type: date, jsonPath: .status.creationTime}
          - {name: Age, type: date, jsonPath: .metadata.creationTimestamp}

      """,
    schema: """
          schema:
            openAPIV3Schema:
              type: object
              required: [spec]
              properties:
                spec:
                  type: object
                  required: [source]
                  properties:
                    source:
                      type: object
                      properties:
                        persistentVolumeClaimName: {type: string}
                        volumeSnapshotContentName: {type: string}
                      oneOf:
                      - required: [persistentVolumeClaimName]
                      - required: [volumeSnapshotContentName]
                    volumeSnapshotClassName: {type: string}
                status:
                  type: object
                  properties:
                    boundVolumeSnapshotContentName: {type: string}
                    creationTime: {type: string, format: date-time}
                    error:
                      type: object
                      properties: {message: {type: string}, time: {type: string, format: date-time}}
                    readyToUse: {type: boolean}
                    restoreSize: {type: string}

      """)

  private static let contentKind = kind(
    "VolumeSnapshotContent", "volumesnapshotcontents", short: "[vsc, vscs]", isNamespaced: false,
    columns: """
          subresources: {status: {}}
          additionalPrinterColumns:
          - {name: ReadyToUse, type: boolean, jsonPath: .status.readyToUse}
          - {name: RestoreSize, type: integer, jsonPath: .status.restoreSize}
          - {name: DeletionPolicy, type: string, jsonPath: .spec.deletionPolicy}
          - {name: Driver, type: string, jsonPath: .spec.driver}
          - {name: VolumeSnapshotClass, type: string, jsonPath: .spec.volumeSnapshotClassName}
          - {name: VolumeSnapshot, type: string, jsonPath: .spec.volumeSnapshotRef.name}
          - {name: VolumeSnapshotNamespace, type: string, jsonPath: .spec.volumeSnapshotRef.namespace}
          - {name: Age, type: date, jsonPath: .metadata.creationTimestamp}

      """,
    schema: """
          schema:
            openAPIV3Schema:
              type: object
              required: [spec]
              properties:
                spec:
                  type: object
                  required: [deletionPolicy, driver, source, volumeSnapshotRef]
                  properties:
                    deletionPolicy: {type: string, enum: [Delete, Retain]}
                    driver: {type: string}
                    source:
                      type: object
                      properties: {snapshotHandle: {type: string}, volumeHandle: {type: string}}
                      oneOf:
                      - required: [volumeHandle]
                      - required: [snapshotHandle]
                    sourceVolumeMode: {type: string}
                    volumeSnapshotClassName: {type: string}
                    volumeSnapshotRef:
                      type: object
                      properties:
                        apiVersion: {type: string}
                        fieldPath: {type: string}
                        kind: {type: string}
                        name: {type: string}
                        namespace: {type: string}
                        resourceVersion: {type: string}
                        uid: {type: string}
                status:
                  type: object
                  properties:
                    creationTime: {type: integer, format: int64}
                    error:
                      type: object
                      properties: {message: {type: string}, time: {type: string, format: date-time}}
                    readyToUse: {type: boolean}
                    restoreSize: {type: integer, format: int64, minimum: 0}
                    snapshotHandle: {type: string}

      """)

  private static let classKind = kind(
    "VolumeSnapshotClass", "volumesnapshotclasses", short: "[vsclass, vsclasses]",
    isNamespaced: false,
    columns: """
          subresources: {}
          additionalPrinterColumns:
          - {name: Driver, type: string, jsonPath: .driver}
          - {name: DeletionPolicy, type: string, jsonPath: .deletionPolicy}
          - {name: Age, type: date, jsonPath: .metadata.creationTimestamp}

      """,
    schema: """
          schema:
            openAPIV3Schema:
              type: object
              required: [deletionPolicy, driver]
              properties:
                deletionPolicy: {type: string, enum: [Delete, Retain]}
                driver: {type: string}
                parameters: {type: object, additionalProperties: {type: string}}

      """)

  private static let controllerAccount = """
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: snapshot-controller, namespace: kube-system}

    """

  private static let controller = """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: snapshot-controller, namespace: kube-system}
    spec:
      replicas: 2
      selector: {matchLabels: {app.kubernetes.io/name: snapshot-controller}}
      template:
        metadata: {labels: {app.kubernetes.io/name: snapshot-controller}}
        spec:
          serviceAccountName: snapshot-controller
          containers:
          - name: snapshot-controller
            image: registry.k8s.io/sig-storage/snapshot-controller:v8.4.0
            args: ["--v=5", "--leader-election=true"]

    """

  private static let hostPathInfo = """
    apiVersion: storage.k8s.io/v1
    kind: CSIDriver
    metadata: {name: hostpath.csi.k8s.io}
    spec:
      volumeLifecycleModes: [Persistent, Ephemeral]
      podInfoOnMount: true
      fsGroupPolicy: File
      storageCapacity: true

    """

  private static let hostPathPlugin = """
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: csi-hostpathplugin-sa, namespace: default}
    ---
    apiVersion: apps/v1
    kind: StatefulSet
    metadata: {name: csi-hostpathplugin, namespace: default}
    spec:
      serviceName: csi-hostpathplugin
      replicas: 1
      selector: {matchLabels: {app.kubernetes.io/name: csi-hostpathplugin}}
      template:
        metadata: {labels: {app.kubernetes.io/name: csi-hostpathplugin}}
        spec:
          serviceAccountName: csi-hostpathplugin-sa
          containers:
          - name: hostpath
            image: registry.k8s.io/sig-storage/hostpathplugin:v1.17.0
            args: ["--drivername=hostpath.csi.k8s.io", "--v=5"]
          - {name: csi-attacher, image: "registry.k8s.io/sig-storage/csi-attacher:v4.10.0"}
          - name: csi-provisioner
            image: registry.k8s.io/sig-storage/csi-provisioner:v6.1.0
            args: [--v=5, --csi-address=/csi/csi.sock, --enable-capacity, --capacity-ownerref-level=0]
          - {name: csi-resizer, image: "registry.k8s.io/sig-storage/csi-resizer:v2.0.0"}
          - {name: csi-snapshotter, image: "registry.k8s.io/sig-storage/csi-snapshotter:v8.4.0"}
          - {name: node-driver-registrar, image: "registry.k8s.io/sig-storage/csi-node-driver-registrar:v2.15.0"}

    """

  private static let hostPathClass = """
    apiVersion: storage.k8s.io/v1
    kind: StorageClass
    metadata: {name: csi-hostpath-sc}
    provisioner: hostpath.csi.k8s.io
    reclaimPolicy: Delete
    volumeBindingMode: Immediate
    allowVolumeExpansion: true

    """

  private static let hostPathSnapshotClass = """
    apiVersion: snapshot.storage.k8s.io/v1
    kind: VolumeSnapshotClass
    metadata: {name: csi-hostpath-snapclass}
    driver: hostpath.csi.k8s.io
    deletionPolicy: Delete

    """
}
