import KubeAPIServer
import KubeObjects

/// Why a user may or may not do something: the binding that allows it, or those that almost do.
struct WhyAccess {
  var user: UserInfo
  var question: AccessQuestion

  /// Reads `USER VERB RESOURCE` with kubectl's ways of writing a resource: `pods`, `pods/web`,
  /// `deployments.apps`, `/healthz`. `sa/NAME` is a ServiceAccount of the namespace.
  init?(
    words: [String], namespace: String, groups: [String], subresource: String,
    server: APIServer
  ) throws(StatusError) {
    guard words.count == 3 else { return nil }
    let (who, verb, what) = (words[0], words[1].lowercased(), words[2])
    user = Self.user(who, groups: groups, namespace: namespace)
    if what.hasPrefix("/") {
      question = AccessQuestion(verb: verb, path: what)
      return
    }
    let parts = what.split(separator: "/", maxSplits: 1).map(String.init)
    guard let type = parts.first, !who.isEmpty, !verb.isEmpty else { return nil }
    let name = parts.count > 1 ? parts[1] : ""
    if type == "*" {
      question = AccessQuestion(
        verb: verb, group: "*", resource: "*", namespace: namespace, name: name)
      return
    }
    guard let (found, isNamespaced) = server.resource(named: type) else {
      throw StatusError(
        code: 404, reason: "NotFound",
        message: "the server doesn't have a resource type \(type.goQuoted)")
    }
    question = AccessQuestion(
      verb: verb, group: found.group, version: found.version, resource: found.resource,
      subresource: subresource, namespace: isNamespaced ? namespace : "", name: name)
  }

  private static func user(_ name: String, groups: [String], namespace: String) -> UserInfo {
    var name = name
    for prefix in ["sa/", "serviceaccount/"] where name.hasPrefix(prefix) {
      name = "system:serviceaccount:\(namespace):\(name.dropFirst(prefix.count))"
    }
    var all = groups
    let parts = name.split(separator: ":", omittingEmptySubsequences: false)
    if parts.count == 4, name.hasPrefix("system:serviceaccount:") {
      all += ["system:serviceaccounts", "system:serviceaccounts:\(parts[2])"]
    }
    return UserInfo(name: name, groups: all + ["system:authenticated"])
  }

  private var deed: String {
    if !question.path.isEmpty { return "\(question.verb) \(question.path)" }
    var text = "\(question.verb) \(question.resource)"
    if !question.subresource.isEmpty { text += "/\(question.subresource)" }
    if !question.name.isEmpty { text += " \(question.name)" }
    return text + (question.namespace.isEmpty ? "" : " in namespace \(question.namespace)")
  }

  func text(_ server: APIServer) -> String {
    let explanation = server.explainAccess(of: user, to: question)
    if explanation.decision.isAllowed {
      let reason = explanation.decision.reason
      let told = reason.hasPrefix("RBAC: ") ? String(reason.dropFirst(6)) : reason
      return "\(user.name) may \(deed)\n└ "
        + (told.isEmpty ? "allowed without asking RBAC" : told) + "\n"
    }
    var text = "\(user.name) may not \(deed)\n"
    for near in explanation.near {
      text +=
        "└ \(near.kind) \(place(near.name, near.namespace)) of \(near.roleKind) "
        + "\(near.roleName) lacks \(near.lacks.joined(separator: ", and "))\n"
      let advice = advice(near)
      if !advice.isEmpty { text += "  → \(advice)\n" }
    }
    if explanation.near.isEmpty { text += "└ no binding comes near\n  → \(fresh)\n" }
    if !explanation.decision.reason.isEmpty { text += "└ \(explanation.decision.reason)\n" }
    return text
  }

  private func place(_ name: String, _ namespace: String) -> String {
    namespace.isEmpty ? name : "\(namespace)/\(name)"
  }

  /// The line that would take the one lack away.
  private func advice(_ near: AccessExplanation.NearBinding) -> String {
    guard near.lacks.count == 1, let lack = near.lacks.first else { return "" }
    let space = near.namespace.isEmpty ? "" : " -n \(near.namespace)"
    if lack.hasPrefix("the subject ") {
      return "kubectl set subject \(near.kind.lowercased())/\(near.name)\(space) \(subjectFlag)"
    }
    if lack.hasPrefix("a hold on ") {
      guard near.roleKind == "ClusterRole" else { return fresh }
      return binding(of: "--clusterrole=\(near.roleName)", needsCluster: question.namespace.isEmpty)
    }
    if lack.hasPrefix("its role") {
      return "make it, or bind one that is there: the role of a binding cannot be changed"
    }
    let roleSpace = near.roleKind == "Role" ? space : ""
    return
      "add it to a rule: kubectl edit \(near.roleKind.lowercased()) \(near.roleName)\(roleSpace)"
  }

  private var subjectFlag: String {
    let parts = user.name.split(separator: ":").map(String.init)
    if parts.count == 4, user.name.hasPrefix("system:serviceaccount:") {
      return "--serviceaccount=\(parts[2]):\(parts[3])"
    }
    return "--user=\(user.name)"
  }

  private func binding(of role: String, needsCluster: Bool) -> String {
    needsCluster
      ? "kubectl create clusterrolebinding NAME \(role) \(subjectFlag)"
      : "kubectl create rolebinding NAME \(role) \(subjectFlag) -n \(question.namespace)"
  }

  /// How to allow it with a role of its own.
  private var fresh: String {
    if !question.path.isEmpty {
      return "kubectl create clusterrole ROLE --verb=\(question.verb) "
        + "--non-resource-url=\(question.path), and "
        + binding(of: "--clusterrole=ROLE", needsCluster: true)
    }
    var resource = question.resource
    if !question.group.isEmpty { resource += ".\(question.group)" }
    if !question.subresource.isEmpty { resource += "/\(question.subresource)" }
    let rule = "ROLE --verb=\(question.verb) --resource=\(resource)"
    return question.namespace.isEmpty
      ? "kubectl create clusterrole \(rule), and "
        + binding(of: "--clusterrole=ROLE", needsCluster: true)
      : "kubectl create role \(rule) -n \(question.namespace), and "
        + binding(of: "--role=ROLE", needsCluster: false)
  }
}
