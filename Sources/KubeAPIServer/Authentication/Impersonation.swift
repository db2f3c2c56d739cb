import Documents
import KubeObjects

/// Whom a request is served as.
struct ServedUser {
  var user: UserInfo
  /// The verb by which another one was impersonated (audit logs name it); empty: none, or by the
  /// verb `impersonate` of old.
  var constraint = ""
}

/// May the asker do what the question says as the wanted user? The modes of KEP 5284
/// (ConstrainedImpersonation, on by default in 1.36) are tried in turn, the old verb last.
/// What was allowed is asked again each time, where upstream remembers it for ten seconds.
struct Impersonation {
  let server: APIServer
  let asker: UserInfo
  let wanted: UserInfo
  let question: AccessQuestion

  private enum Mode: String, CaseIterable {
    case associatedNode = "associated-node"
    case arbitraryNode = "arbitrary-node"
    case serviceAccount = "serviceaccount"
    case userInfo = "user-info"
    case legacy

    var verb: String { self == .legacy ? "impersonate" : "impersonate:\(rawValue)" }
  }

  func user() throws(StatusError) -> ServedUser {
    var modes = Mode.allCases.indices.filter { applies(Mode.allCases[$0]) }
    // Whatever worked for the asker before is tried first, and its refusal is the one that is told.
    if let last = server.impersonationModes[asker.name], let place = modes.firstIndex(of: last) {
      modes.insert(modes.remove(at: place), at: 0)
    }
    var refusal: StatusError?
    for index in modes {
      do throws(StatusError) {
        let user = try user(by: Mode.allCases[index])
        server.impersonationModes[asker.name] = index
        return user
      } catch {
        refusal = refusal ?? error
      }
    }
    throw refusal ?? .internalError("all impersonation modes failed")
  }

  private func applies(_ mode: Mode) -> Bool {
    let isBare = wanted.uid.isEmpty && wanted.groups.isEmpty && wanted.extra.isEmpty
    let node = wanted.nodeName
    return switch mode {
    case .associatedNode:
      isBare && node != nil && asker.serviceAccount != nil
        && asker.extra["authentication.kubernetes.io/node-name"] == node.map { [$0] }
    case .arbitraryNode: isBare && node != nil
    case .serviceAccount: isBare && wanted.serviceAccount != nil
    case .userInfo: node == nil && wanted.serviceAccount == nil
    case .legacy: true
    }
  }

  private func user(by mode: Mode) throws(StatusError) -> ServedUser {
    if mode != .legacy {
      var action = question
      action.verb = "impersonate-on:\(mode.rawValue):\(question.verb)"
      try check(action)
    }
    var user = wanted
    try checkName(mode, &user)
    if !wanted.uid.isEmpty { try check(about("uids", wanted.uid, mode)) }
    try checkGroups(mode)
    try checkExtra(mode)
    if user.name == "system:anonymous" {
      user.join("system:unauthenticated")
    } else if !user.groups.contains("system:unauthenticated") {
      user.join("system:authenticated")
    }
    return ServedUser(user: user, constraint: mode == .legacy ? "" : mode.verb)
  }

  private func about(_ resource: String, _ name: String, _ mode: Mode) -> AccessQuestion {
    // Names and groups were of the core group once, the rest never.
    let isCore = mode == .legacy && !["uids", "userextras"].contains(resource)
    return AccessQuestion(
      verb: mode.verb, group: isCore ? "" : "authentication.k8s.io", version: "v1",
      resource: resource, name: name)
  }

  private func check(_ question: AccessQuestion) throws(StatusError) {
    let decision = server.decide(asker, question)
    if !decision.isAllowed { throw question.refusal(of: asker, decision.reason) }
  }

  private func checkName(_ mode: Mode, _ user: inout UserInfo) throws(StatusError) {
    var subject = about("users", wanted.name, mode)
    if mode != .legacy, let node = wanted.nodeName {
      subject.resource = "nodes"
      // One permission is for all nodes: which one it is, the token says.
      subject.name = mode == .associatedNode ? "*" : node
      user.groups = ["system:nodes"]
    }
    if let account = wanted.serviceAccount {
      subject.resource = "serviceaccounts"
      subject.namespace = account.namespace
      subject.name = account.name
      if wanted.groups.isEmpty {
        user.groups = [
          "system:serviceaccounts", "system:serviceaccounts:\(account.namespace)",
        ]
      }
    }
    try check(subject)
  }

  /// From how many on it is asked first whether all are allowed.
  private static let many = 4

