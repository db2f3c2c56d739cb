import Documents

/// kubectl create role.
enum CreateRole {
  static let specification = CommandSpecification(
    name: "role",
    usage: "role NAME --verb=verb --resource=resource.group/subresource "
      + "[--resource-name=resourcename] [--dry-run=server|client|none]",
    summary: "Create a role with single rule", about: "Create a role with single rule.",
    examples: [
      ("Reading pods", "kubectl create role reader --verb=get,list,watch --resource=pods,pods/log")
    ],
    flags: Creation.flags + Flag.list("resource:list resource-name:array verb:list"), run: run)

  static func run(_ call: Invocation) async throws {
    let creation = try Creation(call, .roles)
    let rules = try await PolicyRules(call).resourceRules()
    try await creation.finish(creation.frame(["rules": .array(rules)]))
  }
}

/// kubectl create clusterrole.
enum CreateClusterRole {
  static let specification = CommandSpecification(
    name: "clusterrole",
    usage: "clusterrole NAME --verb=verb --resource=resource.group [--resource-name=resourcename] "
      + "[--dry-run=server|client|none]",
    summary: "Create a cluster role", about: "Create a cluster role.",
    examples: [
      ("Reading nodes", "kubectl create clusterrole node-reader --verb=get,list --resource=nodes"),
      (
        "A path that is no resource",
        "kubectl create clusterrole metrics --verb=get --non-resource-url=/metrics"
      ),
    ],
    flags: Creation.flags
      + Flag.list(
        "aggregation-rule:list non-resource-url:list resource:list resource-name:array verb:list"),
    run: run)

  static func run(_ call: Invocation) async throws {
    let creation = try Creation(call, .clusterRoles)
    let values = call.values
    let aggregation = values.strings("aggregation-rule")
    let urls = values.strings("non-resource-url")
    if !aggregation.isEmpty {
      guard urls.isEmpty, values.strings("verb").isEmpty, values.strings("resource").isEmpty,
        values.strings("resource-name").isEmpty
      else {
        throw CommandError.text(
          "aggregation rule must be specified without nonResourceURLs, verbs, resources or "
            + "resourceNames")
      }
      var labels = Mapping()
      for text in aggregation {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty else {
          throw CommandError.text(
            "invalid argument \(Go.quoted(text)) for \"--aggregation-rule\" flag: malformed pair, "
              + "expect string=string\nSee 'kubectl create clusterrole --help' for usage.")
        }
        labels[String(parts[0])] = .string(String(parts[1]))
      }
      return try await creation.finish(
        creation.frame([
          "aggregationRule": ["clusterRoleSelectors": [["matchLabels": .object(labels)]]],
          "rules": .null,
        ]))
    }
    var rules: [Value] = []
    let reader = PolicyRules(call)
    if urls.isEmpty, values.strings("resource").isEmpty, !values.strings("verb").isEmpty {
      throw CommandError.text("one of resource or nonResourceURL must be specified")
    }
    if !values.strings("resource").isEmpty || urls.isEmpty {
      rules = try await reader.resourceRules()
    }
    if !urls.isEmpty { rules.append(try reader.pathRule(urls)) }
    try await creation.finish(creation.frame(["rules": .array(rules)]))
  }
}

/// The rules that --verb, --resource and their kin make.
struct PolicyRules {
  private let call: Invocation
  private static let verbs: Set<String> = [
    "*", "get", "delete", "list", "create", "update", "patch", "watch", "proxy",
    "deletecollection", "use", "bind", "escalate", "impersonate",
  ]
  private static let specialVerbs: [String: Set<String>] = [
    "use": ["podsecuritypolicies.policy", "podsecuritypolicies.extensions"],
    "bind": ["roles.rbac.authorization.k8s.io", "clusterroles.rbac.authorization.k8s.io"],
    "escalate": ["roles.rbac.authorization.k8s.io", "clusterroles.rbac.authorization.k8s.io"],
    "impersonate": ["users", "serviceaccounts", "groups", "userextras.authentication.k8s.io"],
  ]
  private static let pathVerbs: Set<String> = [
    "*", "get", "post", "put", "delete", "patch", "head", "options",
  ]

