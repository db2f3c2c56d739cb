import Documents
import KubeObjects

/// What a writer of a Pod or a template is warned of, in upstream's order.
struct PodWarnings {
  let spec: Value
  let annotations: Mapping
  /// The place of the template; nil for a Pod itself.
  let path: FieldPath?
  var found: [String] = []

  /// `pod` is a Pod or a template: metadata and spec.
  static func all(_ pod: Value, _ path: FieldPath?) -> [String] {
    var warnings = PodWarnings(
      spec: pod["spec"] ?? [:], annotations: pod["metadata"]?.members("annotations") ?? [:],
      path: path)
    warnings.lookAtPlacement()
    warnings.lookAtAnnotations()
    warnings.lookAtVolumes()
    warnings.lookAtRepeats()
    warnings.lookAtOverhead()
    warnings.lookAtContainers()
    warnings.lookAtPorts()
    warnings.lookAtGracePeriod()
    warnings.lookAtPodAffinity()
    warnings.lookAtAddresses()
    return warnings.found
  }

  /// A name that makes no sound host name.
  static func name(_ object: Value, pods: Bool) -> [String] {
    let problems = NameRule.dns1123Label.problems(object.name)
    if problems.isEmpty { return [] }
    let use = pods ? "Pod names and hostnames" : "the Pod's hostname"
    return [
      "metadata.name: this is used in \(use), which can result in surprising behavior; "
        + "a DNS label is recommended: [\(problems.joined(separator: " "))]"
    ]
  }

  func place(_ part: String) -> FieldPath { path?.child(part) ?? FieldPath(part) }
  func field(_ name: String) -> FieldPath { place("spec").child(name) }

  private func annotation(_ key: String) -> FieldPath {
    place("metadata").child("annotations").key(key)
  }

  private mutating func lookAtPlacement() {
    found += NodeLabelWarnings.labels(spec["nodeSelector"], field("nodeSelector"))
    let affinity = spec["affinity"]?["nodeAffinity"] ?? [:]
    let node = field("affinity").child("nodeAffinity")
    let required = "requiredDuringSchedulingIgnoredDuringExecution"
    let preferred = "preferredDuringSchedulingIgnoredDuringExecution"
    let terms = affinity[required]?.items("nodeSelectorTerms") ?? []
    for (index, term) in terms.enumerated() {
      found += NodeLabelWarnings.term(
        term, node.child(required, "nodeSelectorTerms").index(index))
    }
    for (index, term) in affinity.items(preferred).enumerated() {
      found += NodeLabelWarnings.term(
        term["preference"] ?? [:], node.child(preferred).index(index).child("preference"),
        values: true)
    }
    for (index, spread) in spec.items("topologySpreadConstraints").enumerated() {
      let here = field("topologySpreadConstraints").index(index)
      let key = spread.text("topologyKey")
      if let message = NodeLabelWarnings.deprecated[key] {
        found.append("\(here.child("topologyKey")): \(key) is \(message)")
      }
      if !spread.has("labelSelector") { found.append(Self.noSelector(here)) }
    }
  }

  private static func noSelector(_ place: FieldPath) -> String {
    "\(place.child("labelSelector")): a null labelSelector results in matching no pod"
  }

  private static let oldAnnotations = [
    (
      "scheduler.alpha.kubernetes.io/critical-pod",
      "non-functional in v1.16+; use the \"priorityClassName\" field instead"
    ),
    (
      "security.alpha.kubernetes.io/sysctls",
      "non-functional in v1.11+; use the \"sysctls\" field instead"
    ),
    (
      "security.alpha.kubernetes.io/unsafe-sysctls",
      "non-functional in v1.11+; use the \"sysctls\" field instead"
    ),
  ]

  private mutating func lookAtAnnotations() {
    for (key, message) in Self.oldAnnotations where annotations[key] != nil {
      found.append("\(annotation(key)): \(message)")
    }
  }

