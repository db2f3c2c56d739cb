import Documents
import KubeObjects
import Simulation

/// kubectl rollout and its subcommands.
enum RolloutCommand {
  static let specification = CommandSpecification(
    name: "rollout", usage: "rollout SUBCOMMAND", summary: "Manage the rollout of a resource",
    about: "Manage the rollout of one or many resources.",
    examples: [
      ("Back to what was before", "kubectl rollout undo deployment/web"),
      ("Wait until it is done", "kubectl rollout status deployment/web"),
    ],
    subcommands: [
      subcommand(
        "history", "(TYPE NAME | TYPE/NAME) [flags]", "View rollout history",
        "View previous rollout revisions and configurations.",
        .printing + .filename + .selector + Flag.list("revision:int64=0"), RolloutHistory.run),
      subcommand(
        "pause", "RESOURCE", "Mark the provided resource as paused",
        "Mark the provided resource as paused.",
        .printing + .filename + .selector + .manager("kubectl-rollout"),
        { try await RolloutChange($0, .pause).run() }),
      subcommand(
        "restart", "RESOURCE", "Restart a resource", "Restart a resource.",
        .printing + .filename + .selector + .manager("kubectl-rollout"),
        { try await RolloutChange($0, .restart).run() }),
      subcommand(
        "resume", "RESOURCE", "Resume a paused resource", "Resume a paused resource.",
        .printing + .filename + .selector + .manager("kubectl-rollout"),
        { try await RolloutChange($0, .resume).run() }),
      subcommand(
        "status", "(TYPE NAME | TYPE/NAME) [flags]", "Show the status of the rollout",
        "Show the status of the rollout.",
        .filename + .selector
          + Flag.list("revision:int64=0 timeout:duration=0s watch,w:bool=true"),
        RolloutStatus.run),
      subcommand(
        "undo", "(TYPE NAME | TYPE/NAME) [flags]", "Undo a previous rollout",
        "Roll back to a previous rollout.",
        .printing + .filename + .selector + .dryRun + Flag.list("to-revision:int64=0"),
        RolloutUndo.run),
    ], isErrorAlone: true, helpsOnOutput: true)

  private static func subcommand(
    _ name: String, _ usage: String, _ summary: String, _ about: String, _ flags: [Flag],
    _ run: @escaping @Sendable (Invocation) async throws -> Void
  ) -> CommandSpecification {
    CommandSpecification(
      name: name, usage: "\(name) \(usage)", summary: summary, about: about,
      examples: [("Of a deployment", "kubectl rollout \(name) deployment/web")], flags: flags,
      run: run)
  }

  static func infos(_ call: Invocation) async throws -> Selection.Findings {
    if call.arguments.isEmpty, call.values.strings("filename").isEmpty,
      call.values.string("kustomize").isEmpty
    {
      throw CommandError.text("required resource not specified")
    }
    var selection = Selection(call)
    selection.isLatest = true
    selection.allowsEmptySelector = true
    var findings = try await selection.find(call)
    // Objects are decoded, which needs a type for them.
    var known: [ResourceInfo] = []
    for info in findings.infos {
      do {
        try GoType.require(info.resource, of: info.source)
        known.append(info)
      } catch {
        findings.errors.append(error)
      }
    }
    findings.infos = known
    return findings
  }
}

/// rollout pause, resume and restart: one change of the object, told with its own words.
struct RolloutChange {
  enum Kind: String { case pause, resume, restart }
  private let call: Invocation
  private let kind: Kind

  init(_ call: Invocation, _ kind: Kind) {
    self.call = call
    self.kind = kind
  }

  private var done: String {
    switch kind {
    case .pause: "paused"
    case .resume: "resumed"
    case .restart: "restarted"
    }
  }

  func run() async throws {
    var findings = try await RolloutCommand.infos(call)
    let infos = findings.flattened
    if infos.isEmpty, findings.errors.isEmpty {
      let space = try await call.namespace().name
      call.output.complainLine("No resources found in \(space) namespace.")
      return
    }
    for info in infos {
      do {
        let changed = try change(info)
        let patch = try ObjectPatch.twoWay(info.resource, from: info.object, to: changed)
        if patch.isEmpty {
          guard kind == .restart else { throw refusal(info) }
          throw CommandError.text(
            "failed to create patch for \(info.name): if restart has already been triggered within "
              + "the past second, please wait before attempting to trigger another")
        }
        var answer = info
        do {
          answer.refresh(
            try await call.client().send(
              "PATCH", info.path(), Writing(call).query(), body: patch.body,
              contentType: patch.contentType
            ).value)
        } catch {
          throw CommandError.text("failed to patch: \(CommandError.message(error))")
        }
        // One for each object: no lines stand between documents.
        try await ResultPrinter(call, operation: done).print(answer)
      } catch {
        findings.errors.append(error)
      }
    }
    try findings.check()
  }

  /// Of several complaints each keeps its `error: `.
  private func named(_ info: ResourceInfo) -> String {
    "error: \(info.resource.groupResource) \(Go.quoted(info.name))"
  }

  private func refusal(_ info: ResourceInfo) -> CommandError {
    .text("\(named(info)) \(kind == .resume ? "is not paused" : "is already \(done)")")
  }

  private func change(_ info: ResourceInfo) throws -> Value {
    var object = info.object
    let kindName = info.resource.kind
    let isPaused = object[path: "spec", "paused"]?.bool ?? false
    switch kind {
    case .pause, .resume:
      guard kindName == "Deployment" else {
        throw CommandError.text(
          "\(named(info)) \(kind == .pause ? "pausing" : "resuming") is not supported")
      }
      if kind == .pause, isPaused {
        throw CommandError.text("\(named(info)) is already paused")
      }
      if kind == .resume, !isPaused { throw CommandError.text("\(named(info)) is not paused") }
      object[path: "spec", "paused"] = .bool(kind == .pause)
    case .restart:
      guard ["Deployment", "DaemonSet", "StatefulSet"].contains(kindName) else {
        throw CommandError.text("\(named(info)) restarting is not supported")
      }
      if isPaused {
        throw CommandError.text(
          "\(named(info)) can't restart paused deployment (run rollout resume first)")
      }
      object[
        path: "spec", "template", "metadata", "annotations", "kubectl.kubernetes.io/restartedAt"] =
        .string(ClockText.rfc3339(call.now))
    }
    return object
  }
}
