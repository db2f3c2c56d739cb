package import Documents
import KubeObjects

/// One rule of a role, ready to be asked.
package struct AccessRule: Hashable, Sendable {
  package let verbs: [String]
  package let groups: [String]
  package let resources: [String]
  package let names: [String]
  package let paths: [String]

  package init(_ rule: Value) {
    func list(_ name: String) -> [String] { (rule[name]?.array ?? []).compactMap(\.string) }
    verbs = list("verbs")
    groups = list("apiGroups")
    resources = list("resources")
    names = list("resourceNames")
    paths = list("nonResourceURLs")
  }

  init(
    verbs: [String], groups: [String] = [], resources: [String] = [], names: [String] = [],
    paths: [String] = []
  ) {
    self.verbs = verbs
    self.groups = groups
    self.resources = resources
    self.names = names
    self.paths = paths
  }

  /// As a rule object.
  package var value: Value {
    var rule: Value = ["verbs": .strings(verbs)]
    if !groups.isEmpty { rule["apiGroups"] = .strings(groups) }
    if !resources.isEmpty { rule["resources"] = .strings(resources) }
    if !names.isEmpty { rule["resourceNames"] = .strings(names) }
    if !paths.isEmpty { rule["nonResourceURLs"] = .strings(paths) }
    return rule
  }

  func allows(_ question: AccessQuestion) -> Bool {
    guard Self.contains(verbs, question.verb) else { return false }
    if !question.path.isEmpty { return paths.contains { Self.covers($0, question.path) } }
    guard Self.contains(groups, question.group), coversResource(question) else { return false }
    return names.isEmpty || names.contains(question.name)
  }

  /// What it would need to say in addition to allow it; empty: it does.
  func lacks(_ question: AccessQuestion) -> [String] {
    var lacks: [String] = []
    if !question.path.isEmpty {
      if !paths.contains(where: { Self.covers($0, question.path) }) {
        lacks.append("the path \(question.path)")
      }
    } else {
      if !coversResource(question) {
        let sub = question.subresource.isEmpty ? "" : "/" + question.subresource
        lacks.append("the resource \(question.resource)\(sub)")
      }
      if !Self.contains(groups, question.group) {
        lacks.append("the API group \(question.group.goQuoted)")
      }
      if !names.isEmpty, !names.contains(question.name) {
        lacks.append(
          question.name.isEmpty
            ? "a rule without resourceNames (it is for \(names.joined(separator: ", ")) only)"
            : "the resourceName \(question.name)")
      }
    }
    if !Self.contains(verbs, question.verb) { lacks.append("the verb \(question.verb)") }
    return lacks
  }

  private func coversResource(_ question: AccessQuestion) -> Bool {
    for resource in resources {
      if resource == "*" { return true }
      if question.subresource.isEmpty {
        if resource == question.resource { return true }
        continue
      }
      guard let slash = resource.utf8.firstIndex(of: UInt8(ascii: "/")),
        resource[resource.index(after: slash)...] == question.subresource
      else { continue }
      let main = resource[..<slash]
      if main == "*" || main == question.resource { return true }
    }
    return false
  }

  private static func contains(_ words: [String], _ word: String) -> Bool {
    words.contains { $0 == word || $0 == "*" }
  }

  /// A path, or one that ends in a star for all that begin so.
  private static func covers(_ pattern: String, _ path: String) -> Bool {
    if pattern == "*" || pattern == path { return true }
    return pattern.hasSuffix("*") && path.hasPrefix(pattern.dropLast())
  }

  /// The simplest rules that together say the same: one verb, group and resource each.
  var parts: [AccessRule] {
    var found: [AccessRule] = []
    for group in groups {
      for resource in resources {
        for verb in verbs {
          if names.isEmpty {
            found.append(AccessRule(verbs: [verb], groups: [group], resources: [resource]))
          }
          for name in names {
            found.append(
              AccessRule(verbs: [verb], groups: [group], resources: [resource], names: [name]))
          }
        }
      }
    }
    for path in paths {
      for verb in verbs { found.append(AccessRule(verbs: [verb], paths: [path])) }
    }
    return found
  }

  /// Whether these rules together allow all that `part`, one of the simplest, allows.
  func covers(part: AccessRule) -> Bool {
    func has(_ mine: [String], _ theirs: [String]) -> Bool {
      mine.contains("*") || theirs.allSatisfy { mine.contains($0) }
    }
    if let path = part.paths.first {
      return has(verbs, part.verbs) && paths.contains { Self.covers($0, path) }
    }
    let coversResource =
      has(resources, part.resources)
      || part.resources.allSatisfy { resource in
        guard let slash = resource.firstIndex(of: "/") else { return false }
        return resources.contains("*" + resource[slash...])
      }
    return has(verbs, part.verbs) && has(groups, part.groups) && coversResource
      && (names.isEmpty || !part.names.isEmpty && part.names.allSatisfy { names.contains($0) })
  }
}
