import Documents
import Etcd
import KubeObjects
import Simulation

/// Serves what CustomResourceDefinitions define: accepts their names, establishes them, and takes
/// the objects away with them (apiextensions-apiserver's controllers).
final class CustomResources {
  private unowned let server: APIServer
  private var served: [String: [ServedResource]] = [:]
  /// What deletes the objects of a definition: the version in which they are stored, served or not.
  private var stored: [String: ServedResource] = [:]
  private var waiting: Set<String> = []
  /// Definitions whose objects are being deleted.
  private var ending: Set<String> = []

  static let finalizer = "customresourcecleanup.apiextensions.k8s.io"

  init(server: APIServer) {
    self.server = server
    guard let resource = server.table[.customResourceDefinitions] else { return }
    let range = resource.range(namespace: "")
    _ = try? server.etcd.watch(from: range.start, before: range.end) { [weak self] events in
      for event in events { self?.note(event) }
    }
  }

  private func note(_ event: KeyValueStore.Event) {
    let name = (event.entry ?? event.previous)?.value.name ?? ""
    guard event.entry == nil else { return lookSoon(at: name) }
    withdraw(name)
    if let gone = event.previous?.value { lookAtOthers(of: gone) }
  }

  private func lookSoon(at name: String) {
    guard waiting.insert(name).inserted else { return }
    server.timeline.after(.zero) { [weak self] in
      self?.waiting.remove(name)
      self?.look(at: name)
    }
  }

  private func look(at name: String) {
    guard
      let definition = server.registry.get(
        .customResourceDefinitions, namespace: "", name: name)
    else { return }
    var conditions = DefinitionConditions(definition: definition, now: server.timeline.now)
    conditions.judgeApproval()
    let used = usedNames(definition)
    conditions.judgeNames(resources: used.resources, kinds: used.kinds)
    var current = write(conditions.definition, over: definition)
    conditions.definition = current
    conditions.establish()
    current = write(conditions.definition, over: current)
    serve(current)
    if current["status"]?["acceptedNames"] != definition["status"]?["acceptedNames"] {
      // A name may have become free.
      lookAtOthers(of: current)
    }
    if current.isBeingDeleted { cleanUp(current) }
  }

  private func definitions(of group: String) -> [Value] {
    server.registry.list(.customResourceDefinitions, namespace: "").filter {
      $0["spec"]?.text("group") == group
    }
  }

  private func usedNames(_ definition: Value) -> (resources: Set<String>, kinds: Set<String>) {
    var (resources, kinds): (Set<String>, Set<String>) = ([], [])
    if definition["spec"]?["names"] == definition["status"]?["acceptedNames"] { return ([], []) }
    for other in definitions(of: definition["spec"]?.text("group") ?? "") {
      let names = other["status"]?["acceptedNames"] ?? .emptyObject
      resources.formUnion([names.text("plural"), names.text("singular")])
      resources.formUnion(names.texts("shortNames"))
      kinds.formUnion([names.text("kind"), names.text("listKind")])
    }
    return (resources, kinds)
  }

  private func lookAtOthers(of definition: Value) {
    for other in definitions(of: definition["spec"]?.text("group") ?? "")
    where other.name != definition.name { lookSoon(at: other.name) }
  }

  /// Writes a status that is new, and gives what is stored then.
  private func write(_ new: Value, over old: Value) -> Value {
    if new == old { return old }
    write(new, subresource: "status")
    return server.registry.get(.customResourceDefinitions, namespace: "", name: new.name) ?? new
  }

  private func write(_ object: Value, subresource: String) {
    guard let resource = server.table[.customResourceDefinitions] else { return }
    var request = ResourceRequest(
      verb: .update, resource: resource, user: .apiServer)
    request.name = object.name
    request.subresource = subresource
    request.manager = "kube-apiserver"
    _ = try? server.registry.update(request) { _ in object }
  }

  // MARK: serving

  private func serve(_ definition: Value) {
    withdraw(definition.name)
    // What has its names is served, and whatever was.
    guard definition.isConditionTrue("NamesAccepted") || definition.isConditionTrue("Established"),
      let storage = CustomResourceDefinitionStrategy.storageVersion(definition)
    else { return }
    var spec = definition["spec"] ?? .emptyObject
    spec["names"] = definition["status"]?["acceptedNames"]
    let isEnding = definition.isConditionTrue("Terminating")
    let conversion = CustomConversion(
      spec, storage: storage, since: server.etcd.revision, server.registry)
    var found: [ServedResource] = []
    for version in spec.items("versions") {
      let resource = resource(spec, version, conversion, isEnding: isEnding)
      // The stored version is what etcd keys are known by, served or not.
      if resource.isStoredVersion {
        stored[definition.name] = resource
        server.table.know(resource)
      }
      guard version["served"] == true else { continue }
      found.append(resource)
      server.table.add(resource)
    }
    served[definition.name] = found
  }

