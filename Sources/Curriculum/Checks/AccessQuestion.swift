import Documents

/// Whether somebody may do something, as one would ask `kubectl auth can-i`.
struct AccessQuestion: Sendable, CustomStringConvertible {
  /// A user, or a service account as NAMESPACE:NAME.
  let user: String
  let groups: [String]
  let verb: String
  let group: String
  let resource: String
  let subresource: String
  let name: String
  let namespace: String

  init(_ form: Form?, namespace: String) {
    form?.expect(only: ["as", "groups", "verb", "resource", "name", "namespace"])
    let who = form?.required("as") ?? ""
    if who.hasPrefix("serviceaccount/") {
      let parts = who.dropFirst(15).split(separator: ":")
      let account = parts.count == 2 ? parts.map(String.init) : [namespace, parts.joined()]
      user = "system:serviceaccount:\(account[0]):\(account[1])"
      groups = [
        "system:serviceaccounts", "system:serviceaccounts:\(account[0])", "system:authenticated",
      ]
    } else {
      user = who
      groups = (form?.strings("groups") ?? []) + ["system:authenticated"]
    }
    verb = form?.required("verb") ?? ""
    let parts = (form?.required("resource") ?? "").split(separator: "/", maxSplits: 1)
    let qualified = (parts.first ?? "").split(separator: ".", maxSplits: 1)
    resource = qualified.first.map(String.init) ?? ""
    group = qualified.count > 1 ? String(qualified[1]) : ""
    subresource = parts.count > 1 ? String(parts[1]) : ""
    name = form?.string("name") ?? ""
    self.namespace = form?.string("namespace") ?? namespace
  }

  func ask(_ scene: any Scene) throws(SceneError) -> (isAllowed: Bool, reason: String) {
    var attributes: Value = [
      "verb": .string(verb), "resource": .string(resource), "namespace": .string(namespace),
    ]
    if !group.isEmpty { attributes["group"] = .string(group) }
    if !subresource.isEmpty { attributes["subresource"] = .string(subresource) }
    if !name.isEmpty { attributes["name"] = .string(name) }
    let review: Value = [
      "apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview",
      "spec": [
        "user": .string(user), "groups": .array(groups.map { .string($0) }),
        "resourceAttributes": attributes,
      ],
    ]
    let answer = try scene.create(review, kind: "subjectaccessreviews", namespace: "")
    return (
      answer[path: "status", "allowed"]?.bool ?? false,
      answer[path: "status", "reason"]?.string ?? ""
    )
  }

  var description: String {
    let what = subresource.isEmpty ? resource : "\(resource)/\(subresource)"
    return "\(user): \(verb) \(what)\(name.isEmpty ? "" : "/\(name)")"
      + (namespace.isEmpty ? "" : " in namespace \(namespace)")
  }
}
