import Documents
import Etcd
import KubeObjects

/// RBAC: what the bound roles of a user allow, looked up by place and subject.
///
/// The index follows every write of a role or binding, so that neither unrelated bindings nor a
/// change of one cost anything.
final class RoleAuthorizer {
  private let store: ObjectStore
  private let table: ResourceTable
  private var grants: [Place: [Grant]] = [:]
  /// Where the subjects of a binding are in the index, by the binding's key in etcd.
  private var places: [String: [Place]] = [:]
  /// Rules of roles that were asked for; nil: there is no such role.
  private var roles: [RoleKey: [AccessRule]?] = [:]
  private var isRead = false
  private var decisions: [Memory: AccessDecision] = [:]

  private struct Memory: Hashable {
    let user: String
    let groups: [String]
    let question: AccessQuestion
  }

  /// A user or group in a namespace, or everywhere.
  private struct Place: Hashable {
    let namespace: String
    let isGroup: Bool
    let name: String
  }

  struct RoleKey: Hashable {
    /// Empty for a ClusterRole.
    let namespace: String
    let name: String
  }

  /// One subject's share in a binding.
  struct Grant {
    let key: String
    let binding: String
    /// Empty: everywhere.
    let namespace: String
    let roleKind: String
    let roleName: String
    let subject: String

    var role: RoleKey {
      RoleKey(namespace: roleKind == "ClusterRole" ? "" : namespace, name: roleName)
    }
  }

  init(store: ObjectStore, table: ResourceTable) {
    self.store = store
    self.table = table
    for kind in [GroupVersionResource.roles, .clusterRoles] {
      follow(kind) { [weak self] event in
        guard let role = (event.entry ?? event.previous)?.value else { return }
        self?.roles[RoleKey(namespace: role.namespace, name: role.name)] = nil
      }
    }
    for kind in [GroupVersionResource.roleBindings, .clusterRoleBindings] {
      follow(kind) { [weak self] event in
        guard let self, isRead else { return }
        remove(event.key)
        if let binding = event.entry?.value { add(binding, key: event.key) }
      }
    }
  }

  private func follow(
    _ kind: GroupVersionResource, _ handler: @escaping (KeyValueStore.Event) -> Void
  ) {
    guard let resource = table[kind] else { return }
    let range = resource.range(namespace: "")
    _ = try? store.etcd.watch(from: range.start, before: range.end) { [weak self] events in
      self?.decisions.removeAll(keepingCapacity: true)
      for event in events { handler(event) }
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
      guard let rules = rules(of: grant) else {
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
    readAll()
    var found: [Grant] = []
    for space in namespace.isEmpty ? [""] : ["", namespace] {
      found += grants[Place(namespace: space, isGroup: false, name: user.name)] ?? []
      for group in user.groups {
        found += grants[Place(namespace: space, isGroup: true, name: group)] ?? []
      }
    }
    return found
  }

  /// All rules of a user in a namespace, each with the roles that could not be found.
  func rules(of user: UserInfo, namespace: String) -> [AccessRule] {
    var found: [AccessRule] = []
    for grant in grants(of: user, namespace: namespace) { found += rules(of: grant) ?? [] }
    return found
  }

  private func rules(of grant: Grant) -> [AccessRule]? {
    if let known = roles[grant.role] { return known }
    let found = rules(
      roleKind: grant.roleKind, name: grant.roleName, namespace: grant.namespace)
    roles[grant.role] = .some(found)
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

  // MARK: the index

  /// Reads all bindings the first time; afterwards the index follows them.
  private func readAll() {
    guard !isRead else { return }
    isRead = true
    for kind in [GroupVersionResource.clusterRoleBindings, .roleBindings] {
      guard let resource = table[kind] else { continue }
      store.forEach(resource, namespace: "") { binding in
        add(binding, key: resource.key(namespace: binding.namespace, name: binding.name))
        return true
      }
    }
  }

  private func add(_ binding: Value, key: String) {
    var taken: [Place] = []
    for subject in binding["subjects"]?.array ?? [] {
      guard let subject = AccessSubject(subject, in: binding) else { continue }
      let place = Place(
        namespace: binding.namespace, isGroup: subject.kind == "Group", name: subject.userName)
      let grant = Grant(
        key: key, binding: binding.name, namespace: binding.namespace,
        roleKind: binding["roleRef"]?["kind"]?.string ?? "",
        roleName: binding["roleRef"]?["name"]?.string ?? "", subject: subject.shown)
      // In the order of the keys, as a list would give them.
      var list = grants.removeValue(forKey: place) ?? []
      var low = 0
      var high = list.count
      while low < high {
        let middle = (low + high) / 2
        if list[middle].key <= key { low = middle + 1 } else { high = middle }
      }
      list.insert(grant, at: low)
      grants[place] = list
      taken.append(place)
    }
    places[key] = taken
  }

  private func remove(_ key: String) {
    for place in places.removeValue(forKey: key) ?? [] {
      grants[place]?.removeAll { $0.key == key }
      if grants[place]?.isEmpty == true { grants[place] = nil }
    }
  }
}

/// A subject of a binding.
struct AccessSubject {
  let kind: String
  let name: String
  /// The namespace of a ServiceAccount.
  let namespace: String

  /// nil for a kind that RBAC does not know.
  init?(_ subject: Value, in binding: Value) {
    kind = subject["kind"]?.string ?? ""
    name = subject["name"]?.string ?? ""
    namespace = subject["namespace"]?.string ?? binding.namespace
    guard ["User", "Group", "ServiceAccount"].contains(kind) else { return nil }
  }

  /// The user or group that it stands for.
  var userName: String {
    kind == "ServiceAccount" ? "system:serviceaccount:\(namespace):\(name)" : name
  }

  /// As the authorizer's reasons name it.
  var shown: String {
    "\(kind) \((kind == "ServiceAccount" ? "\(name)/\(namespace)" : name).goQuoted)"
  }

  func names(_ user: UserInfo) -> Bool {
    kind == "Group" ? user.groups.contains(name) : userName == user.name
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
