import Documents
import KubeObjects

extension PodSpecValidator {
  mutating func validateVolumes() {
    let list = path.child("volumes")
    // Which claims will be made can only be told of a Pod, by its name.
    let made =
      name.isEmpty
      ? []
      : Set(
        spec.items("volumes").filter { $0.has("ephemeral") }.map { "\(name)-\($0.text("name"))" })
    for (index, volume) in spec.items("volumes").enumerated() {
      let here = list.index(index)
      let before = errors.count
      validate(sourceOf: volume, here)
      let name = volume.text("name")
      if name.isEmpty {
        errors.append(.required(here.child("name")))
      } else {
        errors += Checks.name(.dns1123Label, name, here.child("name"))
      }
      if volumes[name] != nil { errors.append(.duplicate(here.child("name"), .string(name))) }
      if errors.count == before {
        volumes[name] = volume.has("persistentVolumeClaim") || volume.has("ephemeral")
      }
      if let claim = volume["persistentVolumeClaim"]?["claimName"]?.string, made.contains(claim) {
        errors.append(
          .invalid(
            here.child("persistentVolumeClaim", "claimName"), .string(claim),
            "must not reference a PVC that gets created for an ephemeral volume"))
      }
    }
  }

  /// In the order in which upstream looks for them.
  private static let sources = [
    "emptyDir", "hostPath", "gitRepo", "gcePersistentDisk", "awsElasticBlockStore", "secret",
    "nfs", "iscsi", "glusterfs", "flocker", "persistentVolumeClaim", "rbd", "cinder", "cephfs",
    "quobyte", "downwardAPI", "fc", "flexVolume", "configMap", "azureFile", "vsphereVolume",
    "photonPersistentDisk", "portworxVolume", "azureDisk", "storageos", "projected", "scaleIO",
    "csi", "ephemeral", "image",
  ]

  private mutating func validate(sourceOf volume: Value, _ here: FieldPath) {
    let shared = VolumeSourceValidation(name: volume.text("name"), isPersistent: false)
    var count = 0
    // Most volumes have a name and one source.
    let ranks = (volume.object?.keys ?? []).compactMap { Self.sources.firstIndex(of: $0) }
    for kind in ranks.sorted().map({ Self.sources[$0] }) {
      guard let source = volume[kind], !source.isNull else { continue }
      if count > 0 {
        errors.append(VolumeSourceValidation.second(kind, here))
      } else {
        validate(kind, source, volume.text("name"), here, shared)
      }
      count += 1
      if kind == "iscsi", shared.isTooLong(source) {
        errors.append(
          .invalid(
            here.child("name"), .string(shared.name), VolumeSourceValidation.tooLongForTarget))
      }
    }
    if count == 0 { errors.append(.required(here, "must specify a volume type")) }
  }

  private mutating func validate(
    _ kind: String, _ source: Value, _ volume: String, _ here: FieldPath,
    _ shared: VolumeSourceValidation
  ) {
    let place = here.child(kind)
    switch kind {
    case "secret", "configMap":
      errors += Checks.requiredText(
        source, kind == "secret" ? "secretName" : "name", place)
      validate(mode: source["defaultMode"], place.child("defaultMode"))
      for (index, item) in source.items("items").enumerated() {
        validate(keyToPath: item, place.child("items").index(index))
      }
    case "persistentVolumeClaim": errors += Checks.requiredText(source, "claimName", place)
    case "downwardAPI": validate(downward: source, place)
    case "projected":
      // What the server itself has put there is sound.
      if !source.sharesStorage(with: ServiceAccount.token) { validate(projected: source, place) }
    case "ephemeral": validate(ephemeral: source, place, volume, here.child("name"))
    case "image":
      if !isTemplate { errors += Checks.requiredText(source, "reference", place) }
      errors += Checks.oneOf(
        source, "pullPolicy", ["Always", "IfNotPresent", "Never"], place)
    default: errors += shared.validate(kind, source, here)
    }
  }

  /// Upstream gives each file the path of its volume.
  private mutating func validate(downward source: Value, _ here: FieldPath) {
    validate(mode: source["defaultMode"], here.child("defaultMode"))
    for file in source.items("items") { validate(downwardFile: file, here) }
  }

  private mutating func validate(mode: Value?, _ here: FieldPath) {
    guard let mode = mode?.int, !(0...0o777).contains(mode) else { return }
    errors.append(
      .invalid(here, .int(mode), "must be a number between 0 and 0777 (octal), both inclusive"))
  }