  private static let oldVolumes = [
    ("photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+"),
    ("gitRepo", "deprecated in v1.11, and disabled by default in v1.33+"),
    ("scaleIO", "deprecated in v1.16, non-functional in v1.22+"),
    ("flocker", "deprecated in v1.22, non-functional in v1.25+"),
    ("storageos", "deprecated in v1.22, non-functional in v1.25+"),
    ("quobyte", "deprecated in v1.22, non-functional in v1.25+"),
    ("glusterfs", "deprecated in v1.25, non-functional in v1.26+"),
    ("cephfs", "deprecated in v1.28, non-functional in v1.31+"),
    ("rbd", "deprecated in v1.28, non-functional in v1.31+"),
  ]

  private mutating func lookAtVolumes() {
    for (index, volume) in spec.items("volumes").enumerated() {
      var here: FieldPath { field("volumes").index(index) }
      for (kind, message) in Self.oldVolumes where volume.has(kind) {
        let shown = kind == "storageos" ? "storageOS" : kind
        found.append("\(here.child(shown)): \(message)")
      }
      if let claim = volume["ephemeral"]?["volumeClaimTemplate"]?["spec"] {
        found += StorageWarnings.claim(
          claim, here.child("ephemeral", "volumeClaimTemplate", "spec"))
      }
    }
    found += VolumePathWarnings.all(spec.items("volumes"))
  }

  private mutating func lookAtRepeats() {
    var addresses: Set<String> = []
    for (index, alias) in spec.items("hostAliases").enumerated()
    where !addresses.insert(alias.text("ip")).inserted {
      found.append(
        "\(field("hostAliases").index(index).child("ip")): duplicate ip "
          + alias.text("ip").goQuoted)
    }
    var names: Set<String> = []
    let secrets = spec.items("imagePullSecrets").map { $0.text("name") }
    for (index, name) in secrets.enumerated() where !names.insert(name).inserted {
      found.append(
        "\(field("imagePullSecrets").index(index).child("name")): duplicate name "
          + name.goQuoted)
    }
    for (index, name) in secrets.enumerated() where name.isEmpty {
      found.append(
        "\(field("imagePullSecrets").index(index).child("name")): invalid empty name \"\"")
    }
  }

  private mutating func lookAtOverhead() {
    for name in ["memory", "ephemeral-storage"] {
      found += Self.fraction(spec["overhead"]?[name], field("overhead").key(name))
    }
    let key = "seccomp.security.alpha.kubernetes.io/pod"
    if spec["securityContext"]?.has("seccompProfile") != true, annotations[key] != nil {
      found.append(
        "\(annotation(key)): non-functional in v1.27+; use the \"seccompProfile\" field instead")
    }
  }

  static func fraction(_ amount: Value?, _ path: @autoclosure () -> FieldPath) -> [String] {
    guard let amount, let quantity = try? Quantity(parsing: amount), !quantity.isInteger else {
      return []
    }
    return [
      "\(path()): fractional byte value \(quantity.description.goQuoted) is invalid, "
        + "must be an integer"
    ]
  }

  private mutating func lookAtGracePeriod() {
    if let period = spec["terminationGracePeriodSeconds"]?.int, period < 0 {
      found.append(
        "\(field("terminationGracePeriodSeconds")): must be >= 0; negative values are invalid "
          + "and will be treated as 1")
    }
  }

  private mutating func lookAtPodAffinity() {
    for kind in ["podAffinity", "podAntiAffinity"] {
      let affinity = spec["affinity"]?[kind] ?? [:]
      let here = field("affinity").child(kind)
      let required = "requiredDuringSchedulingIgnoredDuringExecution"
      for (index, term) in affinity.items(required).enumerated()
      where !term.has("labelSelector") {
        found.append(Self.noSelector(here.child(required).index(index)))
      }
      let preferred = "preferredDuringSchedulingIgnoredDuringExecution"
      for (index, term) in affinity.items(preferred).enumerated()
      where term["podAffinityTerm"]?.has("labelSelector") != true {
        found.append(
          Self.noSelector(here.child(preferred).index(index).child("podAffinityTerm")))
      }
    }
  }

  private mutating func lookAtAddresses() {
    let servers = spec["dnsConfig"]?.texts("nameservers") ?? []
    for (index, server) in servers.enumerated() {
      found += AddressWarnings.address(
        server, field("dnsConfig").child("nameservers").index(index))
    }
    for (index, alias) in spec.items("hostAliases").enumerated() {
      found += AddressWarnings.address(
        alias.text("ip"), field("hostAliases").index(index).child("ip"))
    }
  }
}

