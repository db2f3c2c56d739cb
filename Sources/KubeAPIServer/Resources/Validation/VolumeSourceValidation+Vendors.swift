import CEL
import Documents
import KubeObjects

/// Sources that drivers of vendors and of iSCSI serve.
extension VolumeSourceValidation {
  // MARK: - iSCSI

  private static let schemes: [(prefix: String, form: RegularExpression?)] = [
    ("iqn", try? RegularExpression(#"iqn\.\d{4}-\d{2}\.([[:alnum:]-.]+)(:[^,;*&$|\s]+)$"#)),
    ("eui", try? RegularExpression("^eui.[[:alnum:]]{16}$")),
    ("naa", try? RegularExpression("^naa.[[:alnum:]]{32}$")),
  ]

  /// An initiator's or a target's name.
  private func qualified(_ name: String, _ path: FieldPath) -> [FieldError] {
    let text = "must be valid format"
    guard let scheme = Self.schemes.first(where: { name.hasPrefix($0.prefix) }) else {
      return [
        .invalid(
          path, .string(name), isPersistent ? text : text + " starting with iqn, eui, or naa")
      ]
    }
    return scheme.form?.matches(name) == false ? [.invalid(path, .string(name), text)] : []
  }

  func iscsi(_ source: Value, _ path: FieldPath) -> [FieldError] {
    var errors = Checks.requiredText(source, "targetPortal", path)
    if isPersistent, isTooLong(source) {
      errors.append(
        .invalid(
          path.child("targetportal"), .string(source.text("targetPortal")), Self.tooLongForTarget))
    }
    let name = source.text("iqn")
    errors +=
      name.isEmpty ? [.required(path.child("iqn"))] : qualified(name, path.child("iqn"))
    let unit = source.number("lun")
    if !(0...255).contains(unit) {
      errors.append(.invalid(path.child("lun"), .int(unit), Checks.between(0, 255)))
    }
    let hasSecret = source.has("secretRef")
    if !hasSecret, source.flag("chapAuthDiscovery") || source.flag("chapAuthSession") {
      errors.append(.required(path.child("secretRef")))
    }
    if isPersistent, hasSecret, let secret = source["secretRef"] {
      errors += Checks.requiredText(secret, "name", path.child("secretRef"))
    }
    if let initiator = source["initiatorName"]?.string {
      errors += qualified(initiator, path.child("initiatorname"))
    }
    return errors
  }

  static let tooLongForTarget =
    "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if "
    + "iscsi.initiatorName is specified."

  /// Whether what a node would call an iSCSI volume is too long.
  func isTooLong(_ source: Value) -> Bool {
    source.has("initiatorName")
      && name.utf8.count + 1 + source.text("targetPortal").utf8.count > 64
  }

  // MARK: - CSI

  func csi(_ source: Value, _ path: FieldPath) -> [FieldError] {
    var errors = StorageNames.driver(source.text("driver"), path.child("driver"))
    guard isPersistent else {
      guard let secret = source["nodePublishSecretRef"], !secret.isNull else { return errors }
      let name = secret.text("name")
      return errors
        + (name.isEmpty
          ? [.required(path.child("nodePublishSecretRef", "name"))]
          : Checks.name(.dns1123Subdomain, name, path.child("name")))
    }
    errors += Checks.requiredText(source, "volumeHandle", path)
    for field in [
      "controllerPublishSecretRef", "controllerExpandSecretRef", "nodePublishSecretRef",
      "nodeExpandSecretRef",
    ] {
      guard let secret = source[field], !secret.isNull else { continue }
      for (part, rule) in [("name", NameRule.dns1123Subdomain), ("namespace", .dns1123Label)] {
        let (text, place) = (secret.text(part), path.child(field, part))
        errors += text.isEmpty ? [.required(place)] : Checks.name(rule, text, place)
      }
    }
    return errors
  }

  // MARK: - Vendors

  /// A Secret that may be named must be named wholly.
  func secret(_ source: Value, _ path: FieldPath) -> [FieldError] {
    guard let secret = source["secretRef"], !secret.isNull else { return [] }
    return (isPersistent ? ["name", "namespace"] : ["name"])
      .flatMap { Checks.requiredText(secret, $0, path.child("secretRef")) }
  }

  static func quobyte(_ source: Value, _ path: FieldPath) -> [FieldError] {
    let (registry, place) = (source.text("registry"), path.child("registry"))
    let form = "must be a host:port pair or multiple pairs separated by commas"
    var errors: [FieldError] = []
    if registry.isEmpty {
      errors.append(.required(place, form))
    } else if source.text("tenant").utf8.count >= 65 {
      errors.append(
        .required(
          path.child("tenant"), "must be a UUID and may not exceed a length of 64 characters"))
    } else {
      for pair in registry.split(separator: ",", omittingEmptySubsequences: false)
      where !isHostAndPort(pair) {
        errors.append(.invalid(place, .string(registry), form))
      }
    }
    return errors + Checks.requiredText(source, "volume", path)
  }

  /// net.SplitHostPort: one colon, or an address in brackets before the last.
  private static func isHostAndPort(_ text: Substring) -> Bool {
    guard let colon = text.lastIndex(of: ":") else { return false }
    let (host, port) = (text[..<colon], text[text.index(after: colon)...])
    if port.contains(where: { "[]".contains($0) }) { return false }
    guard host.hasPrefix("[") else { return !host.contains(where: { "[]:".contains($0) }) }
    return host.hasSuffix("]")
      && !host.dropFirst().dropLast().contains(where: { "[]".contains($0) })
  }

  func storageOS(_ source: Value, _ path: FieldPath) -> [FieldError] {
    let (volume, namespace) = (source.text("volumeName"), source.text("volumeNamespace"))
    var errors =
      volume.isEmpty
      ? [FieldError.required(path.child("volumeName"))]
      : Checks.name(.dns1123Label, volume, path.child("volumeName"))
    if !namespace.isEmpty {
      errors += Checks.name(.dns1123Label, namespace, path.child("volumeNamespace"))
    }
    return errors + secret(source, path)
  }

  static func azureDisk(_ source: Value, _ path: FieldPath) -> [FieldError] {
    var errors = required("azureDisk", source, path)
    if source.has("cachingMode") {
      errors += Checks.oneOf(source, "cachingMode", ["None", "ReadOnly", "ReadWrite"], path)
    }
    guard let kind = source["kind"]?.string else { return errors }
    errors += Checks.oneOf(source, "kind", ["Dedicated", "Managed", "Shared"], path)
    let (prefix, form) =
      kind == "Managed"
      ? (
        "/subscriptions/",
        "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/"
          + "{disk-id}"
      )
      : (
        "https://",
        "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd"
      )
    let address = source.text("diskURI")
    if !address.hasPrefix(prefix) {
      errors.append(.notSupported(path.child("diskURI"), .string(address), [form]))
    }
    return errors
  }

  func azureFile(_ source: Value, _ path: FieldPath) -> [FieldError] {
    Self.required("azureFile", source, path)
      + (source["secretNamespace"]?.string == "" ? [.required(path.child("secretNamespace"))] : [])
  }

  static func flexVolume(_ source: Value, _ path: FieldPath) -> [FieldError] {
    required("flexVolume", source, path)
      + source.members("options").keys.filter { key in
        let parts = key.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let domain = "." + parts[0].lowercased()
        return domain.hasSuffix(".kubernetes.io") || domain.hasSuffix(".k8s.io")
      }.map {
        .invalid(
          path.child("options").key($0), .string($0),
          "kubernetes.io and k8s.io namespaces are reserved")
      }
  }

  func glusterfs(_ source: Value, _ path: FieldPath) -> [FieldError] {
    let errors = Self.required("glusterfs", source, path)
    guard let namespace = source["endpointsNamespace"]?.string else { return errors }
    let place = path.child("endpointsNamespace")
    return errors
      + (namespace.isEmpty
        ? [
          .invalid(
            place, "", "if the endpointnamespace is set, it must be a valid namespace name")
        ] : Checks.name(.dns1123Label, namespace, place))
  }
}
