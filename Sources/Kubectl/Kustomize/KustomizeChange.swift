import Documents
import KubeObjects

/// The changes that a kustomization makes to single objects.
enum KustomizeChange {
  /// Marks generated objects whose names get a hash, until the end of the build.
  static let hashMark = "drydock.kustomize/hash"

  private static let clusterKinds: Set<String> = [
    "Namespace", "Node", "PersistentVolume", "ClusterRole", "ClusterRoleBinding", "StorageClass",
    "PriorityClass", "CustomResourceDefinition", "IngressClass", "RuntimeClass", "APIService",
    "CSIDriver", "ValidatingWebhookConfiguration", "MutatingWebhookConfiguration",
  ]

  static func withoutMarks(_ objects: [Value]) -> [Value] {
    objects.map { object in
      guard object[hashMark] != nil else { return object }
      var object = object
      object[hashMark] = nil
      return object
    }
  }

  static func keepsName(_ object: Value) -> Bool {
    ["Namespace", "CustomResourceDefinition", "APIService"].contains(object["kind"]?.string ?? "")
  }

  static func namespace(_ object: Value, _ namespace: String) -> Value {
    var object = object
    let kind = object["kind"]?.string ?? ""
    if kind == "Namespace" {
      object[path: "metadata", "name"] = .string(namespace)
    } else if !clusterKinds.contains(kind) {
      object[path: "metadata", "namespace"] = .string(namespace)
    }
    if kind.hasSuffix("RoleBinding"), var subjects = object["subjects"]?.array {
      for index in subjects.indices
      where subjects[index]["kind"]?.string == "ServiceAccount"
        && subjects[index]["name"]?.string == "default"
      {
        subjects[index]["namespace"] = .string(namespace)
      }
      object["subjects"] = .array(subjects)
    }
    return object
  }

  static func labels(
    _ object: Value, _ labels: Mapping, inSelectors: Bool, inTemplates: Bool
  ) -> Value {
    var object = object
    func add(_ path: [String]) {
      var members = object.at(path)?.object ?? [:]
      for (key, value) in labels { members[key] = value }
      object.set(path[...], .object(members))
    }
    add(["metadata", "labels"])
    let kind = object["kind"]?.string ?? ""
    let workloads = ["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet"]
    if inTemplates {
      if workloads.contains(kind) || kind == "Job" || kind == "ReplicationController" {
        add(["spec", "template", "metadata", "labels"])
      } else if kind == "CronJob" {
        add(["spec", "jobTemplate", "spec", "template", "metadata", "labels"])
      }
    }
    if inSelectors {
      if workloads.contains(kind) { add(["spec", "selector", "matchLabels"]) }
      if kind == "Service" || kind == "ReplicationController" { add(["spec", "selector"]) }
      if kind == "PodDisruptionBudget" { add(["spec", "selector", "matchLabels"]) }
      if kind == "NetworkPolicy" { add(["spec", "podSelector", "matchLabels"]) }
    }
    return object
  }

  static func annotations(_ object: Value, _ notes: Mapping) -> Value {
    var object = object
    var paths = [["metadata", "annotations"]]
    if object[path: "spec", "template"]?.object != nil {
      paths.append(["spec", "template", "metadata", "annotations"])
    }
    for path in paths {
      var members = object.at(path)?.object ?? [:]
      for (key, value) in notes { members[key] = value }
      object.set(path[...], .object(members))
    }
    return object
  }

  static func image(_ object: Value, _ change: Value) -> Value {
    let wanted = change["name"]?.string ?? ""
    return everyImage(object) { image in
      let (name, tail) = split(image)
      guard name == wanted else { return image }
      let newName = change["newName"]?.string ?? name
      if let digest = change["digest"]?.string { return "\(newName)@\(digest)" }
      if let tag = change["newTag"].map(DescribeText.text) { return "\(newName):\(tag)" }
      return newName + tail
    }
  }

  private static func split(_ image: String) -> (name: String, tail: String) {
    if let at = image.firstIndex(of: "@") { return (String(image[..<at]), String(image[at...])) }
    let slash = image.lastIndex(of: "/") ?? image.startIndex
    guard let colon = image[slash...].lastIndex(of: ":") else { return (image, "") }
    return (String(image[..<colon]), String(image[colon...]))
  }

  private static func everyImage(_ value: Value, _ change: (String) -> String, depth: Int = 0)
    -> Value
  {
    guard depth < 40 else { return value }
    switch value {
    case .object(var members):
      for (key, child) in members {
        if key == "containers" || key == "initContainers", let list = child.array {
          members[key] = .array(
            list.map { container in
              guard let image = container["image"]?.string else { return container }
              var container = container
              container["image"] = .string(change(image))
              return container
            })
        } else {
          members[key] = everyImage(child, change, depth: depth + 1)
        }
      }
      return .object(members)
    case .array(let items): return .array(items.map { everyImage($0, change, depth: depth + 1) })
    default: return value
    }
  }

  static func replicas(_ object: Value, _ entry: Value) -> Value {
    let kinds = ["Deployment", "ReplicaSet", "StatefulSet", "ReplicationController"]
    guard kinds.contains(object["kind"]?.string ?? ""),
      DescribeText.name(object) == entry["name"]?.string
        || DescribeText.name(object).hasSuffix("-" + (entry["name"]?.string ?? "\u{0}"))
    else { return object }
    var object = object
    object[path: "spec", "replicas"] = entry["count"]
    return object
  }
}

/// One patch of a kustomization and the objects that it is for.
struct KustomizePatch {
  let patch: Value
  let target: Value?

