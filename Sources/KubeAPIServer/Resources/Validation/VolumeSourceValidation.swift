import Documents
import KubeObjects

/// The checks of the volume sources that Pods and PersistentVolumes share.
struct VolumeSourceValidation {
  /// The volume's name, or the PersistentVolume's.
  let name: String
  /// A PersistentVolume names namespaces beside its Secrets, and is held to more.
  let isPersistent: Bool

  /// `parent` is what the source stands in.
  func validate(_ kind: String, _ source: Value, _ parent: FieldPath) -> [FieldError] {
    // Upstream's name for it, internally.
    let path = parent.child(kind == "gcePersistentDisk" ? "persistentDisk" : kind)
    return switch kind {
    case "emptyDir": Self.emptyDir(source, path)
    case "hostPath": Self.hostPath(source, path)
    case "gitRepo": Self.gitRepo(source, path)
    case "nfs": Self.nfs(source, path)
    case "iscsi": iscsi(source, path)
    case "csi": csi(source, path)
    case "local": Self.local(source, path)
    case "fc": Self.fibreChannel(source, path)
    case "flocker": Self.flocker(source, path)
    case "rbd", "cephfs": Self.ceph(kind, source, path)
    case "gcePersistentDisk", "awsElasticBlockStore":
      Self.required(kind, source, path) + Self.partition(source, path)
    case "quobyte": Self.quobyte(source, path)
    case "storageos": storageOS(source, path)
    case "azureDisk": Self.azureDisk(source, path)
    case "azureFile": azureFile(source, path)
    case "flexVolume": Self.flexVolume(source, path)
    case "cinder": Self.required(kind, source, path) + secret(source, path)
    case "glusterfs": glusterfs(source, path)
    default: Self.required(kind, source, path)
    }
  }

  /// A source beside another.
  static func second(_ kind: String, _ parent: FieldPath) -> FieldError {
    // Upstream spells these two as nobody else does.
    let names = ["cephfs": "cephFS", "downwardAPI": "downwarAPI"]
    return .forbidden(
      parent.child(names[kind] ?? kind), "may not specify more than 1 volume type")
  }

  private static func emptyDir(_ source: Value, _ path: FieldPath) -> [FieldError] {
    guard let limit = source["sizeLimit"], let amount = try? Quantity(parsing: limit),
      amount.sign < 0
    else { return [] }
    return [
      .forbidden(
        path.child("sizeLimit"), "SizeLimit field must be a valid resource quantity")
    ]
  }

  private static func hostPath(_ source: Value, _ path: FieldPath) -> [FieldError] {
    let place = source.text("path")
    guard !place.isEmpty else { return [.required(path.child("path"))] }
    return Checks.noBacksteps(place, path.child("path"))
      + Checks.oneOf(
        source, "type",
        [
          "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File",
          "FileOrCreate", "Socket",
        ], path)
  }

  private static func gitRepo(_ source: Value, _ path: FieldPath) -> [FieldError] {
    Checks.requiredText(source, "repository", path)
      + Checks.descendingPath(source.text("directory"), path.child("directory"))
  }

  private static func nfs(_ source: Value, _ path: FieldPath) -> [FieldError] {
    var errors = Checks.requiredText(source, "server", path)
    errors += Checks.requiredText(source, "path", path)
    if !source.text("path").hasPrefix("/") {
      errors.append(
        .invalid(
          path.child("path"), .string(source.text("path")), "must be an absolute path"))
    }
    return errors
  }

  private static func local(_ source: Value, _ path: FieldPath) -> [FieldError] {
    let place = source.text("path")
    return place.isEmpty
      ? [.required(path.child("path"))] : Checks.noBacksteps(place, path.child("path"))
  }

  private static func partition(_ source: Value, _ path: FieldPath) -> [FieldError] {
    let number = source.number("partition")
    return (0...255).contains(number)
      ? [] : [.invalid(path.child("partition"), .int(number), Checks.between(0, 255))]
  }

  private static func fibreChannel(_ source: Value, _ path: FieldPath) -> [FieldError] {
    let names = source.items("targetWWNs")
    let place = path.child("targetWWNs")
    if names.isEmpty, source.items("wwids").isEmpty {
      return [
        .required(place, "must specify either targetWWNs or wwids, but not both")
      ]
    }
    if names.isEmpty { return [] }
    var errors: [FieldError] = []
    if !source.items("wwids").isEmpty {
      errors.append(
        .invalid(
          place, source["targetWWNs"] ?? .null,
          "targetWWNs and wwids can not be specified simultaneously"))
    }
    if let unit = source["lun"]?.int {
      if !(0...255).contains(unit) {
        errors.append(.invalid(path.child("lun"), .int(unit), Checks.between(0, 255)))
      }
    } else {
      errors.append(
        .required(path.child("lun"), "lun is required if targetWWNs is specified"))
    }
    return errors
  }

  private static func flocker(_ source: Value, _ path: FieldPath) -> [FieldError] {
    let (name, id) = (source.text("datasetName"), source.text("datasetUUID"))
    if name.isEmpty, id.isEmpty {
      return [.required(path, "one of datasetName and datasetUUID is required")]
    }
    var errors: [FieldError] = []
    if !name.isEmpty, !id.isEmpty {
      errors.append(
        .invalid(
          path, "resource", "datasetName and datasetUUID can not be specified simultaneously"))
    }
    if name.contains("/") {
      errors.append(
        .invalid(path.child("datasetName"), .string(name), "must not contain '/'"))
    }
    return errors
  }

  private static func ceph(_ kind: String, _ source: Value, _ path: FieldPath) -> [FieldError] {
    let monitors =
      source.items("monitors").isEmpty ? [FieldError.required(path.child("monitors"))] : []
    return monitors + (kind == "rbd" ? Checks.requiredText(source, "image", path) : [])
  }

  private static let needed: [String: [String]] = [
    "gcePersistentDisk": ["pdName"], "awsElasticBlockStore": ["volumeID"],
    "glusterfs": ["endpoints", "path"], "cinder": ["volumeID"], "flexVolume": ["driver"],
    "azureFile": ["secretName", "shareName"], "vsphereVolume": ["volumePath"],
    "photonPersistentDisk": ["pdID"], "portworxVolume": ["volumeID"],
    "azureDisk": ["diskName", "diskURI"],
    "scaleIO": ["gateway", "system", "volumeName"],
  ]

  static func required(
    _ kind: String, _ source: Value, _ path: FieldPath
  ) -> [FieldError] {
    (needed[kind] ?? []).flatMap { Checks.requiredText(source, $0, path) }
  }
}
