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
      return ResourceOutcome(object: try ScaleForm(request.resource).scale(of: object))
    }
    return ResourceOutcome(object: object)
  }

  func create(
    _ request: ResourceRequest, _ body: Value
  ) throws(StatusError) -> ResourceOutcome {
    if !request.subresource.isEmpty { return try createPart(request, body) }
    if request.resource.resource == GroupVersionResource("", "v1", "bindings") {
      var binding = request
      guard let pods = server.table[.pods] else { throw .unknownResource }
      binding = ResourceRequest(verb: .create, resource: pods, user: request.user)
      binding.namespace = request.namespace
      binding.name = body.name
      binding.subresource = "binding"
      binding.manager = request.manager
      binding.dryRun = request.dryRun
      return try create(binding, body)
    }
    let reviews = AccessReviews(server: server, request: request)
    if reviews.isOneOfThese {
      var body = body
      try registry.settleNamespace(&body, request)
      let answer = try reviews.answer(body)
      var object = answer
      registry.managers.review(&object, request, at: registry.stamp)
      return ResourceOutcome(code: 201, object: object)
    }
    try RoleEscalation(server: server, request: request).check(body)
    return try registry.create(request, clean(body, request))
  }

  /// What is sent to a subresource is of a kind of its own, and admitted as that.
  private func createPart(
    _ request: ResourceRequest, _ body: Value
  ) throws(StatusError) -> ResourceOutcome {
    guard ["binding", "eviction", "token"].contains(request.subresource) else {
      throw .methodNotSupported
    }
    var body = body
    try registry.settleNamespace(&body, request)
    let (admitted, warnings) = try registry.admit(request, .create, body)
    var outcome: ResourceOutcome
    switch request.subresource {
    case "binding": outcome = try registry.bind(request, admitted)
    case "eviction": outcome = try Eviction(server: server, request: request).evict(admitted)
    default: outcome = try TokenIssuing(server: server, request: request).issue(admitted)
    }
    outcome.warnings = warnings + outcome.warnings
    return outcome
  }

  func update(
    _ request: ResourceRequest, _ body: Value
  ) throws(StatusError) -> ResourceOutcome {
    if request.subresource == "scale" {
      return try scale(request) { _ in body }
    }
    let object = clean(body, request, known: registry.known(request))
    return try registry.update(request) { (old) throws(StatusError) in
      if request.subresource.isEmpty {
        try RoleEscalation(server: server, request: request).check(object, old: old)
      }
      return object
    }
  }

  func patch(
    _ request: ResourceRequest, _ kind: ComponentClient.Patch, _ patch: Value
  ) throws(StatusError) -> ResourceOutcome {
    var warnings: [String] = []
    let patching = Patching(request, kind, patch)
    if case .apply = kind, !request.subresource.isEmpty,
      registry.store.get(request.resource, namespace: request.namespace, name: request.name) == nil
    {
      throw .notFound(request.resource.resource, request.name)
    }
    if request.subresource == "scale" {
      if case .apply = kind { return try applyScale(request, patch) }
      var outcome = try scale(request) { (old) throws(StatusError) in
        try patching.patched(
          old, type: Schema.builtin.index(of: "autoscaling.v1.Scale"), known: nil, &warnings)
      }
      outcome.warnings = warnings + outcome.warnings
      return outcome
    }
    if case .apply = kind { return try apply(request, patching) }
    var outcome = try registry.update(request, isPatch: true) { (old) throws(StatusError) in
      guard let old else { throw .notFound(request.resource.resource, request.name) }
      let new = try patching.patched(
        old, type: request.resource.type, known: registry.known(request), &warnings)
      if request.subresource.isEmpty {
        try RoleEscalation(server: server, request: request).check(new, old: old)
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
    try check(
      configuration, request, kind: request.resource.kind, version: request.resource.groupVersion,
      type: request.resource.type)
    if request.fieldValidation == .strict, !request.patchDoubts.isEmpty {
      throw .badRequest(
        "error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n"
          + request.patchDoubts.map { "  \($0)" }.joined(separator: "\n"))
    }
    let managers = registry.managers
    let now = registry.stamp
    let isThere =
      registry.store.get(
        request.resource, namespace: request.namespace, name: request.name) != nil
    if !isThere {
      if !configuration.uid.isEmpty {
        throw .conflict(
          request.resource.resource, request.name,
          "uid mismatch: the provided object specified uid \(configuration.uid), and no existing "
            + "object was found")
      }
      var object = try managers.apply(configuration, to: nil, request, at: now)
      let entries = object["metadata"]?["managedFields"] ?? .null
      object = clean(object, request, keepsNull: true)
      if object.name.isEmpty {
        throw .badRequest(
          "the name of the object (\(request.name) based on URL) was undeterminable: name must be "
            + "provided")
      }
      var create = request
      create.verb = .create
      return try registry.create(create, object, managed: entries)
    }
    return try registry.update(request, isApply: true) { (old) throws(StatusError) in
      guard let old else { throw .notFound(request.resource.resource, request.name) }
      return clean(
        try managers.apply(configuration, to: old, request, at: now), request,
        known: registry.known(request), keepsNull: true)
    }
  }

  /// An applied configuration is of the kind that the path wants, has its structure and its name.
  private func check(
    _ configuration: Value, _ request: ResourceRequest, kind: String, version: GroupVersion,
    type: Int?
  ) throws(StatusError) {
    guard case .object = configuration else {
      throw .badRequest(
        "error decoding YAML: error unmarshaling JSON: while decoding JSON: "
          + "json: cannot unmarshal \(BodyReader.jsonType(configuration)) into Go value of type "
          + "map[string]interface {}")
    }
    let own = GroupVersion(apiVersion: configuration.apiVersion)
    if configuration.kind != kind || own != version {
      throw .badRequest(
        "invalid object type: \(own.group)/\(own.version), Kind=\(configuration.kind)")
    }
    if configuration["metadata"]?["managedFields"] != nil {
      throw .badRequest("metadata.managedFields must be nil")
    }
    let schema = type.map { StructureSchema(type: $0) } ?? StructureSchema(request.resource)
    if let problem = schema.flatMap({ ConfigurationCheck(configuration, schema: $0).message }) {
      // Upstream knows neither namespace nor more of the object here.
      let shown = version.group.isEmpty ? "/\(version.version)" : version.description
      throw .plain(
        "failed to create typed patch object (\(configuration.namespace)/\(configuration.name); "
          + "\(shown), Kind=\(kind)): \(problem)")
    }
    if configuration.name != request.name, !configuration.name.isEmpty {
      throw .badRequest(
        "the name of the object (\(configuration.name)) does not match the name on the URL "
          + "(\(request.name))")
    }
  }

  /// An applied Scale owns the replicas of the object that it is the scale of; what others own of
  /// them is told as if they had written the Scale (ScaleHandler).
  private func applyScale(
    _ request: ResourceRequest, _ scale: Value
  ) throws(StatusError) -> ResourceOutcome {
    let resource = request.resource
    try check(
      scale, request, kind: "Scale", version: GroupVersion("autoscaling", "v1"),
      type: Schema.builtin.index(of: "autoscaling.v1.Scale"))
    let form = ScaleForm(resource)
    let now = registry.stamp
    do throws(StatusError) {
      var outcome = try registry.update(request, isApply: true) { (old) throws(StatusError) in
        guard let old else { throw .notFound(resource.resource, request.name) }
        var configuration: Value = ["metadata": ["name": .string(request.name)]]
        if scale["spec"]?["replicas"] != nil {
          configuration = try form.apply(scale, to: configuration)
        }
        configuration["apiVersion"] = .string(resource.apiVersion)
        configuration["kind"] = .string(resource.kind)
        let new = try registry.managers.apply(configuration, to: old, request, at: now)
        // Upstream hands the Scale to the converter of the resource (crdConverter).
        if resource.custom != nil, form.shown(new)["spec"] != form.shown(old)["spec"] {
          throw .plain(
            "failed to convert new object (\(scale.namespace)/\(scale.name); autoscaling/v1, "
              + "Kind=Scale) to proper version: request to convert CR to an invalid group/version: "
              + "autoscaling/v1")
        }
        return new
      }
      outcome.object = try form.scale(of: outcome.object)
      return outcome
    } catch {
      guard error.code == 409 else { throw error }
      var shown = error
      func asScale(_ text: String) -> String {
        text.replacing(" using \(resource.apiVersion)", with: " using autoscaling/v1")
      }
      shown.message = asScale(error.message)
      shown.details?.causes = (error.details?.causes ?? []).map {
        .init(reason: $0.reason, message: asScale($0.message), field: $0.field)
      }
      throw shown
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
      let scale = try change(form.shown(old))
      return try form.apply(scale, to: old)
    }
    outcome.object = try form.scale(of: outcome.object)
    return outcome
  }

  /// What is applied was no text, and keeps what a decoder would drop from one.
  private func clean(
    _ body: Value, _ request: ResourceRequest, known: Value? = nil, keepsNull: Bool = false
  ) -> Value {
    guard let type = request.resource.type else {
      return CustomBody(request.resource).clean(body, keepsNull: keepsNull).object
    }
    var decoder = StructuralDecoder()
    return decoder.decode(body, as: type, known: known)
  }
}
