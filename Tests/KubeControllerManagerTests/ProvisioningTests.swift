import Documents
import KubeAPIServer
import KubeObjects
import Simulation
import Testing

/// Volumes that are made for claims where a provisioner runs.
@Suite struct ProvisioningTests {
  private func storageClass(_ provisioner: String, mode: String) -> Value {
    [
      "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": ["name": "fast"],
      "provisioner": .string(provisioner), "volumeBindingMode": .string(mode),
      "allowVolumeExpansion": true,
    ]
  }

  private func pod(_ name: String, image: String, claim: String? = nil) -> Value {
    var container: Value = ["name": "c", "image": .string(image)]
    var spec: Value = [:]
    if let claim {
      container["volumeMounts"] = [["name": "v", "mountPath": "/data"]]
      spec["volumes"] = [
        ["name": "v", "persistentVolumeClaim": ["claimName": .string(claim)]]
      ]
    }
    spec["containers"] = [container]
    return [
      "apiVersion": "v1", "kind": "Pod", "metadata": ["name": .string(name)], "spec": spec,
    ]
  }

  private let claim: Value = [
    "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": ["name": "data"],
    "spec": [
      "storageClassName": "fast", "accessModes": ["ReadWriteOnce"],
      "resources": ["requests": ["storage": "1Gi"]],
    ],
  ]

  private func live(_ scene: Scene) throws -> Value {
    try scene.client.get(.persistentVolumeClaims, "data", namespace: Scene.namespace)
  }

  @Test("a claim of local-path gets a directory of the node that its Pod was placed on")
  func localPath() throws {
    let scene = try Scene(isGuarded: true)
    _ = try scene.client.create(
      .storageClasses, storageClass("rancher.io/local-path", mode: "WaitForFirstConsumer"))
    _ = try scene.client.create(
      .persistentVolumeClaims, claim, namespace: Scene.namespace)
    _ = try scene.client.create(
      .pods, pod("user", image: "a", claim: "data"), namespace: Scene.namespace)
    scene.advance(by: .seconds(60))
    #expect(try live(scene)[path: "status", "phase"] == "Pending")
    _ = try scene.client.create(
      .pods, pod("provisioner", image: "rancher/local-path-provisioner:v0.0.32"),
      namespace: Scene.namespace)
    scene.advance(by: .seconds(60))
    let bound = try live(scene)
    #expect(bound[path: "status", "phase"] == "Bound")
    let volume = try scene.client.get(
      .persistentVolumes, bound[path: "spec", "volumeName"]?.string ?? "")
    #expect(volume[path: "metadata", "name"]?.string == "pvc-\(bound.uid)")
    #expect(volume[path: "spec", "hostPath", "type"] == "DirectoryOrCreate")
    let user = try scene.client.get(.pods, "user", namespace: Scene.namespace)
    #expect(user[path: "status", "phase"] == "Running")
    let node = volume[path: "spec", "nodeAffinity", "required", "nodeSelectorTerms"]?[0]?[
      "matchExpressions"]?[0]?["values"]?[0]
    #expect(node == user[path: "spec", "nodeName"])
    try scene.client.delete(
      .pods, "user", namespace: Scene.namespace, options: ["gracePeriodSeconds": 0])
    try scene.client.delete(.persistentVolumeClaims, "data", namespace: Scene.namespace)
    scene.advance(by: .seconds(10))
    #expect(try scene.client.list(.persistentVolumes).isEmpty)
  }

