import Documents
import KubeObjects

/// Records which manager owns which fields, as metadata.managedFields shows: what upstream's field
/// manager and structured-merge-diff do on each write.
final class FieldManagers {
  private let memory = ManagerMemory()
  private var zeros: [Int: Value] = [:]

  // What the server itself writes belongs to nobody.
  private static let stripped: FieldSet = {
    var paths: [[PathElement]] = [
      [.field("apiVersion")], [.field("kind")], [.field("metadata")],
    ]
    for name in [
      "name", "namespace", "creationTimestamp", "selfLink", "uid", "clusterName", "generation",
      "managedFields", "resourceVersion",
    ] {
      paths.append([.field("metadata"), .field(name)])
    }
    return FieldSet(paths)
  }()

  func create(_ object: inout Value, _ request: ResourceRequest, at time: String) {
    guard let schema = StructureSchema(request.resource) else {
      object["metadata"]?["managedFields"] = nil
      return
    }
    let zero = zero(of: request.resource)
    track(&object, old: zero, ManagedFields(), request, schema, time)
  }

  /// What a question that is never stored shows.
  func review(_ object: inout Value, _ request: ResourceRequest, at time: String) {
    guard let subresource = request.resource.definition.subresource(request.subresource) else {
      return create(&object, request, at: time)
    }
    let version = subresource.groupVersion ?? request.resource.groupVersion
    guard let type = Schema.builtin.index(version, kind: subresource.kind) else { return }
    var asked = object
    asked["status"] = nil
    let schema = StructureSchema(type: type)
    let comparison = OwnedValue(decoded(type), schema: schema).compare(to: asked)
    let fields = comparison.added.union(comparison.modified).subtracting(Self.stripped)
    var managed = ManagedFields()
    managed.set(
      .init(
        name: request.manager, operation: "Update", apiVersion: version.description,
        subresource: request.subresource), fields, time: time)
    object["metadata"]?["managedFields"] = managed.value(memory)
  }

  func update(_ object: inout Value, old: Value, _ request: ResourceRequest, at time: String) {
    guard let schema = StructureSchema(request.resource) else { return }
    // What is sent to a part of an object cannot say who manages the rest.
    let isPart = !request.subresource.isEmpty
    if !isPart, let asked = object["metadata"]?["managedFields"]?.array, !asked.isEmpty,
      asked.allSatisfy({ $0 == .emptyObject })
    {
      // An empty entry resets the list and is not tracked itself.
      object["metadata"]?["managedFields"] = nil
      return
    }
    var managed = ManagedFields((isPart ? old : object)["metadata"]?["managedFields"], memory)
    if managed.entries.isEmpty {
      managed = ManagedFields(old["metadata"]?["managedFields"], memory)
    }
    // What nobody manages stays so until it is applied (skipNonAppliedManager).
    if managed.entries.isEmpty {
      object["metadata"]?["managedFields"] = nil
      return
    }
    track(&object, old: old, managed, request, schema, time)
  }

  private func track(
    _ object: inout Value, old: Value, _ managed: ManagedFields, _ request: ResourceRequest,
    _ schema: StructureSchema, _ time: String
  ) {
    var managed = managed
    let versions = FieldVersions(request.resource, schema)
    var changes = VersionedChanges(
      versions, old: old, new: object, ignoring: resetFields(request))
    let changed = changes[versions.own].written
    // A scale shows only who manages the replicas, and what nobody manages stays so.
    if request.subresource == "scale",
      managed.entries.allSatisfy({ $0.fields.intersection(changed).isEmpty })
    {
      object["metadata"]?["managedFields"] = managed.value(memory)
      return
    }
    managed.entries.removeAll { !versions.has($0.manager.apiVersion) }
    for index in managed.entries.indices {
      let touched = changes[versions.comparable(managed.entries[index].manager)].touched
      managed.setFields(at: index, managed.entries[index].fields.subtracting(touched))
    }
    let manager = ManagedFields.Manager(
      name: request.manager, operation: "Update", apiVersion: request.resource.apiVersion,
      subresource: request.subresource)
    let mine = changed.subtracting(Self.stripped)
    if !mine.isEmpty {
      managed.set(
        manager, (managed[manager] ?? FieldSet()).union(mine),
        // What scaling writes of its managers has no time (ScaleHandler.ToParent).
        time: request.subresource == "scale" ? nil : time)
    }
    managed.removeEmpty()
    object["metadata"]?["managedFields"] = managed.value(memory)
  }

