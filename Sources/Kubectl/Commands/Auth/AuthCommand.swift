import Documents
import KubeObjects

/// kubectl auth and its subcommands.
enum AuthCommand {
  static let specification = CommandSpecification(
    name: "auth", usage: "auth [flags]", summary: "Inspect authorization",
    about: "Inspect authorization.",
    subcommands: [
      CommandSpecification(
        name: "can-i", usage: "can-i VERB [TYPE | TYPE/NAME | NONRESOURCEURL]",
        summary: "Check whether an action is allowed", about: "Check whether an action is allowed.",
        examples: [
          ("May I?", "kubectl auth can-i create deployments"),
          ("May a service account?", "kubectl auth can-i list pods --as=system:serviceaccount:a:b"),
          ("What all?", "kubectl auth can-i --list"),
        ],
        flags: .allNamespaces
          + Flag.list("list:bool no-headers:bool quiet,q:bool subresource:string"),
        run: CanI.run),
      CommandSpecification(
        name: "reconcile", usage: "reconcile -f FILENAME",
        summary:
          "Reconciles rules for RBAC role, role binding, cluster role, and cluster role binding "
          + "objects",
        about:
          "Reconciles rules for RBAC role, role binding, cluster role, and cluster role binding "
          + "objects.",
        flags: .printing + .filename + .dryRun
          + Flag.list("remove-extra-permissions:bool remove-extra-subjects:bool"),
        run: AuthReconcile.run),
      CommandSpecification(
        name: "whoami", usage: "whoami", summary: "Experimental: Check self subject attributes",
        about: "Experimental: Check who you are and your attributes (groups, extra).",
        flags: .printing, run: WhoAmI.run),
    ], isErrorAlone: true)
}

/// kubectl auth can-i.
enum CanI {
  private static let verbs: Set<String> = [
    "get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "use",
    "bind", "impersonate", "*", "approve", "sign", "escalate", "attest",
  ]

  private static let pathVerbs: Set<String> = [
    "get", "put", "post", "head", "options", "delete", "patch",
  ]
  /// What RBAC speaks of though no server serves it.
  private static let unserved: Set<String> = ["users", "groups"]

  static func run(_ call: Invocation) async throws {
    let values = call.values
    if values.bool("list") {
      guard call.arguments.isEmpty else {
        throw CommandError.text("list option must be specified with no arguments")
      }
      guard !values.bool("quiet"), !values.bool("all-namespaces"),
        values.string("subresource").isEmpty
      else {
        throw CommandError.text(
          "list option can't be specified with neither quiet, all-namespaces nor subresource "
            + "options")
      }
      return try await list(call)
    }
    guard call.arguments.count == 2 else {
      throw CommandError.text(
        "you must specify two arguments: verb resource or verb resource/resourceName.\n"
          + "See 'kubectl auth can-i -h' for help and examples.")
    }
    let verb = call.arguments[0]
    let word = call.arguments[1]
    let namespace = try await call.namespace().name
    var spec: Value
    if word.hasPrefix("/") {
      guard values.string("subresource").isEmpty else {
        throw CommandError.text("--subresource can not be used with NonResourceURL")
      }
      if !pathVerbs.contains(verb) { call.warn("verb '\(verb)' is not a known verb\n") }
      spec = ["nonResourceAttributes": ["verb": .string(verb), "path": .string(word)]]
    } else {
      spec = [
        "resourceAttributes": try await attributes(verb, word, call, namespace: namespace)
      ]
    }
    guard !values.bool("no-headers") else {
      throw CommandError.text("--no-headers cannot be set without --list specified")
    }
    let answer = try await call.client().send(
      "POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
      body: [
        "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
        "metadata": ["creationTimestamp": .null], "spec": spec, "status": ["allowed": false],
      ]
    ).value
    let isAllowed = answer[path: "status", "allowed"]?.bool ?? false
    if !values.bool("quiet") {
      var line = isAllowed ? "yes" : "no"
      if let reason = answer[path: "status", "reason"]?.string, !reason.isEmpty, !isAllowed {
        line += " - \(reason)"
      }
      if let trouble = answer[path: "status", "evaluationError"]?.string, !trouble.isEmpty {
        line += " - \(trouble)"
      }
      call.output.line(line)
    }
    if !isAllowed { throw CommandError.exit(1) }
  }