  private mutating func validate(keyToPath item: Value, _ here: FieldPath) {
    errors += Checks.requiredText(item, "key", here)
    errors += Checks.requiredText(item, "path", here)
    validate(reservedPath: item.text("path"), here.child("path"))
    validate(mode: item["mode"], here.child("mode"))
  }

  private mutating func validate(reservedPath text: String, _ here: FieldPath) {
    errors += Checks.descendingPath(text, here)
    if text.hasPrefix(".."), !text.hasPrefix("../") {
      errors.append(.invalid(here, .string(text), "must not start with '..'"))
    }
  }

  private mutating func validate(downwardFile file: Value, _ here: FieldPath) {
    errors += Checks.requiredText(file, "path", here)
    validate(reservedPath: file.text("path"), here.child("path"))
    if let reference = file["fieldRef"], !reference.isNull {
      validate(fieldRef: reference, Self.volumeFields, here.child("fieldRef"))
      if file.has("resourceFieldRef") {
        errors.append(
          .invalid(
            here, "resource",
            "fieldRef and resourceFieldRef can not be specified "
              + "simultaneously"))
      }
    } else if let reference = file["resourceFieldRef"], !reference.isNull {
      validate(resourceRef: reference, here.child("resourceFieldRef"), isVolume: true)
    } else {
      errors.append(
        .required(here, "one of fieldRef and resourceFieldRef is required"))
    }
    validate(mode: file["mode"], here.child("mode"))
  }

  private mutating func validate(projected: Value, _ here: FieldPath) {
    validate(mode: projected["defaultMode"], here.child("defaultMode"))
    var paths: Set<String> = []
    for (index, source) in projected.items("sources").enumerated() {
      let place = here.child("sources").index(index)
      var count = 0
      for kind in ["secret", "configMap", "downwardAPI", "serviceAccountToken"] {
        guard let part = source[kind], !part.isNull else { continue }
        count += 1
        validate(projection: part, kind, here, place.child(kind), &paths)
      }
      if count > 1 {
        errors.append(.forbidden(place, "may not specify more than 1 volume type per source"))
      }
    }
  }

  private mutating func validate(
    projection part: Value, _ kind: String, _ volume: FieldPath, _ here: FieldPath,
    _ paths: inout Set<String>
  ) {
    func clash(_ path: String, _ shown: String) {
      if !path.isEmpty, !paths.insert(path).inserted {
        errors.append(.invalid(volume, .string(shown), "conflicting duplicate paths"))
      }
    }
    switch kind {
    case "serviceAccountToken":
      let seconds = part.number("expirationSeconds")
      if seconds < 600 {
        errors.append(
          .invalid(
            here.child("expirationSeconds"), .int(seconds),
            "may not specify a duration less than 10 minutes"))
      }
      if seconds > 1 << 32 {
        errors.append(
          .invalid(
            here.child("expirationSeconds"), .int(seconds),
            "may not specify a duration larger than 2^32 seconds"))
      }
      // Upstream names the volume's path here, and does not ask whether another has it.
      let (path, place) = (part.text("path"), volume.child("path"))
      if path.isEmpty {
        errors.append(.required(place))
      } else {
        validate(reservedPath: path, place)
      }
    case "downwardAPI":
      validate(downward: part, here)
      for file in part.items("items") { clash(file.text("path"), file.text("path")) }
    default:
      errors += Checks.requiredText(part, "name", here)
      for (index, item) in part.items("items").enumerated() {
        validate(keyToPath: item, here.child("items").index(index))
        clash(item.text("path"), part.text("name"))
      }
    }
  }

  private mutating func validate(
    ephemeral: Value, _ here: FieldPath, _ volume: String, _ namePath: FieldPath
  ) {
    let place = here.child("volumeClaimTemplate")
    if let template = ephemeral["volumeClaimTemplate"], !template.isNull {
      errors += ObjectMetadata.template(template["metadata"], place.child("metadata"))
      errors += PersistentVolumeClaimStrategy.validate(
        spec: template["spec"] ?? [:], place.child("spec"))
    } else {
      errors.append(.required(place))
    }
    guard !name.isEmpty, !volume.isEmpty else { return }
    let claim = "\(name)-\(volume)"
    errors += NameRule.dns1123Subdomain.problems(claim).map {
      .invalid(namePath, .string(volume), "PVC name \(claim.goQuoted): \($0)")
    }
  }
}
