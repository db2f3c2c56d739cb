import Documents
import KubeObjects

/// The devices that a slice offers, and the counters that they share.
struct DeviceValidation {
  /// Whether each device says itself on which nodes it is.
  let choosesNodes: Bool
  /// The devices that were there before, by name: what did not change is not looked at again.
  let before: [String: Value]

  func validate(_ device: Value, _ path: FieldPath) -> [FieldError] {
    let old = before[device.text("name")]
    var errors = Checks.name(.dns1123Label, device.text("name"), path.child("name"))
    let count = device.members("attributes").count + device.members("capacity").count
    if count > 32 {
      errors.append(
        .invalid(
          path, .int(Int64(count)),
          "the total number of attributes and capacities must not exceed 32"))
    }
    for (key, attribute) in device.members("attributes") {
      let place = path.child("attributes")
      errors += DeviceChecks.qualifiedName(key, place)
      errors += validate(attribute: attribute, place.key(key))
    }
    if old == nil || old?["capacity"] != device["capacity"] {
      errors += capacities(device, path.child("capacity"))
    }
    if old == nil || old?["taints"] != device["taints"] {
      errors += DeviceChecks.each(device, "taints", path, most: 16, DeviceChecks.taint)
    }
    return errors
      + DeviceChecks.eachOnce(
        device, "consumesCounters", path, most: 2, name: "counterSet"
      ) { Self.counters($0, "counterSet", $1) }
      + nodes(device, path) + DeviceChecks.bindingConditions(device, path)
  }

  private static let attribute = GoStructure(
    "IntValue:int BoolValue:bool StringValue:string VersionValue:version IntValues:ints "
      + "BoolValues:bools StringValues:strings VersionValues:versions")

  private func validate(attribute: Value, _ path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    if let text = attribute["string"]?.string, text.utf8.count > 64 {
      errors.append(.tooLong(path.child("string"), max: 64))
    }
    if let version = attribute["version"]?.string {
      if SemverLibrary.datum(version) == nil {
        errors.append(
          .invalid(
            path.child("version"), .string(version),
            "must be a string compatible with semver.org spec 2.0.0"))
      }
      if version.utf8.count > 64 { errors.append(.tooLong(path.child("version"), max: 64)) }
    }
    let values = (attribute.object ?? [:]).count { !$0.value.isNull }
    let text = "exactly one value must be specified"
    switch values {
    case 0: errors.append(.invalid(path, "", text))
    case 1: break
    default: errors.append(.invalid(path, printed: Self.attribute.printed(attribute), text))
    }
    return errors
  }

  static func counterSet(_ set: Value, _ path: FieldPath) -> [FieldError] {
    counters(set, "name", path)
  }

  private static func counters(_ owner: Value, _ key: String, _ path: FieldPath) -> [FieldError] {
    let (name, place) = (owner.text(key), path.child("counters"))
    let errors =
      name.isEmpty
      ? [.required(path.child(key))] : Checks.name(.dns1123Label, name, path.child(key))
    let counters = owner.members("counters")
    if counters.isEmpty { return errors + [.required(place)] }
    if counters.count > 32 { return errors + [.tooMany(place, counters.count, max: 32)] }
    return errors + counters.flatMap { Checks.name(.dns1123Label, $0.key, place) }
  }

  private func nodes(_ device: Value, _ path: FieldPath) -> [FieldError] {
    let keys = ["nodeName", "nodeSelector", "allNodes"]
    guard choosesNodes else {
      let text =
        "`nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection` "
        + "is set to true in the ResourceSlice spec"
      return keys.contains(where: device.has) ? [.invalid(path, .null, text)] : []
    }
    var (errors, found) = NodeChoice.validate(
      device, path, keys, emptyName: "must not be empty")
    let text =
      "exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when "
      + "`perDeviceNodeSelection` is set to true in the ResourceSlice spec"
    if found.isEmpty { errors.append(.required(path, text)) }
    if found.count > 1 {
      errors.append(.invalid(path, .string(NodeChoice.list(found)), text))
    }
    return errors
  }
}

/// On which nodes devices are: by name, by labels, on all, or as each device says.
enum NodeChoice {
  /// The mistakes of the choices made, and which were made.
  static func validate(
    _ owner: Value, _ path: FieldPath, _ keys: [String], emptyName: String
  ) -> ([FieldError], [String]) {
    var errors: [FieldError] = []
    var found: [String] = []
    for key in keys {
      guard let choice = owner[key], !choice.isNull else { continue }
      let here = path.child(key)
      switch choice {
      case .string(""): errors.append(.invalid(here, "", emptyName))
      case .bool(false):
        errors.append(.invalid(here, .bool(false), "must be either unset or set to true"))
      default:
        found.append(key)
        if let name = choice.string { errors += Checks.name(.dns1123Subdomain, name, here) }
        if choice.object != nil { errors += PodSpecValidator.nodeSelector(choice, here) }
      }
    }
    return (errors, found)
  }

  static func list(_ keys: [String]) -> String {
    "{" + keys.map { "`\($0)`" }.joined(separator: ", ") + "}"
  }
}
