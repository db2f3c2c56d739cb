import Documents
import KubeObjects

/// What a claim asks of devices: requests, constraints between them, configuration for drivers.
struct DeviceClaimValidation {
  /// The names of the requests, each with those of its choices.
  private let names: [String: Set<String>]

  init(_ devices: Value) {
    names = Dictionary(
      devices.items("requests").map { request in
        (request.text("name"), Set(request.items("firstAvailable").map { $0.text("name") }))
      }, uniquingKeysWith: { $1 })
  }

  func validate(_ devices: Value, _ path: FieldPath) -> [FieldError] {
    let most = DeviceChecks.mostRequests
    return DeviceChecks.eachOnce(
      devices, "requests", path, most: most, name: "name", validate(request:_:))
      + DeviceChecks.each(devices, "constraints", path, most: most, validate(constraint:_:))
      + DeviceChecks.each(devices, "config", path, most: DeviceChecks.mostConfigurations) {
        references($0, $1) + DeviceChecks.configuration($0, $1, isStored: false)
      }
  }

  private func validate(request: Value, _ path: FieldPath) -> [FieldError] {
    let errors = Checks.name(.dns1123Label, request.text("name"), path.child("name"))
    let exact = request["exactly"].flatMap { $0.isNull ? nil : $0 }
    let hasChoices = !request.items("firstAvailable").isEmpty
    let text = "exactly one of `exactly` or `firstAvailable` is required"
    switch (exact, hasChoices) {
    case (nil, false): return errors + [.required(path, text)]
    case (_?, true):
      return errors + [.invalid(path, .null, text + ", but multiple fields are set")]
    case (let exact?, false): return errors + validate(devices: exact, path.child("exactly"))
    case (nil, true):
      return errors
        + DeviceChecks.eachOnce(
          request, "firstAvailable", path, most: 8, name: "name"
        ) { choice, here in
          Checks.name(.dns1123Label, choice.text("name"), here.child("name"))
            + validate(devices: choice, here)
        }
    }
  }

  private func validate(devices request: Value, _ path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    let className = request.text("deviceClassName")
    errors +=
      className.isEmpty
      ? [.required(path.child("deviceClassName"))]
      : Checks.name(.dns1123Subdomain, className, path.child("deviceClassName"))
    errors += DeviceSelectorValidation.validate(request, path)
    let count = request.number("count")
    switch request.text("allocationMode") {
    case "All":
      if count != 0 {
        errors.append(
          .invalid(
            path.child("count"), .int(count),
            "must not be specified when allocationMode is 'All'"))
      }
    case "ExactCount":
      if count <= 0 {
        errors.append(.invalid(path.child("count"), .int(count), Checks.notPositive))
      }
    default:
      errors += Checks.oneOf(request, "allocationMode", ["All", "ExactCount"], path)
    }
    return errors
      + DeviceChecks.each(request, "tolerations", path, most: .max, DeviceChecks.toleration)
  }

  private func validate(constraint: Value, _ path: FieldPath) -> [FieldError] {
    let errors = references(constraint, path)
    for key in ["matchAttribute", "distinctAttribute"] {
      guard let name = constraint[key]?.string else { continue }
      return errors + DeviceChecks.fullyQualifiedName(name, path.child(key))
    }
    // Upstream says so where none is set.
    let text =
      "exactly one of \"matchAttribute\" or \"distinctAttribute\" is required, but multiple "
      + "fields are set"
    return errors + [.required(path, text)]
  }

  /// The requests that a constraint or a configuration is about.
  private func references(_ owner: Value, _ path: FieldPath) -> [FieldError] {
    DeviceChecks.eachOnce(
      owner, "requests", path, most: DeviceChecks.mostRequests, name: nil
    ) { reference($0.string ?? "", $1) }
  }

  /// A request's name, or `request/choice`.
  func reference(_ name: String, _ path: FieldPath) -> [FieldError] {
    let unknown: [FieldError] = [
      .invalid(
        path, .string(name),
        "must be the name of a request in the claim or the name of a request and a subrequest "
          + "separated by '/'")
    ]
    let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count <= 2, let first = parts.first else { return unknown }
    let errors = parts.flatMap { Checks.name(.dns1123Label, $0, path) }
    guard let choices = names[first] else { return errors + unknown }
    return parts.count == 1 || choices.contains(parts[1]) ? errors : errors + unknown
  }

  // MARK: - What was allocated

