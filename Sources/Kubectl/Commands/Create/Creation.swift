import Documents
import KubeObjects

/// What the subcommands of `create` share: the name, the object's frame, sending it, printing it.
struct Creation {
  let call: Invocation
  let resource: APIResource
  /// The one name that the command line gives.
  let name: String

  static let flags: [Flag] =
    .printing + .dryRun + .validate + .saveConfig + .manager("kubectl-create")

  init(_ call: Invocation, _ resource: APIResource) throws {
    self.call = call
    self.resource = resource
    try Writing.check(call)
    let names = call.dash ?? call.arguments.count
    guard names == 1, let name = call.arguments.first else {
      throw CommandError.usage("exactly one NAME is required, got \(names)")
    }
    self.name = name
  }

  /// The same creation under another name.
  func renamed(_ name: String) -> Creation { Creation(call: call, resource: resource, name: name) }

  private init(call: Invocation, resource: APIResource, name: String) {
    self.call = call
    self.resource = resource
    self.name = name
  }

  /// The words after `--`.
  var trailing: [String] { call.dash.map { Array(call.arguments[$0...]) } ?? [] }

  /// An object with its type, its name and, when --namespace insists, its namespace. Typed objects
  /// are printed with an empty creation time.
  func frame(_ members: Mapping = [:], labels: [String: String] = [:]) async throws -> Value {
    var metadata: Value = ["creationTimestamp": .null, "name": .string(name)]
    if !labels.isEmpty { metadata["labels"] = .strings(labels) }
    let (namespace, isExplicit) = try await call.namespace()
    if resource.isNamespaced, isExplicit { metadata["namespace"] = .string(namespace) }
    var object = Value.object(members)
    object["apiVersion"] = .string(resource.groupVersion.description)
    object["kind"] = .string(resource.kind)
    object["metadata"] = metadata
    return object
  }

  /// Sends the object unless the run is dry, and prints what became of it. `failure` is what a
  /// refusal is told after, such as `failed to create deployment: `.
  func finish(_ object: Value, failure: String = "") async throws {
    var object = object
    let dryRun = try call.dryRun()
    if call.values.bool("save-config") { LastApplied.save(in: &object) }
    let printer = try await ResultPrinter(call, operation: "created", dryRun: dryRun, isTyped: true)
    if dryRun != .client {
      do {
        let namespace = try await call.namespace().name
        object = try await call.client().send(
          "POST", resource.path(namespace: namespace), Writing(call).query(dryRun: dryRun),
          body: object
        ).value
        object = TypedForm.stamped(object)
      } catch {
        guard !failure.isEmpty, CommandError.status(of: error) != nil else { throw error }
        throw CommandError.text(failure + CommandError.message(error))
      }
    }
    try printer.print(object)
  }
}

/// The query parameters of a write: who writes, how strictly fields are read, whether for real.
struct Writing {
  private let values: FlagValues

  init(_ call: Invocation) { values = call.values }

  /// Refuses a --validate that is none.
  static func check(_ call: Invocation) throws {
    guard call.values.flag("validate") != nil else { return }
    let text = call.values.string("validate")
    guard ["strict", "warn", "ignore"].contains(text) || GoNumber.bool(text) != nil else {
      throw CommandError.text(
        "invalid - validate option \(Go.quoted(text)); must be one of: strict (or true), warn, "
          + "ignore (or false)")
    }
  }

  func query(dryRun: Invocation.DryRun = .none, manager: String? = nil, validates: Bool = true)
    -> APIClient.Query
  {
    var query: APIClient.Query = []
    if dryRun == .server { query.append(("dryRun", "All")) }
    let manager = manager ?? values.string("field-manager")
    if !manager.isEmpty { query.append(("fieldManager", manager)) }
    if validates, values.flag("validate") != nil {
      query.append(("fieldValidation", validation))
    }
    return query
  }

  var validates: Bool { validation != "Ignore" }

  var validation: String {
    switch values.string("validate") {
    case "warn": "Warn"
    case "ignore": "Ignore"
    case let text: GoNumber.bool(text) == false ? "Ignore" : "Strict"
    }
  }
}
