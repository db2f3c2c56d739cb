import Documents
import KubeObjects
import Simulation
import Testing

@testable import KubeAPIServer

/// RBAC against a reading of it that knows no index: every binding, every subject, every rule.
@Suite struct RolePropertyTests {
  /// A small world, so that names meet often.
  private struct World {
    var random: SeededRandom
    static let namespaces = ["a", "b"]
    static let roles = ["r1", "r2", "r3", "gone"]
    static let users = [
      "jane", "joe", "system:serviceaccount:a:bot", "system:serviceaccount:b:bot",
    ]
    static let groups = ["devs", "ops", "system:authenticated"]
    static let verbs = ["get", "list", "create", "delete"]
    static let resources = ["pods", "pods/log", "deployments", "deployments/scale", "secrets"]
    static let kinds = [("", "pods"), ("apps", "deployments"), ("", "secrets")]
    static let paths = ["/healthz", "/healthz/etcd", "/metrics"]

    mutating func pick<T>(_ all: [T]) -> T { all[random.below(all.count)] }
    mutating func some<T>(_ all: [T]) -> [T] {
      let kept = all.filter { _ in random.below(3) == 0 }
      return kept.isEmpty ? [pick(all)] : kept
    }
    mutating func chance(_ of: Int) -> Bool { random.below(of) == 0 }

    mutating func rule(inNamespace: Bool) -> Value {
      if !inNamespace, chance(4) {
        return [
          "verbs": .strings(chance(3) ? ["*"] : some(Self.verbs)),
          "nonResourceURLs": .strings(chance(3) ? ["/healthz*"] : some(Self.paths)),
        ]
      }
      var rule: Value = [
        "verbs": .strings(chance(5) ? ["*"] : some(Self.verbs)),
        "apiGroups": .strings(chance(5) ? ["*"] : some(["", "apps"])),
        "resources": .strings(
          chance(6) ? ["*"] : chance(5) ? ["*/scale", "*/log"] : some(Self.resources)),
      ]
      if chance(4) { rule["resourceNames"] = .strings(some(["x", "y"])) }
      return rule
    }

    mutating func role(namespace: String) -> Value {
      let isCluster = namespace.isEmpty
      var metadata: Value = ["name": .string(pick(["r1", "r2", "r3"]))]
      if !isCluster { metadata["namespace"] = .string(namespace) }
      let rules = (0..<1 + random.below(3)).map { _ in rule(inNamespace: !isCluster) }
      return [
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": isCluster ? "ClusterRole" : "Role", "metadata": metadata, "rules": .array(rules),
      ]
    }

    mutating func binding(namespace: String) -> Value {
      let isCluster = namespace.isEmpty
      var metadata: Value = ["name": .string("b\(random.below(8))")]
      if !isCluster { metadata["namespace"] = .string(namespace) }
      let subjects = (0..<1 + random.below(2)).map { _ -> Value in
        switch random.below(3) {
        case 0: return ["kind": "User", "name": .string(pick(["jane", "joe"]))]
        case 1: return ["kind": "Group", "name": .string(pick(Self.groups))]
        default:
          return [
            "kind": "ServiceAccount", "name": "bot", "namespace": .string(pick(Self.namespaces)),
          ]
        }
      }
      return [
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": isCluster ? "ClusterRoleBinding" : "RoleBinding", "metadata": metadata,
        "subjects": .array(subjects),
        "roleRef": [
          "apiGroup": "rbac.authorization.k8s.io",
          "kind": isCluster || chance(2) ? "ClusterRole" : "Role",
          "name": .string(pick(Self.roles)),
        ],
      ]
    }

    mutating func question() -> AccessQuestion {
      let verb = pick(Self.verbs)
      if chance(6) { return AccessQuestion(verb: verb, path: pick(Self.paths)) }
      let (group, resource) = pick(Self.kinds)
      return AccessQuestion(
        verb: verb, group: group, version: "v1", resource: resource,
        subresource: pick(["", "", "log", "scale"]), namespace: pick(["", "a", "b"]),
        name: pick(["", "x", "y"]))
    }

    mutating func user() -> UserInfo {
      UserInfo(name: pick(Self.users), groups: some(Self.groups))
    }
  }