extension PodWarnings {
  mutating func lookAtContainers() {
    for (container, list, index) in containers {
      var here: FieldPath { field(list).index(index) }
      let name = container.text("name")
      let security = container["securityContext"]
      var seccomp: String { "container.seccomp.security.alpha.kubernetes.io/" + name }
      if !annotations.isEmpty, security?.has("seccompProfile") != true,
        annotations[seccomp] != nil
      {
        found.append(
          "\(annotation(seccomp)): non-functional in v1.27+; use the \"seccompProfile\" field "
            + "instead")
      }
      var appArmor: String { AppArmorAnnotation.prefix + name }
      if path != nil, !annotations.isEmpty, security?.has("appArmorProfile") != true,
        spec["securityContext"]?.has("appArmorProfile") != true, annotations[appArmor] != nil
      {
        found.append(
          "\(annotation(appArmor)): deprecated since v1.30; use the \"appArmorProfile\" field "
            + "instead")
      }
      for resource in ["memory", "ephemeral-storage"] {
        for list in ["limits", "requests"] {
          found += Self.fraction(
            container["resources"]?[list]?[resource],
            here.child("resources", list).key(resource))
        }
      }
      let variables = container.items("env")
      if variables.count > 1 { lookAtVariables(variables, here.child("env")) }
    }
  }

  private var containers: [(container: Value, list: String, index: Int)] {
    ["initContainers", "containers", "ephemeralContainers"].flatMap { list in
      spec.items(list).enumerated().map { ($0.element, list, $0.offset) }
    }
  }

  private mutating func lookAtVariables(_ variables: [Value], _ list: FieldPath) {
    var names: Set<String> = []
    for (index, variable) in variables.enumerated() {
      let name = variable.text("name")
      if names.insert(name).inserted { continue }
      // A value that builds on the one before hides nothing.
      let reference = "$(\(name))"
      let value = variable.text("value")
      if variable.has("valueFrom") || value == reference || !value.contains(reference) {
        found.append(
          "\(list.index(index)): hides previous definition of \(name.goQuoted), which may be "
            + "dropped when using apply")
      }
    }
  }

  mutating func lookAtPorts() {
    var all: [Port: [(FieldPath, Value)]] = [:]
    var names: [String: FieldPath] = [:]
    for (container, list, number) in containers {
      let isRunning = list != "initContainers" || container.text("restartPolicy") == "Always"
      for (index, port) in container.items("ports").enumerated() {
        let here = field(list).index(number).child("ports").index(index)
        let name = port.text("name")
        if isRunning, !name.isEmpty {
          if let other = names[name] {
            found.append(
              "\(here): duplicate port name \(name.goQuoted) with \(other), services and probes "
                + "that select ports by name will use \(other)")
          } else {
            names[name] = here
          }
        }
        lookAt(port, here, &all)
      }
    }
  }

  private struct Port: Hashable {
    let number: Int64
    let transport: String
  }

  private mutating func lookAt(
    _ port: Value, _ here: FieldPath, _ all: inout [Port: [(FieldPath, Value)]]
  ) {
    let (address, host) = (port.text("hostIP"), port.number("hostPort"))
    if !address.isEmpty, host == 0 {
      found.append(
        "\(here): hostIP set without hostPort: {Name:\(port.text("name")) HostPort:0 "
          + "ContainerPort:\(port.number("containerPort")) Protocol:\(port.text("protocol")) "
          + "HostIP:\(address)}")
    }
    let key = Port(number: port.number("containerPort"), transport: port.text("protocol"))
    for (place, other) in all[key] ?? [] {
      let (otherAddress, otherHost) = (other.text("hostIP"), other.number("hostPort"))
      if address == otherAddress, host == otherHost {
        found.append("\(here): duplicate port definition with \(place)")
      } else if host == 0 || otherHost == 0 {
        found.append("\(here): overlapping port definition with \(place)")
      } else if host == otherHost, address.isEmpty != otherAddress.isEmpty {
        found.append("\(here): dangerously ambiguous port definition with \(place)")
      }
    }
    all[key, default: []].append((here, port))
  }
}
