import Documents
import KubeObjects
import Simulation

/// Passes logs, exec, attach and port-forward on to the kubelet of a Pod's node.
struct NodeServing {
  let server: APIServer

  func serve(_ call: ResourceRequest, _ request: APIRequest) throws(StatusError) -> APIResponse {
    let isLog = call.subresource == "log"
    if isLog {
      try checkNumbers(request)
      let errors = logErrors(request)
      if !errors.isEmpty {
        throw .invalid(group: "", kind: "PodLogOptions", name: call.name, errors)
      }
    }
    if !isLog { _ = try server.registry.admit(call, .connect, connectOptions(call, request)) }
    let pod = try server.registry.get(call)
    if call.subresource != "portforward" {
      try checkContainer(request.query.first { $0.name == "container" }?.value ?? "", pod)
    }
    let node = pod["spec"]?.text("nodeName") ?? ""
    if node.isEmpty {
      // A Pod that runs nowhere has an empty log.
      if isLog { return APIResponse(code: 204, headers: [], body: .bytes([])) }
      throw .badRequest("pod \(pod.name) does not have a host assigned")
    }
    guard server.registry.get(.nodes, namespace: "", name: node) != nil else {
      throw .notFound(.pods, node)
    }
    if request.looksOnly, !isLog { throw .badRequest("Upgrade request required") }
    guard let nodes = server.nodes else {
      throw .plain("drydock: not simulated: this cluster has no kubelets")
    }
    let body = try nodes.connect(
      pod: pod, subresource: call.subresource, query: request.query)
    let type = isLog ? "text/plain" : "application/json"
    return APIResponse(code: isLog ? 200 : 101, headers: [("Content-Type", type)], body: body)
  }

  /// The query of a connection as the PodExecOptions and their kin that admission sees.
  private func connectOptions(_ call: ResourceRequest, _ request: APIRequest) -> Value {
    let kind = call.resource.definition.subresource(call.subresource)?.kind ?? ""
    var options: Value = ["kind": .string(kind), "apiVersion": "v1"]
    var lists: [String: [Value]] = [:]
    for (name, value) in request.query {
      switch name {
      case "stdin", "stdout", "stderr", "tty":
        if value == "true" || value == "1" { options[name] = true }
      case "container", "path": options[name] = .string(value)
      case "command": lists[name, default: []].append(.string(value))
      case "ports": lists[name, default: []] += Int64(value).map { [.int($0)] } ?? []
      default: break
      }
    }
    for (name, values) in lists { options[name] = .array(values) }
    return options
  }

  /// A Pod of several containers needs to be told which (validateContainer).
  private func checkContainer(_ name: String, _ pod: Value) throws(StatusError) {
    let names = ["initContainers", "containers", "ephemeralContainers"].flatMap { list in
      (pod["spec"]?.items(list) ?? []).map { $0.text("name") }
    }
    if !name.isEmpty {
      guard names.contains(name) else {
        throw .badRequest("container \(name) is not valid for pod \(pod.name)")
      }
      return
    }
    guard (pod["spec"]?.items("containers").count ?? 0) > 1 else { return }
    throw .badRequest(
      "a container name must be specified for pod \(pod.name), choose one of: "
        + "[\(names.joined(separator: " "))]")
  }

  /// What cannot be read of the query's numbers and moments (runtime's query conversions).
  private func checkNumbers(_ request: APIRequest) throws(StatusError) {
    for (name, value) in request.query {
      switch name {
      case "tailLines", "limitBytes", "sinceSeconds":
        guard Int64(value) == nil else { continue }
        throw .badRequest("strconv.ParseInt: parsing \(value.goQuoted): invalid syntax")
      case "sinceTime":
        do {
          _ = try Moment.parse(value)
        } catch {
          throw .badRequest(error.description)
        }
      default: break
      }
    }
  }

  private func logErrors(_ request: APIRequest) -> [FieldError] {
    func number(_ name: String) -> Int64? {
      request.query.first { $0.name == name }.flatMap { Int64($0.value) }
    }
    var errors: [FieldError] = []
    if let lines = number("tailLines"), lines < 0 {
      errors.append(.invalid(FieldPath("tailLines"), .int(lines), Checks.notNegative))
    }
    if let bytes = number("limitBytes"), bytes < 1 {
      errors.append(.invalid(FieldPath("limitBytes"), .int(bytes), "must be greater than 0"))
    }
    let since = number("sinceSeconds")
    if since != nil, request.query.contains(where: { $0.name == "sinceTime" }) {
      errors.append(
        .forbidden(FieldPath(""), "at most one of `sinceTime` or `sinceSeconds` may be specified"))
    } else if let since, since < 1 {
      errors.append(.invalid(FieldPath("sinceSeconds"), .int(since), "must be greater than 0"))
    }
    return errors
  }
}
