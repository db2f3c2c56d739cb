import Documents
import KubeObjects
import Simulation

extension Registry {
  func attributes(
    _ request: ResourceRequest, _ operation: AdmissionAttributes.Operation, object: Value,
    old: Value = .null
  ) -> AdmissionAttributes {
    let resource = request.resource
    let part =
      request.subresource.isEmpty ? nil : resource.definition.subresource(request.subresource)
    return AdmissionAttributes(
      operation: operation, resource: resource.storageResource, requested: resource.resource,
      subresource: request.subresource, kind: part?.kind ?? resource.kind,
      kindVersion: part?.groupVersion ?? resource.groupVersion, namespace: request.namespace,
      name: request.isOneOfMany ? "" : request.name, object: object, oldObject: old,
      options: request.options,
      user: request.user, dryRun: request.dryRun, now: timeline.now)
  }

  func mutate(_ attributes: inout AdmissionAttributes) throws(StatusError) {
    try mutateOnce(&attributes)
    if attributes.reinvocation.begin() { try mutateOnce(&attributes) }
  }

  private func mutateOnce(_ attributes: inout AdmissionAttributes) throws(StatusError) {
    for plugin in mutating where plugin.handles(attributes.operation) {
      try plugin.admit(&attributes, self)
    }
  }

  func validate(_ attributes: inout AdmissionAttributes) throws(StatusError) {
    for plugin in validating where plugin.handles(attributes.operation) {
      try plugin.validate(&attributes, self)
    }
  }

  /// Admits what a subresource is sent that is not the object itself: a Binding, an Eviction, the
  /// options of a connection. Returns it as plug-ins left it, and their warnings.
  func admit(
    _ request: ResourceRequest, _ operation: AdmissionAttributes.Operation, _ body: Value
  ) throws(StatusError) -> (body: Value, warnings: [String]) {
    var attributes = attributes(request, operation, object: body)
    try mutate(&attributes)
    try validate(&attributes)
    return (attributes.object, attributes.warnings)
  }

  // MARK: what plug-ins ask for

  var webhooks: (any WebhookConnection)? { server?.webhooks }
  var admission: AdmissionSettings { server?.configuration.admission ?? AdmissionSettings() }

  func isNamespaced(_ resource: GroupVersionResource) -> Bool {
    table[resource]?.isNamespaced ?? false
  }

  func versions(of resource: GroupVersionResource) -> [GroupVersionResource] {
    table.ordered.filter { $0.storageResource == resource }.map(\.resource)
  }

  func shown(_ object: Value, in version: GroupVersionResource) -> Value {
    guard let served = table[version] else { return object }
    guard let conversion = served.conversion else { return served.fromHandled(object) }
    // What cannot be converted is refused when it is to be stored.
    return (try? conversion.converted(object, to: version.groupVersion)) ?? object
  }

  func reread(
    _ object: Value, of attributes: AdmissionAttributes, in version: GroupVersionResource,
    isStrict: Bool
  ) throws(StatusError) -> Value {
    guard let resource = table[version] else { throw .unknownResource }
    let isWhole = attributes.kindVersion == attributes.requested.groupVersion
    guard let type = structure(attributes, version) else {
      var read = CustomBody(resource).clean(object).object
      resource.strategy.applyDefaults(&read)
      return try resource.conversion?.converted(read, to: attributes.requested.groupVersion)
        ?? read
    }
    var decoder = StructuralDecoder()
    var read = decoder.decode(object, as: type)
    if let failure = decoder.failure { throw .internalError(failure) }
    if isStrict, !decoder.unknown.isEmpty {
      throw .internalError(
        "strict decoding error: "
          + decoder.unknown.map { "unknown field \($0.goQuoted)" }.joined(separator: ", "))
    }
    guard isWhole else { return read }
    read = resource.toHandled(read)
    resource.strategy.applyDefaults(&read)
    return read
  }

  private func structure(
    _ attributes: AdmissionAttributes, _ version: GroupVersionResource
  ) -> Int? {
    let isWhole = attributes.kindVersion == attributes.requested.groupVersion
    if isWhole, let resource = table[version], resource.kind == attributes.kind {
      return resource.type
    }
    return Schema.builtin.index(
      isWhole ? version.groupVersion : attributes.kindVersion, kind: attributes.kind)
  }

  /// Structured-merge-diff's merge, for policies (ApplyStructuredMergeDiff).
  func merged(
    _ configuration: Value, into object: Value, of attributes: AdmissionAttributes,
    in version: GroupVersionResource
  ) throws(PatchFailure) -> Value {
    let type = structure(attributes, version)
    let schema =
      type.map { StructureSchema(type: $0) } ?? table[version].flatMap { StructureSchema($0) }
    if let problem = schema.flatMap({ ConfigurationCheck(configuration, schema: $0).message }) {
      throw PatchFailure(
        "error applying patch: failed to convert patch object to typed object: " + problem)
    }
    let atomic = OwnedValue(configuration, schema: schema).atomicParts
    guard atomic.isEmpty else {
      throw PatchFailure(
        "error applying patch: invalid ApplyConfiguration: may not mutate atomic arrays, maps or "
          + "structs: " + atomic.joined(separator: ", "))
    }
    return OwnedValue(object, schema: schema).merging(configuration)
  }
}
