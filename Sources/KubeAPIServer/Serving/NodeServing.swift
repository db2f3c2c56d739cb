import Documents
import KubeObjects

/// Passes logs, exec, attach and port-forward on to the kubelet of a Pod's node.
struct NodeServing {
  let server: APIServer

  func serve(_ call: ResourceRequest, _ request: APIRequest) throws(StatusError) -> APIResponse {
    guard call.resource.resource == .pods, call.subresource != "proxy" else {
      throw .plain("drydock: not simulated: proxy to \(call.resource.resource.resource)")
    }
    let pod = try server.registry.get(call)
    guard let nodes = server.nodes else {
      throw .plain("drydock: not simulated: this cluster has no kubelets")
    }
    let body = try nodes.connect(
      pod: pod, subresource: call.subresource, query: request.query)
    let type = call.subresource == "log" ? "text/plain" : "application/json"
    return APIResponse(
      code: call.subresource == "log" ? 200 : 101, headers: [("Content-Type", type)], body: body)
  }
}
