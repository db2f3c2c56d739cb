import Documents
import KubeObjects

/// Knows every kind that the server serves, and which one a word such as `deploy`,
/// `deployments.v1.apps` or `Deployment` means.
struct ResourceMapper {
  /// In the server's order of preference.
  let resources: [APIResource]
  /// All group versions, in order.
  let groupVersions: [GroupVersion]
  /// The first version of each group.
  private let preferred: [String: String]
  private let byName: [String: [Int]]
  private let byKind: [String: [Int]]
  private let byShortName: [String: [Int]]
  private let warn: (String) -> Void

  init(
    resources: [APIResource], groupVersions: [GroupVersion],
    warn: @escaping (String) -> Void = { _ in }
  ) {
    self.resources = resources
    self.groupVersions = groupVersions
    self.warn = warn
    var preferred: [String: String] = [:]
    for item in groupVersions where preferred[item.group] == nil {
      preferred[item.group] = item.version
    }
    self.preferred = preferred
    var names: [String: [Int]] = [:]
    var kinds: [String: [Int]] = [:]
    var shorts: [String: [Int]] = [:]
    for (index, resource) in resources.enumerated() {
      names[resource.name, default: []].append(index)
      if resource.singular != resource.name {
        names[resource.singular, default: []].append(index)
      }
      kinds[resource.kind, default: []].append(index)
      for short in resource.shortNames { shorts[short, default: []].append(index) }
    }
    byName = names
    byKind = kinds
    byShortName = shorts
  }

  static let accept =
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
    + "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json"

  static func discover(_ client: APIClient, warn: @escaping (String) -> Void) async throws
    -> ResourceMapper
  {
    do {
      return try await read(client, warn: warn)
    } catch let error as CommandError {
      // The cached discovery client tries five times and tells each time.
      if case .connection = error { client.tellOfFailedDiscovery(error) }
      throw error
    }
  }

  private static func read(_ client: APIClient, warn: @escaping (String) -> Void) async throws
    -> ResourceMapper
  {
    var resources: [APIResource] = []
    var versions: [GroupVersion] = []
    let timeout = [(name: "timeout", value: "32s")]
    let core = try await client.get("/api", timeout, accept: accept)
    if core["kind"]?.string == "APIGroupDiscoveryList" {
      read(core, into: &resources, &versions)
    } else {
      for version in core["versions"]?.array ?? [] {
        let groupVersion = GroupVersion("", version.string ?? "v1")
        versions.append(groupVersion)
        let list = try await client.get("/api/\(groupVersion.version)", timeout)
        read(list, groupVersion, into: &resources)
      }
    }
    let groups = try await client.get("/apis", timeout, accept: accept)
    if groups["kind"]?.string == "APIGroupDiscoveryList" {
      read(groups, into: &resources, &versions)
    } else {
      for group in groups["groups"]?.array ?? [] {
        for version in group["versions"]?.array ?? [] {
          let groupVersion = GroupVersion(apiVersion: version["groupVersion"]?.string ?? "")
          versions.append(groupVersion)
          let list = try await client.get("/apis/\(groupVersion)", timeout)
          read(list, groupVersion, into: &resources)
        }
      }
    }
    return ResourceMapper(resources: resources, groupVersions: versions, warn: warn)
  }

  /// An APIGroupDiscoveryList.
  private static func read(
    _ list: Value, into resources: inout [APIResource], _ versions: inout [GroupVersion]
  ) {
    for group in list["items"]?.array ?? [] {
      let name = group[path: "metadata", "name"]?.string ?? ""
      for version in group["versions"]?.array ?? [] {
        let groupVersion = GroupVersion(name, version["version"]?.string ?? "")
        versions.append(groupVersion)
        for item in version["resources"]?.array ?? [] {
          resources.append(
            APIResource(
              group: name, version: groupVersion.version, name: item["resource"]?.string ?? "",
              singular: item["singularResource"]?.string ?? "",
              kind: item[path: "responseKind", "kind"]?.string ?? "",
              shortNames: texts(item["shortNames"]),
              isNamespaced: item["scope"]?.string == "Namespaced", verbs: texts(item["verbs"]),
              categories: texts(item["categories"]),
              subresources: Set(
                (item["subresources"]?.array ?? []).compactMap { $0["subresource"]?.string })))
        }
      }
    }
  }

