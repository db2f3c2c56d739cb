import Documents
import KubeObjects

/// Whether a request is what a policy, a binding or a webhook is about.
struct RequestMatching {
  let attributes: AdmissionAttributes
  let objects: any ObjectAccess

  /// The resource in the version that the rules are about: the requested one, or with the
  /// matchPolicy Equivalent another; nil when the request is none of theirs.
  func matched(_ match: Value?, rules name: String = "resourceRules") -> GroupVersionResource? {
    guard let match, !match.isNull else { return attributes.requested }
    guard coversNamespace(match["namespaceSelector"]), coversObject(match["objectSelector"]) else {
      return nil
    }
    let isExact = match.text("matchPolicy") == "Exact"
    if covered(by: match.items("excludeResourceRules"), isExact) != nil { return nil }
    let rules = match.items(name)
    return rules.isEmpty ? attributes.requested : covered(by: rules, isExact)
  }

  private func covered(by rules: [Value], _ isExact: Bool) -> GroupVersionResource? {
    guard !rules.isEmpty else { return nil }
    let requested = attributes.requested
    if rules.contains(where: { covers($0, requested) }) { return requested }
    guard !isExact else { return nil }
    return objects.versions(of: attributes.resource).first { version in
      version != requested && rules.contains { covers($0, version) }
    }
  }

  private func covers(_ rule: Value, _ resource: GroupVersionResource) -> Bool {
    func has(_ field: String, _ value: String) -> Bool {
      let texts = rule.texts(field)
      return texts.contains("*") || texts.contains(value)
    }
    guard has("operations", attributes.operation.rawValue), has("apiGroups", resource.group),
      has("apiVersions", resource.version)
    else { return false }
    let names = rule.texts("resourceNames")
    guard names.isEmpty || names.contains(attributes.name) else { return false }
    switch rule.text("scope") {
    case "Cluster" where !attributes.namespace.isEmpty: return false
    case "Namespaced" where attributes.namespace.isEmpty: return false
    default: break
    }
    return rule.texts("resources").contains { name in
      let halves = name.split(separator: "/", maxSplits: 1)
      let main = halves.first.map(String.init) ?? ""
      let part = halves.count > 1 ? String(halves[1]) : ""
      return (main == "*" || main == resource.resource)
        && (part == "*" || part == attributes.subresource)
    }
  }

  private func coversNamespace(_ selector: Value?) -> Bool {
    let selector = LabelSelector(labels: nil, selector)
    guard !selector.isEmpty else { return true }
    if attributes.resource == .namespaces {
      let labels =
        attributes.object["metadata"]?["labels"]
        ?? attributes.oldObject["metadata"]?["labels"]
      return selector.matches(labels)
    }
    guard !attributes.namespace.isEmpty else { return true }
    let namespace = objects.get(.namespaces, namespace: "", name: attributes.namespace)
    return selector.matches(namespace?["metadata"]?["labels"])
  }

  private func coversObject(_ selector: Value?) -> Bool {
    let selector = LabelSelector(labels: nil, selector)
    return selector.isEmpty || selector.matches(attributes.object["metadata"]?["labels"])
      || selector.matches(attributes.oldObject["metadata"]?["labels"])
  }
}

extension LabelSelector {
  /// A selector as stored objects have it: absent selects all.
  fileprivate init(labels: Value?, _ object: Value?) {
    guard let object, !object.isNull, let found = try? LabelSelector(object: object) else {
      self = .everything
      return
    }
    self = found
  }
}

/// An admission request as expressions and webhooks see it.
struct AdmissionView {
  /// The request, in the terms of the version that a rule is about (CreateAdmissionRequest).
  let request: Value
  /// As that version has them; null where there is none.
  let object: Value
  let oldObject: Value

  init(
    _ attributes: AdmissionAttributes, as matched: GroupVersionResource,
    _ objects: any ObjectAccess
  ) {
    let isWhole = attributes.kindVersion == attributes.requested.groupVersion
    func shown(_ object: Value) -> Value {
      isWhole && !object.isNull ? objects.shown(object, in: matched) : object
    }
    object = shown(attributes.object)
    oldObject = shown(attributes.oldObject)
    let kind = isWhole ? matched.groupVersion : attributes.kindVersion
    var request: Value = [
      "kind": Self.kind(attributes.kind, kind), "resource": Self.resource(matched),
      "requestKind": Self.kind(attributes.kind, attributes.kindVersion),
      "requestResource": Self.resource(attributes.requested),
      "operation": .string(attributes.operation.rawValue),
      "userInfo": Self.user(attributes.user), "dryRun": .bool(attributes.dryRun),
      "options": attributes.options,
    ]
    // What is empty is not there (omitempty): asking for it fails.
    let texts = [
      ("name", attributes.name), ("namespace", attributes.namespace),
      ("subResource", attributes.subresource), ("requestSubResource", attributes.subresource),
    ]
    for (name, text) in texts where !text.isEmpty { request[name] = .string(text) }
    self.request = request
  }

  private static func kind(_ kind: String, _ version: GroupVersion) -> Value {
    [
      "group": .string(version.group), "version": .string(version.version), "kind": .string(kind),
    ]
  }

  private static func resource(_ resource: GroupVersionResource) -> Value {
    [
      "group": .string(resource.group), "version": .string(resource.version),
      "resource": .string(resource.resource),
    ]
  }

  private static func user(_ user: UserInfo) -> Value {
    var value: Value = ["username": .string(user.name)]
    if !user.uid.isEmpty { value["uid"] = .string(user.uid) }
    if !user.groups.isEmpty { value["groups"] = .strings(user.groups) }
    if !user.extra.isEmpty {
      value["extra"] = .object(
        Mapping(user.extra.sorted { $0.key < $1.key }.map { ($0.key, Value.strings($0.value)) }))
    }
    return value
  }
}