  private func checkGroups(_ mode: Mode) throws(StatusError) {
    guard !wanted.groups.isEmpty else { return }
    if mode != .legacy {
      let refused = about("groups", "", mode)
      if wanted.groups.contains("") {
        throw refused.refusal(of: asker, "impersonating the empty string group is not allowed")
      }
      if wanted.groups.contains("system:masters") {
        throw about("groups", "system:masters", mode).refusal(
          of: asker, "impersonating the system:masters group is not allowed")
      }
      if wanted.groups.count >= Self.many,
        server.isAllowed(asker, about("groups", "*", mode))
      {
        return
      }
    }
    for group in wanted.groups { try check(about("groups", group, mode)) }
  }

  private func checkExtra(_ mode: Mode) throws(StatusError) {
    let extra = wanted.extra.sorted { $0.key < $1.key }
    guard !extra.isEmpty else { return }
    if mode != .legacy {
      for (key, values) in extra {
        guard let problem = Self.problem(key, values) else { continue }
        throw about("userextras", "", mode).refusal(of: asker, problem)
      }
      var all = about("userextras", "*", mode)
      all.subresource = "*"
      if extra.count >= Self.many || extra.map(\.value.count).reduce(0, +) >= Self.many,
        server.isAllowed(asker, all)
      {
        return
      }
    }
    for (key, values) in extra {
      for value in values {
        var subject = about("userextras", value, mode)
        subject.subresource = key
        try check(subject)
      }
    }
  }

  /// What the newer modes do not take; keys are in lower case as headers are.
  private static func problem(_ key: String, _ values: [String]) -> String? {
    if key.isEmpty { return "impersonating the empty string key in extra is not allowed" }
    let path = FieldPath("extra", "key")
    let problems = Checks.domainPrefixedPath(key, path)
    if !problems.isEmpty {
      return "impersonating an invalid key in extra is not allowed: "
        + FieldError.aggregate(problems.map(\.message))
    }
    if key != key.lowercased() {
      return "impersonating a non-lowercase key in extra is not allowed: \(key.goQuoted)"
    }
    return values.contains("")
      ? "impersonating the empty string value in extra is not allowed" : nil
  }
}

extension APIRequest {
  /// Whom its Impersonate-… headers name; nil: there are none.
  var impersonated: UserInfo? {
    get throws(StatusError) {
      let prefix = "impersonate-extra-"
      var user = UserInfo(
        name: header("impersonate-user") ?? "", uid: header("impersonate-uid") ?? "",
        groups: headers.filter { $0.name == "impersonate-group" }.map(\.value))
      for header in headers where header.name.hasPrefix(prefix) {
        let key = RequestInfo.decoded(header.name.dropFirst(prefix.count))
        user.extra[key, default: []].append(header.value)
      }
      if !user.name.isEmpty { return user }
      if user.uid.isEmpty, user.groups.isEmpty, user.extra.isEmpty { return nil }
      throw .badRequest("requested \(user.goSyntax) without impersonating a user name")
    }
  }
}

extension UserInfo {
  /// Of `system:serviceaccount:NAMESPACE:NAME`, where both could be names of objects.
  var serviceAccount: (namespace: String, name: String)? {
    let parts = name.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 4, parts[0] == "system", parts[1] == "serviceaccount",
      NameRule.dns1123Label.allows(parts[2]), NameRule.dns1123Subdomain.allows(parts[3])
    else { return nil }
    return (parts[2], parts[3])
  }

  /// Of `system:node:NAME`, where that could be a node's name.
  var nodeName: String? {
    let prefix = "system:node:"
    guard name.hasPrefix(prefix) else { return nil }
    let node = String(name.dropFirst(prefix.count))
    return NameRule.dns1123Subdomain.allows(node) ? node : nil
  }

  mutating func join(_ group: String) {
    if !groups.contains(group) { groups.append(group) }
  }

  /// As Go's `%#v` writes the structure.
  fileprivate var goSyntax: String {
    func list(_ texts: [String]) -> String {
      texts.isEmpty
        ? "[]string(nil)" : "[]string{\(texts.map(\.goQuoted).joined(separator: ", "))}"
    }
    let pairs = extra.sorted { $0.key < $1.key }
      .map { "\($0.key.goQuoted):\(list($0.value))" }.joined(separator: ", ")
    let map = "map[string][]string" + (extra.isEmpty ? "(nil)" : "{\(pairs)}")
    return "&user.DefaultInfo{Name:\(name.goQuoted), UID:\(uid.goQuoted), "
      + "Groups:\(list(groups)), Extra:\(map)}"
  }
}
