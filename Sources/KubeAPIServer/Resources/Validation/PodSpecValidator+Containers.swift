import Documents
import KubeObjects

extension PodSpecValidator {
  mutating func validateContainers() {
    let list = path.child("containers")
    let containers = spec.items("containers")
    guard !containers.isEmpty else {
      errors.append(.required(list))
      return
    }
    var names: Set<String> = []
    for (index, container) in containers.enumerated() {
      let here = list.index(index)
      validate(container: container, here)
      if !names.insert(container.text("name")).inserted {
        errors.append(.duplicate(here.child("name"), .string(container.text("name"))))
      }
      validate(lifecycleOf: container, here)
      validate(probesOf: container, here)
      validate(restartsOf: container, here)
    }
    validateHostPorts(containers, list)
  }

  mutating func validateInitContainers() {
    let list = path.child("initContainers")
    let initContainers = spec.items("initContainers")
    guard !initContainers.isEmpty else { return }
    var names = Set(spec.items("containers").map { $0.text("name") })
    for (index, container) in initContainers.enumerated() {
      let here = list.index(index)
      validate(container: container, here)
      validate(restartsOf: container, here)
      let name = container.text("name")
      if !name.isEmpty, !names.insert(name).inserted {
        errors.append(.duplicate(here.child("name"), .string(name)))
      }
      // Upstream looks at them one by one, each as the first.
      validateHostPorts([container], list)
      if container.text("restartPolicy") == "Always" {
        validate(lifecycleOf: container, here)
        validate(probesOf: container, here)
        continue
      }
      for field in ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"]
      where container.has(field) {
        errors.append(
          .forbidden(
            here.child(field),
            "may not be set for init containers without restartPolicy=Always"))
      }
      for (number, policy) in container.items("resizePolicy").enumerated()
      where policy.text("restartPolicy") == "RestartContainer" {
        errors.append(
          .invalid(
            here.child("resizePolicy").index(number).child("restartPolicy"), "RestartContainer",
            "must not be set to 'RestartContainer' for non-sidecar initContainers"))
      }
    }
  }

  /// Containers that look into others are relied upon by nobody.
  mutating func validateEphemeralContainers() {
    let list = path.child("ephemeralContainers")
    let others = Set(
      ["containers", "initContainers"].flatMap { spec.items($0) }.map { $0.text("name") })
    var names = others
    for (index, container) in spec.items("ephemeralContainers").enumerated() {
      let here = list.index(index)
      validate(container: container, here)
      validate(blanksOf: container, here)
      let name = container.text("name")
      if !names.insert(name).inserted {
        errors.append(.duplicate(here.child("name"), .string(name)))
      }
      let target = container.text("targetContainerName")
      if !target.isEmpty, !others.contains(target) {
        errors.append(.notFound(here.child("targetContainerName"), .string(target)))
      }
      func refuse(_ place: FieldPath) {
        errors.append(.forbidden(place, "cannot be set for an Ephemeral Container"))
      }
      for field in [
        "ports", "resources", "resizePolicy", "restartPolicy", "restartPolicyRules",
        "livenessProbe", "readinessProbe", "startupProbe", "lifecycle",
      ] where container.has(field) && !(container[field]?.object?.isEmpty ?? false) {
        refuse(here.child(field))
      }
      for (place, mount) in container.items("volumeMounts").enumerated() {
        for field in ["subPath", "subPathExpr"] where !mount.text(field).isEmpty {
          refuse(here.child("volumeMounts").index(place).child(field))
        }
      }
    }
  }

  private mutating func validate(container: Value, _ here: FieldPath) {
    validate(imageAndNameOf: container, here)
    validate(ports: container.items("ports"), here.child("ports"))
    validate(variables: container.items("env"), here.child("env"))
    validate(variableSources: container.items("envFrom"), here.child("envFrom"))
    validate(mountsOf: container, here.child("volumeMounts"))
    validate(devicesOf: container, here.child("volumeDevices"))
    if container.text("imagePullPolicy").isEmpty {
      errors.append(.required(here.child("imagePullPolicy")))
    } else {
      errors += Checks.oneOf(
        container, "imagePullPolicy", ["Always", "IfNotPresent", "Never"], here)
    }
    errors += ResourceValidation.requirements(
      container["resources"] ?? [:], here.child("resources"))
    validate(
      claims: container["resources"]?.items("claims") ?? [], here.child("resources", "claims"))
    validate(resizePolicies: container.items("resizePolicy"), here.child("resizePolicy"))
    if let security = container["securityContext"], !security.isNull {
      validate(securityContext: security, here.child("securityContext"))
    }
  }