  /// What the endpoint ignores of a body, and so gives to nobody.
  func resetFields(_ request: ResourceRequest) -> FieldSet {
    switch request.subresource {
    case "status":
      Self.resetByStatus[request.resource.storageResource]
        ?? (request.resource.custom == nil ? Self.spec : Self.allButStatus)
    case "approval": Self.both
    case "" where request.resource.storageResource == CertificateSigning.resource: Self.both
    case "" where request.resource.hasStatus || isReview(request): Self.status
    default: FieldSet()
    }
  }

  private static let spec = FieldSet([[.field("spec")]])
  private static let allButStatus = spec.union(FieldSet([[.field("metadata")]]))
  private static let status = FieldSet([[.field("status")]])
  private static let both = spec.union(status)
  private static let resetByStatus: [GroupVersionResource: FieldSet] = [
    .pods: spec.union(
      FieldSet([
        [.field("metadata"), .field("deletionTimestamp")],
        [.field("metadata"), .field("ownerReferences")],
      ])),
    .deployments: spec.union(FieldSet([[.field("metadata"), .field("labels")]])),
    .customResourceDefinitions: allButStatus,
  ]

  /// Questions that are answered in their status and stored nowhere.
  private func isReview(_ request: ResourceRequest) -> Bool {
    let group = request.resource.storageResource.group
    return group == "authentication.k8s.io" || group == "authorization.k8s.io"
  }

  /// What an object is before it is made: only what an empty one always shows.
  func zero(of resource: ServedResource) -> Value {
    guard let type = resource.type else { return .emptyObject }
    if let known = zeros[type] { return known }
    let zero = decoded(type)
    zeros[type] = zero
    return zero
  }

  private func decoded(_ type: Int) -> Value {
    var decoder = StructuralDecoder()
    return Self.withNulls(decoder.decode(.emptyObject, as: type), type)
  }

  /// With the required lists and maps as null, as Go writes them.
  private static func withNulls(_ value: Value, _ type: Int) -> Value {
    var object = value
    for field in Schema.builtin.types[type].fields {
      switch field.type {
      case .list where !field.omitsZero, .map where !field.omitsZero:
        if object[field.name] == nil { object[field.name] = .null }
      case .structure(let inner):
        if let part = object[field.name] { object[field.name] = withNulls(part, inner) }
      default:
        let isShown = field.isRequired || !field.omitsZero && field.defaultValue == ""
        if let value = field.defaultValue, isShown, object[field.name] == nil {
          object[field.name] = value
        }
      }
    }
    return object
  }

  // MARK: server-side apply

  /// Merges an applied configuration into the live object (nil: there is none yet).
  func apply(
    _ configuration: Value, to live: Value?, _ request: ResourceRequest, at time: String
  ) throws(StatusError) -> Value {
    guard let schema = StructureSchema(request.resource) else {
      throw .plain("drydock: not simulated: server-side apply of this kind")
    }
    let stored = live ?? zero(of: request.resource)
    var managed = ManagedFields(stored["metadata"]?["managedFields"], memory)
    var before = stored
    before["metadata"]?["managedFields"] = nil
    if live != nil, managed.entries.isEmpty {
      let present = OwnedValue(zero(of: request.resource), schema: schema).compare(to: before)
      managed.set(
        .init(
          name: "before-first-apply", operation: "Update", apiVersion: request.resource.apiVersion,
          subresource: ""),
        present.added.union(present.modified).subtracting(Self.stripped), time: time)
    }
    let manager = ManagedFields.Manager(
      name: request.manager, operation: "Apply", apiVersion: request.resource.apiVersion,
      subresource: request.subresource)
    let applying = Applying(
      versions: FieldVersions(request.resource, schema), schema: schema, manager: manager,
      force: request.force, ignored: resetFields(request), stripped: Self.stripped)
    var result = try applying.apply(configuration, to: before, managed)
    if let index = result.managed.index(of: manager) {
      let former = managed.index(of: manager).map { managed.entries[$0] }
      // An apply that leaves the object as it was is not timed (updater.Apply returns no object).
      let isChanged = live == nil || result.object != before
      result.managed.setTime(at: index, isChanged ? time : former?.time ?? "")
    }
    var object = result.object
    object["metadata"]?["managedFields"] = result.managed.value(memory)
    return object
  }
}