  private static func attributes(
    _ verb: String, _ word: String, _ call: Invocation, namespace: String
  ) async throws -> Value {
    let slash = word.firstIndex(of: "/")
    var resource = String(word[..<(slash ?? word.endIndex)])
    let name = slash.map { String(word[$0...].dropFirst()) } ?? ""
    let subresource = call.values.string("subresource")
    let mapper = try await call.mapper()
    var group = ""
    var isNamespaced = true
    if resource == "*" {
    } else if let found = mapper.find(resource.lowercased()) {
      resource = found.name
      group = found.group
      isNamespaced = found.isNamespaced
    } else {
      // The whole word is asked about then, as if it were a resource of the core group.
      let lower = resource.lowercased()
      let dot = lower.firstIndex(of: ".") ?? lower.endIndex
      let place = dot == lower.endIndex ? "" : " in group '\(lower[dot...].dropFirst())'"
      if !unserved.contains(lower) {
        call.warn("the server doesn't have a resource type '\(lower[..<dot])'\(place)\n")
      }
    }
    if !call.values.bool("all-namespaces") {
      if !isNamespaced {
        let place = group.isEmpty ? "" : " in group '\(group)'"
        call.warn("resource '\(resource)' is not namespace scoped\(place)\n")
      }
      if !verbs.contains(verb) { call.warn("verb '\(verb)' is not a known verb\n") }
    }
    var out: Value = ["verb": .string(verb), "resource": .string(resource)]
    if !call.values.bool("all-namespaces") { out["namespace"] = .string(namespace) }
    if !group.isEmpty { out["group"] = .string(group) }
    if !name.isEmpty { out["name"] = .string(name) }
    if !subresource.isEmpty { out["subresource"] = .string(subresource) }
    return out
  }

  private static func list(_ call: Invocation) async throws {
    let namespace = try await call.namespace().name
    let answer = try await call.client().send(
      "POST", "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews",
      body: [
        "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectRulesReview",
        "metadata": ["creationTimestamp": .null], "spec": ["namespace": .string(namespace)],
        "status": ["incomplete": false, "nonResourceRules": .null, "resourceRules": .null],
      ]
    ).value
    let status = answer["status"] ?? [:]
    let rules =
      (status["resourceRules"]?.array ?? []) + (status["nonResourceRules"]?.array ?? [])
    var text =
      call.values.bool("no-headers") ? "" : "Resources\tNon-Resource URLs\tResource Names\tVerbs\n"
    text += PolicyRuleRows.lines(rules).map { $0 + "\n" }.joined()
    call.output.print(Tabulator.table.align(text))
  }
}

/// kubectl auth whoami.
enum WhoAmI {
  static func run(_ call: Invocation) async throws {
    let answer = try await call.client().send(
      "POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews",
      body: [
        "apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview",
        "metadata": ["creationTimestamp": .null], "status": ["userInfo": [:]],
      ]
    ).value
    if let format = try await OutputFormat.parse(call) {
      return call.output.print(
        try ObjectPrinter(format, values: call.values, isTyped: true).text(answer))
    }
    let user = answer[path: "status", "userInfo"] ?? [:]
    func texts(_ value: Value?) -> [String] { (value?.array ?? []).compactMap(\.string) }
    var text = "ATTRIBUTE\tVALUE\n"
    if let name = user["username"]?.string, !name.isEmpty { text += "Username\t\(name)\n" }
    if let uid = user["uid"]?.string, !uid.isEmpty { text += "UID\t\(uid)\n" }
    let groups = texts(user["groups"])
    if !groups.isEmpty { text += "Groups\t\(Go.list(groups))\n" }
    for (key, value) in user["extra"]?.object ?? [:] {
      text += "Extra: \(key)\t\(Go.list(texts(value)))\n"
    }
    call.output.print(Tabulator.table.align(text))
  }
}
