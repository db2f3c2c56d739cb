import Documents
import KubeAPIServer
import KubeObjects
import Simulation
import Testing

/// Rules of upstream's volume controllers that no recording shows.
@Suite struct UnrecordedVolumeTests {
  private static func claim(_ name: String, _ spec: String) -> String {
    """
    ---
    apiVersion: v1
    kind: PersistentVolumeClaim
    metadata: {name: \(name)}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}, \(spec)}

    """
  }

  private static func volume(_ metadata: String, _ source: String) -> String {
    """
    ---
    apiVersion: v1
    kind: PersistentVolume
    metadata: {name: v, \(metadata)}
    spec: {accessModes: [ReadWriteOnce], capacity: {storage: 1Gi}, storageClassName: "", \(source)}

    """
  }

  private func events(_ scene: Scene, _ reason: String) throws -> [String] {
    try scene.client.list(.events).filter { $0["reason"]?.string == reason }
      .compactMap { $0["message"]?.string }
  }

  @Test(
    "a plug-in that a driver took the place of is that driver",
    arguments: [
      ("kubernetes.io/aws-ebs", "ebs.csi.aws.com"),
      ("kubernetes.io/gce-pd", "pd.csi.storage.gke.io"), ("kubernetes.io/no-provisioner", nil),
    ])
  func migrated(_ provisioner: String, _ driver: String?) throws {
    let scene = try Scene.play(
      """
      apiVersion: storage.k8s.io/v1
      kind: StorageClass
      metadata: {name: k}
      provisioner: \(provisioner)

      """ + Self.claim("c", "storageClassName: k"), seconds: 3)
    let claim = try scene.client.get(.persistentVolumeClaims, "c", namespace: Scene.namespace)
    #expect(claim.annotation("volume.kubernetes.io/storage-provisioner") == driver)
    #expect(try events(scene, "ExternalProvisioning").isEmpty == (driver == nil))
    #expect(try events(scene, "ProvisioningFailed").isEmpty == (driver != nil))
  }

  @Test("a volume on its way out is not bound by name")
  func dying() throws {
    let scene = try Scene.play(
      Self.volume("finalizers: [example.com/hold]", "hostPath: {path: /srv}"), seconds: 2)
    try scene.client.delete(.persistentVolumes, "v")
    try scene.add(Self.claim("c", "storageClassName: \"\", volumeName: v"))
    scene.advance(by: .seconds(2))
    #expect(
      try events(scene, "VolumeMismatch") == [
        "Cannot bind to requested volume \"v\": the volume is marked for deletion \"v\""
      ])
  }

  @Test(
    "what nobody here can remove is told of in its plug-in's words",
    arguments: [
      ("csi: {driver: d.example, volumeHandle: h}", "no volume plugin matched"),
      (
        "local: {path: /x}, nodeAffinity: {required: {nodeSelectorTerms: [{matchFields: [{key: metadata.name, operator: In, values: [node01]}]}]}}",
        "no deletable volume plugin matched"
      ),
    ])
  func undeletable(_ source: String, _ words: String) throws {
    let scene = try Scene.play(
      Self.volume("labels: {}", "persistentVolumeReclaimPolicy: Delete, \(source)")
        + Self.claim("c", "storageClassName: \"\", volumeName: v"), seconds: 3)
    try scene.client.delete(.persistentVolumeClaims, "c", namespace: Scene.namespace)
    scene.advance(by: .seconds(5))
    #expect(
      try scene.client.get(.persistentVolumes, "v")[path: "status", "message"]
        == .string("error getting deleter volume plugin for volume \"v\": \(words)"))
  }

  @Test("an ephemeral volume is told whose claim stands in its way")
  func foreignClaim() throws {
    let scene = try Scene.play(
      Self.claim("p-v", "storageClassName: \"\"") + """
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: p}
        spec:
          containers: [{name: c, image: a}]
          volumes:
          - name: v
            ephemeral:
              volumeClaimTemplate:
                spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
        """, seconds: 3)
    #expect(
      try events(scene, "FailedBinding").contains(
        "ephemeral volume v: PVC ns/p-v was not created for pod ns/p (pod is not owner)"))
  }

  @Test("a volume whose maker is away stays Released, until he is there")
  func external() throws {
    let scene = try Scene.play(
      Self.volume(
        "annotations: {pv.kubernetes.io/provisioned-by: hostpath.csi.k8s.io}",
        "persistentVolumeReclaimPolicy: Delete, "
          + "csi: {driver: hostpath.csi.k8s.io, volumeHandle: h}")
        + Self.claim("c", "storageClassName: \"\""), seconds: 3)
    try scene.client.delete(.persistentVolumeClaims, "c", namespace: Scene.namespace)
    scene.advance(by: .minutes(1))
    let left = try scene.client.get(.persistentVolumes, "v")
    #expect(left[path: "status", "phase"] == "Released")
    _ = try scene.client.create(
      .pods,
      [
        "metadata": ["name": "plugin"],
        "spec": ["containers": [["name": "c", "image": "hostpathplugin"]]],
      ], namespace: Scene.namespace)
    scene.advance(by: .minutes(1))
    #expect(try scene.client.list(.persistentVolumes).isEmpty)
  }

  @Test("a class of attributes goes when nobody names it any more")
  func attributes() throws {
    let scene = try Scene.play(
      Self.claim("c", "storageClassName: k, volumeAttributesClassName: gold"), seconds: 3)
    _ = try scene.client.create(
      .volumeAttributesClasses,
      [
        "metadata": ["name": "gold"], "driverName": "a.example.com", "parameters": ["iops": "1"],
      ])
    scene.advance(by: .seconds(3))
    try scene.client.delete(.volumeAttributesClasses, "gold")
    scene.advance(by: .seconds(5))
    #expect(try scene.client.get(.volumeAttributesClasses, "gold").isBeingDeleted)
    try scene.client.delete(.persistentVolumeClaims, "c", namespace: Scene.namespace)
    scene.advance(by: .seconds(5))
    #expect(throws: StatusError.self) {
      try scene.client.get(.volumeAttributesClasses, "gold")
    }
  }
}