  func apply(to objects: [Value]) throws -> [Value] {
    var isUsed = false
    var result: [Value] = []
    for object in objects {
      guard fits(object) else {
        result.append(object)
        continue
      }
      isUsed = true
      if let changed = try changed(object) { result.append(changed) }
    }
    if !isUsed, target == nil {
      let kind = patch["kind"]?.string ?? ""
      let id = "\(kind).v1.[noGrp]/\(DescribeText.name(patch)).[noNs]"
      throw CommandError.text(
        "no resource matches strategic merge patch \(Go.quoted(id)): "
          + "no matches for Id \(id); failed to find "
          + "unique target for patch \(kind).v1.[noGrp]/\(DescribeText.name(patch)).[noNs]")
    }
    return result
  }

  private func fits(_ object: Value) -> Bool {
    guard let target else {
      return object["kind"] == patch["kind"]
        && DescribeText.name(object) == DescribeText.name(patch)
    }
    if let kind = target["kind"]?.string, object["kind"]?.string != kind { return false }
    if let name = target["name"]?.string, !name.isEmpty {
      let pattern = name.replacing(".*", with: "*")
      guard Glob.matches(Array(pattern), Array(DescribeText.name(object))) else { return false }
    }
    if let text = target["labelSelector"]?.string, let selector = try? LabelSelector(text) {
      return selector.matches(object[path: "metadata", "labels"])
    }
    return true
  }

  private func changed(_ object: Value) throws -> Value? {
    if patch.array != nil {
      do throws(PatchFailure) {
        return try JSONPatch(patch).apply(to: object)
      } catch {
        throw CommandError.text(error.message)
      }
    }
    if patch["$patch"]?.string == "delete" { return nil }
    let groupVersion = GroupVersion(apiVersion: object["apiVersion"]?.string ?? "")
    let resource = APIResource(
      groupVersion.group, groupVersion.version, "", object["kind"]?.string ?? "")
    var patch = patch
    // A patch for a chosen target must not rename it.
    if target != nil, patch[path: "metadata", "name"] != nil {
      patch[path: "metadata", "name"] = object[path: "metadata", "name"]
      patch["kind"] = object["kind"]
    }
    return try ObjectPatch.apply(patch, to: object, resource)
  }
}

/// Puts new names of objects wherever other objects mention the old ones.
struct KustomizeNames {
  /// By kind and old name.
  let renamed: [String: String]

  func apply(_ object: Value) -> Value {
    guard !renamed.isEmpty else { return object }
    var object = object
    let kind = object["kind"]?.string ?? ""
    if let name = renamed["\(kind)/\(DescribeText.name(object))"] {
      object[path: "metadata", "name"] = .string(name)
    }
    return references(object, depth: 0, key: "")
  }

  private func new(_ kind: String, _ name: Value?) -> Value? {
    name?.string.flatMap { renamed["\(kind)/\($0)"] }.map { .string($0) }
  }

  private func references(_ value: Value, depth: Int, key: String) -> Value {
    guard depth < 40 else { return value }
    switch value {
    case .array(let items):
      return .array(items.map { references($0, depth: depth + 1, key: key) })
    case .object(var members):
      let named: [String: String] = [
        "configMap": "ConfigMap", "configMapRef": "ConfigMap", "configMapKeyRef": "ConfigMap",
        "secretRef": "Secret", "secretKeyRef": "Secret", "imagePullSecrets": "Secret",
        "service": "Service",
      ]
      if let kind = named[key], let name = new(kind, members["name"]) { members["name"] = name }
      if key == "scaleTargetRef" || key == "roleRef" || key == "subjects",
        let name = new(members["kind"]?.string ?? "", members["name"])
      {
        members["name"] = name
      }
      for (member, kind) in [
        ("secretName", "Secret"), ("serviceAccountName", "ServiceAccount"),
        ("claimName", "PersistentVolumeClaim"), ("serviceName", "Service"),
      ] {
        if let name = new(kind, members[member]) { members[member] = name }
      }
      for (member, child) in members where member != "metadata" {
        members[member] = references(child, depth: depth + 1, key: member)
      }
      return .object(members)
    default: return value
    }
  }
}

/// kubectl kustomize.
enum KustomizeCommand {
  static let specification = CommandSpecification(
    name: "kustomize", usage: "kustomize DIR [flags]",
    summary: "Build a kustomization target from a directory or URL",
    about:
      "Build a set of KRM resources using a 'kustomization.yaml' file. The DIR argument must be "
      + "a path to a directory containing 'kustomization.yaml', or a git repository URL with a "
      + "path "
      + "suffix specifying same with respect to the repository root. If DIR is omitted, '.' is "
      + "assumed.",
    examples: [("What an overlay makes", "kubectl kustomize overlays/production")],
    flags: Flag.list(
      "as-current-user:bool enable-alpha-plugins:bool enable-helm:bool env,e:array "
        + "helm-api-versions:array helm-command:string=helm helm-debug:bool "
        + "helm-kube-version:string load-restrictor:string=LoadRestrictionsRootOnly mount:array "
        + "network:bool network-name:string=bridge output,o:string"),
    run: { call in
      guard call.arguments.count <= 1 else {
        throw CommandError.text("specify one path to kustomization.yaml")
      }
      let objects = try await Kustomization.build(call.arguments.first ?? ".", call)
      let text = objects.map(YAMLText.text).joined(separator: "---\n")
      let file = call.values.string("output")
      if file.isEmpty { return call.output.print(text) }
      try call.surroundings.writeFile(file, Array(text.utf8))
    })
}
