import Documents
import KubeObjects

extension PodSpecValidator {
  mutating func validate(mountsOf container: Value, _ list: FieldPath) {
    let devices = container.items("volumeDevices")
    var mountPaths: Set<String> = []
    for (index, mount) in container.items("volumeMounts").enumerated() {
      let here = list.index(index)
      let (name, mountPath) = (mount.text("name"), mount.text("mountPath"))
      if name.isEmpty { errors.append(.required(here.child("name"))) }
      if volumes[name] == nil { errors.append(.notFound(here.child("name"), .string(name))) }
      if mountPath.isEmpty { errors.append(.required(here.child("mountPath"))) }
      if !mountPaths.insert(mountPath).inserted {
        errors.append(
          .invalid(here.child("mountPath"), .string(mountPath), "must be unique"))
      }
      if devices.contains(where: { $0.text("name") == name }) {
        errors.append(
          .invalid(
            here.child("name"), .string(name), "must not already exist in volumeDevices"))
      }
      if devices.contains(where: { $0.text("devicePath") == mountPath }) {
        errors.append(
          .invalid(
            here.child("mountPath"), .string(mountPath),
            "must not already exist as a path in volumeDevices"))
      }
      validate(subPathsOf: mount, list, here)
      validate(propagationOf: mount, in: container, list)
    }
  }

  // Upstream names the list, not the element, in the paths of these fields.
  private mutating func validate(subPathsOf mount: Value, _ list: FieldPath, _ here: FieldPath) {
    let (plain, expression) = (mount.text("subPath"), mount.text("subPathExpr"))
    if !plain.isEmpty { errors += Checks.descendingPath(plain, list.child("subPath")) }
    if !expression.isEmpty {
      if !plain.isEmpty {
        errors.append(
          .invalid(
            here.child("subPathExpr"), .string(expression),
            "subPathExpr and subPath are mutually exclusive"))
      }
      errors += Checks.descendingPath(expression, list.child("subPathExpr"))
    }
  }

  private mutating func validate(
    propagationOf mount: Value, in container: Value, _ list: FieldPath
  ) {
    let propagation = mount.text("mountPropagation")
    if !propagation.isEmpty {
      errors += Checks.oneOf(
        mount, "mountPropagation", ["Bidirectional", "HostToContainer", "None"], list)
      if propagation == "Bidirectional",
        container["securityContext"]?["privileged"]?.bool != true
      {
        errors.append(
          .forbidden(
            list.child("mountPropagation"),
            "Bidirectional mount propagation is available only to privileged containers"))
      }
    }
    let recursive = mount.text("recursiveReadOnly")
    guard !recursive.isEmpty else { return }
    let place = list.child("recursiveReadOnly")
    switch recursive {
    case "Disabled": break
    case "Enabled", "IfPossible":
      if !mount.flag("readOnly") {
        errors.append(
          .forbidden(place, "may only be specified when readOnly is true"))
      }
      if !propagation.isEmpty, propagation != "None" {
        errors.append(
          .forbidden(
            place, "may only be specified when mountPropagation is None or not specified"))
      }
    default:
      errors.append(
        .notSupported(place, .string(recursive), ["Disabled", "Enabled", "IfPossible"]))
    }
  }

  mutating func validate(devicesOf container: Value, _ list: FieldPath) {
    let mounts = container.items("volumeMounts")
    var names: Set<String> = []
    var paths: Set<String> = []
    for (index, device) in container.items("volumeDevices").enumerated() {
      let here = list.index(index)
      let (name, devicePath) = (device.text("name"), device.text("devicePath"))
      if name.isEmpty { errors.append(.required(here.child("name"))) }
      if names.contains(name) {
        errors.append(.invalid(here.child("name"), .string(name), "must be unique"))
      }
      switch volumes[name] {
      case nil: errors.append(.notFound(here.child("name"), .string(name)))
      case false?:
        errors.append(
          .invalid(
            here.child("name"), .string(name),
            "can only use volume source type of PersistentVolumeClaim or Ephemeral for block "
              + "mode"))
      case true?: break
      }
      if devicePath.isEmpty { errors.append(.required(here.child("devicePath"))) }
      if paths.contains(devicePath) {
        errors.append(
          .invalid(here.child("devicePath"), .string(devicePath), "must be unique"))
      }
      if devicePath.split(separator: "/").contains("..") {
        errors.append(
          .invalid(
            here.child("devicePath"), .string(devicePath), "can not contain backsteps ('..')"))
      } else {
        paths.insert(devicePath)
      }
      if mounts.contains(where: { $0.text("name") == name }) {
        errors.append(
          .invalid(here.child("name"), .string(name), "must not already exist in volumeMounts"))
      }
      if mounts.contains(where: { $0.text("mountPath") == devicePath }) {
        errors.append(
          .invalid(
            here.child("devicePath"), .string(devicePath),
            "must not already exist as a path in volumeMounts"))
      }
      if !name.isEmpty { names.insert(name) }
    }
  }
}
