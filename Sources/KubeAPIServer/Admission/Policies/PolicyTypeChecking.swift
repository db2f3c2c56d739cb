import CEL
package import Documents
import KubeObjects

/// What is wrong with a ValidatingAdmissionPolicy's expressions where its objects are of the kinds
/// that it names: what status.typeChecking warns of (TypeChecker).
package struct PolicyTypeChecking {
  private let server: APIServer
  // More kinds than these are not looked at.
  private static let kindLimit = 10

  package init(_ server: APIServer) { self.server = server }

  /// The status of a policy as it is now.
  package func status(of policy: Value) -> Value {
    let warnings = warnings(policy["spec"] ?? [:])
    var checking: Value = [:]
    if !warnings.isEmpty { checking["expressionWarnings"] = .array(warnings) }
    return ["observedGeneration": .int(policy.generation), "typeChecking": checking]
  }

  private func warnings(_ spec: Value) -> [Value] {
    let kinds = kinds(spec)
    guard !kinds.isEmpty else { return [] }
    var found: [Value] = []
    for (index, validation) in spec.items("validations").enumerated() {
      for field in ["expression", "messageExpression"] {
        let text = validation.text(field)
        guard !text.isEmpty else { continue }
        let problems = kinds.compactMap { kind -> String? in
          problem(text, spec, kind, isMessage: field == "messageExpression").map {
            "\(kind.groupVersion), Kind=\(kind.kind): \($0)"
          }
        }
        guard !problems.isEmpty else { continue }
        found.append([
          "fieldRef": .string("spec.validations[\(index)].\(field)"),
          "warning": .string(problems.joined(separator: "\n")),
        ])
      }
    }
    return found
  }

  /// The kinds that the rules name without wildcards, sorted.
  private func kinds(_ spec: Value) -> [ServedResource] {
    var found: [String: ServedResource] = [:]
    for rule in spec["matchConstraints"]?.items("resourceRules") ?? [] {
      let lists = ["apiGroups", "apiVersions", "resources"].map { rule.texts($0) }
      if lists.contains(where: { $0.contains("*") }) { continue }
      for group in lists[0] {
        for version in lists[1] {
          for resource in lists[2] where !resource.contains("/") {
            guard let served = server.table[GroupVersionResource(group, version, resource)]
            else { continue }
            found["\(group)/\(version)/\(served.kind)"] = served
          }
        }
      }
    }
    return found.sorted { $0.key < $1.key }.prefix(Self.kindLimit).map(\.value)
  }

  private func problem(
    _ text: String, _ spec: Value, _ kind: ServedResource, isMessage: Bool
  ) -> String? {
    // The structure of custom resources is not declared to expressions here.
    guard let type = kind.type else { return nil }
    var place = PolicyExpression.Place(hasAuthorizer: !isMessage)
    place.hasParameters = spec.has("paramKind")
    place.variables = PolicyExpression.variables(spec, place)
    var environment = PolicyExpression.environment(place)
    let name = Schema.builtin.types[type].name
    environment.variables["object"] = .structure(name)
    environment.variables["oldObject"] = .structure(name)
    let (isStructure, field) = (environment.isStructure, environment.field)
    environment.isStructure = { isStructure($0) || Schema.builtin.index(of: $0) != nil }
    environment.field = { structure, member in
      guard let index = Schema.builtin.index(of: structure) else {
        return field(structure, member)
      }
      let type = Schema.builtin.types[index]
      if type.kind != nil, ["apiVersion", "kind"].contains(member) { return .string }
      return type.field(member).map { Self.type($0.type) }
    }
    do throws(CompilationError) {
      _ = try Program(text, environment)
      return nil
    } catch {
      return "\(error)"
    }
  }

  private static func type(_ field: FieldType) -> Type {
    switch field {
    case .string: .string
    case .boolean: .bool
    case .int32, .int64: .int
    case .double: .double
    case .bytes: .bytes
    case .time, .microTime: .timestamp
    case .quantity, .intOrString, .object, .any: .dyn
    case .list(let element): .list(type(element))
    case .map(let element): .map(.string, type(element))
    case .structure(let index): .structure(Schema.builtin.types[index].name)
    }
  }
}
