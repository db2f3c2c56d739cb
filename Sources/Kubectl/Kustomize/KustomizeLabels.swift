import Documents
import KubeObjects

/// Labels that a kustomization adds, and where.
struct KustomizeLabels {
  let pairs: Mapping
  let inSelectors: Bool
  let inTemplates: Bool
  /// Places that the file names itself (FieldSpec): path, kind, group, version, create.
  var fields: [Value] = []

  private static let workloads: Set<String> = [
    "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet",
  ]

  func apply(to object: inout Value) {
    let kind = object["kind"]?.string ?? ""
    add(["metadata", "labels"], to: &object)
    for field in fields where Self.isMeant(object, by: field) {
      let path = KustomizeReplacement.steps(
        (field["path"]?.string ?? "").replacing("/", with: "."))
      if field["create"]?.bool == true || object.at(path) != nil { add(path, to: &object) }
    }
    if inTemplates {
      for path in Self.templates(kind) { add(path + ["metadata", "labels"], to: &object) }
      if kind == "StatefulSet", var claims = object[path: "spec", "volumeClaimTemplates"]?.array {
        for index in claims.indices { add(["metadata", "labels"], to: &claims[index]) }
        object[path: "spec", "volumeClaimTemplates"] = .array(claims)
      }
    }
    guard inSelectors else { return }
    if Self.workloads.contains(kind) { add(["spec", "selector", "matchLabels"], to: &object) }
    if kind == "Service" || kind == "ReplicationController" {
      add(["spec", "selector"], to: &object)
    }
    for path in Self.present(kind) { addWherePresent(path[...], to: &object) }
  }

  private static func isMeant(_ object: Value, by field: Value) -> Bool {
    let version = GroupVersion(apiVersion: object["apiVersion"]?.string ?? "")
    return [
      ("kind", object["kind"]?.string ?? ""), ("group", version.group),
      ("version", version.version),
    ].allSatisfy { member, own in
      let wanted = field[member]?.string ?? ""
      return wanted.isEmpty || wanted == own
    }
  }

  /// Adds at the end of a path, through all elements of lists on the way, making nothing.
  private func addWherePresent(_ path: ArraySlice<String>, to value: inout Value) {
    if let elements = value.array {
      value = .array(
        elements.map {
          var element = $0
          addWherePresent(path, to: &element)
          return element
        })
    } else if let step = path.first {
      guard var child = value[step] else { return }
      addWherePresent(path.dropFirst(), to: &child)
      value[step] = child
    } else if value.object != nil {
      add([], to: &value)
    }
  }

  private func add(_ path: [String], to object: inout Value) {
    var members = object.at(path)?.object ?? [:]
    for (key, value) in pairs { members[key] = value }
    object.set(path[...], .object(members))
  }

  /// Where a kind holds templates with metadata.
  private static func templates(_ kind: String) -> [[String]] {
    if workloads.contains(kind) || kind == "Job" || kind == "ReplicationController" {
      return [["spec", "template"]]
    }
    if kind == "CronJob" {
      return [["spec", "jobTemplate"], ["spec", "jobTemplate", "spec", "template"]]
    }
    return []
  }

  /// Selectors that are added to only where they are.
  private static func present(_ kind: String) -> [[String]] {
    switch kind {
    case "Job", "PodDisruptionBudget": [["spec", "selector", "matchLabels"]]
    case "CronJob": [["spec", "jobTemplate", "spec", "selector", "matchLabels"]]
    case "NetworkPolicy":
      [["podSelector"], ["ingress", "from", "podSelector"], ["egress", "to", "podSelector"]]
        .map { ["spec"] + $0 + ["matchLabels"] }
    case "Deployment", "StatefulSet":
      ["podAffinity", "podAntiAffinity"].flatMap { sort in
        [
          ["preferredDuringSchedulingIgnoredDuringExecution", "podAffinityTerm"],
          ["requiredDuringSchedulingIgnoredDuringExecution"],
        ].map { ["affinity", sort] + $0 }
      }.map { ["spec", "template", "spec"] + $0 + ["labelSelector", "matchLabels"] }
        + [
          ["spec", "template", "spec", "topologySpreadConstraints", "labelSelector", "matchLabels"]
        ]
    default: []
    }
  }

  static func annotate(_ object: inout Value, _ notes: Mapping) {
    let kind = object["kind"]?.string ?? ""
    let labels = KustomizeLabels(pairs: notes, inSelectors: false, inTemplates: false)
    for path in [[]] + templates(kind) {
      labels.add(path + ["metadata", "annotations"], to: &object)
    }
  }
}

/// Another name, tag or digest for an image.
struct KustomizeImage {
  private let change: Value

  init(_ change: Value) { self.change = change }

  func apply(to object: Value) -> Value { apply(object, depth: 0) }

  private func apply(_ value: Value, depth: Int) -> Value {
    guard depth < 40 else { return value }
    switch value {
    case .object(var members):
      for (key, child) in members {
        if key == "containers" || key == "initContainers", let list = child.array {
          members[key] = .array(
            list.map { container in
              guard let image = container["image"]?.string else { return container }
              var container = container
              container["image"] = .string(changed(image))
              return container
            })
        } else {
          members[key] = apply(child, depth: depth + 1)
        }
      }
      return .object(members)
    case .array(let items): return .array(items.map { apply($0, depth: depth + 1) })
    default: return value
    }
  }

  private func changed(_ image: String) -> String {
    var (name, tag, digest) = Self.split(image)
    guard name == change["name"]?.string else { return image }
    if let new = change["newName"]?.string, !new.isEmpty { name = new }
    let newTag = change["newTag"].map(DescribeText.text) ?? ""
    let newDigest = change["digest"]?.string ?? ""
    if !newTag.isEmpty || !newDigest.isEmpty { (tag, digest) = (newTag, newDigest) }
    // Put there once by each of the two filters that upstream runs one after the other.
    if let suffix = change["tagSuffix"]?.string, !tag.isEmpty { tag += suffix + suffix }
    return name + (tag.isEmpty ? "" : ":" + tag) + (digest.isEmpty ? "" : "@" + digest)
  }

  private static func split(_ image: String) -> (name: String, tag: String, digest: String) {
    let at = image.firstIndex(of: "@") ?? image.endIndex
    let digest = String(image[at...].dropFirst())
    let rest = image[..<at]
    let slash = rest.lastIndex(of: "/") ?? rest.startIndex
    guard let colon = rest[slash...].lastIndex(of: ":") else { return (String(rest), "", digest) }
    return (String(rest[..<colon]), String(rest[colon...].dropFirst()), digest)
  }
}
