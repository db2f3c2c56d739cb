import Documents
import KubeObjects

/// What can be done to an object or one of its subresources, with bodies that are trees already.
struct Operations {
  let registry: Registry

  func get(_ request: ResourceRequest) throws(StatusError) -> ResourceOutcome {
    let object = try registry.get(request)
    return ResourceOutcome(object: object)
  }

  func create(
    _ request: ResourceRequest, _ body: Value
  ) throws(StatusError) -> ResourceOutcome {
    if request.subresource == "binding" { return try registry.bind(request, body) }
    return try registry.create(request, clean(body, request))
  }

  func update(
    _ request: ResourceRequest, _ body: Value
  ) throws(StatusError) -> ResourceOutcome {
    let object = clean(body, request)
    return try registry.update(request) { _ in object }
  }

  func patch(
    _ request: ResourceRequest, _ kind: ComponentClient.Patch, _ patch: Value
  ) throws(StatusError) -> ResourceOutcome {
    let resource = request.resource
    return try registry.update(request, isPatch: true) { (old) throws(StatusError) in
      guard let old else { throw .notFound(resource.resource, request.name) }
      switch kind {
      case .merge: return clean(merged(old, patch), request)
      default: throw .plain("drydock: not simulated: this kind of patch")
      }
    }
  }

  func delete(
    _ request: ResourceRequest, _ options: DeleteOptions
  ) throws(StatusError) -> ResourceOutcome {
    try registry.delete(request, options)
  }

  private func clean(_ body: Value, _ request: ResourceRequest) -> Value {
    guard let type = request.resource.type else { return body }
    var decoder = StructuralDecoder()
    return decoder.decode(body, as: type)
  }

  private func merged(_ old: Value, _ patch: Value) -> Value {
    guard case .object(let changes) = patch else { return patch }
    guard case .object = old else { return merged(.emptyObject, patch) }
    var new = old
    for (name, change) in changes {
      new[name] = change.isNull ? nil : merged(old[name] ?? .null, change)
    }
    return new
  }
}
