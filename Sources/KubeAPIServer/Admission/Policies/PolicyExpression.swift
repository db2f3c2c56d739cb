import CEL
import Documents
import KubeObjects

/// What the expressions of admission policies may refer to.
enum PolicyExpression {
  private static let request: [String: Type] = [
    "kind": .structure("kubernetes.GroupVersionKind"),
    "resource": .structure("kubernetes.GroupVersionResource"), "subResource": .string,
    "requestKind": .structure("kubernetes.GroupVersionKind"),
    "requestResource": .structure("kubernetes.GroupVersionResource"),
    "requestSubResource": .string, "name": .string, "namespace": .string, "operation": .string,
    "userInfo": .structure("kubernetes.UserInfo"), "dryRun": .bool, "options": .dyn,
  ]

  private static let structures: [String: [String: Type]] = [
    "kubernetes.AdmissionRequest": request,
    "kubernetes.GroupVersionKind": ["group": .string, "version": .string, "kind": .string],
    "kubernetes.GroupVersionResource": ["group": .string, "version": .string, "resource": .string],
    "kubernetes.UserInfo": [
      "username": .string, "uid": .string, "groups": .list(.string),
      "extra": .map(.string, .list(.string)),
    ],
    "kubernetes.Namespace": [
      "metadata": .structure("kubernetes.NamespaceMetadata"),
      "spec": .structure("kubernetes.NamespaceSpec"),
      "status": .structure("kubernetes.NamespaceStatus"),
    ],
    "kubernetes.NamespaceMetadata": [
      "name": .string, "generateName": .string, "namespace": .string,
      "labels": .map(.string, .string), "annotations": .map(.string, .string), "UID": .string,
      "creationTimestamp": .timestamp, "deletionGracePeriodSeconds": .int,
      "deletionTimestamp": .timestamp, "generation": .int, "resourceVersion": .string,
      "finalizers": .list(.string),
    ],
    "kubernetes.NamespaceSpec": ["finalizers": .list(.string)],
    "kubernetes.NamespaceStatus": ["phase": .string],
    "JSONPatch": ["op": .string, "path": .string, "from": .string, "value": .dyn],
  ]

  /// Where an expression stands, which says what it may use.
  struct Place {
    var hasAuthorizer = true
    var hasParameters = false
    var isMutation = false
    var variables: [String: Type]?
  }

  static func environment(_ place: Place) -> Environment {
    var environment = ExpressionLibraries.environment
    environment.variables = [
      "object": .dyn, "oldObject": .dyn, "request": .structure("kubernetes.AdmissionRequest"),
      "namespaceObject": .structure("kubernetes.Namespace"),
    ]
    if place.hasParameters { environment.variables["params"] = .dyn }
    if place.hasAuthorizer {
      environment.variables["authorizer"] = AuthorizerLibrary.authorizer
      environment.variables["authorizer.requestResource"] = AuthorizerLibrary.resource
    }
    var known = structures
    if let variables = place.variables {
      environment.variables["variables"] = .structure("kubernetes.variables")
      known["kubernetes.variables"] = variables
    }
    let (found, isMutation) = (known, place.isMutation)
    environment.isStructure = { name in
      (found[name] != nil && (isMutation || name != "JSONPatch"))
        || (isMutation && (name == "Object" || name.hasPrefix("Object.")))
    }
    environment.field = { structure, field in
      structure.hasPrefix("Object") ? .dyn : found[structure]?[field]
    }
    if isMutation { environment.add([escapeKey]) }
    return environment
  }

  private static let escapeKey = Function(
    "jsonpatch.escapeKey", [Overload("jsonpatch_escapeKey_string", [.string], .string)]
  ) { values in
    values[0].string.map {
      .string($0.replacing("~", with: "~0").replacing("/", with: "~1"))
    }
  }

  /// The types of a policy's variables, as far as they compile.
  static func variables(_ spec: Value, _ place: Place) -> [String: Type] {
    var types: [String: Type] = [:]
    for variable in spec.items("variables") {
      var here = place
      here.variables = types
      let program = try? Program(variable.text("expression"), environment(here))
      types[variable.text("name")] = program?.type ?? .dyn
    }
    return types
  }

  /// What is wrong with an expression that is to be of one of some types.
  static func problem(
    _ text: String, _ place: Place, _ wanted: [Type]
  ) -> String? {
    do throws(CompilationError) {
      let program = try Program(text, environment(place))
      if wanted.isEmpty || wanted.contains(program.type) { return nil }
      let names = wanted.map { $0 == .null ? "null_type" : "\($0)" }
      if wanted.count == 1 { return "must evaluate to \(names[0]) but got \(program.type)" }
      return "must evaluate to one of [\(names.joined(separator: " "))] but got \(program.type)"
    } catch {
      return "compilation failed: \(error)"
    }
  }
}