  @Test("a volume behind a driver grows with its claim")
  func growth() throws {
    let scene = try Scene(isGuarded: true)
    _ = try scene.client.create(
      .storageClasses, storageClass("hostpath.csi.k8s.io", mode: "Immediate"))
    _ = try scene.client.create(
      .pods, pod("plugin", image: "registry.k8s.io/sig-storage/hostpathplugin:v1.17.0"),
      namespace: Scene.namespace)
    scene.advance(by: .seconds(5))
    _ = try scene.client.create(
      .persistentVolumeClaims, claim, namespace: Scene.namespace)
    scene.advance(by: .seconds(10))
    #expect(try live(scene)[path: "status", "capacity", "storage"] == "1Gi")
    _ = try scene.client.patch(
      .persistentVolumeClaims, "data", namespace: Scene.namespace, .merge,
      ["spec": ["resources": ["requests": ["storage": "3Gi"]]]])
    scene.advance(by: .seconds(10))
    let waiting = try live(scene)
    #expect(waiting[path: "status", "capacity", "storage"] == "1Gi")
    #expect(waiting[path: "status", "conditions"]?[0]?["type"] == "FileSystemResizePending")
    #expect(
      waiting[path: "status", "allocatedResourceStatuses", "storage"] == "NodeResizePending")
    let volume = try scene.client.get(
      .persistentVolumes, waiting[path: "spec", "volumeName"]?.string ?? "")
    #expect(volume[path: "spec", "capacity", "storage"] == "3Gi")
    // Nobody uses it: its file system stays as it is until a Pod starts with it.
    scene.advance(by: .minutes(10))
    #expect(try live(scene)[path: "status", "capacity", "storage"] == "1Gi")
    _ = try scene.client.create(
      .pods, pod("user", image: "a", claim: "data"), namespace: Scene.namespace)
    scene.advance(by: .minutes(2))
    let grown = try live(scene)
    #expect(grown[path: "status", "capacity", "storage"] == "3Gi")
    #expect(grown[path: "status", "conditions"] == nil)
    #expect(grown[path: "status", "allocatedResourceStatuses"] == nil)
    let told = try scene.client.list(.events, namespace: Scene.namespace).filter {
      $0[path: "involvedObject", "name"] == "data"
    }.compactMap { $0["reason"]?.string }
    #expect(
      Set(told).isSuperset(of: [
        "ExternalExpanding", "Resizing", "FileSystemResizeRequired", "FileSystemResizeSuccessful",
      ]), "\(told)")
  }

  @Test("a claim's other attributes class is given to its volume, once there is one")
  func attributes() throws {
    let scene = try Scene(isGuarded: true)
    func make(_ name: String, _ driver: String) throws {
      _ = try scene.client.create(
        .volumeAttributesClasses,
        [
          "apiVersion": "storage.k8s.io/v1", "kind": "VolumeAttributesClass",
          "metadata": ["name": .string(name)], "driverName": .string(driver),
          "parameters": ["iops": "4000"],
        ])
    }
    func want(_ name: String) throws -> Value {
      _ = try scene.client.patch(
        .persistentVolumeClaims, "data", namespace: Scene.namespace, .merge,
        ["spec": ["volumeAttributesClassName": .string(name)]])
      scene.advance(by: .seconds(10))
      return try live(scene)["status"] ?? [:]
    }
    _ = try scene.client.create(
      .storageClasses, storageClass("hostpath.csi.k8s.io", mode: "Immediate"))
    _ = try scene.client.create(
      .pods, pod("plugin", image: "registry.k8s.io/sig-storage/hostpathplugin:v1.17.0"),
      namespace: Scene.namespace)
    try make("silver", "hostpath.csi.k8s.io")
    try make("foreign", "ebs.csi.aws.com")
    scene.advance(by: .seconds(5))
    var first = claim
    first.set(["spec", "volumeAttributesClassName"], "silver")
    _ = try scene.client.create(.persistentVolumeClaims, first, namespace: Scene.namespace)
    scene.advance(by: .seconds(10))
    #expect(try live(scene)[path: "status", "currentVolumeAttributesClassName"] == "silver")
    let pending = try want("gold")
    #expect(pending[path: "modifyVolumeStatus", "status"] == "Pending")
    #expect(pending["currentVolumeAttributesClassName"] == "silver")
    try make("gold", "hostpath.csi.k8s.io")
    scene.advance(by: .seconds(10))
    let done = try live(scene)
    #expect(done[path: "status", "currentVolumeAttributesClassName"] == "gold")
    #expect(done[path: "status", "modifyVolumeStatus"] == nil)
    let volume = try scene.client.get(
      .persistentVolumes, done[path: "spec", "volumeName"]?.string ?? "")
    #expect(volume[path: "spec", "volumeAttributesClassName"] == "gold")
    let refused = try want("foreign")
    #expect(refused[path: "modifyVolumeStatus", "status"] == "Infeasible")
    #expect(refused["currentVolumeAttributesClassName"] == "gold")
  }

  @Test(
    "a volume whose policy is Recycle is emptied by a Pod and can be had again",
    arguments: ["0", "1"])
  func recycling(_ exitCode: String) throws {
    let scene = try Scene(isGuarded: true)
    _ = try scene.client.create(
      .persistentVolumes,
      [
        "apiVersion": "v1", "kind": "PersistentVolume", "metadata": ["name": "old"],
        "spec": [
          "capacity": ["storage": "1Gi"], "accessModes": ["ReadWriteOnce"],
          "hostPath": ["path": "/srv"], "persistentVolumeReclaimPolicy": "Recycle",
          "storageClassName": "fast",
        ],
      ])
    scene.advance(by: .seconds(1))
    _ = try scene.client.create(.persistentVolumeClaims, claim, namespace: Scene.namespace)
    scene.advance(by: .seconds(1))
    try scene.client.delete(.persistentVolumeClaims, "data", namespace: Scene.namespace)
    scene.advance(by: .seconds(2))
    func phase() throws -> String? {
      try scene.client.get(.persistentVolumes, "old")[path: "status", "phase"]?.string
    }
    #expect(try phase() == "Released")
    _ = try scene.client.patch(
      .pods, "recycler-for-old", namespace: "default", .merge,
      ["metadata": ["annotations": ["stand-in/exit-code": .string(exitCode)]]])
    scene.advance(by: .seconds(10))
    #expect(try phase() == (exitCode == "0" ? "Available" : "Failed"))
    #expect(try scene.client.list(.pods, namespace: "default").isEmpty)
  }
}
