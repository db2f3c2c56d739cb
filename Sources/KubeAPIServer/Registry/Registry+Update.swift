import Documents
import KubeObjects
import Simulation

extension Registry {
  /// Replaces an object (or its subresource) by what `change` makes of the present one. The change
  /// gets the present object in the request's version and returns one in the same, decoded.
  func update(
    _ request: ResourceRequest, isPatch: Bool = false, isApply: Bool = false,
    _ change: (Value?) throws(StatusError) -> Value
  ) throws(StatusError) -> ResourceOutcome {
    let resource = request.resource
    guard let old = try present(request) else {
      return try createInstead(request, change)
    }
    let body = try change(resource.fromHandled(old))
    var object = resource.toHandled(body)
    try settleNamespace(&object, request)
    resource.strategy.applyDefaults(&object)
    let context = context(request)
    let isPut = !isPatch && !isApply
    if isPut, request.subresource != "scale", let warned = request.warned, warned.isAudited {
      warned.object = self.sent(object, body, resource)
    }
    if isPut { context.warn(RepeatedOwners.drop(from: &object)) }

    if !isApply {
      own(&object, request) {
        managers.update(&$0, old: resource.fromHandled(old), request, at: stamp)
      }
    }
    // A change of the scale is admitted as the Scale that it is.
    let form = request.subresource == "scale" ? ScaleForm(resource) : nil
    func sent(_ object: Value) -> Value { form?.shown(object) ?? object }
    var attributes = attributes(request, .update, object: sent(object), old: sent(old))
    defer { request.warned?.take(attributes) }
    try mutate(&attributes)
    object = try form?.apply(attributes.object, to: object) ?? attributes.object
    if !isPut { context.warn(RepeatedOwners.drop(from: &object, isAdmitted: true)) }

    try checkVersion(object, old: old, request, isPatch: isPatch || isApply)
    try resource.strategy.begin(&object, old: old, context)
    prepare(&object, old: old, request, context)
    let errors =
      ObjectMetadata.validateCommon(object, old: old)
      + resource.strategy.validateUpdate(object, old: old, context)
    if !errors.isEmpty {
      throw .invalid(
        group: resource.handledVersion.group, kind: resource.kind, name: request.name, errors)
    }
    if request.warned != nil {
      attributes.warnings += context.warned + resource.strategy.warnings(object, old: old, context)
    }
    attributes.object = sent(object)
    try validate(&attributes)

    let stored = try finish(object, old: old, request)
    return ResourceOutcome(
      object: resource.fromHandled(stored), warnings: attributes.warnings)
  }

  private func createInstead(
    _ request: ResourceRequest, _ change: (Value?) throws(StatusError) -> Value
  ) throws(StatusError) -> ResourceOutcome {
    let resource = request.resource
    let mayCreate =
      resource.strategy.allowsCreateOnUpdate && request.subresource.isEmpty
      && request.verb == .update
    guard mayCreate else { throw .notFound(resource.resource, request.name) }
    var object = try change(nil)
    // No version is compared with, but it has to be one; a uid is compared with none.
    let version = object.resourceVersion
    if !version.isEmpty, UInt64(version) == nil {
      throw .plain("strconv.ParseUint: parsing \(version.goQuoted): invalid syntax")
    }
    object["metadata"]?["resourceVersion"] = nil
    let uid = object.uid
    if !uid.isEmpty {
      throw .conflict(
        resource.resource, request.name, otherUID(uid, .emptyObject, resource, request))
    }
    return try create(request, object)
  }

  private func checkVersion(
    _ object: Value, old: Value, _ request: ResourceRequest, isPatch: Bool
  ) throws(StatusError) {
    let resource = request.resource
    let uid = object.uid
    // A patch has no uid to be asked for: one that it changes is refused as immutable.
    if !isPatch, !uid.isEmpty, uid != old.uid {
      throw .conflict(resource.resource, request.name, otherUID(uid, old, resource, request))
    }
    let version = object.resourceVersion
    if version.isEmpty || version == "0" {
      guard resource.strategy.allowsUnconditionalUpdate else {
        // Upstream names the resource for the kind.
        throw .invalid(
          group: resource.resource.group, kind: resource.resource.resource, name: request.name,
          [
            FieldError(
              .invalid, "metadata.resourceVersion", badValue: "0",
              "must be specified for an update")
          ])
      }
    } else if UInt64(version) == nil {
      throw .plain("strconv.ParseUint: parsing \(version.goQuoted): invalid syntax")
    } else if version != old.resourceVersion {
      throw .conflict(resource.resource, request.name, StatusError.modified)
    }
  }

