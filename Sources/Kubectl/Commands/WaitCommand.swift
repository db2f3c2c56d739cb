import Documents
import KubeObjects
import Simulation

/// kubectl wait.
enum WaitCommand {
  static let specification = CommandSpecification(
    name: "wait",
    usage:
      "wait ([-f FILENAME] | resource.group/resource.name | resource.group [(-l label | --all)])"
      + " [--for=create|--for=delete|--for condition=available|--for=jsonpath='{}'[=value]]",
    summary: "Experimental: Wait for a specific condition on one or many resources",
    about: "Experimental: Wait for a specific condition on one or many resources.",
    examples: [
      ("Until a pod is ready", "kubectl wait --for=condition=Ready pod/web --timeout=60s"),
      (
        "Until a field has a value", "kubectl wait --for=jsonpath='{.status.phase}'=Running pod/web"
      ),
      ("Until a pod is gone", "kubectl wait --for=delete pod/web"),
    ],
    flags: .printing + .selector + .allNamespaces
      + Flag.list(
        "filename,f:list recursive,R:bool=true all:bool field-selector:string for:string "
          + "local:bool timeout:duration=30s"),
    run: run)

  static func run(_ call: Invocation) async throws {
    let condition = try WaitCondition(call.values.string("for"))
    let printer = try await ResultPrinter(call, operation: "condition met")
    var selection = Selection(call)
    selection.isLatest = true
    selection.fieldSelector =
      call.values.string("field-selector").isEmpty ? nil : call.values.string("field-selector")
    let span = call.values.span("timeout")
    let limit: Span? = span < .zero ? .hours(24 * 7) : span
    let deadline = limit.map { call.now + $0 }
    if condition.isCreation {
      return try await create(call, selection, printer, deadline)
    }
    var findings = try await selection.find(call)
    if condition.isDeletion { findings.errors.removeAll(where: CommandError.isNotFound) }
    let infos = findings.flattened
    if infos.isEmpty { try findings.check() }
    if infos.isEmpty, !condition.isDeletion {
      throw CommandError.text("no matching resources found")
    }
    var errors: [any Error] = []
    for info in infos {
      do {
        try await wait(info, condition, call, printer, deadline)
      } catch {
        errors.append(error)
      }
    }
    findings.errors = errors + findings.errors
    try findings.check()
  }

  private static func wait(
    _ info: ResourceInfo, _ condition: WaitCondition, _ call: Invocation, _ printer: ResultPrinter,
    _ deadline: Moment?
  ) async throws {
    guard !info.name.isEmpty else { throw CommandError.text("resource name must be provided") }
    let span = call.values.span("timeout")
    if condition.isDeletion, span > .zero, let deadline, call.now >= deadline {
      throw CommandError.text(
        "client rate limiter Wait returned an error: context deadline exceeded")
    }
    let follower = ObjectFollower(
      call: call, resource: info.resource, namespace: info.namespace, name: info.name)
    let uid = info.object[path: "metadata", "uid"]?.string
    var last = info
    let named = "\(info.resource.name)/\(info.name)"
    let remaining = deadline.map { max($0 - call.now, .zero) }
    let ending = try await follower.wait(timeout: remaining) { object in
      if condition.isDeletion {
        return object == nil || object?[path: "metadata", "uid"]?.string != uid
      }
      guard let object else {
        throw CommandError.status(
          StatusError(
            code: 404, reason: "NotFound",
            message: "\(info.resource.groupResource) \(Go.quoted(info.name)) not found"))
      }
      last.refresh(object)
      return try condition.isMet(by: object)
    }
    guard ending == .met else {
      if span == .zero {
        throw CommandError.text("condition not met for \(named)")
      }
      throw CommandError.text("timed out waiting for the condition on \(named)")
    }
    try printer.print(last)
  }

