import Documents
import KubeObjects
import Simulation
import Testing

@testable import KubeAPIServer

/// Who may be served as whom, and in which words the rest are refused (KEP 5284).
@Suite struct ImpersonationTests {
  /// A row: what the asker may do (verb, group, resource, names), whom the headers name, and what a
  /// review of oneself says then: groups, or the refusal.
  struct Row: CustomTestStringConvertible, Sendable {
    var asker = "ann"
    var node: String?
    var rules: [[String]]
    var headers: [[String]]
    var groups: String?
    var refusal: String?
    var testDescription: String { "\(headers) by \(rules)" }
  }

  static let on = "selfsubjectreviews.authentication.k8s.io is forbidden: User \"ann\" cannot "
  static let scope = " in API group \"authentication.k8s.io\" at the cluster scope"
  static let create = " resource \"selfsubjectreviews\"" + scope
  static let bot = "system:serviceaccount:deck:bot"

  static func may(_ mode: String, _ resource: String, _ names: String...) -> [[String]] {
    [
      [
        "impersonate-on:\(mode):create", "authentication.k8s.io",
        "selfsubjectreviews",
      ],
      ["impersonate:\(mode)", "authentication.k8s.io", resource] + names,
    ]
  }

  static let rows: [Row] = [
    Row(
      rules: may("user-info", "users", "bob"), headers: [["user", "bob"]],
      groups: "system:authenticated"),
    Row(
      rules: may("user-info", "users", "eve"), headers: [["user", "bob"]],
      refusal: "users.authentication.k8s.io \"bob\" is forbidden: User \"ann\" cannot "
        + "impersonate:user-info resource \"users\"" + scope),
    Row(
      rules: [], headers: [["user", "bob"]],
      refusal: on + "impersonate-on:user-info:create" + create),
    Row(
      rules: [["impersonate", "", "users"]], headers: [["user", "bob"]],
      groups: "system:authenticated"),
    Row(
      rules: may("user-info", "users"), headers: [["user", "bob"], ["group", "crew"]],
      refusal: "groups.authentication.k8s.io \"crew\" is forbidden: User \"ann\" cannot "
        + "impersonate:user-info resource \"groups\"" + scope),
    Row(
      rules: may("user-info", "users")
        + [["impersonate:user-info", "authentication.k8s.io", "groups"]],
      headers: [["user", "bob"], ["group", "system:masters"]],
      refusal: "groups.authentication.k8s.io \"system:masters\" is forbidden: User \"ann\" cannot "
        + "impersonate:user-info resource \"groups\"\(scope): "
        + "impersonating the system:masters group is not allowed"),
    Row(
      rules: may("user-info", "users")
        + [["impersonate:user-info", "authentication.k8s.io", "userextras/acme.io/deck"]],
      headers: [["user", "bob"], ["extra-acme.io%2fdeck", "low"]],
      groups: "system:authenticated"),
    Row(
      rules: may("user-info", "users"), headers: [["user", "bob"], ["extra-deck", "low"]],
      refusal: "userextras.authentication.k8s.io is forbidden: User \"ann\" cannot "
        + "impersonate:user-info resource \"userextras\"\(scope): impersonating an invalid key in "
        + "extra is not allowed: extra.key: Invalid value: \"deck\": must be a domain-prefixed path "
        + "(such as \"acme.io/foo\")"),
    Row(
      rules: may("serviceaccount", "serviceaccounts", "bot"), headers: [["user", bot]],
      groups: "system:serviceaccounts system:serviceaccounts:deck system:authenticated"),
    Row(
      rules: may("user-info", "users"), headers: [["user", bot]],
      refusal: on + "impersonate-on:serviceaccount:create" + create),
    Row(
      rules: may("arbitrary-node", "nodes", "n1"), headers: [["user", "system:node:n1"]],
      groups: "system:nodes system:authenticated"),
    Row(
      rules: [["impersonate", "", "users"]], headers: [["user", "system:node:n1"]],
      groups: "system:authenticated"),
    Row(
      asker: bot, node: "n1", rules: may("associated-node", "nodes"),
      headers: [["user", "system:node:n1"]], groups: "system:nodes system:authenticated"),
    Row(
      asker: bot, node: "n1",
      rules: [
        [
          "impersonate-on:associated-node:create", "authentication.k8s.io", "selfsubjectreviews",
        ]
      ],
      headers: [["user", "system:node:n1"]],
      refusal: "nodes.authentication.k8s.io \"*\" is forbidden: User \"\(bot)\" cannot "
        + "impersonate:associated-node resource \"nodes\"" + scope),
    Row(
      asker: bot, node: "n2", rules: may("associated-node", "nodes"),
      headers: [["user", "system:node:n1"]],
      refusal: "selfsubjectreviews.authentication.k8s.io is forbidden: User \"\(bot)\" cannot "
        + "impersonate-on:arbitrary-node:create" + create),
    Row(
      rules: [], headers: [["group", "crew"], ["extra-acme.io%2fdeck", "low"]],
      refusal: "requested &user.DefaultInfo{Name:\"\", UID:\"\", Groups:[]string{\"crew\"}, "
        + "Extra:map[string][]string{\"acme.io/deck\":[]string{\"low\"}}} without impersonating a "
        + "user name"),
  ]