  /// What a container's end makes of it, by its code.
  private mutating func validate(restartsOf container: Value, _ here: FieldPath) {
    let rules = container.items("restartPolicyRules")
    let list = here.child("restartPolicyRules")
    if container.has("restartPolicy") {
      errors += Checks.oneOf(container, "restartPolicy", ["Always", "Never", "OnFailure"], here)
    } else if !rules.isEmpty {
      errors.append(
        .required(
          here.child("restartPolicy"), "must specify restartPolicy when restart rules are used"))
    }
    if rules.count > 20 { errors.append(.tooMany(list, rules.count, max: 20)) }
    for (index, rule) in rules.enumerated() {
      errors += Checks.oneOf(
        rule, "action", ["Restart", "RestartAllContainers"], list.index(index))
      let place = list.index(index).child("exitCodes")
      guard let codes = rule["exitCodes"], !codes.isNull else {
        errors.append(.required(place, "must be specified"))
        continue
      }
      errors += Checks.oneOf(codes, "operator", ["In", "NotIn"], place)
      let count = codes.items("values").count
      if count > 255 { errors.append(.tooMany(place.child("values"), count, max: 255)) }
    }
  }

  private mutating func validate(imageAndNameOf container: Value, _ here: FieldPath) {
    let name = container.text("name")
    if name.isEmpty {
      errors.append(.required(here.child("name")))
    } else {
      errors += Checks.name(.dns1123Label, name, here.child("name"))
    }
    let image = container.text("image")
    if image.isEmpty {
      errors.append(.required(here.child("image")))
    }
    errors += Checks.oneOf(
      container, "terminationMessagePolicy", ["File", "FallbackToLogsOnError"], here)
  }

  /// What templates are spared, in whose Pods it is seen.
  mutating func validateImages() {
    for list in ["containers", "initContainers"] {
      for (index, container) in spec.items(list).enumerated() {
        validate(blanksOf: container, path.child(list).index(index))
      }
    }
  }

  private mutating func validate(blanksOf container: Value, _ here: FieldPath) {
    let image = container.text("image")
    guard image.trimmingBlanks != image else { return }
    errors.append(
      .invalid(
        here.child("image"), .string(image), "must not have leading or trailing whitespace"))
  }

  private mutating func validate(ports: [Value], _ list: FieldPath) {
    var names: Set<String> = []
    for (index, port) in ports.enumerated() {
      let here = list.index(index)
      let name = port.text("name")
      if !name.isEmpty {
        let problems = Checks.name(.portName, name, here.child("name"))
        errors += problems
        if problems.isEmpty, !names.insert(name).inserted {
          errors.append(.duplicate(here.child("name"), .string(name)))
        }
      }
      let number = port.number("containerPort")
      errors +=
        number == 0
        ? [.required(here.child("containerPort"))]
        : Checks.port(number, here.child("containerPort"))
      if port.number("hostPort") != 0 {
        errors += Checks.port(port.number("hostPort"), here.child("hostPort"))
      }
      errors += Checks.oneOf(port, "protocol", ["SCTP", "TCP", "UDP"], here)
    }
  }

  private mutating func validateHostPorts(_ containers: [Value], _ list: FieldPath) {
    var taken: Set<String> = []
    for (index, container) in containers.enumerated() {
      for (number, port) in container.items("ports").enumerated()
      where port.number("hostPort") != 0 {
        let text =
          "\(port.text("protocol"))/\(port.text("hostIP"))/\(port.number("hostPort"))"
        if !taken.insert(text).inserted {
          errors.append(
            .duplicate(
              list.index(index).child("ports").index(number).child("hostPort"),
              .string(text)))
        }
      }
    }
  }

