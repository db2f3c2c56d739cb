import Documents

/// kubectl create rolebinding.
enum CreateRoleBinding {
  static let specification = CommandSpecification(
    name: "rolebinding",
    usage: "rolebinding NAME --clusterrole=NAME|--role=NAME [--user=username] [--group=groupname] "
      + "[--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]",
    summary: "Create a role binding for a particular role or cluster role",
    about: "Create a role binding for a particular role or cluster role.",
    examples: [
      (
        "A role for a service account",
        "kubectl create rolebinding robot --role=reader --serviceaccount=default:robot"
      )
    ],
    flags: Creation.flags
      + Flag.list("clusterrole:string role:string group:array serviceaccount:array user:array"),
    run: run)

  static func run(_ call: Invocation) async throws {
    let creation = try Creation(call, .roleBindings)
    let role = call.values.string("role")
    let clusterRole = call.values.string("clusterrole")
    guard role.isEmpty != clusterRole.isEmpty else {
      throw CommandError.text("exactly one of clusterrole or role must be specified")
    }
    let members = try Subjects.binding(
      call, kind: role.isEmpty ? "ClusterRole" : "Role", role: role + clusterRole)
    try await creation.finish(
      creation.frame(members), failure: "failed to create rolebinding: ")
  }
}

/// kubectl create clusterrolebinding.
enum CreateClusterRoleBinding {
  static let specification = CommandSpecification(
    name: "clusterrolebinding",
    usage: "clusterrolebinding NAME --clusterrole=NAME [--user=username] [--group=groupname] "
      + "[--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]",
    summary: "Create a cluster role binding for a particular cluster role",
    about: "Create a cluster role binding for a particular cluster role.",
    examples: [
      (
        "All rights for one user",
        "kubectl create clusterrolebinding ann-admin --clusterrole=cluster-admin --user=ann"
      )
    ],
    flags: Creation.flags
      + Flag.list("clusterrole:string group:array serviceaccount:array user:array"),
    required: ["clusterrole"], run: run)

  static func run(_ call: Invocation) async throws {
    let creation = try Creation(call, .clusterRoleBindings)
    let members = try Subjects.binding(
      call, kind: "ClusterRole", role: call.values.string("clusterrole"))
    try await creation.finish(
      creation.frame(members), failure: "failed to create clusterrolebinding: ")
  }
}

/// The users, groups and service accounts that flags name.
enum Subjects {
  static let group = "rbac.authorization.k8s.io"

  static func binding(_ call: Invocation, kind: String, role: String) throws -> Mapping {
    var members: Mapping = [
      "roleRef": ["apiGroup": .string(group), "kind": .string(kind), "name": .string(role)]
    ]
    let subjects = try list(call)
    if !subjects.isEmpty { members["subjects"] = .array(subjects) }
    return members
  }

  static func list(_ call: Invocation) throws -> [Value] {
    var subjects: [Value] = []
    for (flag, kind) in [("user", "User"), ("group", "Group")] {
      for name in call.values.strings(flag) {
        subjects.append(
          ["apiGroup": .string(group), "kind": .string(kind), "name": .string(name)])
      }
    }
    for text in call.values.strings("serviceaccount") {
      let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
        throw CommandError.text("serviceaccount must be <namespace>:<name>")
      }
      subjects.append([
        "kind": "ServiceAccount", "name": .string(String(parts[1])),
        "namespace": .string(String(parts[0])),
      ])
    }
    return subjects
  }
}