  /// As the documentation tells it, by lists of all that is there.
  private static func mayDo(
    _ user: UserInfo, _ question: AccessQuestion, _ client: ComponentClient
  ) throws -> Bool {
    let bindings =
      try client.list(.clusterRoleBindings)
      + client.list(.roleBindings).filter {
        !question.namespace.isEmpty && $0.namespace == question.namespace
      }
    for binding in bindings {
      let names = (binding["subjects"]?.array ?? []).contains { subject in
        let name = subject["name"]?.string ?? ""
        switch subject["kind"]?.string {
        case "User": return name == user.name
        case "Group": return user.groups.contains(name)
        default:
          return user.name
            == "system:serviceaccount:\(subject["namespace"]?.string ?? ""):\(name)"
        }
      }
      guard names else { continue }
      let reference = binding["roleRef"] ?? .null
      let isCluster = reference["kind"]?.string == "ClusterRole"
      guard
        let role = try? client.get(
          isCluster ? .clusterRoles : .roles, reference["name"]?.string ?? "",
          namespace: isCluster ? "" : binding.namespace)
      else { continue }
      if (role["rules"]?.array ?? []).contains(where: { says($0, question) }) { return true }
    }
    return false
  }

  private static func says(_ rule: Value, _ question: AccessQuestion) -> Bool {
    func list(_ name: String) -> [String] { (rule[name]?.array ?? []).compactMap(\.string) }
    guard list("verbs").contains("*") || list("verbs").contains(question.verb) else { return false }
    if !question.path.isEmpty {
      return list("nonResourceURLs").contains {
        $0 == question.path || $0.hasSuffix("*") && question.path.hasPrefix($0.dropLast())
      }
    }
    guard list("apiGroups").contains("*") || list("apiGroups").contains(question.group) else {
      return false
    }
    let full =
      question.subresource.isEmpty
      ? question.resource : "\(question.resource)/\(question.subresource)"
    var meant: Set<String> = ["*", full]
    if !question.subresource.isEmpty { meant.insert("*/\(question.subresource)") }
    guard list("resources").contains(where: meant.contains) else { return false }
    return list("resourceNames").isEmpty || list("resourceNames").contains(question.name)
  }

  @Test(
    "decisions are those of a reading without an index, while roles and bindings change",
    arguments: 1...12)
  func property(_ seed: Int) throws {
    var world = World(random: SeededRandom(seed: UInt64(seed)))
    let server = APIServer(timeline: Timeline(now: Moment(seconds: 0)), seed: 1)
    server.authorizesByRole = true
    for name in World.namespaces { try put(["metadata": ["name": .string(name)]], .namespaces) }
    func put(_ object: Value, _ resource: GroupVersionResource) throws {
      let client = Self.client(server)
      let space = object.namespace
      if (try? client.get(resource, object.name, namespace: space)) != nil {
        try client.delete(resource, object.name, namespace: space)
      }
      _ = try client.create(resource, object, namespace: space)
    }
    let client = Self.client(server)
    for _ in 0..<40 {
      let space = world.pick(["", "a", "b"])
      let place: GroupVersionResource
      switch world.random.below(5) {
      case 0, 1:
        try put(world.role(namespace: space), space.isEmpty ? .clusterRoles : .roles)
      case 2, 3:
        try put(
          world.binding(namespace: space), space.isEmpty ? .clusterRoleBindings : .roleBindings)
      default:
        place = space.isEmpty ? .clusterRoleBindings : .roleBindings
        if let old = try client.list(place, namespace: space).first {
          try client.delete(place, old.name, namespace: old.namespace)
        }
      }
      for _ in 0..<12 {
        let (user, question) = (world.user(), world.question())
        let expected = try Self.mayDo(user, question, client)
        #expect(
          server.isAllowed(user, question) == expected, "seed \(seed): \(user) \(question)")
        let told = server.explainAccess(of: user, to: question)
        #expect(told.decision.isAllowed == expected)
        #expect(told.near.allSatisfy { !$0.lacks.isEmpty })
      }
    }
  }

  private static func client(_ server: APIServer) -> ComponentClient {
    ComponentClient(
      server: server, user: UserInfo(name: "t", groups: ["system:masters"]), manager: "t")
  }
}
