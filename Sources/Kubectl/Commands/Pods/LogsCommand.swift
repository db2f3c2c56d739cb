import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// kubectl logs.
enum LogsCommand {
  static let specification = CommandSpecification(
    name: "logs", usage: "logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]",
    summary: "Print the logs for a container in a pod",
    about: "Print the logs for a container in a pod or specified resource. If the pod has only one "
      + "container, the container name is optional.",
    examples: [
      ("The last lines, and what comes", "kubectl logs -f --tail=20 web"),
      ("The container before it crashed", "kubectl logs web -c app --previous"),
      ("All pods of an app", "kubectl logs -l app=web --prefix"),
    ],
    flags: .selector
      + Flag.list(
        "all-containers:bool all-pods:bool container,c:string follow,f:bool ignore-errors:bool "
          + "insecure-skip-tls-verify-backend:bool limit-bytes:int64=0 max-log-requests:int=5 "
          + "pod-running-timeout:duration=20s prefix:bool previous,p:bool since:duration=0s "
          + "since-time:string tail:int64=-1 timestamps:bool"),
    run: run)

  static func run(_ call: Invocation) async throws {
    let values = call.values
    let selector = values.string("selector")
    var asked = values.string("container")
    var words = call.arguments
    if words.count == 2, asked.isEmpty {
      asked = words[1]
      words.removeLast()
    }
    guard words.count == 1 || (words.isEmpty && !selector.isEmpty) else {
      throw CommandError.usage(
        """
        expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.
        POD or TYPE/NAME is a required argument for the logs command
        """)
    }
    if !words.isEmpty, !selector.isEmpty {
      throw CommandError.usage("only a selector (-l) or a POD name is allowed")
    }
    if values.span("pod-running-timeout") <= .zero {
      throw CommandError.text("--pod-running-timeout must be higher than zero")
    }
    let time = values.string("since-time")
    if !time.isEmpty {
      do {
        _ = try Moment.parse(time)
      } catch {
        throw CommandError.text(error.description)
      }
    }
    var targets = LogTargets(call: call, asked: asked)
    let list = try await targets.find(words.first, selector: selector)
    if list.isEmpty, !selector.isEmpty { return }
    if values.bool("follow"), list.count > 1, list.count > values.int("max-log-requests") {
      throw CommandError.text(
        "you are attempting to follow \(list.count) log streams, but maximum allowed concurrency "
          + "is \(values.int("max-log-requests")), use --max-log-requests to increase the limit")
    }
    let tail = targets.tail(values.int("tail"), selector: selector)
    try await LogReader(call: call, tail: tail).read(list)
  }

  /// Looks at the flags, which happens only when what they are about was found.
  static func check(_ values: FlagValues, asked: String) throws {
    if !values.string("since-time").isEmpty, values.span("since") != .zero {
      throw CommandError.text("at most one of `sinceTime` or `sinceSeconds` may be specified")
    }
    if values.bool("all-containers"), !asked.isEmpty {
      throw CommandError.text(
        "--all-containers=true should not be specified with container name \(asked)")
    }
    if values.int("limit-bytes") < 0 {
      throw CommandError.text("--limit-bytes must be greater than 0")
    }
    if values.span("since") < .zero { throw CommandError.text("--since must be greater than 0") }
    if values.int("tail") < -1 {
      throw CommandError.text("--tail must be greater than or equal to -1")
    }
  }
}

/// One container whose log is wanted.
struct LogTarget {
  let pod: String
  let namespace: String
  let container: String
}

/// Finds the containers that the words of `logs` mean.
struct LogTargets {
  let call: Invocation
  let asked: String

  /// With a selector only ten lines of each are shown unless asked otherwise.
  func tail(_ given: Int, selector: String) -> Int {
    selector.isEmpty || call.values.changed("tail") || given != -1 ? given : 10
  }

