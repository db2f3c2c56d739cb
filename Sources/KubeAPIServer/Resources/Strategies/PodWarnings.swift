import Documents
import KubeObjects

/// What a writer of a Pod or a template is warned of.
enum PodWarnings {
  static func all(
    _ spec: Value, old: Value?, _ path: FieldPath, _ pod: Value
  ) -> [String] {
    if let old, old == spec { return [] }
    var found: [String] = []
    found += nodeLabels(spec, path)
    for (index, volume) in spec.items("volumes").enumerated() {
      let here = path.child("volumes").index(index)
      for (kind, text) in deprecatedVolumes where volume.has(kind) {
        found.append("\(here.child(kind)): \(text)")
      }
    }
    for (index, secret) in spec.items("imagePullSecrets").enumerated()
    where secret.text("name").isEmpty {
      found.append(
        "\(path.child("imagePullSecrets").index(index).child("name")): invalid empty name \"\"")
    }
    for list in ["initContainers", "containers"] {
      for (index, container) in spec.items(list).enumerated() {
        found += self.container(container, path.child(list).index(index))
      }
    }
    if let gracePeriod = spec["terminationGracePeriodSeconds"]?.int, gracePeriod < 0 {
      found.append(
        "\(path.child("terminationGracePeriodSeconds")): must be >= 0; negative values "
          + "are invalid and will be treated as 1")
    }
    return found
  }

  private static let deprecatedVolumes = [
    ("gitRepo", "deprecated in v1.11"),
    ("photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+"),
    ("scaleIO", "deprecated in v1.16, non-functional in v1.22+"),
    ("storageos", "deprecated in v1.22, non-functional in v1.25+"),
    ("glusterfs", "deprecated in v1.25, non-functional in v1.26+"),
    ("rbd", "deprecated in v1.28, non-functional in v1.31+"),
    ("cephfs", "deprecated in v1.28, non-functional in v1.31+"),
  ]

  private static let deprecatedLabels = [
    "beta.kubernetes.io/arch": "deprecated since v1.14; use \"kubernetes.io/arch\" instead",
    "beta.kubernetes.io/os": "deprecated since v1.14; use \"kubernetes.io/os\" instead",
    "failure-domain.beta.kubernetes.io/region":
      "deprecated since v1.17; use \"topology.kubernetes.io/region\" instead",
    "failure-domain.beta.kubernetes.io/zone":
      "deprecated since v1.17; use \"topology.kubernetes.io/zone\" instead",
    "beta.kubernetes.io/instance-type":
      "deprecated since v1.17; use \"node.kubernetes.io/instance-type\" instead",
  ]

  private static func nodeLabels(_ spec: Value, _ path: FieldPath) -> [String] {
    spec.members("nodeSelector").compactMap { key, _ in
      deprecatedLabels[key].map { "\(path.child("nodeSelector").key(key)): \($0)" }
    }
  }

  private static func container(_ container: Value, _ path: FieldPath) -> [String] {
    var found: [String] = []
    var names: [String: Int] = [:]
    for (index, variable) in container.items("env").enumerated() {
      let name = variable.text("name")
      if names[name] != nil {
        found.append(
          "\(path.child("env").index(index)): hides previous definition of "
            + "\(name.goQuoted), which may be dropped when using apply")
      }
      names[name] = index
    }
    for (index, port) in container.items("ports").enumerated()
    where !port.text("hostIP").isEmpty && port.number("hostPort") == 0 {
      found.append(
        "\(path.child("ports").index(index)): hostIP set without hostPort: {Name:"
          + "\(port.text("name")) HostPort:0 ContainerPort:\(port.number("containerPort")) "
          + "Protocol:\(port.text("protocol")) HostIP:\(port.text("hostIP"))}")
    }
    for list in ["limits", "requests"] {
      for (name, amount) in container["resources"]?.members(list) ?? [:]
      where name == "memory" || name == "ephemeral-storage" {
        guard let quantity = try? Quantity(parsing: amount), !quantity.isInteger else { continue }
        found.append(
          "\(path.child("resources", list).key(name)): fractional byte value "
            + "\(quantity.description.goQuoted) is invalid, must be an integer")
      }
    }
    return found
  }
}
