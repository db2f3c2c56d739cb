import Documents
import KubeObjects
import Simulation

extension Registry {
  /// Deletes an object, or marks it as being deleted when something has to come first.
  func delete(
    _ request: ResourceRequest, _ options: DeleteOptions
  ) throws(StatusError) -> ResourceOutcome {
    let resource = request.resource
    guard let old = try present(request, afresh: true) else {
      throw .notFound(resource.resource, request.name)
    }
    try checkPreconditions(old, options, request)
    var attributes = attributes(request, .delete, object: .null, old: old)
    if !request.isOneOfMany { attributes.warnings = warnings(ofDeleting: resource, options) }
    try mutate(&attributes)
    try validate(&attributes)

    if resource.storageResource == .namespaces {
      return try deleteNamespace(old, request, options, warnings: attributes.warnings)
    }
    var object = old
    if resource.resource == .customResourceDefinitions, !old.isBeingDeleted {
      note(terminating: &object)
      // Its own storage marks it, has its objects cleaned up first and counts no generation
      // (customresourcedefinition/etcd.go).
      if !old.finalizers.contains(CustomResources.finalizer) {
        object["metadata"]?["finalizers"] = .strings(old.finalizers + [CustomResources.finalizer])
      }
      object["metadata"]?["deletionTimestamp"] = .string(timeline.now.rfc3339)
      return ResourceOutcome(
        object: try finishMarking(object, old: old, request),
        warnings: attributes.warnings)
    }
    let outcome = markDeleted(&object, request, options)
    if outcome == .waits {
      let stored = try finishMarking(object, old: old, request)
      // Some clients took this code for a failure, so that it says so only to those who ask for it.
      return ResourceOutcome(
        code: options.orphanDependents == false ? 202 : 200,
        object: resource.fromHandled(stored), warnings: attributes.warnings)
    }
    if request.dryRun {
      return removed(object, request, attributes.warnings)
    }
    if object != old { object = try write(resource, object) }
    remove(object, request)
    return removed(object, request, attributes.warnings)
  }

  /// A definition in use says at once that its objects are going.
  private func note(terminating object: inout Value) {
    var conditions = object["status"]?["conditions"]?.array ?? []
    conditions.removeAll { $0["type"] == "Terminating" }
    conditions.append([
      "type": "Terminating", "status": "True", "reason": "InstanceDeletionPending",
      "message":
        "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon",
      "lastTransitionTime": .string(timeline.now.rfc3339),
    ])
    object["status"]?["conditions"] = .array(conditions)
  }

  private enum DeletionOutcome { case goesNow, waits }

  /// Sets the marks of a deletion; tells whether the object stays for now.
  private func markDeleted(
    _ object: inout Value, _ request: ResourceRequest, _ options: DeleteOptions
  ) -> DeletionOutcome {
    let resource = request.resource
    let finalizers = collectorFinalizers(object, resource, options)
    let mayWait = resource.strategy.gracePeriod(object, options: options.value)
    if let period = mayWait {
      if object.isBeingDeleted {
        // Finalizers are not changed either, then.
        guard shorten(&object, period, options) else {
          let left = object["metadata"]?["deletionGracePeriodSeconds"]?.int ?? 0
          return left == 0 && object.finalizers.isEmpty ? .goesNow : .waits
        }
        let left = object["metadata"]?["deletionGracePeriodSeconds"]?.int ?? 0
        setFinalizers(&object, finalizers)
        return left == 0 && finalizers.isEmpty ? .goesNow : .waits
      }
      mark(&object, after: period)
      setFinalizers(&object, finalizers)
      return period == 0 && finalizers.isEmpty ? .goesNow : .waits
    }
    setFinalizers(&object, finalizers)
    guard !finalizers.isEmpty else { return .goesNow }
    if !object.isBeingDeleted { mark(&object, after: 0) }
    return .waits
  }

  private func setFinalizers(_ object: inout Value, _ names: [String]) {
    guard names != object.finalizers else { return }
    object["metadata"]?["finalizers"] =
      names.isEmpty ? nil : .array(names.map { .string($0) })
  }

  private func mark(_ object: inout Value, after period: Int64) {
    let moment = timeline.now + .seconds(period)
    object["metadata"]?["deletionTimestamp"] = .string(moment.rfc3339)
    object["metadata"]?["deletionGracePeriodSeconds"] = .int(period)
    raiseGeneration(&object)
  }

  private func raiseGeneration(_ object: inout Value) {
    let generation = object.generation
    if generation > 0 { object["metadata"]?["generation"] = .int(generation + 1) }
  }

