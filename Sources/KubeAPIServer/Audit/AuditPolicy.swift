package import Documents
import KubeObjects

/// Which requests are recorded, and how much of each (audit.k8s.io/v1 Policy): the first rule that
/// fits decides.
package struct AuditPolicy: Hashable, Sendable {
  package enum Level: Int, Comparable, Sendable {
    case none, metadata, request, requestResponse

    init?(_ name: String) {
      switch name {
      case "None": self = .none
      case "Metadata": self = .metadata
      case "Request": self = .request
      case "RequestResponse": self = .requestResponse
      default: return nil
      }
    }

    package var name: String {
      switch self {
      case .none: "None"
      case .metadata: "Metadata"
      case .request: "Request"
      case .requestResponse: "RequestResponse"
      }
    }

    package static func < (a: Level, b: Level) -> Bool { a.rawValue < b.rawValue }
  }

  struct Rule: Hashable, Sendable {
    var level: Level
    var users: [String]
    var groups: [String]
    var verbs: [String]
    var namespaces: [String]
    var resources: [Resources]
    var paths: [String]
    var omitted: Set<String>
  }

  struct Resources: Hashable, Sendable {
    var group: String
    var names: [String]
    var objects: [String]
  }

  private var rules: [Rule] = []
  private var omitted: Set<String> = []

  /// Reads a policy; what is wrong with it comes in upstream's words.
  package init(_ value: Value) throws(Problem) {
    func wrong(_ text: String) -> Problem { Problem(text, line: 1, column: 1) }
    guard value["kind"]?.string == "Policy", value["apiVersion"]?.string == "audit.k8s.io/v1" else {
      throw wrong(
        "failed decoding: no kind \"\(value["kind"]?.string ?? "")\" is registered for version "
          + "\"\(value["apiVersion"]?.string ?? "")\" in scheme "
          + "\"k8s.io/apiserver/pkg/audit/scheme.go:27\"")
    }
    if let why = AuditPolicyValidation.decodingProblem(value) {
      throw wrong("failed decoding: " + why)
    }
    let errors = AuditPolicyValidation.validate(value)
    guard errors.isEmpty else { throw wrong(FieldError.aggregate(errors.map(\.message))) }
    omitted = Set(Self.texts(value["omitStages"]))
    let list = value["rules"]?.array ?? []
    guard !list.isEmpty else { throw wrong("loaded illegal policy with 0 rules") }
    for rule in list {
      guard let level = Level(rule["level"]?.string ?? "") else { continue }
      rules.append(
        Rule(
          level: level, users: Self.texts(rule["users"]), groups: Self.texts(rule["userGroups"]),
          verbs: Self.texts(rule["verbs"]), namespaces: Self.texts(rule["namespaces"]),
          resources: (rule["resources"]?.array ?? []).map {
            Resources(
              group: $0["group"]?.string ?? "", names: Self.texts($0["resources"]),
              objects: Self.texts($0["resourceNames"]))
          }, paths: Self.texts(rule["nonResourceURLs"]),
          omitted: Set(Self.texts(rule["omitStages"]))))
    }
  }

  private static func texts(_ value: Value?) -> [String] {
    (value?.array ?? []).compactMap(\.string)
  }

  /// How much of a request is recorded, and at which stages not.
  package func level(of event: AuditEvent) -> (level: Level, omitted: Set<String>) {
    for rule in rules where Self.fits(rule, event) {
      return (rule.level, rule.omitted.union(omitted))
    }
    return (.none, omitted)
  }

  private static func fits(_ rule: Rule, _ event: AuditEvent) -> Bool {
    if !rule.users.isEmpty, !rule.users.contains(event.user?.name ?? "") { return false }
    if !rule.groups.isEmpty, !rule.groups.contains(where: (event.user?.groups ?? []).contains) {
      return false
    }
    if !rule.verbs.isEmpty, !rule.verbs.contains(event.verb) { return false }
    if !rule.namespaces.isEmpty || !rule.resources.isEmpty {
      guard event.isResource else { return false }
      if !rule.namespaces.isEmpty, !rule.namespaces.contains(event.namespace) { return false }
      return rule.resources.isEmpty || rule.resources.contains { fits($0, event) }
    }
    guard !rule.paths.isEmpty else { return true }
    return !event.isResource
      && rule.paths.contains { path in
        path == "*" || path == event.path
          || path.hasSuffix("*") && event.path.hasPrefix(path.dropLast())
      }
  }

  private static func fits(_ rule: Resources, _ event: AuditEvent) -> Bool {
    guard rule.group == "*" || rule.group == event.group else { return false }
    if !rule.objects.isEmpty, !rule.objects.contains(event.name) { return false }
    guard !rule.names.isEmpty else { return true }
    let whole =
      event.subresource.isEmpty ? event.resource : "\(event.resource)/\(event.subresource)"
    return rule.names.contains { name in
      name == whole || name == "*" || name == "\(event.resource)/*"
        || name == "*/\(event.subresource)" && !event.subresource.isEmpty
    }
  }
}
