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

    /// The object that a name in `referrer` means: in the same namespace, where both have one, and of
    /// several the one that went through the same layers (nameref's selectReferral). `namespace` is
    /// what the reference says itself.
    func target(
      _ kind: String, _ name: Value?, in referrer: KustomizedObject, namespace: String? = nil
    ) -> KustomizedObject? {
      guard let name = name?.string, let all = found["\(kind)/\(name)"] else { return nil }
      let own = Self.space(referrer.identity.namespace)
      let candidates = all.filter { item in
        if let namespace {
          guard item.identities.contains(where: { Self.space($0.namespace) == namespace }) else {
            return false
          }
        }
        return !referrer.isNamespaced || !item.isNamespaced || kind == "ServiceAccount"
          || Self.space(item.identity.namespace) == own
      }
      return candidates.first { $0.affixes == referrer.affixes } ?? candidates.first
    }

    private static func space(_ namespace: String) -> String {
      namespace.isEmpty ? "default" : namespace
    }
  }

  static func fixReferences(_ items: inout [KustomizedObject]) {
    let index = Index(items)
    guard !index.found.isEmpty else { return }
    for place in items.indices {
      let walk = Walk(index: index, referrer: items[place])
      guard let members = items[place].object.object else { continue }
      var fixed = members
      for (member, child) in members where member != "metadata" {
        fixed[member] = walk.references(child, key: member, depth: 0)
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

  /// One object's references.
  private struct Walk {
    let index: Index
    let referrer: KustomizedObject

    func references(_ value: Value, key: String, depth: Int) -> Value {
      guard depth < 40 else { return value }
      switch value {
      case .array(let items):
        if key == "resourceNames", referrer.kind.hasSuffix("Role") {
          return .array(items.map(ruled))
        }
        return .array(items.map { references($0, key: key, depth: depth + 1) })
      case .object(var members):
        if key == "scaleTargetRef" || key == "roleRef" {
          rename(&members, members["kind"]?.string ?? "")
        } else if key == "subjects" {
          // Whatever sort of subject it says it is.
          rename(&members, "ServiceAccount", isPlaced: true)
        } else if key == "service", referrer.kind.hasSuffix("WebhookConfiguration") {
          rename(&members, "Service", isPlaced: true)
        } else if let wanted = named[key] {
          rename(&members, wanted)
        }
        for (member, child) in members {
          if let wanted = plain[member], let target = index.target(wanted, child, in: referrer) {
            members[member] = .string(target.identity.name)
          } else if member != "metadata" || depth > 0 {
            members[member] = references(child, key: member, depth: depth + 1)
          }
        }
        return .object(members)
      default: return value
      }
    }

    /// A name in a rule of a role.
    private func ruled(_ name: Value) -> Value {
      for kind in ["ConfigMap", "Secret"] {
        if let target = index.target(kind, name, in: referrer) {
          return .string(target.identity.name)
        }
      }
      return name
    }

    /// `isPlaced`: the reference says the namespace as well.
    private func rename(_ members: inout Mapping, _ kind: String, isPlaced: Bool = false) {
      let namespace = isPlaced ? members["namespace"]?.string : nil
      guard let target = index.target(kind, members["name"], in: referrer, namespace: namespace)
      else { return }
      members["name"] = .string(target.identity.name)
      if isPlaced, !target.identity.namespace.isEmpty {
        members["namespace"] = .string(target.identity.namespace)
      }
    }
  }
}
