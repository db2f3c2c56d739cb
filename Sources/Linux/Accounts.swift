/// The users and groups of a machine, as /etc/passwd and /etc/group tell.
package struct Accounts {
  package struct User: Hashable, Sendable {
    package var name: String
    package var id: Int
    package var group: Int
    package var description: String
    package var home: String
    package var shell: String
  }
  package struct Group: Hashable, Sendable {
    package var name: String
    package var id: Int
    package var members: [String]
  }

  package private(set) var users: [User] = []
  package private(set) var groups: [Group] = []

  package init(_ files: MountNamespace) {
    for line in (files.text("/etc/passwd") ?? "").split(separator: "\n") {
      let parts = line.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
      guard parts.count >= 7, let id = Int(parts[2]), let group = Int(parts[3]) else { continue }
      users.append(
        User(
          name: parts[0], id: id, group: group, description: parts[4], home: parts[5],
          shell: parts[6]))
    }
    for line in (files.text("/etc/group") ?? "").split(separator: "\n") {
      let parts = line.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
      guard parts.count >= 3, let id = Int(parts[2]) else { continue }
      let members = parts.count > 3 ? parts[3].split(separator: ",").map(String.init) : []
      groups.append(Group(name: parts[0], id: id, members: members))
    }
  }

  package func user(_ name: String) -> User? { users.first { $0.name == name } }
  package func user(id: Int) -> User? { users.first { $0.id == id } }
  package func group(_ name: String) -> Group? { groups.first { $0.name == name } }
  package func group(id: Int) -> Group? { groups.first { $0.id == id } }

  /// The name of a user, or its number when it has none.
  package func userName(_ id: Int) -> String { user(id: id)?.name ?? "\(id)" }
  package func groupName(_ id: Int) -> String { group(id: id)?.name ?? "\(id)" }

  /// The groups that list a user as a member.
  package func groups(of user: String) -> [Int] {
    groups.filter { $0.members.contains(user) }.map(\.id)
  }

  /// Who acts when a user logs in.
  package func caller(_ user: User) -> Caller {
    Caller(user: user.id, group: user.group, groups: groups(of: user.name))
  }
}