  /// --for=create: looks again until the object is there.
  private static func create(
    _ call: Invocation, _ selection: Selection, _ printer: ResultPrinter, _ deadline: Moment?
  ) async throws {
    while true {
      var findings = try await selection.find(call)
      // Of several that are missing the error is none of "not found".
      let isAbsent = findings.errors.count == 1 && CommandError.isNotFound(findings.errors[0])
      if isAbsent { findings.errors = [] }
      try findings.check()
      let infos = findings.flattened
      if !isAbsent, !infos.isEmpty {
        for info in infos { try printer.print(info) }
        return
      }
      if let deadline, call.now >= deadline {
        throw CommandError.text("timed out waiting for the condition")
      }
      try await call.sleep(.milliseconds(500))
    }
  }
}

/// What `wait --for` waits for.
struct WaitCondition {
  private enum Goal {
    case deletion, creation
    case condition(type: String, status: String)
    case path(JSONPathText.Path, value: String?)
  }
  private let goal: Goal

  var isDeletion: Bool { if case .deletion = goal { true } else { false } }
  var isCreation: Bool { if case .creation = goal { true } else { false } }

  init(_ text: String) throws {
    let lower = text.lowercased()
    if lower == "delete" {
      goal = .deletion
    } else if lower == "create" {
      goal = .creation
    } else if text.hasPrefix("condition=") {
      let parts = text.dropFirst(10).split(
        separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      goal = .condition(
        type: String(parts[0]), status: parts.count > 1 ? String(parts[1]) : "true")
    } else if text.hasPrefix("jsonpath=") {
      // As upstream splits: at every = that does not double (processJSONPathInput).
      let pieces = Self.pieces(text.dropFirst(9))
      guard pieces.count <= 2, let first = pieces.first else {
        throw CommandError.text(
          "jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or "
            + "--for=jsonpath='{.status.readyReplicas}'"
        )
      }
      let path = first.trimmingQuotes
      guard !path.isEmpty else {
        throw CommandError.text("jsonpath expression cannot be empty")
      }
      let value = pieces.count > 1 ? pieces[1].trimmingQuotes : nil
      if value?.isEmpty ?? false {
        throw CommandError.text(
          "jsonpath wait has to have a value after equal sign, like "
            + "--for=jsonpath='{.status.readyReplicas}'=3"
        )
      }
      goal = .path(try JSONPathText.Path(relaxed: path), value: value)
    } else {
      throw CommandError.text("unrecognized condition: \(Go.quoted(text))")
    }
  }

  private static func pieces(_ text: Substring) -> [String] {
    var pieces: [String] = [""]
    var previous: Character = " "
    for (index, character) in zip(text.indices, text) {
      let next = text.index(after: index)
      let isDouble =
        previous == "=" || previous == "!" || (next < text.endIndex && text[next] == "=")
      if character == "=", !isDouble {
        pieces.append("")
      } else {
        pieces[pieces.count - 1].append(character)
      }
      previous = character
    }
    return pieces
  }

  func isMet(by object: Value) throws -> Bool {
    switch goal {
    case .deletion, .creation: return false
    case .condition(let type, let status):
      let conditions = object[path: "status", "conditions"]?.array ?? []
      guard
        let found = conditions.first(where: {
          $0["type"]?.string?.lowercased() == type.lowercased()
        }), found["status"]?.string?.lowercased() == status.lowercased()
      else { return false }
      guard
        let observed = found["observedGeneration"]?.int
          ?? object[path: "status", "observedGeneration"]?.int,
        let generation = object[path: "metadata", "generation"]?.int
      else { return true }
      return observed >= generation
    case .path(let path, let value):
      let found = path.all(in: object)
      if found.isEmpty { return false }
      guard found.count == 1, let first = found.first else {
        throw CommandError.text("given jsonpath expression matches more than one value")
      }
      guard let value else { return true }
      if first.object != nil || first.array != nil {
        throw CommandError.text(
          "jsonpath leads to a nested object or list which is not supported")
      }
      let text = first.string ?? JSONText.compact(first)
      return text == value || text == value.trimmingQuotes
    }
  }
}

extension String {
  /// Without one pair of quotes around it.
  fileprivate var trimmingQuotes: String {
    guard count > 1, let first, first == "'" || first == "\"", last == first else { return self }
    return String(dropFirst().dropLast())
  }
}
