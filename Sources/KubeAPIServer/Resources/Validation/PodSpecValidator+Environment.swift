import Documents
import KubeObjects

extension PodSpecValidator {
  mutating func validate(variables: [Value], _ list: FieldPath) {
    for (index, variable) in variables.enumerated() {
      let here = list.index(index)
      let name = variable.text("name")
      if name.isEmpty {
        errors.append(.required(here.child("name")))
      } else {
        errors += Checks.name(.environmentVariable, name, here.child("name"))
      }
      if let source = variable["valueFrom"], !source.isNull {
        validate(source: source, of: variable, here.child("valueFrom"))
      }
    }
  }

  private mutating func validate(source: Value, of variable: Value, _ here: FieldPath) {
    var count = 0
    if let reference = source["fieldRef"], !reference.isNull {
      count += 1
      validate(fieldRef: reference, Self.variableFields, here.child("fieldRef"))
    }
    if let reference = source["resourceFieldRef"], !reference.isNull {
      count += 1
      validate(resourceRef: reference, here.child("resourceFieldRef"), isVolume: false)
    }
    for kind in ["configMapKeyRef", "secretKeyRef"] {
      guard let reference = source[kind], !reference.isNull else { continue }
      count += 1
      let place = here.child(kind)
      errors += Checks.name(.dns1123Subdomain, reference.text("name"), place.child("name"))
      let key = reference.text("key")
      errors +=
        key.isEmpty
        ? [.required(place.child("key"))] : Checks.name(.configMapKey, key, place.child("key"))
    }
    if let reference = source["fileKeyRef"], !reference.isNull {
      count += 1
      validate(fileKey: reference, here.child("fileKeyRef"))
    }
    if count == 0 {
      errors.append(
        .invalid(
          here, "",
          "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, "
            + "`secretKeyRef` or `fileKeyRef`"))
    } else if !variable.text("value").isEmpty {
      errors.append(.invalid(here, "", "may not be specified when `value` is not empty"))
    } else if count > 1 {
      errors.append(
        .invalid(here, "", "may not have more than one field specified at a time"))
    }
  }

  private mutating func validate(fileKey reference: Value, _ here: FieldPath) {
    let (key, volume) = (reference.text("key"), reference.text("volumeName"))
    errors +=
      key.isEmpty
      ? [.required(here.child("key"))]
      : Checks.name(.environmentVariable, key, here.child("key"))
    errors +=
      volume.isEmpty
      ? [.required(here.child("volumeName"))]
      : Checks.name(.dns1123Label, volume, here.child("volumeName"))
    let place = here.child("path")
    errors += Checks.requiredText(reference, "path", here)
    errors += Checks.noBacksteps(reference.text("path"), place)
  }

  /// Files of variables lie in volumes that the Pod's own containers write.
  mutating func validateFileKeyVolumes() {
    for list in ["initContainers", "containers", "ephemeralContainers"] {
      for (index, container) in spec.items(list).enumerated() {
        for (number, variable) in container.items("env").enumerated() {
          guard let reference = variable["valueFrom"]?["fileKeyRef"], !reference.isNull else {
            continue
          }
          let name = Value.string(reference.text("volumeName"))
          let place = path.child(list).index(index).child("env").index(number)
            .child("valueFrom", "fileKeyRef", "volumeName")
          let volume = spec.items("volumes").last { .string($0.text("name")) == name }
          if volume == nil {
            errors.append(.notFound(place, name))
          } else if volume?.has("emptyDir") == false {
            errors.append(.invalid(place, name, "referenced volume must be of type emptyDir"))
          }
        }
      }
    }
  }

  static let variableFields = [
    "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName",
    "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP",
    "status.podIPs",
  ]
  static let volumeFields = [
    "metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace",
    "metadata.uid",
  ]
  private static let convertibleFields =
    Set(variableFields + volumeFields)
    .union(["spec.restartPolicy", "spec.schedulerName", "status.phase", "spec.host"])

