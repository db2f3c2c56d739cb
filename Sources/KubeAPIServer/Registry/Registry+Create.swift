import Documents
import Etcd
import KubeObjects
import Simulation

extension Registry {
  /// Creates an object that is in the resource's structure; returns what was stored.
  func create(
    _ request: ResourceRequest, _ body: Value, managed: Value? = nil
  ) throws(StatusError) -> ResourceOutcome {
    var request = request
    let resource = request.resource
    var object = resource.toHandled(body)
    try settleNamespace(&object, request)
    resource.strategy.applyDefaults(&object)
    if let warned = request.warned, warned.isAudited {
      warned.object = sent(object, body, resource)
    }
    let repeated = RepeatedOwners.drop(from: &object)
    if request.name.isEmpty { request.name = object.name }
    // WipeObjectMetaSystemFields.
    object["metadata"]?["deletionTimestamp"] = nil
    object["metadata"]?["deletionGracePeriodSeconds"] = nil
    if let managed {
      object["metadata"]?["managedFields"] = managed.isNull ? Value?.none : managed
    } else {
      own(&object, request) { managers.create(&$0, request, at: stamp) }
    }

    var attributes = attributes(request, .create, object: object)
    attributes.warnings += repeated
    defer { request.warned?.take(attributes) }
    try mutate(&attributes)
    object = attributes.object

    let stored = try store(new: &object, &request, &attributes)
    return ResourceOutcome(
      code: 201, object: resource.fromHandled(stored), warnings: attributes.warnings)
  }

  /// An object as the audit log has it: the namespace of the path comes later.
  func sent(_ object: Value, _ body: Value, _ resource: ServedResource) -> Value {
    var shown = resource.fromHandled(object)
    if body.namespace.isEmpty { shown["metadata"]?["namespace"] = nil }
    return shown
  }

  /// Fields belong to managers by the names that the request's version gives them.
  func own(
    _ object: inout Value, _ request: ResourceRequest, _ write: (inout Value) -> Void
  ) {
    guard !request.resource.isHandledVersion else { return write(&object) }
    var shown = request.resource.fromHandled(object)
    write(&shown)
    object["metadata"]?["managedFields"] = shown["metadata"]?["managedFields"]
  }

  /// The part that also serves updates that create.
  func store(
    new object: inout Value, _ request: inout ResourceRequest,
    _ attributes: inout AdmissionAttributes
  ) throws(StatusError) -> Value {
    let resource = request.resource
    // A definition that is going gets no more objects (forbidCreateAdmission).
    if resource.custom != nil, !resource.definition.verbs.contains("create") {
      throw .forbidden(
        resource.resource, request.name,
        "create not allowed while custom resource definition is terminating")
    }
    if object.name.isEmpty, !object.generateName.isEmpty {
      let name = newName(from: object.generateName)
      object["metadata"]?["name"] = .string(name)
    }
    request.name = object.name
    let context = context(request)
    let askedVersion = object.resourceVersion
    object["metadata"]?["deletionTimestamp"] = nil
    object["metadata"]?["deletionGracePeriodSeconds"] = nil
    fillSystemFields(&object, resource)
    try resource.strategy.begin(&object, old: nil, context)
    resource.strategy.prepareForCreate(&object, context)
    if object["status"] == nil { object["status"] = resource.zeroStatus }
    let errors = resource.strategy.validateCreate(object, context)
    if !errors.isEmpty {
      throw .invalid(
        group: resource.handledVersion.group, kind: resource.kind, name: object.name, errors)
    }
    try checkCreation(request)
    if request.warned != nil {
      attributes.warnings += context.warned + resource.strategy.warnings(object, old: nil, context)
    }
    attributes.object = object
    try validate(&attributes)
    if !askedVersion.isEmpty, askedVersion != "0", !request.dryRun {
      throw .plain("resourceVersion should not be set on objects to be created")
    }
    if let old = store.get(resource, namespace: request.namespace, name: object.name) {
      var error = StatusError.alreadyExists(resource.resource, object.name)
      if old.isBeingDeleted { error.message = "object is being deleted: " + error.message }
      throw error
    }
    if request.dryRun { return try write(resource, object, dryRun: true) }
    return try write(resource, object, lease: lease(for: resource))
  }

  /// Who may only update does not create that way (withAuthorization).
  private func checkCreation(_ request: ResourceRequest) throws(StatusError) {
    guard request.checksCreation, let server else { return }
    let resource = request.resource.resource
    let decision = server.decide(
      request.user,
      AccessQuestion(
        verb: "create", group: resource.group, version: resource.version,
        resource: resource.resource, namespace: request.namespace, name: request.name))
    if !decision.isAllowed { throw .forbidden(resource, request.name, decision.reason) }
  }

  /// Events last an hour.
  private func lease(for resource: ServedResource) throws(StatusError) -> Int64 {
    guard resource.definition.kind == "Event", resource.prefix == "/registry/events/" else {
      return 0
    }
    do throws(KeyValueStore.Failure) {
      return try eventLeases.take(store.etcd, now: timeline.now)
    } catch {
      throw .plain(error.text)
    }
  }

  /// The namespace of the path is the object's.
  func settleNamespace(
    _ object: inout Value, _ request: ResourceRequest
  ) throws(StatusError) {
    let own = object.namespace
    guard request.resource.isNamespaced else {
      // EnsureObjectNamespaceMatchesRequestNamespace drops what cannot be.
      if !own.isEmpty { object["metadata"]?["namespace"] = nil }
      return
    }
    if own.isEmpty {
      if object["metadata"] == nil { object["metadata"] = .emptyObject }
      object["metadata"]?["namespace"] = .string(request.namespace)
    } else if own != request.namespace {
      throw .badRequest(
        "the namespace of the provided object does not match the namespace sent on the request")
    }
  }

  func fillSystemFields(_ object: inout Value, _ resource: ServedResource) {
    var metadata = object["metadata"] ?? .emptyObject
    object["metadata"] = .null
    metadata["uid"] = .string(newUID())
    metadata["creationTimestamp"] = .string(stamp)
    metadata["selfLink"] = nil
    metadata["resourceVersion"] = nil
    // Kinds that do not count take what they are given.
    if !resource.strategy.generationPaths.isEmpty {
      metadata["generation"] = 1
    } else if metadata["generation"] == 0 {
      metadata["generation"] = nil
    }
    object["metadata"] = metadata
    object["apiVersion"] = .string(resource.handledVersion.description)
    object["kind"] = .string(resource.kind)
  }
}
