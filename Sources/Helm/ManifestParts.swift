import Documents

/// One object of a rendered chart, with the text that it came from.
struct ManifestPart {
  let path: String
  let text: String
  let value: Value

  var kind: String { value["kind"]?.string ?? "" }
  var name: String { value[path: "metadata", "name"]?.string ?? "" }
  var annotations: [String: String] { value[path: "metadata", "annotations"]?.strings ?? [:] }
  /// The events of a hook; empty for an ordinary object.
  var events: [String] {
    (annotations["helm.sh/hook"] ?? "").split(separator: ",").map {
      String($0.filter { !$0.isWhitespace })
    }
  }
  var weight: Int { annotations["helm.sh/hook-weight"].flatMap { Int($0) } ?? 0 }
  var deletePolicies: [String] {
    (annotations["helm.sh/hook-delete-policy"] ?? "before-hook-creation").split(separator: ",")
      .map { String($0.filter { !$0.isWhitespace }) }
  }
  var isKept: Bool { annotations["helm.sh/resource-policy"] == "keep" }

  /// As `helm get manifest` shows it.
  var shown: String { "---\n# Source: \(path)\n\(text)\n" }
}

/// The objects of a rendered chart in the order of installation.
struct ManifestParts {
  var objects: [ManifestPart] = []
  var hooks: [ManifestPart] = []

  init() {}

  init(_ output: Rendering.Output) throws {
    var all: [ManifestPart] = []
    for (path, text) in output.texts.sorted(by: { $0.path < $1.path }) {
      for piece in Self.documents(text) {
        let value: Value
        do throws(Problem) {
          value = try YAML.parse(piece)
        } catch {
          throw HelmError(
            "YAML parse error on \(path): error converting YAML to JSON: \(error.message)")
        }
        if value.isNull { continue }
        guard value.object != nil else {
          throw HelmError(
            "unable to parse YAML: error unmarshaling JSON: while decoding JSON: json: cannot "
              + "unmarshal \(GoFormat.type(value)) into Go value of type releaseutil.SimpleHead")
        }
        all.append(ManifestPart(path: path, text: Self.trimmed(piece), value: value))
      }
    }
    objects = Self.sorted(all.filter { $0.events.isEmpty })
    hooks = Self.sorted(all.filter { !$0.events.isEmpty })
  }

  /// Reads a stored manifest back.
  init(manifest: String) {
    var path = ""
    for piece in Self.documents(manifest) {
      for line in piece.split(separator: "\n") where line.hasPrefix("# Source: ") {
        path = String(line.dropFirst(10))
      }
      guard let value = try? YAML.parse(piece), value.object != nil else { continue }
      let text = piece.split(separator: "\n", omittingEmptySubsequences: false)
        .filter { !$0.hasPrefix("# Source: ") }.joined(separator: "\n")
      let part = ManifestPart(path: path, text: Self.trimmed(text), value: value)
      if part.events.isEmpty { objects.append(part) } else { hooks.append(part) }
    }
  }

  var manifest: String { objects.map(\.shown).joined() }

  /// Texts between `---` lines.
  static func documents(_ text: String) -> [String] {
    var found: [String] = []
    var current: [Substring] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("---") {
        found.append(current.joined(separator: "\n"))
        current = []
        let rest = line.dropFirst(3)
        if rest.contains(where: { !$0.isWhitespace }), !rest.contains("#") { current = [rest] }
      } else {
        current.append(line)
      }
    }
    found.append(current.joined(separator: "\n"))
    return found.filter { $0.contains { !$0.isWhitespace } }
  }

  private static func trimmed(_ text: String) -> String {
    var rest = text[...]
    while let first = rest.first, first == "\n" { rest.removeFirst() }
    while let last = rest.last, last.isWhitespace { rest.removeLast() }
    return String(rest)
  }

  /// releaseutil.InstallOrder.
  static let installOrder = [
    "PriorityClass", "Namespace", "NetworkPolicy", "ResourceQuota", "LimitRange",
    "PodSecurityPolicy", "PodDisruptionBudget", "ServiceAccount", "Secret", "SecretList",
    "ConfigMap", "StorageClass", "PersistentVolume", "PersistentVolumeClaim",
    "CustomResourceDefinition", "ClusterRole", "ClusterRoleList", "ClusterRoleBinding",
    "ClusterRoleBindingList", "Role", "RoleList", "RoleBinding", "RoleBindingList", "Service",
    "DaemonSet", "Pod", "ReplicationController", "ReplicaSet", "Deployment",
    "HorizontalPodAutoscaler", "StatefulSet", "Job", "CronJob", "IngressClass", "Ingress",
    "APIService",
  ]

  private static let places = Dictionary(
    installOrder.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { $1 })

  private static func sorted(_ parts: [ManifestPart]) -> [ManifestPart] {
    parts.enumerated().sorted { left, right in
      let (a, b) = (left.element, right.element)
      let (mine, other) = (
        places[a.kind] ?? installOrder.count, places[b.kind] ?? installOrder.count
      )
      if mine != other { return mine < other }
      if mine == installOrder.count, a.kind != b.kind { return a.kind < b.kind }
      return left.offset < right.offset
    }.map(\.element)
  }
}
