import Documents
import KubeObjects

/// A program that makes volumes for claims where it is installed: when a Pod runs its image.
struct Provisioner: Sendable {
  /// What kind of volume it makes.
  enum Form: Sendable {
    /// A directory of the node that the first Pod was placed on.
    case nodeDirectory(root: String)
    /// A directory that every node is taken to have.
    case directory(root: String)
    /// A share of an NFS server, which the Pod's environment names.
    case share
    /// A disk behind a CSI driver, bound to the node's value of a label where one is named.
    /// `limit` is how many a node may have attached; nil: as many as one likes.
    case disk(handle: String, topology: String?, limit: Int64?)
  }

  /// What holds drivers' volumes until their storage is free again (HonorPVReclaimPolicy).
  static let finalizer = "external-provisioner.volume.kubernetes.io/finalizer"

  var name: String
  /// Part of the image's name.
  var image: String
  var form: Form
  /// Bytes that its storage has, where it tells of them.
  var capacity: Int64?

  /// The volume for a claim; nil: it needs to know the node first. `root` is where its own
  /// configuration wants nodes' directories, if it says so.
  func volume(
    for claim: Value, _ storageClass: Value, node: Value?, root configured: String?,
    server: (address: String, path: String)
  ) -> Value? {
    let name = "pvc-\(claim.uid)"
    var spec: Value = [
      "accessModes": claim[path: "spec", "accessModes"] ?? [],
      "capacity": [
        "storage": claim[path: "spec", "resources", "requests", "storage"] ?? "1Gi"
      ],
      "persistentVolumeReclaimPolicy": storageClass["reclaimPolicy"] ?? "Delete",
      "storageClassName": .string(storageClass.name),
      "volumeMode": claim[path: "spec", "volumeMode"] ?? "Filesystem",
      "claimRef": [
        "kind": "PersistentVolumeClaim", "apiVersion": "v1", "name": .string(claim.name),
        "namespace": .string(claim.namespace), "uid": .string(claim.uid),
        "resourceVersion": .string(claim.resourceVersion),
      ],
    ]
    spec["mountOptions"] = storageClass["mountOptions"]
    spec["volumeAttributesClassName"] =
      isDriver ? claim[path: "spec", "volumeAttributesClassName"] : nil
    let directory = "\(name)_\(claim.namespace)_\(claim.name)"
    switch form {
    case .nodeDirectory(let root):
      guard let node else { return nil }
      spec["hostPath"] = [
        "path": .string("\(configured ?? root)/\(directory)"), "type": "DirectoryOrCreate",
      ]
      spec["nodeAffinity"] = Self.affinity(
        "kubernetes.io/hostname", node.label("kubernetes.io/hostname") ?? node.name)
    case .directory(let root):
      spec["hostPath"] = [
        "path": .string("\(root)/\(claim.namespace)-\(claim.name)-\(name)"), "type": "",
      ]
    case .share:
      spec["nfs"] = [
        "server": .string(server.address),
        "path": .string("\(server.path)/\(claim.namespace)-\(claim.name)-\(name)"),
      ]
    case .disk(let handle, let topology, _):
      spec["csi"] = [
        "driver": .string(self.name), "fsType": "ext4",
        "volumeHandle": .string(handle + claim.uid.filter { $0 != "-" }.prefix(17)),
      ]
      if let topology, let value = node?.label(topology) {
        spec["nodeAffinity"] = Self.affinity(topology, value)
      }
    }
    var metadata: Value = [
      "name": .string(name),
      "annotations": ["pv.kubernetes.io/provisioned-by": .string(self.name)],
    ]
    if isDriver { metadata["finalizers"] = [.string(Self.finalizer)] }
    return [
      "apiVersion": "v1", "kind": "PersistentVolume", "metadata": metadata, "spec": spec,
    ]
  }

  private static func affinity(_ key: String, _ value: String) -> Value {
    [
      "required": [
        "nodeSelectorTerms": [
          [
            "matchExpressions": [
              ["key": .string(key), "operator": "In", "values": [.string(value)]]
            ]
          ]
        ]
      ]
    ]
  }

  /// Whether it is a CSI driver, whose volumes are attached to nodes, grow, and are copied.
  var isDriver: Bool { if case .disk = form { true } else { false } }

  var attachLimit: Int64? { if case .disk(_, _, let limit) = form { limit } else { nil } }

  var topology: String? { if case .disk(_, let topology, _) = form { topology } else { nil } }
}
