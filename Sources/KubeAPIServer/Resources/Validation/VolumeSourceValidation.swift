import Documents
import KubeObjects

/// The checks of the volume sources that Pods and PersistentVolumes share.
enum VolumeSourceValidation {
  static func validate(_ kind: String, _ source: Value, _ path: FieldPath) -> [FieldError] {
    switch kind {
    case "emptyDir": emptyDir(source, path)
    case "hostPath": hostPath(source, path)
    case "gitRepo": gitRepo(source, path)
    case "nfs": nfs(source, path)
    case "iscsi": iscsi(source, path)
    case "csi": csi(source, path)
    case "local": local(source, path)
    case "fc": fibreChannel(source, path)
    case "flocker": flocker(source, path)
    case "rbd", "cephfs": ceph(kind, source, path)
    case "gcePersistentDisk", "awsElasticBlockStore":
      required(kind, source, path) + partition(source, path)
    default: required(kind, source, path)
    }
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

  private static func iscsi(_ source: Value, _ path: FieldPath) -> [FieldError] {
    var errors = Checks.requiredText(source, "targetPortal", path)
    let name = source.text("iqn")
    if name.isEmpty {
      errors.append(.required(path.child("iqn")))
    } else if !["iqn", "eui", "naa"].contains(where: { name.hasPrefix($0) }) {
      errors.append(
        .invalid(
          path.child("iqn"), .string(name),
          "must be valid format starting with iqn, eui, or naa"))
    }
    let unit = source.number("lun")
    if !(0...255).contains(unit) {
      errors.append(.invalid(path.child("lun"), .int(unit), Checks.between(0, 255)))
    }
    return errors
  }

  private static func csi(_ source: Value, _ path: FieldPath) -> [FieldError] {
    let driver = source.text("driver")
    if driver.isEmpty { return [.required(path.child("driver"))] }
    if driver.utf8.count > 63 { return [.tooLong(path.child("driver"), max: 63)] }
    return Checks.name(.dns1123Subdomain, driver.lowercased(), path.child("driver"))
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
    if !name.isEmpty, !id.isEmpty {
      return [
        .invalid(
          path, "resource", "datasetName and datasetUUID can not be specified simultaneously")
      ]
    }
    return name.contains("/")
      ? [.invalid(path.child("datasetName"), .string(name), "must not contain '/'")] : []
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
    "quobyte": ["registry", "volume"], "photonPersistentDisk": ["pdID"],
    "portworxVolume": ["volumeID"], "azureDisk": ["diskName", "diskURI"],
    "scaleIO": ["gateway", "system", "volumeName"],
  ]

  private static func required(
    _ kind: String, _ source: Value, _ path: FieldPath
  ) -> [FieldError] {
    (needed[kind] ?? []).flatMap { Checks.requiredText(source, $0, path) }
  }
}
