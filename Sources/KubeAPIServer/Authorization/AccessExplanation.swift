import Documents
package import KubeObjects

/// Why the authorizers decide as they do, and which bindings came near.
package struct AccessExplanation: Hashable, Sendable {
  package var decision: AccessDecision
  /// Bindings that would allow it but for what they lack, nearest first.
  package var near: [NearBinding]

  package struct NearBinding: Hashable, Sendable {
    /// RoleBinding or ClusterRoleBinding.
    package var kind: String
    package var name: String
    /// Empty for a ClusterRoleBinding.
    package var namespace: String
    package var roleKind: String
    package var roleName: String
    /// At least one; each a phrase that follows "lacks".
    package var lacks: [String]
  }
}

extension APIServer {
  /// How many bindings are told, and from how many lacks on one is not near any more.
  private static let mostNear = 5
  private static let far = 3

  /// What the cluster's authorizers say of a question, and the bindings that almost allow it.
  package func explainAccess(
    of user: UserInfo, to question: AccessQuestion
  ) -> AccessExplanation {
    let decision = decide(user, question)
    guard !decision.isAllowed, configuration.authorizationModes.contains("RBAC") else {
      return AccessExplanation(decision: decision, near: [])
    }
    var found: [(rank: Int, near: AccessExplanation.NearBinding)] = []
    for kind in [GroupVersionResource.clusterRoleBindings, .roleBindings] {
      guard let resource = table[kind] else { continue }
      registry.store.forEach(resource, namespace: "") { binding in
        if let near = nearness(binding, user, question) { found.append(near) }
        return true
      }
    }
    let order = found.enumerated().sorted {
      ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset)
    }
    return AccessExplanation(
      decision: decision, near: order.prefix(Self.mostNear).map(\.element.near))
  }

  private func nearness(
    _ binding: Value, _ user: UserInfo, _ question: AccessQuestion
  ) -> (rank: Int, near: AccessExplanation.NearBinding)? {
    let roleKind = binding["roleRef"]?["kind"]?.string ?? ""
    let roleName = binding["roleRef"]?["name"]?.string ?? ""
    let subjects = (binding["subjects"]?.array ?? []).compactMap {
      AccessSubject($0, in: binding)
    }
    let namesUser = subjects.contains { $0.names(user) }
    // The cluster's own bindings are for its own parts: nobody wants them changed. And none of a
    // namespace is about paths.
    if binding.label("kubernetes.io/bootstrapping") != nil { return nil }
    if !question.path.isEmpty, !binding.namespace.isEmpty { return nil }
    var lacks: [String] = []
    if !namesUser { lacks.append(Self.missingSubject(subjects, user)) }
    if !binding.namespace.isEmpty, binding.namespace != question.namespace {
      lacks.append(
        question.namespace.isEmpty
          ? "a hold on the whole cluster: it is a RoleBinding of namespace \(binding.namespace)"
          : "a hold on namespace \(question.namespace): it is of \(binding.namespace)")
    }
    guard
      let rules = roleAuthorizer.rules(
        roleKind: roleKind, name: roleName, namespace: binding.namespace)
    else {
      guard namesUser else { return nil }
      lacks.append("its role: there is no \(roleKind) \(roleName)")
      return near(binding, roleKind, roleName, lacks, namesUser)
    }
    let best = rules.map { $0.lacks(question) }.min { $0.count < $1.count }
    guard let best else { return nil }
    // A rule about something else entirely says nothing about this.
    if best.contains(where: { $0.hasPrefix("the resource ") || $0.hasPrefix("the path ") }),
      !namesUser || best.count > 1
    {
      return nil
    }
    lacks += best
    return near(binding, roleKind, roleName, lacks, namesUser)
  }

  private func near(
    _ binding: Value, _ roleKind: String, _ roleName: String, _ lacks: [String], _ namesUser: Bool
  ) -> (rank: Int, near: AccessExplanation.NearBinding)? {
    guard !lacks.isEmpty, lacks.count < Self.far else { return nil }
    // To be let into a group of administrators is never the change that somebody looks for.
    if !namesUser, roleName == "cluster-admin" { return nil }
    let kind = binding.namespace.isEmpty ? "ClusterRoleBinding" : "RoleBinding"
    return (
      lacks.count * 2 + (namesUser ? 0 : 1),
      .init(
        kind: kind, name: binding.name, namespace: binding.namespace, roleKind: roleKind,
        roleName: roleName, lacks: lacks)
    )
  }

  /// What keeps the subjects from meaning the user: perhaps only a kind or a namespace.
  private static func missingSubject(_ subjects: [AccessSubject], _ user: UserInfo) -> String {
    let own = user.name.split(separator: ":").last.map(String.init) ?? user.name
    if let alike = subjects.first(where: { $0.name == own || $0.name == user.name }) {
      return "the subject \(user.name): it names the \(alike.shown)"
    }
    return "the subject \(user.name)"
  }
}

extension APIServer {
  /// The resource that somebody means by a plural, singular or short name, or `deployments.apps`;
  /// of several groups' the first of discovery.
  package func resource(
    named text: String
  ) -> (resource: GroupVersionResource, isNamespaced: Bool)? {
    let parts = text.lowercased().split(separator: ".", maxSplits: 1).map(String.init)
    guard let name = parts.first else { return nil }
    let found = table.ordered.first { served in
      let definition = served.definition
      return (parts.count == 1 || definition.resource.group == parts[1])
        && (definition.resource.resource == name || definition.singular == name
          || definition.shortNames.contains(name))
    }
    return found.map { ($0.resource, $0.isNamespaced) }
  }
}
