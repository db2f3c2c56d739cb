import Documents
import KubeAPIServer
import KubeObjects

/// kubectl exec.
enum ExecCommand {
  static let specification = CommandSpecification(
    name: "exec", usage: "exec (POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...]",
    summary: "Execute a command in a container", about: "Execute a command in a container.",
    examples: [
      ("One command", "kubectl exec web -- date"),
      ("A shell", "kubectl exec -it deploy/web -c app -- sh"),
    ],
    flags: Flag.list(
      "container,c:string filename,f:list pod-running-timeout:duration=1m0s quiet,q:bool "
        + "stdin,i:bool tty,t:bool"), run: run)

  static func run(_ call: Invocation) async throws {
    let values = call.values
    let files = values.strings("filename")
    let count = call.dash ?? call.arguments.count
    if call.dash == nil, call.arguments.count > 1 {
      throw CommandError.usage(
        "exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead")
    }
    guard count > 0 || !files.isEmpty else {
      throw CommandError.text("pod, type/name or --filename must be specified")
    }
    let command = call.dash.map { Array(call.arguments[$0...]) } ?? []
    guard !command.isEmpty else {
      throw CommandError.text("you must specify at least one command for the container")
    }
    let choice = PodChoice(call: call)
    let pod: Value
    if files.isEmpty {
      pod = try await choice.pod(call.arguments[0])
    } else {
      let findings = try await Selection(call, arguments: []).find(call)
      try findings.check()
      guard findings.infos.count == 1 else {
        throw CommandError.text("cannot exec into multiple objects at a time")
      }
      let info = findings.infos[0]
      pod = try await call.client().get(info.path())
    }
    let phase = pod[path: "status", "phase"]?.string ?? ""
    if phase == "Succeeded" || phase == "Failed" {
      throw CommandError.text(
        "cannot exec into a container in a completed pod; current phase is \(phase)")
    }
    let asked = values.string("container")
    let container =
      asked.isEmpty
      ? try choice.container(of: pod, asked: "", quiet: values.bool("quiet")) : asked
    var terminal = values.bool("tty")
    let hasInput = values.bool("stdin")
    if terminal, hasInput, !call.surroundings.inputIsTerminal {
      call.output.complainLine(
        "Unable to use a TTY - input is not a terminal or the right kind of file")
      terminal = false
    }
    if terminal, !hasInput { terminal = false }
    var query: APIClient.Query = command.map { ("command", $0) }
    query.append(("container", container))
    if hasInput { query.append(("stdin", "true")) }
    query.append(("stdout", "true"))
    if terminal { query.append(("tty", "true")) } else { query.append(("stderr", "true")) }
    let path = APIResource.pods.path(
      namespace: DescribeText.namespace(pod), name: DescribeText.name(pod), subresource: "exec")
    let answer = try await call.client().send("POST", path, query)
    guard case .connect(let stream) = answer.body else {
      throw CommandError.text("unable to upgrade connection: no upgrade")
    }
    try await Conversation(call: call, hasInput: hasInput, isTerminal: terminal).run(stream)
  }
}

/// kubectl attach.
enum AttachCommand {
  static let specification = CommandSpecification(
    name: "attach", usage: "attach (POD | TYPE/NAME) -c CONTAINER",
    summary: "Attach to a running container",
    about: "Attach to a process that is already running inside an existing container.",
    examples: [("To a pod's only container", "kubectl attach web -it")],
    flags: Flag.list(
      "container,c:string pod-running-timeout:duration=1m0s quiet,q:bool stdin,i:bool tty,t:bool"),
    run: run)

  static func run(_ call: Invocation) async throws {
    guard let word = call.arguments.first else {
      throw CommandError.text("at least 1 argument is required for attach")
    }
    guard call.arguments.count <= 2 else {
      throw CommandError.text(
        "expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) saw "
          + "\(call.arguments.count): \(Go.list(call.arguments))")
    }
    let choice = PodChoice(call: call)
    let pod =
      call.arguments.count == 2
      ? try await choice.pod(call.arguments[1], type: word) : try await choice.pod(word)
    let phase = pod[path: "status", "phase"]?.string ?? ""
    if phase == "Succeeded" || phase == "Failed" {
      throw CommandError.text(
        "cannot attach a container in a completed pod; current phase is \(phase)")
    }
    do {
      let container = try choice.container(
        of: pod, asked: call.values.string("container"), quiet: call.values.bool("quiet"))
      try await attach(call, pod: pod, container: container)
    } catch CommandError.text(let text) where text.hasPrefix("container ") {
      throw CommandError.text("cannot attach to the container: \(text)")
    }
  }

  /// Attaches to a container that was just made, or prints its logs when it has ended by then
  /// (kubectl's handleAttachPod).
  static func attachOrRead(
    _ call: Invocation, pod: Value, container: String, hasEnded: Bool
  ) async throws {
    if !hasEnded {
      do {
        return try await attach(call, pod: pod, container: container)
      } catch let refusal as CommandError {
        call.output.complainLine(
          "warning: couldn't attach to pod/\(DescribeText.name(pod)), falling back to streaming "
            + "logs: \(CommandError.message(refusal))")
      }
    }
    try await LogReader(call: call, tail: -1).read([
      LogTarget(
        pod: DescribeText.name(pod), namespace: DescribeText.namespace(pod), container: container)
    ])
  }

  static func attach(_ call: Invocation, pod: Value, container: String) async throws {
    let values = call.values
    let hasTerminal = ["containers", "initContainers", "ephemeralContainers"]
      .flatMap { pod["spec"]?[$0]?.array ?? [] }
      .contains { $0["name"]?.string == container && $0["tty"]?.bool == true }
    let wantsTerminal = values.bool("tty")
    if wantsTerminal, !hasTerminal, !values.bool("quiet") {
      call.output.complainLine(
        "error: Unable to use a TTY - container \(container) did not allocate one")
    }
    if !values.bool("quiet") {
      call.output.complainLine("If you don't see a command prompt, try pressing enter.")
    }
    let hasInput = values.bool("stdin")
    var query: APIClient.Query = [("container", container), ("stdout", "true")]
    if hasInput { query.append(("stdin", "true")) }
    let terminal = hasTerminal && wantsTerminal && call.surroundings.inputIsTerminal
    if terminal {
      query.append(("tty", "true"))
    } else {
      query.append(("stderr", "true"))
    }
    let path = APIResource.pods.path(
      namespace: DescribeText.namespace(pod), name: DescribeText.name(pod), subresource: "attach")
    let answer = try await call.client().send("POST", path, query)
    guard case .connect(let stream) = answer.body else {
      throw CommandError.text("unable to upgrade connection: no upgrade")
    }
    try await Conversation(call: call, hasInput: hasInput, isTerminal: terminal).run(stream)
  }
}
