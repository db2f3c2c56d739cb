import Documents
import KubeObjects
import Simulation

/// Issues a token for a ServiceAccount by a TokenRequest.
struct TokenIssuing {
  let server: APIServer
  let request: ResourceRequest

  func issue(_ body: Value) throws(StatusError) -> ResourceOutcome {
    if !body.name.isEmpty, body.name != request.name {
      throw .invalid(
        group: "authentication.k8s.io", kind: "TokenRequest", name: request.name,
        [
          .invalid(
            FieldPath("metadata", "name"), .string(body.name),
            "must match the service account name if specified")
        ])
    }
    guard
      let account = server.registry.store.get(
        request.resource, namespace: request.namespace, name: request.name)
    else { throw .notFound(request.resource.resource, request.name) }
    if !body.uid.isEmpty, body.uid != account.uid {
      throw .conflict(
        GroupVersionResource("authentication.k8s.io", "v1", "TokenRequest"), request.name,
        "the UID in the token request (\(body.uid)) does not match the UID of the service account "
          + "(\(account.uid))")
    }
    var answer = body
    var spec = body["spec"] ?? .emptyObject
    let seconds = spec["expirationSeconds"]?.int ?? 3600
    let errors = expiryErrors(seconds)
    if !errors.isEmpty {
      throw .invalid(group: "authentication.k8s.io", kind: "TokenRequest", name: "", errors)
    }
    var audiences = (spec["audiences"]?.array ?? []).compactMap(\.string)
    if audiences.isEmpty { audiences = ["https://kubernetes.default.svc.cluster.local"] }
    var issue = TokenIssue(
      namespace: request.namespace, serviceAccount: request.name,
      serviceAccountUID: account.uid, audiences: audiences, seconds: seconds)
    try bind(spec["boundObjectRef"], &issue)
    spec["audiences"] = .strings(audiences)
    spec["expirationSeconds"] = .int(seconds)
    if spec["boundObjectRef"] == nil { spec["boundObjectRef"] = .null }
    guard let authenticator = server.authenticator else {
      throw .plain("drydock: not simulated: this cluster has no keys to sign tokens with")
    }
    let issued = try authenticator.issueToken(issue)
    // Only what the client and the defaults wrote is owned.
    var asked = body
    asked["spec"]?["expirationSeconds"] = .int(seconds)
    server.registry.managers.review(&asked, request, at: server.registry.stamp)
    answer["spec"] = spec
    answer["status"] = [
      "token": .string(issued.token), "expirationTimestamp": .string(issued.expires),
    ]
    answer["metadata"] = [
      "name": .string(request.name), "namespace": .string(request.namespace),
      "uid": .string(account.uid),
      "creationTimestamp": .string(server.timeline.now.rfc3339),
    ]
    answer["metadata"]?["managedFields"] = asked["metadata"]?["managedFields"]
    return ResourceOutcome(code: 201, object: answer)
  }

  private func expiryErrors(_ seconds: Int64) -> [FieldError] {
    let path = FieldPath("spec", "expirationSeconds")
    if seconds < 600 {
      return [
        .invalid(path, .int(seconds), "may not specify a duration less than 10 minutes")
      ]
    }
    if seconds > 1 << 32 {
      return [
        .invalid(path, .int(seconds), "may not specify a duration larger than 2^32 seconds")
      ]
    }
    return []
  }

  private func bind(_ reference: Value?, _ issue: inout TokenIssue) throws(StatusError) {
    guard let reference, !reference.isNull else { return }
    let kind = reference["kind"]?.string ?? ""
    let version = GroupVersion(apiVersion: reference["apiVersion"]?.string ?? "")
    let name = reference["name"]?.string ?? ""
    let resource: GroupVersionResource
    // Whatever version is named.
    switch (version.group, kind) {
    case ("", "Pod"): resource = .pods
    case ("", "Secret"): resource = .secrets
    case ("", "Node"): resource = .nodes
    default:
      throw .badRequest(
        "cannot bind token to object of type \(version.group)/\(version.version), Kind=\(kind)")
    }
    if name.isEmpty { throw .badRequest("Name parameter required.") }
    let namespace = resource == .nodes ? "" : request.namespace
    guard let object = server.registry.get(resource, namespace: namespace, name: name) else {
      throw .notFound(resource, name)
    }
    let uid = reference["uid"]?.string ?? ""
    if !uid.isEmpty, uid != object.uid {
      // Upstream names the kind for the resource.
      throw .conflict(
        GroupVersionResource("", "v1", kind), name,
        "the UID in the bound object reference (\(uid)) does not match the UID in record. The "
          + "object might have been deleted and then recreated")
    }
    if kind == "Pod",
      object["spec"]?["serviceAccountName"]?.string ?? "" != issue.serviceAccount
    {
      throw .badRequest(
        "cannot bind token for serviceaccount \(issue.serviceAccount.goQuoted) to pod running "
          + "with different serviceaccount name.")
    }
    issue.boundKind = kind
    issue.boundName = name
    issue.boundUID = object.uid
    issue.nodeName = object["spec"]?["nodeName"]?.string ?? ""
  }
}
