import Documents
import KubeObjects

/// Nobody may grant by a role or binding what they do not hold themselves.
struct RoleEscalation {
  let server: APIServer
  let request: ResourceRequest

  /// `old` is what was there.
  func check(_ object: Value, old: Value? = nil) throws(StatusError) {
    let resource = request.resource.resource
    guard resource.group == "rbac.authorization.k8s.io",
      !request.user.groups.contains("system:masters")
    else { return }
    if let old, onlyCollected(object, old) { return }
    let name = request.name.isEmpty ? object.name : request.name
    switch resource.resource {
    case "roles", "clusterroles":
      // What is made has no name yet that could be allowed.
      let asked = request.verb == .create ? "" : name
      if isAllowed("escalate", resource.resource, asked, request.namespace) { return }
      let rules = (object["rules"]?.array ?? []).map { AccessRule($0) }
      try confirm(rules, resource, name)
      try confirmAggregation([object, old ?? [:]], resource, name)
    case "rolebindings", "clusterrolebindings":
      let kind = object["roleRef"]?["kind"]?.string ?? ""
      let role = object["roleRef"]?["name"]?.string ?? ""
      let plural = kind == "ClusterRole" ? "clusterroles" : "roles"
      if isAllowed("bind", plural, role, request.namespace) { return }
      guard
        let rules = server.roleAuthorizer.rules(
          roleKind: kind, name: role,
          namespace: kind == "ClusterRole" ? "" : request.namespace)
      else {
        // The registry names what it does not find after the resource of the request.
        throw .notFound(resource, role)
      }
      try confirm(rules, resource, name)
    default: return
    }
  }

  /// Whether nothing changes but owners and finalizers (IsOnlyMutatingGCFields).
  private func onlyCollected(_ object: Value, _ old: Value) -> Bool {
    func rest(_ object: Value) -> Value {
      var rest = object
      for part in ["ownerReferences", "finalizers", "managedFields"] {
        rest["metadata"]?[part] = nil
      }
      return rest
    }
    return rest(object) == rest(old)
  }

  /// A role that gathers others' rules may come to hold anything.
  private func confirmAggregation(
    _ roles: [Value], _ resource: GroupVersionResource, _ name: String
  ) throws(StatusError) {
    guard
      roles.contains(where: {
        !($0["aggregationRule"]?.items("clusterRoleSelectors").isEmpty ?? true)
      })
    else { return }
    let everything = [
      AccessRule(verbs: ["*"], groups: ["*"], resources: ["*"], names: [], paths: []),
      AccessRule(verbs: ["*"], groups: [], resources: [], names: [], paths: ["*"]),
    ]
    let held = server.roleAuthorizer.rules(of: request.user, namespace: request.namespace)
    let isHeld = everything.flatMap(\.parts).allSatisfy { part in
      held.contains { $0.covers(part: part) }
    }
    if isHeld { return }
    throw .forbidden(
      resource, name, "must have cluster-admin privileges to use the aggregationRule")
  }

  private func isAllowed(
    _ verb: String, _ resource: String, _ name: String, _ namespace: String
  ) -> Bool {
    server.isAllowed(
      request.user,
      AccessQuestion(
        verb: verb, group: "rbac.authorization.k8s.io", version: "*", resource: resource,
        namespace: namespace, name: name))
  }

  private func confirm(
    _ rules: [AccessRule], _ resource: GroupVersionResource, _ name: String
  ) throws(StatusError) {
    let held = server.roleAuthorizer.rules(of: request.user, namespace: request.namespace)
    let missing = rules.flatMap(\.parts).filter { part in
      !held.contains { $0.covers(part: part) }
    }
    guard !missing.isEmpty else { return }
    let groups = request.user.groups.map(\.goQuoted).joined(separator: " ")
    let lines = Self.compacted(missing).map(Self.shown).sorted()
    throw .forbidden(
      resource, name,
      "user \(request.user.name.goQuoted) (groups=[\(groups)]) is attempting to grant RBAC "
        + "permissions not currently held:\n" + lines.joined(separator: "\n"))
  }

  /// Rules of one verb joined where all else is equal.
  private static func compacted(_ rules: [AccessRule]) -> [AccessRule] {
    var order: [AccessRule] = []
    var verbs: [AccessRule: [String]] = [:]
    for rule in rules {
      let key = AccessRule(
        verbs: [], groups: rule.groups, resources: rule.resources, names: rule.names,
        paths: rule.paths)
      if verbs[key] == nil { order.append(key) }
      if verbs[key]?.contains(rule.verbs[0]) != true {
        verbs[key, default: []].append(rule.verbs[0])
      }
    }
    return order.map { key in
      AccessRule(
        verbs: verbs[key] ?? [], groups: key.groups, resources: key.resources, names: key.names,
        paths: key.paths)
    }
  }

  private static func shown(_ rule: AccessRule) -> String {
    func list(_ words: [String]) -> String {
      "[" + words.map(\.goQuoted).joined(separator: " ") + "]"
    }
    var parts: [String] = []
    if !rule.paths.isEmpty { parts.append("NonResourceURLs:" + list(rule.paths)) }
    if !rule.groups.isEmpty { parts.append("APIGroups:" + list(rule.groups)) }
    if !rule.resources.isEmpty { parts.append("Resources:" + list(rule.resources)) }
    if !rule.names.isEmpty { parts.append("ResourceNames:" + list(rule.names)) }
    parts.append("Verbs:" + list(rule.verbs))
    return "{" + parts.joined(separator: ", ") + "}"
  }
}