  init(_ call: Invocation) { self.call = call }

  private func uniqueVerbs() throws -> [String] {
    var seen: Set<String> = []
    let verbs = call.values.strings("verb").filter { seen.insert($0).inserted }
    if verbs.isEmpty { throw CommandError.text("at least one verb must be specified") }
    return verbs.contains("*") ? ["*"] : verbs
  }

  func resourceRules() async throws -> [Value] {
    let verbs = try uniqueVerbs()
    let words = call.values.strings("resource")
    guard !words.isEmpty else { throw CommandError.text("at least one resource must be specified") }
    for verb in verbs where !Self.verbs.contains(verb) {
      call.warn("'\(verb)' is not a standard resource verb")
    }
    var seen: Set<String> = []
    let names = call.values.strings("resource-name").filter { seen.insert($0).inserted }
    var resources: [String: [String]] = [:]
    for word in words {
      let (group, name) = try await resolve(word, verbs)
      if !(resources[group] ?? []).contains(name) { resources[group, default: []].append(name) }
    }
    return resources.keys.sorted().map { group in
      var rule: Value = [
        "apiGroups": [.string(group)],
        "resources": .array((resources[group] ?? []).map { .string($0) }),
        "verbs": .array(verbs.map { .string($0) }),
      ]
      if !names.isEmpty { rule["resourceNames"] = .array(names.map { .string($0) }) }
      return rule
    }
  }

  /// `deployments.apps/scale` as the group and what a rule says.
  private func resolve(_ word: String, _ verbs: [String]) async throws -> (
    group: String, name: String
  ) {
    let parts = word.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    let base = String(parts.first ?? "")
    let tail = parts.count > 1 ? "/" + parts[1] : ""
    if base == "*" { return ("", "*" + tail) }
    if base == "*.*" { return ("*", "*" + tail) }
    let dot = base.firstIndex(of: ".") ?? base.endIndex
    let group = String(base[dot...].dropFirst())
    if base.hasPrefix("*.") { return (group, "*" + tail) }
    guard !base.isEmpty else {
      throw CommandError.text("resource must be specified if apiGroup/subresource specified")
    }
    let mapper = try await call.mapper()
    let match = mapper.find(base)
    // What follows the first dot is a group, never a version and a group.
    let found = match.flatMap { match in
      group.isEmpty || match.group == group || match.group.hasPrefix(group + ".") ? match : nil
    }
    let (foundGroup, name) =
      found.map { ($0.group, $0.name) } ?? (group, String(base[..<dot]))
    // Some verbs are spoken of few kinds, which need not be served (validateResource).
    var isSpecial = false
    for verb in verbs {
      guard let kinds = Self.specialVerbs[verb] else { continue }
      guard kinds.contains(foundGroup.isEmpty ? name : "\(name).\(foundGroup)") else {
        throw CommandError.text("can not perform '\(verb)' on '\(name)' in group '\(foundGroup)'")
      }
      isSpecial = true
    }
    if found == nil, !isSpecial {
      throw CommandError.noMatch(resource: name, group: group, version: "")
    }
    return (foundGroup, name + tail)
  }

  func pathRule(_ paths: [String]) throws -> Value {
    let verbs = try uniqueVerbs()
    for verb in verbs where !Self.pathVerbs.contains(verb) {
      throw CommandError.text("invalid verb: '\(verb)' for nonResourceURL")
    }
    for path in paths where path != "*" {
      guard path.hasPrefix("/") else {
        throw CommandError.text("nonResourceURL should start with /")
      }
      if path.dropLast().contains("*") {
        throw CommandError.text(
          "nonResourceURL only supports wildcard matches when '*' is at the end")
      }
    }
    return [
      "nonResourceURLs": .array(paths.map { .string($0) }),
      "verbs": .array(verbs.map { .string($0) }),
    ]
  }
}
