import Documents
import KubeObjects

/// One request's way from path and bytes to an answer.
struct Serving {
  let server: APIServer

  func serve(_ request: APIRequest) -> APIResponse {
    APIResponse(code: 404, body: .value(StatusError.unknownResource.value))
  }
}

extension AccessQuestion {
  /// The words of a refusal.
  func refusal(of user: UserInfo) -> StatusError {
    let target = GroupVersionResource(group, version, resource)
    let shown = subresource.isEmpty ? resource : "\(resource)/\(subresource)"
    var text =
      "User \(user.name.goQuoted) cannot \(verb) resource \(shown.goQuoted)"
      + " in API group \(group.goQuoted)"
    text += namespace.isEmpty ? " at the cluster scope" : " in the namespace \(namespace.goQuoted)"
    return .forbidden(target, name, text)
  }
}