  func validate(allocation: Value, _ path: FieldPath) -> [FieldError] {
    let (devices, here) = (allocation["devices"] ?? [:], path.child("devices"))
    var errors = DeviceChecks.each(devices, "results", here, most: 32, validate(result:_:))
    errors += DeviceChecks.each(devices, "config", here, most: 64) { configuration, place in
      let source = configuration.text("source")
      let known: [FieldError] =
        source.isEmpty
        ? [.required(place.child("source"))]
        : Checks.oneOf(configuration, "source", ["FromClaim", "FromClass"], place)
      return known + references(configuration, place)
        + DeviceChecks.configuration(configuration, place, isStored: false)
    }
    if let selector = allocation["nodeSelector"], !selector.isNull {
      errors += PodSpecValidator.nodeSelector(selector, path.child("nodeSelector"))
    }
    return errors
  }

  /// What drivers say of the devices that were allocated (DRAResourceClaimDeviceStatus).
  func validate(devicesOf status: Value, _ path: FieldPath) -> [FieldError] {
    let allocated = Set(
      (status["allocation"]?["devices"]?.items("results") ?? []).map(Self.identity))
    var seen: Set<[String]> = []
    return DeviceChecks.each(status, "devices", path, most: .max) { device, here in
      let identity = Self.identity(device)
      var errors = validate(device: device, here)
      if !allocated.contains(identity) {
        // Upstream's names are interned, and print as nothing.
        errors.insert(
          .invalid(
            here, printed: Self.printedIdentity, "must be an allocated device in the claim"),
          at: Self.names(device, here).count)
      }
      if !seen.insert(identity).inserted {
        errors.append(.duplicate(here, printed: Self.printedIdentity))
      }
      return errors
    }
  }

  private static let printedIdentity = #"{"Driver":{},"Pool":{},"Device":{},"ShareID":{}}"#

  private static func identity(_ device: Value) -> [String] {
    ["driver", "pool", "device", "shareID"].map { device.text($0) }
  }

  private static func names(_ device: Value, _ path: FieldPath) -> [FieldError] {
    DeviceChecks.driver(device.text("driver"), path.child("driver"))
      + DeviceChecks.pool(device.text("pool"), path.child("pool"))
      + Checks.name(.dns1123Label, device.text("device"), path.child("device"))
  }

  private func validate(device: Value, _ path: FieldPath) -> [FieldError] {
    var errors = Self.names(device, path)
    let conditions = device.items("conditions")
    if conditions.count > 8 {
      errors.append(.tooMany(path.child("conditions"), conditions.count, max: 8))
    }
    errors += ConditionValidation.validate(conditions, path.child("conditions"))
    if let data = device["data"], !data.isNull {
      errors += DeviceChecks.object(data, path.child("data"), isStored: false)
    }
    guard let network = device["networkData"], !network.isNull else { return errors }
    let here = path.child("networkData")
    for (field, most) in [("interfaceName", 256), ("hardwareAddress", 128)]
    where network.text(field).utf8.count > most {
      errors.append(.tooLong(here.child(field), max: most))
    }
    return errors
      + DeviceChecks.eachOnce(network, "ips", here, most: 16, name: nil) {
        Checks.interfaceAddress($0.string ?? "", $1)
      }
  }

  private func validate(result: Value, _ path: FieldPath) -> [FieldError] {
    reference(result.text("request"), path.child("request")) + Self.names(result, path)
      + DeviceChecks.bindingConditions(result, path)
      + DeviceChecks.each(result, "tolerations", path, most: .max, DeviceChecks.toleration)
  }
}

extension GoStructure {
  private static let selector = GoStructure(
    "CEL:cel", ["CEL": .pointer(GoStructure("Expression=s"))])
  private static let toleration = GoStructure(
    "Key=s Operator=s Value=s Effect=s TolerationSeconds")
  private static let deviceParts: [String: Form] = [
    "Selectors": .list(selector), "Tolerations": .list(toleration),
    "Capacity": .pointer(GoStructure("Requests")),
  ]
  private static let request = GoStructure(
    "Name=s Exactly FirstAvailable",
    [
      "Exactly": .pointer(
        GoStructure(
          "DeviceClassName=s Selectors AllocationMode=s Count=0 AdminAccess Tolerations Capacity",
          deviceParts)),
      "FirstAvailable": .list(
        GoStructure(
          "Name=s DeviceClassName=s Selectors AllocationMode=s Count=0 Tolerations Capacity",
          deviceParts)),
    ])
  /// resource.ResourceClaimSpec.
  static let claimSpec = GoStructure(
    "Devices",
    [
      "Devices": .structure(
        GoStructure(
          "Requests Constraints Config",
          [
            "Requests": .list(request),
            "Constraints": .list(GoStructure("Requests MatchAttribute DistinctAttribute")),
            "Config": .list(
              GoStructure(
                "Requests Opaque",
                ["Opaque": .pointer(GoStructure("Driver=s Parameters"))])),
          ]))
    ])
  /// resource.ResourceClaimTemplateSpec, of a template without metadata.
  static let claimTemplateSpec = GoStructure("Spec", ["Spec": .structure(claimSpec)])
}