  private static func make(_ server: APIServer, _ path: String, _ object: Value) {
    let answer = server.handle(
      APIRequest(
        method: "POST", path: path, headers: [("content-type", "application/json")],
        body: .value(object), credential: RecordedCase.owner))
    #expect(answer.code == 201)
  }

  private static func grant(_ rules: [[String]], to user: String, _ server: APIServer) {
    let group = "/apis/rbac.authorization.k8s.io/v1"
    make(
      server, "\(group)/clusterroles",
      [
        "kind": "ClusterRole", "apiVersion": "rbac.authorization.k8s.io/v1",
        "metadata": ["name": "pretend"],
        "rules": .array(
          rules.map { rule in
            var value: Value = [
              "verbs": .strings([rule[0]]), "apiGroups": .strings([rule[1]]),
              "resources": .strings([rule[2]]),
            ]
            if rule.count > 3 { value["resourceNames"] = .strings(Array(rule[3...])) }
            return value
          }),
      ])
    make(
      server, "\(group)/clusterrolebindings",
      [
        "kind": "ClusterRoleBinding", "apiVersion": "rbac.authorization.k8s.io/v1",
        "metadata": ["name": "pretend"],
        "subjects": [
          ["kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": .string(user)]
        ],
        "roleRef": [
          "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "pretend",
        ],
      ])
  }

  private static func review(
    _ server: APIServer, _ asker: UserInfo, _ headers: [[String]]
  ) -> Value {
    let answer = server.handle(
      APIRequest(
        method: "POST", path: "/apis/authentication.k8s.io/v1/selfsubjectreviews",
        headers: headers.map { ("impersonate-" + $0[0], $0[1]) }
          + [("content-type", "application/json")],
        body: .value(["kind": "SelfSubjectReview", "apiVersion": "authentication.k8s.io/v1"]),
        credential: .component(asker)))
    guard case .value(let value) = answer.body else { return .null }
    return value
  }

  @Test("who is impersonated, and who is refused", arguments: rows)
  func modes(_ row: Row) {
    let server = RecordedCasesTests.server()
    server.authorizesByRole = true
    Self.grant(row.rules, to: row.asker, server)
    var asker = UserInfo(name: row.asker)
    if let node = row.node { asker.extra["authentication.kubernetes.io/node-name"] = [node] }
    let answer = Self.review(server, asker, row.headers)
    let groups = answer[path: "status", "userInfo", "groups"]?.array?.compactMap(\.string)
    #expect(groups?.joined(separator: " ") == row.groups)
    #expect(answer["message"]?.string == row.refusal)
  }

  @Test("the refusal that is told is that of the mode which worked last")
  func lastMode() {
    let server = RecordedCasesTests.server()
    server.authorizesByRole = true
    Self.grant([["impersonate", "", "users", "bob"]], to: "ann", server)
    let asker = UserInfo(name: "ann")
    let before = Self.review(server, asker, [["user", "eve"]])
    #expect(before["message"]?.string == Self.on + "impersonate-on:user-info:create" + Self.create)
    #expect(Self.review(server, asker, [["user", "bob"]])["status"] != nil)
    let after = Self.review(server, asker, [["user", "eve"]])
    #expect(
      after["message"]?.string
        == "users \"eve\" is forbidden: User \"ann\" cannot impersonate resource \"users\" in API "
        + "group \"\" at the cluster scope")
  }
}