  /// Keeps what an update can not change and raises the generation.
  private func prepare(
    _ object: inout Value, old: Value, _ request: ResourceRequest, _ context: RequestContext
  ) {
    let resource = request.resource
    let oldMetadata = old["metadata"] ?? .emptyObject
    var metadata = object["metadata"] ?? .emptyObject
    for name in ["creationTimestamp", "generation"] { metadata[name] = oldMetadata[name] }
    for name in ["uid", "deletionGracePeriodSeconds"] where metadata[name] == nil {
      metadata[name] = oldMetadata[name]
    }
    // When it goes cannot be changed, but not begun either (rest.BeforeUpdate).
    if let time = oldMetadata["deletionTimestamp"] { metadata["deletionTimestamp"] = time }
    metadata["selfLink"] = oldMetadata["selfLink"]
    object["metadata"] = metadata
    object["apiVersion"] = .string(resource.handledVersion.description)
    object["kind"] = .string(resource.kind)
    resource.strategy.prepareForUpdate(&object, old: old, context)
    if request.subresource == "status", resource.strategy.statusKeepsMetadata {
      object.keepChosenMetadata(of: old)
    }
    let changed = resource.strategy.generationPaths.contains { old.at($0) != object.at($0) }
    if changed, request.subresource != "status" {
      object["metadata"]?["generation"] = .int(old.generation + 1)
    }
  }

  /// Writes what changed; an object whose last finalizer went is gone.
  func finish(
    _ object: Value, old: Value, _ request: ResourceRequest
  ) throws(StatusError) -> Value {
    let resource = request.resource
    var new = object
    new["metadata"]?["resourceVersion"] = old["metadata"]?["resourceVersion"]
    if new == old || isSameButForTimes(new, old), try !isStale(old, request) { return old }
    if request.dryRun { return try write(resource, new, dryRun: true) }
    if old.isBeingDeleted, new["metadata"]?["finalizers"]?.array?.isEmpty ?? true,
      (old["metadata"]?["deletionGracePeriodSeconds"]?.int ?? 0) == 0,
      !isHeldBySpec(new, resource)
    {
      remove(new, request)
      return new
    }
    return try write(resource, new)
  }

  /// What is written otherwise than it would be now is written anew, changed or not: with a former
  /// key, in a former version or without new defaults.
  private func isStale(_ old: Value, _ request: ResourceRequest) throws(StatusError) -> Bool {
    let resource = request.resource
    if store.isStale(resource, namespace: old.namespace, name: old.name) { return true }
    guard resource.conversion != nil else { return false }
    return try store.get(resource, namespace: old.namespace, name: old.name)
      != resource.encoded(old)
  }

  /// Writes that change nothing but when managers wrote are none.
  private func isSameButForTimes(_ new: Value, _ old: Value) -> Bool {
    guard let mine = new["metadata"]?["managedFields"]?.array,
      let theirs = old["metadata"]?["managedFields"]?.array, mine.count == theirs.count
    else { return false }
    return zip(mine, theirs).allSatisfy { isSame($0, $1, but: "time") { _, _ in true } }
      && isSame(new, old, but: "metadata") {
        isSame($0 ?? [:], $1 ?? [:], but: "managedFields") { _, _ in true }
      }
  }

  /// Whether two objects have the same members, but for one that is looked at otherwise.
  private func isSame(
    _ new: Value, _ old: Value, but name: String, _ judge: (Value?, Value?) -> Bool
  ) -> Bool {
    let (mine, theirs) = (new.object ?? [:], old.object ?? [:])
    let rest = { (member: Mapping.Element) in !ByteOrder.equal(member.key, name) }
    return mine.lazy.filter(rest).elementsEqual(theirs.lazy.filter(rest)) {
      ByteOrder.equal($0.key, $1.key) && $0.value == $1.value
    } && judge(mine[name], theirs[name])
  }

  /// Namespaces have finalizers of their own kind.
  func isHeldBySpec(_ object: Value, _ resource: ServedResource) -> Bool {
    resource.storageResource == .namespaces
      && !(object["spec"]?["finalizers"]?.array ?? []).isEmpty
  }

  /// Takes an object out of etcd.
  func remove(_ object: Value, _ request: ResourceRequest) {
    store.delete(request.resource, namespace: object.namespace, name: object.name)
    server?.keeper?.isGone(
      request.resource.storageResource, namespace: object.namespace, name: object.name)
  }
}
