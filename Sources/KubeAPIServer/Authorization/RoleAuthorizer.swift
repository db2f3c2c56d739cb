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
  private var users: [String: Holder] = [:]
  private var groups: [String: Holder] = [:]
  /// Who holds the subjects' shares of a binding, by the binding's key in etcd.
  private var holders: [String: [Holder]] = [:]
  private var isRead = false
  /// Counts the changes of roles: what grants remember of them holds until the next.
  private var roleChanges = 0
  /// Equal rules are one piece of memory, as of the last change: who asks for many users' rights
  /// finds them in the processor's cache.
  private var sharedRules: [[Value]: [AccessRule]] = [:]

  /// What is granted to a user or group: by namespace, what holds everywhere first, then by key.
  private final class Holder {
    private(set) var grants: [Grant] = []

    /// Where the first grant is that does not come before.
    private func index(where isBefore: (Grant) -> Bool) -> Int {
      var low = 0
      var high = grants.count
      while low < high {
        let middle = (low + high) / 2
        if isBefore(grants[middle]) { low = middle + 1 } else { high = middle }
      }
      return low
    }

    /// Tells of what holds in a namespace (empty: everywhere) until `body` returns false; whether
    /// it never did.
    func forEach(in namespace: String, _ body: (Grant) -> Bool) -> Bool {
      var index = namespace.isEmpty ? 0 : index { $0.namespace < namespace }
      while index < grants.count, grants[index].namespace == namespace {
        if !body(grants[index]) { return false }
        index += 1
      }
      return true
    }

    /// In the order of the keys, as a list would give them.
    func insert(_ grant: Grant) {
      let index = index { ($0.namespace, $0.key) <= (grant.namespace, grant.key) }
      grants.insert(grant, at: index)
    }

    func remove(_ key: String, in namespace: String) {
      let start = index { ($0.namespace, $0.key) < (namespace, key) }
      var end = start
      while end < grants.count, grants[end].namespace == namespace, grants[end].key == key {
        end += 1
      }
      grants.removeSubrange(start..<end)
    }
  }

  /// One subject's share in a binding.
  private final class Grant {
    let key: String
    /// Empty: everywhere.
    let namespace: String
    let roleKind: String
    let roleName: String
    /// Why it allows.
    let reason: String
    /// The rules of its role (nil: there is no such role), as of a count of changes.
    var known: (changes: Int, rules: [AccessRule]?)?

    init(_ binding: Value, key: String, subject: AccessSubject) {
      self.key = key
      namespace = binding.namespace
      roleKind = binding["roleRef"]?["kind"]?.string ?? ""
      roleName = binding["roleRef"]?["name"]?.string ?? ""
      let kind = namespace.isEmpty ? "ClusterRoleBinding" : "RoleBinding"
      let shown = namespace.isEmpty ? binding.name : "\(binding.name)/\(namespace)"
      reason =
        "RBAC: allowed by \(kind) \(shown.goQuoted) of \(roleKind) \(roleName.goQuoted) "
        + "to \(subject.shown)"
    }

    var missing: String {
      "\(roleKind.lowercased()).rbac.authorization.k8s.io \(roleName.goQuoted) not found"
    }
  }

  init(store: ObjectStore, table: ResourceTable) {
    self.store = store
    self.table = table
    for kind in [GroupVersionResource.roles, .clusterRoles] {
      follow(kind) { [weak self] _ in
        self?.roleChanges += 1
        self?.sharedRules.removeAll(keepingCapacity: true)
      }
    }
    for kind in [GroupVersionResource.roleBindings, .clusterRoleBindings] {
      follow(kind) { [weak self] event in
        guard let self, isRead, let known = (event.previous ?? event.entry)?.value else { return }
        remove(event.key, in: known.namespace)
        if let binding = event.entry?.value { add(binding, key: event.key) }
      }
    }
  }

  private func follow(
    _ kind: GroupVersionResource, _ handler: @escaping (KeyValueStore.Event) -> Void
  ) {
    guard let resource = table[kind] else { return }
    let range = resource.range(namespace: "")
    _ = try? store.etcd.watch(from: range.start, before: range.end) { events in
      for event in events { handler(event) }
    }
  }

  func decide(_ user: UserInfo, _ question: AccessQuestion) -> AccessDecision {
    var problems: [String] = []
    var reason: String?
    forEachGrant(of: user, namespace: question.namespace) { grant in
      guard let rules = rules(of: grant) else {
        problems.append(grant.missing)
        return true
      }
      if rules.contains(where: { $0.allows(question) }) { reason = grant.reason }
      return reason == nil
    }
    if let reason { return AccessDecision(isAllowed: true, reason: reason) }
    return AccessDecision(
      isAllowed: false,
      reason: problems.isEmpty ? "" : "RBAC: " + FieldError.aggregate(problems))
  }

  /// Tells of what applies to a user in a namespace, what holds everywhere first, until `body`
  /// returns false.
  private func forEachGrant(of user: UserInfo, namespace: String, _ body: (Grant) -> Bool) {
    readAll()
    let own = users[user.name]
    let shared = user.groups.compactMap { groups[$0] }
    func isWanted(in space: String) -> Bool {
      own?.forEach(in: space, body) != false && shared.allSatisfy { $0.forEach(in: space, body) }
    }
    if isWanted(in: ""), !namespace.isEmpty { _ = isWanted(in: namespace) }
  }

  /// All rules of a user in a namespace, each with the roles that could not be found.
  func rules(of user: UserInfo, namespace: String) -> [AccessRule] {
    var found: [AccessRule] = []
    forEachGrant(of: user, namespace: namespace) { grant in
      found += rules(of: grant) ?? []
      return true
    }
    return found
  }

  private func rules(of grant: Grant) -> [AccessRule]? {
    if let known = grant.known, known.changes == roleChanges { return known.rules }
    let found = rules(
      roleKind: grant.roleKind, name: grant.roleName, namespace: grant.namespace)
    grant.known = (roleChanges, found)
    return found
  }

  /// The rules of a role that a binding refers to; nil: there is no such role.
  func rules(roleKind: String, name: String, namespace: String) -> [AccessRule]? {
    let resource: GroupVersionResource = roleKind == "ClusterRole" ? .clusterRoles : .roles
    guard let served = table[resource],
      let role = store.get(served, namespace: namespace, name: name)
    else { return nil }
    let rules = role["rules"]?.array ?? []
    if let known = sharedRules[rules] { return known }
    let read = rules.map { AccessRule($0) }
    sharedRules[rules] = read
    return read
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
    var taken: [Holder] = []
    for subject in binding["subjects"]?.array ?? [] {
      guard let subject = AccessSubject(subject, in: binding) else { continue }
      let holder = holder(of: subject)
      holder.insert(Grant(binding, key: key, subject: subject))
      taken.append(holder)
    }
    holders[key] = taken
  }

  private func holder(of subject: AccessSubject) -> Holder {
    let isGroup = subject.kind == "Group"
    if let known = isGroup ? groups[subject.userName] : users[subject.userName] { return known }
    let new = Holder()
    if isGroup { groups[subject.userName] = new } else { users[subject.userName] = new }
    return new
  }

  private func remove(_ key: String, in namespace: String) {
    for holder in holders.removeValue(forKey: key) ?? [] {
      holder.remove(key, in: namespace)
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

/// What the authorizers say, and why.
package struct AccessDecision: Hashable, Sendable {
  package var isAllowed: Bool
  package var reason: String
}