  private func withdraw(_ name: String) {
    for resource in served.removeValue(forKey: name) ?? [] { server.table.remove(resource) }
    if let resource = stored.removeValue(forKey: name) { server.table.remove(resource) }
  }

  private func resource(
    _ spec: Value, _ version: Value, _ conversion: CustomConversion, isEnding: Bool
  ) -> ServedResource {
    let names = spec["names"] ?? .emptyObject
    let group = spec["group"]?.string ?? ""
    let plural = names["plural"]?.string ?? ""
    let versionName = version["name"]?.string ?? ""
    let kind = names["kind"]?.string ?? ""
    let key = GroupVersionResource(group, versionName, plural)
    let subresources = version["subresources"] ?? .emptyObject
    var listed: [ResourceDefinition.Subresource] = []
    let verbs = ["get", "patch", "update"]
    if subresources["status"] != nil {
      listed.append(.init(name: "status", kind: kind, groupVersion: nil, verbs: verbs))
    }
    if subresources["scale"] != nil {
      listed.append(
        .init(
          name: "scale", kind: "Scale", groupVersion: GroupVersion("autoscaling", "v1"),
          verbs: verbs))
    }
    let isNamespaced = spec["scope"] == "Namespaced"
    let definition = ResourceDefinition(
      resource: key, kind: kind, singular: names["singular"]?.string ?? "",
      isNamespaced: isNamespaced,
      verbs: isEnding
        ? ["delete", "deletecollection", "get", "list", "watch"]
        : ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"],
      shortNames: (names["shortNames"]?.array ?? []).compactMap(\.string),
      categories: (names["categories"]?.array ?? []).compactMap(\.string),
      storageVersionHash: Self.hash(of: conversion.storage, kind: kind),
      subresources: listed)
    let strategy = CustomResourceStrategy(
      key, kind: kind, isNamespaced: isNamespaced, version: version,
      deprecation: deprecation(version, spec, group, kind))
    return ServedResource(
      definition, strategy: strategy, type: nil,
      storageVersion: conversion.storage, prefix: "/registry/\(group)/\(plural)/",
      custom: strategy, conversion: conversion)
  }

  /// What tells clients that the stored version is another (discovery.StorageVersionHash).
  private static func hash(of version: GroupVersion, kind: String) -> String {
    Base64.encode(Array(Checksum.sha256.digest(Array("\(version)/\(kind)".utf8)).prefix(8)))
  }

  private func deprecation(
    _ version: Value, _ spec: Value, _ group: String, _ kind: String
  ) -> String? {
    guard version["deprecated"] == true else { return nil }
    if let words = version["deprecationWarning"]?.string { return words }
    let name = version["name"]?.string ?? ""
    var text = "\(group)/\(name) \(kind) is deprecated"
    let others = (spec["versions"]?.array ?? []).filter {
      $0["served"] == true && $0["deprecated"] != true
    }.compactMap { $0["name"]?.string }.sorted { VersionOrder.precedes($0, $1) }
    if let better = others.first, VersionOrder.precedes(better, name) {
      text += "; use \(group)/\(better) \(kind)"
    }
    return text
  }

  // MARK: the end

  /// Deletes the objects, waits until those with finalizers are gone, too, and lets the definition
  /// go (upstream's CRDFinalizer).
  private func cleanUp(_ definition: Value) {
    guard definition.finalizers.contains(Self.finalizer) else { return }
    var conditions = DefinitionConditions(definition: definition, now: server.timeline.now)
    if ending.insert(definition.name).inserted {
      conditions.set(
        "Terminating", true, "InstanceDeletionInProgress",
        "CustomResource deletion is in progress")
      conditions.definition = write(conditions.definition, over: definition)
      serve(conditions.definition)
    }
    if !conditions.isTrue("Established") {
      conditions.set("Terminating", false, "NeverEstablished", "resource was never established")
    } else if deleteObjects(definition) == 0 {
      conditions.set(
        "Terminating", false, "InstanceDeletionCompleted", "removed all instances")
    } else {
      server.timeline.after(.seconds(5)) { [weak self] in self?.lookSoon(at: definition.name) }
      return
    }
    ending.remove(definition.name)
    let rest = definition.finalizers.filter { $0 != Self.finalizer }
    conditions.definition["metadata"]?["finalizers"] = rest.isEmpty ? nil : .strings(rest)
    write(conditions.definition, subresource: "status")
  }

  /// How many are left.
  private func deleteObjects(_ definition: Value) -> Int {
    guard let resource = stored[definition.name] else { return 0 }
    var request = ResourceRequest(
      verb: .deletecollection, resource: resource, user: .apiServer)
    request.manager = "kube-apiserver"
    _ = try? server.registry.deleteCollection(request, .everything(of: resource), DeleteOptions())
    var left = 0
    server.registry.store.forEach(resource, namespace: "") { _ in
      left += 1
      return true
    }
    return left
  }
}
