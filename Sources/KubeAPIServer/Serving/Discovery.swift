import Documents
import KubeObjects

/// Tells clients which groups, versions and resources are served.
struct Discovery {
  let table: ResourceTable

  func answer(_ request: APIRequest, _ segments: [String]) throws(StatusError) -> APIResponse {
    if segments.first == "openapi" {
      return OpenAPI(table: table).answer(request, segments) ?? Serving.pageNotFound
    }
    // Groups of definitions answer any method.
    let isBuiltIn =
      segments.count < 2
      || table.ordered.contains { $0.resource.group == segments[1] && $0.custom == nil }
    guard request.method == "GET" || segments.first == "apis" && !isBuiltIn else {
      throw .methodNotSupported
    }
    let accept = request.header("accept")
    if segments.count == 1, segments[0] == "api" || segments[0] == "apis",
      let type = Self.aggregatedType(accept)
    {
      return APIResponse(
        code: 200, headers: [("Content-Type", type)], body: .value(aggregated(segments[0])))
    }
    guard let form = AnswerForm(accept: Self.withoutDiscovery(accept), allowsShapes: false) else {
      throw AnswerForm.refusal
    }
    if segments.count == 3, segments[0] == "apis",
      table.stale.contains(GroupVersion(segments[1], segments[2]))
    {
      return Serving.unavailable
    }
    guard let document = document(segments) else {
      if segments.first == "apis", segments.count == 2 { return Serving.pageNotFound }
      // Nothing but definitions answers for a group that is not built in.
      if segments.first == "apis", segments.count == 3,
        !table.ordered.contains(where: { $0.resource.group == segments[1] && $0.custom == nil })
      {
        return Serving.pageNotFound
      }
      throw .unknownResource
    }
    return APIResponse(
      code: 200, headers: [("Content-Type", form.contentType)], body: .value(document))
  }

  private static let aggregated =
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"

  private static func aggregatedType(_ accept: String?) -> String? {
    guard let accept else { return nil }
    for clause in MediaType.clauses(accept) {
      guard let form = clause.parameters["as"] else {
        return nil
      }
      if form == "APIGroupDiscoveryList", clause.parameters["v"] == "v2",
        clause.parameters["g"] == "apidiscovery.k8s.io", clause.name == "application/json"
      {
        return aggregated
      }
    }
    return nil
  }

  /// An Accept header less the clauses for discovery documents that are not known.
  private static func withoutDiscovery(_ accept: String?) -> String? { accept }

  // MARK: plain documents

  private func document(_ segments: [String]) -> Value? {
    switch (segments.first, segments.count) {
    case (nil, _): return ["paths": .array(paths.map { .string($0) })]
    case ("api", 1):
      return [
        "kind": "APIVersions", "versions": ["v1"],
        "serverAddressByClientCIDRs": [
          ["clientCIDR": "0.0.0.0/0", "serverAddress": "172.30.1.2:6443"]
        ],
      ]
    case ("api", 2): return resourceList(GroupVersion("", segments[1]))
    case ("apis", 1):
      return [
        "kind": "APIGroupList", "apiVersion": "v1",
        "groups": .array(groups.map { group($0) }),
      ]
    case ("apis", 2):
      guard groups.contains(segments[1]) else { return nil }
      var document = group(segments[1])
      document["kind"] = "APIGroup"
      document["apiVersion"] = "v1"
      return document
    case ("apis", 3): return resourceList(GroupVersion(segments[1], segments[2]))
    default: return nil
    }
  }

  /// All named groups in the order of upstream's priorities.
  private var groups: [String] {
    var found = Set(table.ordered.map(\.resource.group))
    found.remove("")
    let first = Self.groupOrder.filter { found.contains($0) }
    let others = Set(table.stale.map(\.group)).subtracting(found)
    return first + found.subtracting(first).sorted() + others.sorted()
  }

  // The order of the aggregator's group priorities.
  private static let groupOrder = [
    "apiregistration.k8s.io", "apps", "events.k8s.io", "authentication.k8s.io",
    "authorization.k8s.io", "autoscaling", "batch", "certificates.k8s.io", "networking.k8s.io",
    "policy", "rbac.authorization.k8s.io", "storage.k8s.io", "admissionregistration.k8s.io",
    "apiextensions.k8s.io", "scheduling.k8s.io", "coordination.k8s.io", "node.k8s.io",
    "discovery.k8s.io", "resource.k8s.io", "flowcontrol.apiserver.k8s.io",
  ]

  /// The versions of a group, the preferred first.
  private func versions(of group: String) -> [String] {
    let found = Set(table.ordered.filter { $0.resource.group == group }.map(\.resource.version))
      .union(table.stale.filter { $0.group == group }.map(\.version))
    return found.sorted { VersionOrder.precedes($0, $1) }
  }

  private func group(_ name: String) -> Value {
    let versions = versions(of: name).map { version -> Value in
      ["groupVersion": .string("\(name)/\(version)"), "version": .string(version)]
    }
    return [
      "name": .string(name), "versions": .array(versions),
      "preferredVersion": versions.first ?? .emptyObject,
    ]
  }

