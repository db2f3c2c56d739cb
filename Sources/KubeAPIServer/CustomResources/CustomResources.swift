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
    if event.entry == nil {
      withdraw(name)
      return
    }
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
    if definition.isBeingDeleted { return cleanUp(definition) }
    serve(definition)
    accept(definition)
  }

  // MARK: conditions

  private func accept(_ definition: Value) {
    var new = definition
    let names = definition["spec"]?["names"] ?? .emptyObject
    var isChanged = false
    if !definition.isConditionTrue("Established") {
      new["status"]?["conditions"] = [
        condition("NamesAccepted", "NoConflicts", "no conflicts found"),
        condition(
          "Established", "InitialNamesAccepted", "the initial names have been accepted"),
      ]
      isChanged = true
    }
    if definition["status"]?["acceptedNames"] != names {
      new["status"]?["acceptedNames"] = names
      isChanged = true
    }
    if let storage = CustomResourceDefinitionStrategy.storageVersion(definition) {
      let stored = definition["status"]?["storedVersions"]?.array ?? []
      if !stored.contains(.string(storage)) {
        new["status"]?["storedVersions"] = .array(stored + [.string(storage)])
        isChanged = true
      }
    }
    if isChanged { write(new, subresource: "status") }
  }

  private func condition(_ type: String, _ reason: String, _ message: String) -> Value {
    [
      "type": .string(type), "status": "True", "reason": .string(reason),
      "message": .string(message),
      "lastTransitionTime": .string(server.timeline.now.rfc3339),
    ]
  }

  private func write(_ object: Value, subresource: String) {
    guard let resource = server.table[.customResourceDefinitions] else { return }
    var request = ResourceRequest(
      verb: .update, resource: resource,
      user: UserInfo(name: "system:apiserver", groups: ["system:masters"]))
    request.name = object.name
    request.subresource = subresource
    request.manager = "kube-apiserver"
    _ = try? server.registry.update(request) { _ in object }
  }

  // MARK: serving

  private func serve(_ definition: Value) {
    withdraw(definition.name)
    guard let storage = CustomResourceDefinitionStrategy.storageVersion(definition) else { return }
    let spec = definition["spec"] ?? .emptyObject
    let conversion = CustomConversion(
      spec, storage: storage, since: server.etcd.revision, server.registry)
    var found: [ServedResource] = []
    for version in spec.items("versions") {
      let resource = resource(spec, version, conversion)
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
    _ spec: Value, _ version: Value, _ conversion: CustomConversion
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
      verbs: ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"],
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

  private func cleanUp(_ definition: Value) {
    guard definition.finalizers.contains(Self.finalizer) else { return }
    var left = 0
    if let resource = stored[definition.name] {
      var request = ResourceRequest(
        verb: .deletecollection, resource: resource,
        user: UserInfo(name: "system:apiserver", groups: ["system:masters"]))
      request.manager = "kube-apiserver"
      _ = try? server.registry.deleteCollection(
        request, .everything(of: resource), DeleteOptions())
      server.registry.store.forEach(resource, namespace: "") { _ in
        left += 1
        return true
      }
    }
    guard left == 0 else {
      // Objects with finalizers of their own go when those are done.
      server.timeline.after(.seconds(5)) { [weak self] in self?.look(at: definition.name) }
      return
    }
    var new = definition
    let rest = definition.finalizers.filter { $0 != Self.finalizer }
    new["metadata"]?["finalizers"] = rest.isEmpty ? nil : .array(rest.map { .string($0) })
    write(new, subresource: "")
  }
}
