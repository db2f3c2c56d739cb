import Documents
import KubeObjects

/// The checks of a Pod's spec, alone or in a template, in upstream's order.
struct PodSpecValidator {
  let spec: Value
  let path: FieldPath
  /// A template is spared what only Pods are held to.
  let isTemplate: Bool
  /// The Pod's name; empty for a template.
  let name: String
  var errors: [FieldError] = []
  /// The names of sound volumes; true for those that a volumeDevice may use.
  var volumes: [String: Bool] = [:]

  static func validate(
    _ spec: Value, _ path: FieldPath, isTemplate: Bool, claims: [String] = [],
    name: String = ""
  ) -> [FieldError] {
    var validator = PodSpecValidator(
      spec: spec, path: path, isTemplate: isTemplate, name: name)
    // The claim templates of a StatefulSet are volumes of its Pods.
    for claim in claims { validator.volumes[claim] = true }
    validator.validateAll()
    return validator.errors
  }

  var gracePeriod: Int64 { spec["terminationGracePeriodSeconds"]?.int ?? 30 }
  var sharesHostUsers: Bool { spec["hostUsers"]?.bool ?? true }

  private mutating func validateAll() {
    let claims = volumes
    volumes = [:]
    validateVolumes()
    volumes.merge(claims) { own, _ in own }
    validateResourceClaims()
    validateContainers()
    validateInitContainers()
    validateEphemeralContainers()
    if spec.has("resources") { validatePodResources() }
    validateHostNetworkPorts()
    validatePolicies()
    errors += Checks.labels(spec["nodeSelector"], path.child("nodeSelector"))
    if let security = spec["securityContext"] { validate(podSecurityContext: security) }
    if let affinity = spec["affinity"] { validate(affinity: affinity) }
    validateDNS()
    validateGates()
    validateSpread()
    validateHostProcesses()
    validateHostUsers()
    validateHostname()
    validateNames()
    validateTolerations()
    validateRest()
    validateSystem()
    validateFileKeyVolumes()
    if !isTemplate { validateImages() }
  }

