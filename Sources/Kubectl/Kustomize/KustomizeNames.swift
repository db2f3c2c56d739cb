import Documents

/// Puts the present names of objects wherever other objects mention earlier ones.
enum KustomizeNames {
  static func addHashes(_ items: inout [KustomizedObject]) {
    for index in items.indices where items[index].needsHash {
      let item = items[index]
      let name = item.identity.name
      // kustomize's hasher always sees an empty name.
      var hashed: Value = ["kind": .string(item.kind), "name": ""]
      hashed["data"] = item.object["data"] ?? (item.kind == "Secret" ? .emptyObject : .string(""))
      if item.kind == "Secret" { hashed["type"] = item.object["type"] ?? "" }
      if let binary = item.object["binaryData"], item.kind == "ConfigMap" {
        hashed["binaryData"] = binary
      }
      items[index].rename(name: "\(name)-\(ShortHash.suffix(of: hashed))")
    }
  }

  /// What earlier names stand for, by kind and name.
  private struct Index {
    var found: [String: [KustomizedObject]] = [:]

    init(_ items: [KustomizedObject]) {
      for item in items where !item.earlier.isEmpty {
        for name in Set(item.earlier.map(\.name)) {
          found["\(item.kind)/\(name)", default: []].append(item)
        }
      }
    }

    func target(_ kind: String, _ name: Value?, namespace: String?) -> KustomizedObject? {
      guard let name = name?.string else { return nil }
      let candidates = found["\(kind)/\(name)"] ?? []
      guard let namespace, !namespace.isEmpty else { return candidates.first }
      return candidates.first { $0.identities.contains { $0.namespace == namespace } }
    }
  }

  static func fixReferences(_ items: inout [KustomizedObject]) {
    let index = Index(items)
    guard !index.found.isEmpty else { return }
    for place in items.indices {
      let kind = items[place].kind
      guard let members = items[place].object.object else { continue }
      var fixed = members
      for (member, child) in members where member != "metadata" {
        fixed[member] = references(child, key: member, kind: kind, index, depth: 0)
      }
      items[place].object = .object(fixed)
    }
  }

  /// Members whose `name` is that of an object of this kind.
  private static let named: [String: String] = [
    "configMap": "ConfigMap", "configMapRef": "ConfigMap", "configMapKeyRef": "ConfigMap",
    "secretRef": "Secret", "secretKeyRef": "Secret", "imagePullSecrets": "Secret",
    "secrets": "Secret", "secret": "Secret", "service": "Service",
  ]
  /// Members that are themselves such a name.
  private static let plain: [String: String] = [
    "secretName": "Secret", "serviceAccountName": "ServiceAccount",
    "serviceAccount": "ServiceAccount", "claimName": "PersistentVolumeClaim",
    "serviceName": "Service", "storageClassName": "StorageClass", "volumeName": "PersistentVolume",
    "priorityClassName": "PriorityClass", "ingressClassName": "IngressClass",
  ]

  private static func references(
    _ value: Value, key: String, kind: String, _ index: Index, depth: Int
  ) -> Value {
    guard depth < 40 else { return value }
    switch value {
    case .array(let items):
      return .array(
        items.map { references($0, key: key, kind: kind, index, depth: depth + 1) })
    case .object(var members):
      if let wanted = named[key],
        let target = index.target(wanted, members["name"], namespace: nil)
      {
        members["name"] = .string(target.identity.name)
      }
      if key == "scaleTargetRef" || key == "roleRef" || key == "subjects" {
        pointed(&members, key: key, index)
      }
      for (member, child) in members {
        if let wanted = plain[member], let target = index.target(wanted, child, namespace: nil) {
          members[member] = .string(target.identity.name)
        } else if member != "metadata" || depth > 0 {
          members[member] = references(child, key: member, kind: kind, index, depth: depth + 1)
        }
      }
      return .object(members)
    default: return value
    }
  }

  /// References that say the kind themselves.
  private static func pointed(_ members: inout Mapping, key: String, _ index: Index) {
    let kind = members["kind"]?.string ?? ""
    guard
      let target = index.target(
        kind, members["name"], namespace: members["namespace"]?.string)
    else { return }
    members["name"] = .string(target.identity.name)
    if key == "subjects", !target.identity.namespace.isEmpty {
      members["namespace"] = .string(target.identity.namespace)
    }
  }
}