  /// A second deletion can only bring the end nearer.
  private func shorten(
    _ object: inout Value, _ period: Int64, _ options: DeleteOptions
  ) -> Bool {
    guard options.gracePeriodSeconds != nil,
      let present = object["metadata"]?["deletionGracePeriodSeconds"]?.int, period < present,
      let end = object.deletionTimestamp
    else { return false }
    let moment = end + .seconds(period - present)
    object["metadata"]?["deletionTimestamp"] = .string(moment.rfc3339)
    object["metadata"]?["deletionGracePeriodSeconds"] = .int(period)
    return true
  }

  /// Whether what the object owns is left alone where nobody says what becomes of it.
  private static func orphansByDefault(_ resource: ServedResource) -> Bool {
    let stored = resource.storageResource
    return stored == .jobs || stored == .replicationControllers
  }

  /// What who deletes is told.
  func warnings(ofDeleting resource: ServedResource, _ options: DeleteOptions) -> [String] {
    guard resource.storageResource == .jobs, options.propagationPolicy == nil,
      options.orphanDependents == nil
    else { return [] }
    return [
      "child pods are preserved by default when jobs are deleted; set "
        + "propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress "
        + "this warning"
    ]
  }

  /// What the garbage collector has to do before the object may go.
  private func collectorFinalizers(
    _ object: Value, _ resource: ServedResource, _ options: DeleteOptions
  ) -> [String] {
    var names = object.finalizers
    let orphans: Bool
    let foreground: Bool
    if resource.storageResource == .events {
      (orphans, foreground) = (false, false)
    } else if options.orphanDependents != nil || options.propagationPolicy != nil {
      orphans = options.orphanDependents ?? (options.propagationPolicy == "Orphan")
      foreground = options.propagationPolicy == "Foreground"
    } else {
      foreground = names.contains("foregroundDeletion")
      orphans =
        names.contains("orphan") || !foreground && Self.orphansByDefault(resource)
    }
    names.removeAll { $0 == "orphan" || $0 == "foregroundDeletion" }
    if orphans { names.append("orphan") }
    if foreground { names.append("foregroundDeletion") }
    return names
  }

  private func finishMarking(
    _ object: Value, old: Value, _ request: ResourceRequest
  ) throws(StatusError) -> Value {
    if object == old || request.dryRun { return object }
    return try write(request.resource, object)
  }

  /// The answer to a deletion that happened: the object for some kinds, a Status for most.
  private func removed(
    _ object: Value, _ request: ResourceRequest, _ warnings: [String]
  ) -> ResourceOutcome {
    let resource = request.resource
    let returnsObject = Self.returningObject.contains(resource.storageResource.description)
    if returnsObject {
      return ResourceOutcome(object: resource.fromHandled(object), warnings: warnings)
    }
    var details: Value = [
      "name": .string(object.name), "kind": .string(resource.resource.resource),
      "uid": .string(object.uid),
    ]
    if !resource.resource.group.isEmpty { details["group"] = .string(resource.resource.group) }
    return ResourceOutcome(
      object: [
        "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success",
        "details": details,
      ], warnings: warnings)
  }

  // Kinds whose storage upstream sets ReturnDeletedObject for.
  private static let returningObject: Set<String> = [
    "pods", "services", "serviceaccounts", "podtemplates", "persistentvolumeclaims",
    "persistentvolumes", "resourcequotas",
  ]

  private func checkPreconditions(
    _ object: Value, _ options: DeleteOptions, _ request: ResourceRequest
  ) throws(StatusError) {
    let kind = GroupVersionResource(
      request.resource.resource.group, "", request.resource.kind)
    if let uid = options.uid, uid != object.uid {
      throw .conflict(
        kind, request.name,
        "the UID in the precondition (\(uid)) does not match the UID in record (\(object.uid)). "
          + "The object might have been deleted and then recreated")
    }
    if let version = options.resourceVersion, version != object.resourceVersion {
      throw .conflict(
        kind, request.name,
        "the ResourceVersion in the precondition (\(version)) does not match the "
          + "ResourceVersion in record (\(object.resourceVersion)). "
          + "The object might have been modified")
    }
  }

  private func deleteNamespace(
    _ old: Value, _ request: ResourceRequest, _ options: DeleteOptions, warnings: [String]
  ) throws(StatusError) -> ResourceOutcome {
    var object = old
    setFinalizers(&object, collectorFinalizers(old, request.resource, options))
    if !object.isBeingDeleted {
      object["metadata"]?["deletionTimestamp"] = .string(timeline.now.rfc3339)
      object["status"]?["phase"] = "Terminating"
      raiseGeneration(&object)
    }
    if isHeldBySpec(object, request.resource) || !object.finalizers.isEmpty {
      return ResourceOutcome(
        object: try finishMarking(object, old: old, request), warnings: warnings)
    }
    if !request.dryRun { remove(object, request) }
    return removed(object, request, warnings)
  }
}