  /// A container uses devices by the names that its Pod claims them under.
  private mutating func validate(claims: [Value], _ list: FieldPath) {
    let known = spec.items("resourceClaims").map { $0.text("name") }.sorted()
    // A claim as a whole, or by the requests in it.
    var names: Set<String> = []
    for (index, claim) in claims.enumerated() {
      let name = claim.text("name")
      let here = list.index(index)
      guard !name.isEmpty else {
        errors.append(.required(here))
        continue
      }
      let request = claim.text("request")
      if request.isEmpty {
        for other in names.sorted() where other == name || other.hasPrefix(name + "/") {
          errors.append(.duplicate(here, .string(name)))
        }
        names.insert(name)
      } else {
        errors += Checks.name(.dns1123Label, request, here.child("request"))
        let whole = "\(name)/\(request)"
        if names.contains(name) { errors.append(.duplicate(here, .string(name))) }
        if !names.insert(whole).inserted { errors.append(.duplicate(here, .string(whole))) }
      }
      if known.contains(name) { continue }
      let there = known.isEmpty ? " which is empty" : ": " + known.joined(separator: ", ")
      errors.append(
        FieldError(
          .notFound, here.description, badValue: name.goQuoted,
          "must be one of the names in pod.spec.resourceClaims\(there)"))
    }
  }

  private mutating func validate(resizePolicies: [Value], _ here: FieldPath) {
    var seen: Set<String> = []
    for (index, policy) in resizePolicies.enumerated() {
      let name = policy.text("resourceName")
      if !seen.insert(name).inserted {
        errors.append(.duplicate(here.index(index), .string(name)))
      }
      if name.isEmpty {
        errors.append(.required(here))
      } else if name != "cpu", name != "memory" {
        errors.append(.notSupported(here, .string(name), ["cpu", "memory"]))
      }
      let restart = policy.text("restartPolicy")
      if restart.isEmpty {
        errors.append(.required(here))
      } else if restart != "NotRequired", restart != "RestartContainer" {
        errors.append(
          .notSupported(here, .string(restart), ["NotRequired", "RestartContainer"]))
      }
      if spec.text("restartPolicy") == "Never", restart != "NotRequired" {
        errors.append(
          .invalid(
            here, .string(restart),
            "must be 'NotRequired' when pod `restartPolicy` is 'Never'"))
      }
    }
  }

  mutating func validatePodResources() {
    let here = path.child("resources")
    let resources = spec["resources"] ?? [:]
    if spec["os"]?.text("name") == "windows" {
      errors.append(.forbidden(here, "may not be set for a windows pod"))
      return
    }
    if resources.has("claims") {
      errors.append(
        .forbidden(
          here.child("claims"), "claims may not be set for Resources at pod-level"))
    }
    errors += ResourceValidation.requirements(
      resources, here, name: ResourceValidation.podResource)
    validate(claims: resources.items("claims"), here.child("claims"))
    let requests = PodResources.amounts(resources["requests"])
    for (name, together) in PodResources.aggregateContainerRequests(spec).sorted(by: {
      $0.key < $1.key
    }) {
      if let own = requests[name], own < together {
        errors.append(
          .invalid(
            here.child("requests").key(name), .string(own.description),
            "must be greater than or equal to aggregate container requests of \(together)"))
      }
    }
    let limits = PodResources.amounts(resources["limits"])
    // Huge pages cannot be promised twice.
    for (name, together) in PodResources.aggregateContainerLimits(spec).sorted(by: {
      $0.key < $1.key
    }) where name.hasPrefix("hugepages-") {
      if let own = limits[name], own < together {
        errors.append(
          .invalid(
            here.child("limits").key(name), .string(own.description),
            "must be greater than or equal to aggregate container limits of \(together)"))
      }
    }
    for (index, container) in spec.items("containers").enumerated() {
      let own = PodResources.amounts(container["resources"]?["limits"])
      for (name, amount) in own.sorted(by: { $0.key < $1.key }) {
        guard let limit = limits[name], amount > limit else { continue }
        // Upstream goes on from the path of the Pod's resources.
        errors.append(
          .invalid(
            here.child("containers").index(index).key(name).child("limits"),
            .string(amount.description), "must be less than or equal to pod limits of \(limit)"))
      }
    }
  }
}