  private mutating func validatePolicies() {
    errors += Checks.oneOf(spec, "restartPolicy", ["Always", "OnFailure", "Never"], path)
    errors += Checks.oneOf(
      spec, "dnsPolicy", ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"], path)
  }

  private mutating func validateDNS() {
    let dns = path.child("dnsConfig")
    let config = spec["dnsConfig"].flatMap { $0.isNull ? nil : $0 }
    if spec.text("dnsPolicy") == "None" {
      guard let config else {
        errors.append(
          .required(dns, "must provide `dnsConfig` when `dnsPolicy` is None"))
        return
      }
      if config.items("nameservers").isEmpty {
        errors.append(
          .required(
            dns.child("nameservers"),
            "must provide at least one DNS nameserver when `dnsPolicy` is None"))
        return
      }
    }
    guard let config else { return }
    let servers = config.texts("nameservers")
    if servers.count > 3 {
      errors.append(
        .invalid(
          dns.child("nameservers"), config["nameservers"] ?? .null,
          "must not have more than 3 nameservers"))
    }
    for (index, server) in servers.enumerated() {
      errors += Checks.ipAddress(server, dns.child("nameservers").index(index))
    }
    let searches = config.texts("searches")
    if searches.count > 32 {
      errors.append(
        .invalid(
          dns.child("searches"), config["searches"] ?? .null,
          "must not have more than 32 search paths"))
    }
    if searches.joined(separator: " ").utf8.count > 2048 {
      errors.append(
        .invalid(
          dns.child("searches"), config["searches"] ?? .null,
          "must not have more than 2048 characters (including spaces) in the search list"))
    }
    for (index, search) in searches.enumerated() where search != "." {
      let name = search.hasSuffix(".") ? String(search.dropLast()) : search
      errors += Checks.name(.searchDomain, name, dns.child("searches").index(index))
    }
    for (index, option) in config.items("options").enumerated()
    where option.text("name").isEmpty {
      errors.append(.required(dns.child("options").index(index), "must not be empty"))
    }
  }

  private mutating func validateGates() {
    for (index, gate) in spec.items("readinessGates").enumerated() {
      errors += Checks.name(
        .qualifiedName, gate.text("conditionType"),
        path.child("readinessGates").index(index).child("conditionType"))
    }
    var seen: Set<String> = []
    for (index, gate) in spec.items("schedulingGates").enumerated() {
      let here = path.child("schedulingGates").index(index)
      errors += Checks.name(.qualifiedName, gate.text("name"), here)
      if !seen.insert(gate.text("name")).inserted {
        errors.append(.duplicate(here, .string(gate.text("name"))))
      }
    }
  }

  private mutating func validateHostUsers() {
    guard !sharesHostUsers else { return }
    // Upstream writes two of the three with a capital.
    let places = [("hostNetwork", "hostNetwork"), ("hostPID", "HostPID"), ("hostIPC", "HostIPC")]
    for (field, shown) in places where spec.flag(field) {
      errors.append(.forbidden(path.child(shown), "when `hostUsers` is false"))
    }
    for list in ["initContainers", "containers", "ephemeralContainers"] {
      for (index, container) in spec.items(list).enumerated()
      where !container.items("volumeDevices").isEmpty {
        errors.append(
          .forbidden(
            path.child(list).index(index).child("volumeDevices"), "when `hostUsers` is false"))
      }
    }
  }

  private mutating func validateHostname() {
    guard let name = spec["hostnameOverride"]?.string else { return }
    let here = path.child("hostnameOverride")
    for field in ["setHostnameAsFQDN", "hostNetwork"] where spec.flag(field) {
      errors.append(.forbidden(here, "may not be specified when \(field) is true"))
    }
    if name.utf8.count > 64 { errors.append(.tooLong(here, max: 64)) }
    errors += Checks.name(.dns1123Subdomain, name, here)
  }

  private mutating func validateNames() {
    let account = spec.text("serviceAccountName")
    if !account.isEmpty {
      errors += Checks.name(.dns1123Subdomain, account, path.child("serviceAccountName"))
    }
    let node = spec.text("nodeName")
    if !node.isEmpty { errors += Checks.name(.dns1123Subdomain, node, path.child("nodeName")) }
    if let deadline = spec["activeDeadlineSeconds"]?.int,
      !(1...Int64(Int32.max)).contains(deadline)
    {
      errors.append(
        .invalid(
          path.child("activeDeadlineSeconds"), .int(deadline),
          Checks.between(1, Int64(Int32.max))))
    }
    for field in ["hostname", "subdomain"] where !spec.text(field).isEmpty {
      errors += Checks.name(.dns1123Label, spec.text(field), path.child(field))
    }
  }

  private mutating func validateTolerations() {
    for (index, toleration) in spec.items("tolerations").enumerated() {
      errors += Self.toleration(toleration, path.child("tolerations").index(index))
    }
  }

  static func toleration(_ toleration: Value, _ path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    let (key, value) = (toleration.text("key"), toleration.text("value"))
    let (comparison, effect) = (toleration.text("operator"), toleration.text("effect"))
    if !key.isEmpty {
      errors += Checks.name(.qualifiedName, key, path.child("key"))
    } else if comparison != "Exists" {
      errors.append(
        .invalid(
          path.child("operator"), .string(comparison),
          "operator must be Exists when `key` is empty, which means \"match all values and all "
            + "keys\""))
    }
    if toleration.has("tolerationSeconds"), effect != "NoExecute" {
      errors.append(
        .invalid(
          path.child("effect"), .string(effect),
          "effect must be 'NoExecute' when `tolerationSeconds` is set"))
    }
    switch comparison {
    case "Equal", "":
      let problems = NameRule.labelValue.problems(value)
      if !problems.isEmpty {
        errors.append(
          .invalid(
            path.child("operator"), .string(value), problems.joined(separator: ";")))
      }
    case "Exists":
      if !value.isEmpty {
        errors.append(
          .invalid(
            path.child("operator"), .string(value),
            "value must be empty when `operator` is 'Exists'"))
      }
    default:
      errors.append(
        .notSupported(path.child("operator"), .string(comparison), ["Equal", "Exists"]))
    }
    if !effect.isEmpty {
      errors += Checks.oneOf(
        toleration, "effect", ["NoSchedule", "PreferNoSchedule", "NoExecute"], path)
    }
    return errors
  }

  private mutating func validateRest() {
    for (index, alias) in spec.items("hostAliases").enumerated() {
      let here = path.child("hostAliases").index(index)
      errors += Checks.ipAddress(alias.text("ip"), here.child("ip"))
      for (number, hostname) in alias.texts("hostnames").enumerated() {
        errors += Checks.name(
          .dns1123Subdomain, hostname, here.child("hostnames").index(number))
      }
    }
    let priority = spec.text("priorityClassName")
    if !priority.isEmpty {
      errors += Checks.name(.dns1123Subdomain, priority, path.child("priorityClassName"))
    }
    if let runtime = spec["runtimeClassName"]?.string {
      errors += Checks.name(.dns1123Subdomain, runtime, path.child("runtimeClassName"))
    }
    if !spec.text("preemptionPolicy").isEmpty {
      errors += Checks.oneOf(
        spec, "preemptionPolicy", ["PreemptLowerPriority", "Never"], path)
    }
    if spec.has("overhead") {
      errors += ResourceValidation.list(spec["overhead"], path.child("overhead"))
    }
  }

  private mutating func validateHostNetworkPorts() {
    guard spec.flag("hostNetwork") else { return }
    for (index, container) in spec.items("containers").enumerated() {
      for (number, port) in container.items("ports").enumerated()
      where port.number("hostPort") != port.number("containerPort")
        && !(isTemplate && port.number("hostPort") == 0)
      {
        errors.append(
          .invalid(
            path.child("containers").index(index).child("ports").index(number)
              .child("hostPort"),
            .int(port.number("hostPort")),
            "must match `containerPort` when `hostNetwork` is true"))
      }
    }
  }
}
