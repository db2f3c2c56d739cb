import Documents
import Linux

/// What the securityContexts of a Pod and of a container say together; the container's wins.
package struct Security {
  let pod: Value
  let container: Value

  private func value(_ key: String) -> Value? {
    container[path: "securityContext", key] ?? pod[path: "securityContext", key]
  }

  var isPrivileged: Bool { container[path: "securityContext", "privileged"]?.bool == true }

  /// The node's AppArmor profile that it asks for.
  var localAppArmor: String? { local("appArmorProfile") }
  var isAppArmorUnconfined: Bool { value("appArmorProfile")?["type"]?.string == "Unconfined" }
  /// The node's seccomp profile that it asks for, below the kubelet's folder of them.
  var localSeccomp: String? { local("seccompProfile") }

  /// Modes of /proc/PID/status: a filter, or none.
  var hasSeccompFilter: Bool {
    let type = value("seccompProfile")?["type"]?.string ?? "Unconfined"
    return !isPrivileged && type != "Unconfined"
  }

  private func local(_ member: String) -> String? {
    guard let profile = value(member), profile["type"]?.string == "Localhost" else { return nil }
    return profile["localhostProfile"]?.string
  }

  /// A user given without a group belongs to root's, unless the image's accounts know better.
  func caller(user: Int) -> Caller {
    let group = value("runAsGroup")?.int.map { Int(clamping: $0) } ?? 0
    var groups: [Int] = []
    if let own = pod[path: "securityContext", "fsGroup"]?.int { groups.append(Int(clamping: own)) }
    for more in pod[path: "securityContext", "supplementalGroups"]?.array ?? [] {
      if let number = more.int { groups.append(Int(clamping: number)) }
    }
    return Caller(user: user, group: group, groups: groups, capabilities: capabilities(user))
  }

  /// What keeps all of its processes from something.
  var confinement: Confinement {
    var found = Confinement()
    found.bounding = granted
    found.forbidsNewPrivileges =
      container[path: "securityContext", "allowPrivilegeEscalation"]?.bool == false
    found.filtersCalls = hasSeccompFilter
    return found
  }

  /// Only root's processes have capabilities: an added one is not ambient.
  private func capabilities(_ user: Int) -> Capabilities {
    user == 0 ? granted : []
  }

  private var granted: Capabilities {
    if isPrivileged { return .all }
    var found = Capabilities.container
    let changes = container[path: "securityContext", "capabilities"]
    // The runtime takes ALL in either list first, then the names.
    let isFull = (changes?["add"]?.array ?? []).contains { $0.string?.uppercased() == "ALL" }
    if isFull { found = .all }
    for name in (changes?["drop"]?.array ?? []).compactMap(\.string) {
      if name.uppercased() == "ALL", !isFull { found = [] }
      if let one = Capabilities(name: name) { found.subtract(one) }
    }
    for name in (changes?["add"]?.array ?? []).compactMap(\.string) {
      if let one = Capabilities(name: name) { found.formUnion(one) }
    }
    return found
  }
}