  /// An APIResourceList.
  private static func read(
    _ list: Value, _ groupVersion: GroupVersion, into resources: inout [APIResource]
  ) {
    let items = list["resources"]?.array ?? []
    var positions: [String: Int] = [:]
    for item in items {
      let name = item["name"]?.string ?? ""
      if let slash = name.firstIndex(of: "/") {
        if let position = positions[String(name[..<slash])] {
          resources[position].subresources.insert(String(name[slash...].dropFirst()))
        }
        continue
      }
      positions[name] = resources.count
      resources.append(
        APIResource(
          group: groupVersion.group, version: groupVersion.version, name: name,
          singular: item["singularName"]?.string ?? "", kind: item["kind"]?.string ?? "",
          shortNames: texts(item["shortNames"]), isNamespaced: item["namespaced"]?.bool ?? false,
          verbs: texts(item["verbs"]), categories: texts(item["categories"])))
    }
  }

  private static func texts(_ value: Value?) -> [String] {
    (value?.array ?? []).compactMap(\.string)
  }

  /// Every kind once, in its group's preferred version, or in another that alone serves it.
  var preferredResources: [APIResource] {
    var seen: Set<String> = []
    let main = resources.filter { preferred[$0.group] == $0.version }
    for resource in main { seen.insert(resource.groupResource) }
    return main
      + resources.filter {
        preferred[$0.group] != $0.version && seen.insert($0.groupResource).inserted
      }
  }

  /// The first of several, those of a group's preferred version before others.
  private func best(_ indices: [Int]?, where fits: (APIResource) -> Bool = { _ in true })
    -> APIResource?
  {
    let candidates = (indices ?? []).map { resources[$0] }.filter(fits)
    return candidates.first { preferred[$0.group] == $0.version } ?? candidates.first
  }

  func resource(kind: String, group: String, version: String = "") -> APIResource? {
    best(byKind[kind]) { $0.group == group && (version.isEmpty || $0.version == version) }
  }

  func resource(_ plural: String, group: String) -> APIResource? {
    best(byName[plural]) { $0.group == group }
  }

  /// What a word of the command line means, or nil.
  func find(_ word: String) -> APIResource? {
    let parts = word.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
      .map(String.init)
    if parts.count == 3, let found = match(parts[0], group: parts[2], version: parts[1]) {
      return found
    }
    let dot = word.firstIndex(of: ".")
    let name = String(word[..<(dot ?? word.endIndex)])
    let group = dot.map { String(word[$0...].dropFirst()) }
    if let found = match(name, group: group, version: nil) { return found }
    if parts.count == 3,
      let found = best(byKind[parts[0]], where: { $0.group == parts[2] && $0.version == parts[1] })
    {
      return found
    }
    return best(byKind[name]) { resource in
      group.map { resource.group == $0 } ?? true
    }
  }

  private func match(_ name: String, group: String?, version: String?) -> APIResource? {
    func isOfGroup(_ resource: APIResource) -> Bool {
      guard let group, resource.group != group else { return true }
      return resource.group.hasPrefix(group + ".") && !group.isEmpty
    }
    // A short name stands for the resource in whatever version (expandResourceShortcut).
    if let indices = byShortName[name], let found = best(indices, where: isOfGroup) {
      var told: Set<String> = [found.groupResource]
      for index in indices where isOfGroup(resources[index]) {
        let other = resources[index].groupResource
        if told.insert(other).inserted {
          warn("short name \(Go.quoted(name)) could also match lower priority resource \(other)")
        }
      }
      return found
    }
    return best(byName[name.lowercased()]) { resource in
      isOfGroup(resource) && version.map { $0 == resource.version } ?? true
    }
  }

  /// The resource that a word means, or the error that kubectl gives.
  func require(_ word: String) throws -> APIResource {
    if let found = find(word) { return found }
    let name = word.prefix { $0 != "." }
    throw CommandError.text("the server doesn't have a resource type \(Go.quoted(String(name)))")
  }

  /// Whether a word means nodes; what means nothing is told as RESTMapper tells it.
  func isNode(_ word: String) throws -> Bool {
    guard let found = find(word) else {
      throw CommandError.noMatch(resource: word, group: "", version: "")
    }
    return found == resource("nodes", group: "")
  }

  /// Whether discovery tells of a subresource.
  func serves(_ subresource: String, of resource: APIResource) -> Bool {
    resources.first {
      $0.name == resource.name && $0.group == resource.group && $0.version == resource.version
    }?.subresources.contains(subresource) ?? false
  }

  /// The words that a category such as `all` stands for.
  func expand(_ word: String) -> [String] {
    var found: [String] = []
    for resource in resources where resource.categories.contains(word) {
      if preferred[resource.group] == resource.version { found.append(resource.groupResource) }
    }
    return found.isEmpty ? [word] : found
  }

  /// The resource of an object by its apiVersion and kind.
  func resource(of object: Value) -> APIResource? {
    let groupVersion = GroupVersion(apiVersion: object["apiVersion"]?.string ?? "")
    return resource(
      kind: object["kind"]?.string ?? "", group: groupVersion.group, version: groupVersion.version)
  }
}