  private func resourceList(_ version: GroupVersion) -> Value? {
    let served = table.ordered.filter { $0.groupVersion == version }
      .sorted { $0.resource.resource < $1.resource.resource }
    guard !served.isEmpty else { return nil }
    var list: Value = [
      "kind": "APIResourceList", "groupVersion": .string(version.description),
      "resources": .array(served.flatMap(entries)),
    ]
    if !version.group.isEmpty { list["apiVersion"] = "v1" }
    return list
  }

  private func entries(_ resource: ServedResource) -> [Value] {
    let definition = resource.definition
    var main: Value = [
      "name": .string(definition.resource.resource),
      "singularName": .string(definition.singular),
      "namespaced": .bool(definition.isNamespaced), "kind": .string(definition.kind),
      "verbs": .strings(definition.verbs),
    ]
    if !definition.shortNames.isEmpty { main["shortNames"] = .strings(definition.shortNames) }
    if !definition.categories.isEmpty { main["categories"] = .strings(definition.categories) }
    if !definition.storageVersionHash.isEmpty {
      main["storageVersionHash"] = .string(definition.storageVersionHash)
    }
    return [main]
      + definition.subresources.map { subresource in
        var entry: Value = [
          "name": .string("\(definition.resource.resource)/\(subresource.name)"),
          "singularName": "", "namespaced": .bool(definition.isNamespaced),
          "kind": .string(subresource.kind), "verbs": .strings(subresource.verbs),
        ]
        if let other = subresource.groupVersion {
          if !other.group.isEmpty { entry["group"] = .string(other.group) }
          entry["version"] = .string(other.version)
        }
        return entry
      }
  }

  /// Every path that `GET /` lists, of those that are served here.
  private var paths: [String] {
    var paths = ["/api", "/api/v1", "/apis", "/apis/"]
    for group in groups.sorted() {
      paths.append("/apis/\(group)")
      paths += versions(of: group).sorted().map { "/apis/\(group)/\($0)" }
    }
    return ["/.well-known/openid-configuration"] + paths.sorted() + Health.paths
  }

  // MARK: aggregated documents

  /// Of all groups ("apis") or of the one without a name ("api").
  private func aggregated(_ path: String) -> Value {
    if let known = table.discoveryDocuments[path] { return known }
    let names = path == "api" ? [""] : groups
    let document: Value = [
      "kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": [:],
      "items": .array(names.map(aggregatedGroup)),
    ]
    table.discoveryDocuments[path] = document
    return document
  }

  /// Makes what commands will ask for.
  func prepare() {
    for path in ["api", "apis"] { _ = aggregated(path) }
  }

  private func aggregatedGroup(_ group: String) -> Value {
    [
      "metadata": group.isEmpty ? [:] : ["name": .string(group)],
      "versions": .array(
        versions(of: group).map { version in
          let served = table.ordered
            .filter { $0.groupVersion == GroupVersion(group, version) }
            .sorted { $0.resource.resource < $1.resource.resource }
          if served.isEmpty { return ["version": .string(version), "freshness": "Stale"] }
          return [
            "version": .string(version), "freshness": "Current",
            "resources": .array(served.map(aggregatedResource)),
          ]
        }),
    ]
  }

  private func aggregatedResource(_ resource: ServedResource) -> Value {
    let definition = resource.definition
    var entry: Value = [
      "resource": .string(definition.resource.resource),
      "responseKind": Self.kind(definition.kind, nil),
      "scope": definition.isNamespaced ? "Namespaced" : "Cluster",
      "singularResource": .string(definition.singular), "verbs": .strings(definition.verbs),
    ]
    if !definition.shortNames.isEmpty { entry["shortNames"] = .strings(definition.shortNames) }
    if !definition.categories.isEmpty { entry["categories"] = .strings(definition.categories) }
    if !definition.subresources.isEmpty {
      entry["subresources"] = .array(
        definition.subresources.map {
          [
            "subresource": .string($0.name),
            "responseKind": Self.kind($0.kind, $0.groupVersion),
            "verbs": .strings($0.verbs),
          ]
        })
    }
    return entry
  }

  // A built-in kind of the resource's own group and version goes without them.
  private static func kind(_ kind: String, _ version: GroupVersion?) -> Value {
    [
      "group": .string(version?.group ?? ""), "version": .string(version?.version ?? ""),
      "kind": .string(kind),
    ]
  }
}

extension Value {
  static func strings(_ texts: [String]) -> Value { .array(texts.map { .string($0) }) }
}

/// The order of API versions: v2 before v1 before v2beta1 before v1alpha3 before others.
enum VersionOrder {
  static func precedes(_ a: String, _ b: String) -> Bool {
    let (x, y) = (rank(a), rank(b))
    switch (x, y) {
    case (let x?, let y?): return x.lexicographicallyPrecedes(y) == false && x != y
    case (_?, nil): return true
    case (nil, _?): return false
    case (nil, nil): return a < b
    }
  }

  /// Stability, major, minor: greater comes first.
  private static func rank(_ text: String) -> [Int]? {
    guard text.first == "v" else { return nil }
    let digits = text.dropFirst().prefix { $0.isNumber }
    guard let major = Int(digits) else { return nil }
    let rest = text.dropFirst(1 + digits.count)
    if rest.isEmpty { return [3, major, 0] }
    for (word, stability) in [("beta", 2), ("alpha", 1)] where rest.hasPrefix(word) {
      guard let minor = Int(rest.dropFirst(word.count)) else { return nil }
      return [stability, major, minor]
    }
    return nil
  }
}