  mutating func validate(fieldRef: Value, _ allowed: [String], _ here: FieldPath) {
    if fieldRef.text("apiVersion").isEmpty {
      errors.append(.required(here.child("apiVersion")))
      return
    }
    let field = fieldRef.text("fieldPath")
    guard !field.isEmpty else {
      errors.append(.required(here.child("fieldPath")))
      return
    }
    let place = here.child("fieldPath")
    let version = fieldRef.text("apiVersion")
    guard version == "v1" else {
      errors.append(
        .invalid(
          place, .string(field),
          "error converting fieldPath: unsupported pod version: \(version)"))
      return
    }
    if let bracket = field.utf8.firstIndex(of: UInt8(ascii: "[")), field.hasSuffix("']"),
      field[bracket...].hasPrefix("['")
    {
      let base = String(field[..<bracket])
      let key = String(field[bracket...].dropFirst(2).dropLast(2))
      switch base {
      case "metadata.annotations": errors += Checks.name(.qualifiedName, key.lowercased(), here)
      case "metadata.labels": errors += Checks.name(.qualifiedName, key, here)
      default:
        errors.append(
          .invalid(
            place, .string(field),
            "error converting fieldPath: field label does not support subscript: \(field)"))
      }
      return
    }
    guard Self.convertibleFields.contains(field) else {
      errors.append(
        .invalid(
          place, .string(field),
          "error converting fieldPath: field label not supported: \(field)"))
      return
    }
    // The name of the oldest clients.
    let internalField = field == "spec.host" ? "spec.nodeName" : field
    if !allowed.contains(internalField) {
      errors.append(.notSupported(place, .string(internalField), allowed))
    }
  }

  mutating func validate(resourceRef: Value, _ here: FieldPath, isVolume: Bool) {
    let resource = resourceRef.text("resource")
    let known = [
      "limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu",
      "requests.ephemeral-storage", "requests.memory",
    ]
    let isHugePages = ["limits.hugepages-", "requests.hugepages-"].contains {
      resource.hasPrefix($0)
    }
    if isVolume, resourceRef.text("containerName").isEmpty {
      errors.append(.required(here.child("containerName")))
    } else if resource.isEmpty {
      errors.append(.required(here.child("resource")))
    } else if !known.contains(resource), !isHugePages {
      errors.append(.notSupported(here.child("resource"), .string(resource), known))
    }
    guard known.contains(resource) || isHugePages else { return }
    let divisor = resourceRef.text("divisor")
    guard divisor != "0", !divisor.isEmpty else { return }
    let kind =
      isHugePages ? "hugepages" : resource.split(separator: ".").last.map(String.init) ?? resource
    let allowed =
      kind == "cpu" ? "1m and 1" : "1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei"
    let texts = kind == "cpu" ? ["1m", "1"] : allowed.split(separator: ", ").map(String.init)
    if !texts.contains(divisor) {
      let shown = kind == "ephemeral-storage" ? "local ephemeral storage" : kind
      errors.append(
        .invalid(
          here.child("divisor"), .string(resource),
          "only divisor's values \(allowed) are supported with the \(shown) resource"))
    }
  }

  mutating func validate(variableSources: [Value], _ list: FieldPath) {
    for (index, source) in variableSources.enumerated() {
      let here = list.index(index)
      let prefix = source.text("prefix")
      if !prefix.isEmpty {
        errors += Checks.name(.environmentVariable, prefix, here.child("prefix"))
      }
      var count = 0
      for kind in ["configMapRef", "secretRef"] {
        guard let reference = source[kind], !reference.isNull else { continue }
        count += 1
        let name = reference.text("name")
        let place = here.child(kind).child("name")
        errors +=
          name.isEmpty ? [.required(place)] : Checks.name(.dns1123Subdomain, name, place)
      }
      if count == 0 {
        errors.append(.invalid(list, "", "must specify one of: `configMapRef` or `secretRef`"))
      } else if count > 1 {
        errors.append(
          .invalid(list, "", "may not have more than one field specified at a time"))
      }
    }
  }
}
