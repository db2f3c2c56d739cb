import Documents
import KubeObjects
import Simulation

/// What can be done to an object or one of its subresources, with bodies that are trees already.
struct Operations {
  let server: APIServer

  var registry: Registry { server.registry }

  func get(_ request: ResourceRequest) throws(StatusError) -> ResourceOutcome {
    let object = try registry.get(request)
    if request.subresource == "scale" {
      return ResourceOutcome(object: ScaleForm(request.resource).scale(of: object))
    }
    return ResourceOutcome(object: object)
  }

  func create(
    _ request: ResourceRequest, _ body: Value
  ) throws(StatusError) -> ResourceOutcome {
    switch request.subresource {
    case "binding": return try registry.bind(request, body)
    case "eviction": return try Eviction(server: server, request: request).evict(body)
    case "token": return try TokenIssuing(server: server, request: request).issue(body)
    case "": break
    default: throw .methodNotSupported
    }
    if request.resource.resource == GroupVersionResource("", "v1", "bindings") {
      var binding = request
      guard let pods = server.table[.pods] else { throw .unknownResource }
      binding = ResourceRequest(verb: .create, resource: pods, user: request.user)
      binding.namespace = request.namespace
      binding.name = body.name
      binding.subresource = "binding"
      binding.manager = request.manager
      binding.dryRun = request.dryRun
      return try registry.bind(binding, body)
    }
    if let answer = try AccessReviews(server: server, request: request).answer(body) {
      var object = answer
      registry.managers.review(&object, request, now: server.timeline.now)
      return ResourceOutcome(code: 201, object: object)
    }
    try RoleEscalation(server: server, request: request).check(body)
    return try registry.create(request, clean(body, request))
  }

  func update(
    _ request: ResourceRequest, _ body: Value
  ) throws(StatusError) -> ResourceOutcome {
    if request.subresource == "scale" {
      return try scale(request) { _ in body }
    }
    let object = clean(body, request, known: registry.known(request))
    if request.subresource.isEmpty {
      try RoleEscalation(server: server, request: request).check(object)
    }
    return try registry.update(request) { _ in object }
  }

  func patch(
    _ request: ResourceRequest, _ kind: ComponentClient.Patch, _ patch: Value
  ) throws(StatusError) -> ResourceOutcome {
    var warnings: [String] = []
    let patching = Patching(request, kind, patch)
    if request.subresource == "scale" {
      return try scale(request) { (old) throws(StatusError) in
        try patching.patched(
          old, type: Schema.builtin.index(of: "autoscaling.v1.Scale"), known: nil, &warnings)
      }
    }
    if case .apply = kind { return try apply(request, patching) }
    var outcome = try registry.update(request, isPatch: true) { (old) throws(StatusError) in
      guard let old else { throw .notFound(request.resource.resource, request.name) }
      let new = try patching.patched(
        old, type: request.resource.type, known: registry.known(request), &warnings)
      if request.subresource.isEmpty {
        try RoleEscalation(server: server, request: request).check(new)
      }
      return new
    }
    outcome.warnings = warnings + outcome.warnings
    return outcome
  }

  private func apply(
    _ request: ResourceRequest, _ patching: Patching
  ) throws(StatusError) -> ResourceOutcome {
    let configuration = patching.patch
    try check(configuration, request)
    if request.fieldValidation == .strict, !request.patchDoubts.isEmpty {
      throw .badRequest(
        "error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n"
          + request.patchDoubts.map { "  \($0)" }.joined(separator: "\n"))
    }
    let managers = registry.managers
    let now = server.timeline.now
    let isThere =
      registry.store.get(
        request.resource, namespace: request.namespace, name: request.name) != nil
    if !isThere {
      guard request.subresource.isEmpty else {
        throw .notFound(request.resource.resource, request.name)
      }
      var object = try managers.apply(configuration, to: nil, request, now: now)
      let entries = object["metadata"]?["managedFields"]
      object = clean(object, request)
      var create = request
      create.verb = .create
      return try registry.create(create, object, managed: entries)
    }
    return try registry.update(request, isApply: true) { (old) throws(StatusError) in
      guard let old else { throw .notFound(request.resource.resource, request.name) }
      return clean(
        try managers.apply(configuration, to: old, request, now: now), request,
        known: registry.known(request))
    }
  }

  private func check(_ configuration: Value, _ request: ResourceRequest) throws(StatusError) {
    let resource = request.resource
    guard case .object = configuration else {
      throw .badRequest(
        "error decoding YAML: error unmarshaling JSON: while decoding JSON: "
          + "json: cannot unmarshal \(BodyReader.jsonType(configuration)) into Go value of type "
          + "map[string]interface {}")
    }
    let version = GroupVersion(apiVersion: configuration.apiVersion)
    if configuration.kind != resource.kind || version != resource.groupVersion {
      throw .badRequest(
        "invalid object type: \(version.group)/\(version.version), Kind=\(configuration.kind)")
    }
    if configuration["metadata"]?["managedFields"] != nil {
      throw .badRequest("metadata.managedFields must be nil")
    }
    if let type = resource.type,
      let problem = ConfigurationCheck(configuration, type: type).problems.first
    {
      // Upstream knows neither namespace nor more of the object here.
      throw .plain(
        "failed to create typed patch object (\(configuration.namespace)/\(configuration.name); "
          + "\(resource.groupVersion.group.isEmpty ? "/" + resource.groupVersion.version : resource.apiVersion)"
          + ", Kind=\(resource.kind)): \(problem)")
    }
    if configuration.name != request.name, !configuration.name.isEmpty {
      throw .badRequest(
        "the name of the object (\(configuration.name)) does not match the name on the URL "
          + "(\(request.name))")
    }
  }

  func delete(
    _ request: ResourceRequest, _ options: DeleteOptions
  ) throws(StatusError) -> ResourceOutcome {
    try registry.delete(request, options)
  }

  /// Changes the replicas of a scalable object through its Scale.
  private func scale(
    _ request: ResourceRequest, _ change: (Value) throws(StatusError) -> Value
  ) throws(StatusError) -> ResourceOutcome {
    let form = ScaleForm(request.resource)
    var outcome = try registry.update(request) { (old) throws(StatusError) in
      guard let old else { throw .notFound(request.resource.resource, request.name) }
      let scale = try change(form.scale(of: old))
      return try form.apply(scale, to: old)
    }
    outcome.object = form.scale(of: outcome.object)
    return outcome
  }

  private func clean(
    _ body: Value, _ request: ResourceRequest, known: Value? = nil
  ) -> Value {
    guard let type = request.resource.type else {
      return CustomBody(request.resource).clean(body).object
    }
    var decoder = StructuralDecoder()
    return decoder.decode(body, as: type, known: known)
  }
}
