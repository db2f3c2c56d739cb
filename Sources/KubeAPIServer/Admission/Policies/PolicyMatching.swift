import Documents
import KubeObjects

/// Whether a request is what a policy or a binding is about.
struct PolicyMatching {
  let attributes: AdmissionAttributes
  let objects: any ObjectAccess

  func matches(_ match: Value?) -> Bool {
    guard let match, !match.isNull else { return true }
    guard coversNamespace(match["namespaceSelector"]), coversObject(match["objectSelector"]) else {
      return false
    }
    if match.items("excludeResourceRules").contains(where: covers) { return false }
    let rules = match.items("resourceRules")
    return rules.isEmpty || rules.contains(where: covers)
  }

  private func covers(_ rule: Value) -> Bool {
    func has(_ field: String, _ value: String) -> Bool {
      let texts = rule.texts(field)
      return texts.contains("*") || texts.contains(value)
    }
    guard has("operations", attributes.operation.rawValue),
      has("apiGroups", attributes.resource.group), coversVersion(rule)
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
      return (main == "*" || main == attributes.resource.resource)
        && (part == "*" || part == attributes.subresource)
    }
  }

  /// Versions of one resource are equivalent: the object is converted.
  private func coversVersion(_ rule: Value) -> Bool { !rule.texts("apiVersions").isEmpty }

  private func coversNamespace(_ selector: Value?) -> Bool {
    let selector = LabelSelector(labels: nil, selector)
    guard !selector.isEmpty else { return true }
    if attributes.resource.resource == "namespaces", attributes.resource.group.isEmpty {
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