  mutating func find(_ word: String?, selector: String) async throws -> [LogTarget] {
    let choice = PodChoice(call: call)
    let namespace = try await call.namespace().name
    guard let word else {
      var selection = Selection()
      selection.arguments = ["pods"]
      selection.labelSelector = selector
      let findings = try await selection.find(call)
      try findings.check()
      if findings.flattened.isEmpty {
        call.output.complainLine("No resources found in \(namespace) namespace.")
      }
      try LogsCommand.check(call.values, asked: asked)
      return try findings.flattened.flatMap { try targets(of: $0.object, choice) }
    }
    let info: ResourceInfo
    do {
      info = try await choice.object(word)
    } catch {
      guard let status = CommandError.status(of: error), status.reason == "NotFound" else {
        throw error
      }
      throw CommandError.text(
        "error from server (NotFound): \(status.message) in namespace \(Go.quoted(namespace))")
    }
    try LogsCommand.check(call.values, asked: asked)
    if info.resource.kind == "Pod" { return try targets(of: info.object, choice) }
    let pods = try await choice.pods(of: info, doing: "get the logs from")
    guard let first = pods.first else {
      throw CommandError.text("timed out waiting for the condition")
    }
    if call.values.bool("all-pods") { return try pods.flatMap { try targets(of: $0, choice) } }
    if pods.count > 1 {
      call.output.complainLine(
        "Found \(pods.count) pods, using pod/\(DescribeText.name(first))")
    }
    return try targets(of: first, choice)
  }

  private func targets(of pod: Value, _ choice: PodChoice) throws -> [LogTarget] {
    let name = DescribeText.name(pod)
    let namespace = DescribeText.namespace(pod)
    func target(_ container: String) -> LogTarget {
      LogTarget(pod: name, namespace: namespace, container: container)
    }
    if call.values.bool("all-containers") { return PodChoice.allNames(pod).map(target) }
    if !asked.isEmpty {
      guard PodChoice.allNames(pod).contains(asked) else {
        throw CommandError.text("container \(asked) is not valid for pod \(name)")
      }
      return [target(asked)]
    }
    return [target(try choice.container(of: pod, asked: "", quiet: call.values.bool("all-pods")))]
  }
}

/// Prints logs one after another, or mixed when they are followed.
struct LogReader {
  let call: Invocation
  let tail: Int

  private func query(_ target: LogTarget) throws -> APIClient.Query {
    let values = call.values
    var query: APIClient.Query = [("container", target.container)]
    if values.bool("follow") { query.append(("follow", "true")) }
    if values.bool("previous") { query.append(("previous", "true")) }
    if values.bool("timestamps") { query.append(("timestamps", "true")) }
    if tail >= 0 { query.append(("tailLines", "\(tail)")) }
    if values.int("limit-bytes") > 0 {
      query.append(("limitBytes", "\(values.int("limit-bytes"))"))
    }
    if values.span("since") != .zero {
      let span = values.span("since")
      let seconds = span.seconds + (span.nanoseconds % 1_000_000_000 == 0 ? 0 : 1)
      query.append(("sinceSeconds", "\(seconds)"))
    }
    let time = values.string("since-time")
    if !time.isEmpty { query.append(("sinceTime", time)) }
    return query
  }

  func read(_ targets: [LogTarget]) async throws {
    var streams: [(any StreamConnection, String)] = []
    for target in targets {
      let path = APIResource.pods.path(
        namespace: target.namespace, name: target.pod, subresource: "log")
      let isNamed = call.values.bool("prefix") || call.values.bool("all-pods")
      let prefix = isNamed ? "[pod/\(target.pod)/\(target.container)] " : ""
      do {
        let answer = try await call.client().send("GET", path, try query(target), accept: "*/*")
        switch answer.body {
        case .bytes(let bytes): try await write(bytes, prefix)
        case .value(.string(let text)): try await write(Array(text.utf8), prefix)
        case .connect(let stream): streams.append((stream, prefix))
        default: break
        }
      } catch {
        guard call.values.bool("ignore-errors") else { throw error }
        call.output.complainLine("error: \(CommandError.message(error))")
      }
    }
    try await follow(streams)
  }

  private func write(_ bytes: [UInt8], _ prefix: String) async throws {
    try await call.flush()
    if prefix.isEmpty || bytes.isEmpty { return try await call.surroundings.write(bytes) }
    var out: [UInt8] = []
    for line in bytes.split(separator: 10, omittingEmptySubsequences: false).dropLast(
      bytes.last == 10 ? 1 : 0)
    {
      out += prefix.utf8
      out += line
      out.append(10)
    }
    try await call.surroundings.write(out)
  }

  private func follow(_ streams: [(stream: any StreamConnection, prefix: String)]) async throws {
    guard !streams.isEmpty else { return }
    let surroundings = call.surroundings
    for (stream, _) in streams { stream.onReady = { surroundings.wake() } }
    defer { for (stream, _) in streams { stream.cancel() } }
    while true {
      for (stream, prefix) in streams {
        for (channel, bytes) in stream.take() where channel <= 1 { try await write(bytes, prefix) }
      }
      if streams.allSatisfy(\.stream.isEnded) { return }
      try await surroundings.pause()
    }
  }
}
