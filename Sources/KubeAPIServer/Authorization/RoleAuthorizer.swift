import Documents
import Etcd
import KubeObjects

/// RBAC: what the bound roles of a user allow, looked up by subject.
final class RoleAuthorizer {
  private let store: ObjectStore
  private let table: ResourceTable
  private var index: Index?
  private var decisions: [Memory: AccessDecision] = [:]

  private struct Memory: Hashable {
    let user: String
    let groups: [String]
    let question: AccessQuestion
  }

  /// One subject's share in a binding.
  struct Grant {
    let binding: String
    /// Empty: everywhere.
    let namespace: String
    let roleKind: String
    let roleName: String
    let subject: String
    let rules: [AccessRule]?
  }

  private struct Index {
    var users: [String: [Grant]] = [:]
    var groups: [String: [Grant]] = [:]
  }

  init(store: ObjectStore, table: ResourceTable) {
    self.store = store
    self.table = table
    for kind in [
      GroupVersionResource.roles, .clusterRoles, .roleBindings, .clusterRoleBindings,
    ] {
      guard let resource = table[kind] else { continue }
      let range = resource.range(namespace: "")
      _ = try? store.etcd.watch(from: range.start, before: range.end) { [weak self] _ in
        self?.index = nil
        self?.decisions = [:]
      }
    }
  }

  func decide(_ user: UserInfo, _ question: AccessQuestion) -> AccessDecision {
    let memory = Memory(user: user.name, groups: user.groups, question: question)
    if let known = decisions[memory] { return known }
    if decisions.count > 100_000 { decisions = [:] }
    let decision = evaluate(user, question)
    decisions[memory] = decision
    return decision
  }

  private func evaluate(_ user: UserInfo, _ question: AccessQuestion) -> AccessDecision {
    var problems: [String] = []
    for grant in grants(of: user, namespace: question.namespace) {
      guard let rules = grant.rules else {
        problems.append(grant.missing)
        continue
      }
      if rules.contains(where: { $0.allows(question) }) {
        return AccessDecision(isAllowed: true, reason: grant.reason)
      }
    }
    let reason =
      problems.isEmpty
      ? "" : "RBAC: " + FieldError.aggregate(problems)
    return AccessDecision(isAllowed: false, reason: reason)
  }

  /// What applies to a user in a namespace: what holds everywhere first.
  private func grants(of user: UserInfo, namespace: String) -> [Grant] {
    let index = current()
    var found: [Grant] = []
    func take(_ grants: [Grant]?, everywhere: Bool) {
      for grant in grants ?? []
      where everywhere
        ? grant.namespace.isEmpty
        : grant.namespace == namespace && !namespace.isEmpty
      {
        found.append(grant)
      }
    }
    for everywhere in [true, false] {
      take(index.users[user.name], everywhere: everywhere)
      for group in user.groups { take(index.groups[group], everywhere: everywhere) }
    }
    return found
  }

  /// All rules of a user in a namespace, each with the roles that could not be found.
  func rules(of user: UserInfo, namespace: String) -> [AccessRule] {
    var found: [AccessRule] = []
    for grant in grants(of: user, namespace: namespace) { found += grant.rules ?? [] }
    return found
  }

  /// The rules of a role that a binding refers to; nil: there is no such role.
  func rules(roleKind: String, name: String, namespace: String) -> [AccessRule]? {
    let resource: GroupVersionResource = roleKind == "ClusterRole" ? .clusterRoles : .roles
    guard let served = table[resource],
      let role = store.get(served, namespace: namespace, name: name)
    else { return nil }
    return (role["rules"]?.array ?? []).map { AccessRule($0) }
  }

  private func current() -> Index {
    if let index { return index }
    var index = Index()
    var roles: [String: [AccessRule]?] = [:]
    for kind in [GroupVersionResource.clusterRoleBindings, .roleBindings] {
      guard let resource = table[kind] else { continue }
      store.forEach(resource, namespace: "") { binding in
        add(binding, to: &index, &roles)
        return true
      }
    }
    self.index = index
    return index
  }

  private func add(
    _ binding: Value, to index: inout Index, _ roles: inout [String: [AccessRule]?]
  ) {
    let kind = binding["roleRef"]?["kind"]?.string ?? ""
    let name = binding["roleRef"]?["name"]?.string ?? ""
    let key = kind == "ClusterRole" ? "//\(name)" : "\(binding.namespace)/\(name)"
    let rules: [AccessRule]?
    if let known = roles[key] {
      rules = known
    } else {
      rules = self.rules(roleKind: kind, name: name, namespace: binding.namespace)
      roles[key] = .some(rules)
    }
    for subject in binding["subjects"]?.array ?? [] {
      let subjectName = subject["name"]?.string ?? ""
      let subjectKind = subject["kind"]?.string ?? ""
      let namespace = subject["namespace"]?.string ?? binding.namespace
      let shown =
        subjectKind == "ServiceAccount" ? "\(subjectName)/\(namespace)" : subjectName
      let grant = Grant(
        binding: binding.name, namespace: binding.namespace, roleKind: kind, roleName: name,
        subject: "\(subjectKind) \(shown.goQuoted)", rules: rules)
      switch subjectKind {
      case "User": index.users[subjectName, default: []].append(grant)
      case "Group": index.groups[subjectName, default: []].append(grant)
      case "ServiceAccount":
        let user = "system:serviceaccount:\(namespace):\(subjectName)"
        index.users[user, default: []].append(grant)
      default: break
      }
    }
  }
}

extension RoleAuthorizer.Grant {
  fileprivate var reason: String {
    let kind = namespace.isEmpty ? "ClusterRoleBinding" : "RoleBinding"
    let shown = namespace.isEmpty ? binding : "\(binding)/\(namespace)"
    return "RBAC: allowed by \(kind) \(shown.goQuoted) of \(roleKind) \(roleName.goQuoted) "
      + "to \(subject)"
  }

  fileprivate var missing: String {
    "\(roleKind.lowercased()).rbac.authorization.k8s.io \(roleName.goQuoted) not found"
  }
}

/// What the authorizers say, and why.
package struct AccessDecision: Hashable, Sendable {
  package var isAllowed: Bool
  package var reason: String
}
