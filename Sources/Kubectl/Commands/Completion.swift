import Documents
import KubeAPIServer

/// The hidden `__complete` command: what could stand where the command line ends.
struct Completion {
  let root: CommandSpecification
  let surroundings: any Surroundings
  let transport: any APITransport
  let output: Output
  let showsSummaries: Bool

  private struct Answer {
    var lines: [String]
    /// cobra's ShellCompDirective: 4 no files, 6 no files and no blank, 0 files.
    var directive = 4
  }

  func run(_ words: [String]) async throws {
    let answer = try await self.answer(words)
    for line in answer.lines { output.line(line) }
    output.line(":\(answer.directive)")
    let names = [0: "Default", 4: "NoFileComp", 6: "NoSpace, ShellCompDirectiveNoFileComp"]
    output.complainLine(
      "Completion ended with directive: ShellCompDirective\(names[answer.directive] ?? "")")
  }

  private func answer(_ words: [String]) async throws -> Answer {
    let partial = words.last ?? ""
    let before = Array(words.dropLast())
    let (path, rest) = CommandLineReader(root: root).find(before)
    let command = path[path.count - 1]
    if path.count == 1, rest.contains(where: { !$0.hasPrefix("-") }) {
      let strangers = rest.filter { !$0.hasPrefix("-") }
      output.complainLine("[Debug] Cleared global flags for plugin completion")
      output.complainLine(
        "[Debug] [Error] unable to find a command for arguments: \(Go.list(strangers))")
      return Answer(lines: [], directive: 0)
    }
    if partial.hasPrefix("-") { return Answer(lines: flags(command, partial, before)) }
    if let flag = pendingFlag(command, before.last) {
      return try await value(of: flag, partial, before)
    }
    if !command.subcommands.isEmpty, command.run == nil || rest.isEmpty || path.count == 1 {
      let found = command.subcommands
        .filter { $0.name.hasPrefix(partial) && $0.name != OptionsCommand.alpha.name }
        .sorted { $0.name < $1.name }
      if !found.isEmpty || command.run == nil {
        return Answer(
          lines: found.map { showsSummaries ? "\($0.name)\t\($0.summary)" : $0.name })
      }
    }
    let arguments = positional(rest, command)
    return try await self.arguments(path, arguments, partial, before)
  }

  private func flags(_ command: CommandSpecification, _ partial: String, _ before: [String])
    -> [String]
  {
    let used = Set(
      before.filter { $0.hasPrefix("--") }.map { String($0.dropFirst(2).prefix { $0 != "=" }) })
    var all = command.allFlags
    all.append(Flag(name: "help", shorthand: "h", kind: .bool, fallback: "false", bare: "true"))
    let names = Set([Flag].global.map(\.name)).subtracting(command.flags.map(\.name))
    return all.filter {
      "--\($0.name)".hasPrefix(partial) && $0.name != "record"
        && (!used.contains($0.name) || $0.kind == .list || $0.kind == .array)
    }.sorted { a, b in
      let (x, y) = (names.contains(a.name), names.contains(b.name))
      return x == y ? a.name < b.name : x
    }.map { flag in
      let text = flag.name == "help" ? "help for \(command.name)" : FlagHelp.text(flag.name)
      return showsSummaries && !text.isEmpty ? "--\(flag.name)\t\(text)" : "--\(flag.name)"
    }
  }

  /// The flag whose value is being typed.
  private func pendingFlag(_ command: CommandSpecification, _ word: String?) -> Flag? {
    guard let word, word.hasPrefix("-"), !word.contains("=") else { return nil }
    let flag = command.allFlags.first {
      "--\($0.name)" == word || ($0.shorthand.map { "-\($0)" == word } ?? false)
    }
    return flag?.bare == nil ? flag : nil
  }

  private func positional(_ rest: [String], _ command: CommandSpecification) -> [String] {
    var found: [String] = []
    var index = 0
    while index < rest.count {
      if rest[index].hasPrefix("-") {
        if pendingFlag(command, rest[index]) != nil { index += 1 }
      } else {
        found.append(rest[index])
      }
      index += 1
    }
    return found
  }

  /// The rest of the line's own flags (namespace, kubeconfig, context) hold for completion too.
  private func invocation(_ before: [String]) -> Invocation? {
    guard let reading = try? CommandLineReader(root: root).read(before) else { return nil }
    return Invocation(
      reading: reading, surroundings: surroundings, transport: transport, output: Output(),
      published: { _ in nil })
  }

  private func value(of flag: Flag, _ partial: String, _ before: [String]) async throws -> Answer {
    guard let call = invocation(Array(before.dropLast())) else { return Answer(lines: []) }
    switch flag.name {
    case "namespace": return Answer(lines: await names(.namespaces, call, partial))
    case "output":
      let forms = [
        "json", "yaml", "name", "go-template", "go-template-file", "template", "templatefile",
        "jsonpath", "jsonpath-as-json", "jsonpath-file", "custom-columns", "custom-columns-file",
        "wide",
      ]
      return Answer(lines: forms.filter { $0.hasPrefix(partial) })
    case "context", "cluster", "user":
      let configuration = try await call.configuration()
      let list =
        flag.name == "context"
        ? configuration.contexts
        : flag.name == "user" ? configuration.users : configuration.clusters
      return Answer(lines: list.keys.filter { $0.hasPrefix(partial) }.sorted())
    case "container":
      guard let word = call.arguments.first,
        let pod = try? await PodChoice(call: call).pod(word)
      else { return Answer(lines: []) }
      return Answer(lines: PodChoice.allNames(pod).filter { $0.hasPrefix(partial) })
    default: return Answer(lines: [], directive: 0)
    }
  }

  private func names(
    _ resource: APIResource, _ call: Invocation, _ partial: String, except taken: [String] = []
  ) async -> [String] {
    let namespace = (try? await call.namespace().name) ?? "default"
    let list = try? await call.client().get(resource.path(namespace: namespace))
    return (list?["items"]?.array ?? []).map(DescribeText.name)
      .filter { $0.hasPrefix(partial) && !taken.contains($0) }
  }

  private static let byKind: Set<String> = [
    "get", "describe", "delete", "edit", "label", "annotate", "patch", "scale", "expose",
    "autoscale", "wait", "explain", "set",
  ]

  private func arguments(
    _ path: [CommandSpecification], _ arguments: [String], _ partial: String, _ before: [String]
  ) async throws -> Answer {
    guard let call = invocation(before) else { return Answer(lines: []) }
    let name = path.dropFirst().map(\.name).joined(separator: " ")
    switch name {
    case "config use-context", "config delete-context", "config rename-context":
      let names = try await call.configuration().contexts.keys.sorted()
      return Answer(lines: arguments.isEmpty ? names.filter { $0.hasPrefix(partial) } : [])
    case "drain", "cordon", "uncordon":
      return Answer(lines: await names(.nodes, call, partial, except: arguments))
    case "exec", "attach", "port-forward", "debug", "logs":
      guard arguments.isEmpty else { return Answer(lines: []) }
      if name == "logs", partial.isEmpty { return await logKinds(call) }
      return Answer(lines: await names(.pods, call, partial))
    case "rollout status", "rollout history", "rollout undo", "rollout restart", "rollout pause",
      "rollout resume":
      if arguments.isEmpty, !partial.contains("/") {
        let kinds =
          name.hasSuffix("pause") || name.hasSuffix("resume")
          ? ["deployment"] : ["deployment", "daemonset", "statefulset"]
        return Answer(lines: kinds.filter { $0.hasPrefix(partial) })
      }
    default:
      guard let first = path.dropFirst().first, Self.byKind.contains(first.name) else {
        return Answer(lines: [], directive: 0)
      }
    }
    return try await resources(path[path.count - 1], arguments, partial, call)
  }

  private func logKinds(_ call: Invocation) async -> Answer {
    let pods = await names(.pods, call, "")
    let kinds = [
      "daemonsets/", "deployments/", "pods/", "jobs/", "replicasets/", "replicationcontrollers/",
      "services/", "statefulsets/",
    ]
    return Answer(lines: pods + kinds, directive: 6)
  }

  private func resources(
    _ command: CommandSpecification, _ arguments: [String], _ partial: String, _ call: Invocation
  ) async throws -> Answer {
    let mapper = try await call.mapper()
    if let slash = partial.firstIndex(of: "/") {
      let kind = String(partial[..<slash])
      guard let resource = mapper.find(kind) else { return Answer(lines: []) }
      let found = await names(resource, call, String(partial[slash...].dropFirst()))
      return Answer(lines: found.map { "\(kind)/\($0)" })
    }
    guard let kind = arguments.first else {
      let words = mapper.resources.filter { $0.verbs.contains("get") || $0.verbs.isEmpty }
        .map(\.groupResource).filter { $0.hasPrefix(partial) }
      return Answer(lines: Array(Set(words)).sorted())
    }
    guard let resource = mapper.find(kind) else { return Answer(lines: []) }
    let found = await names(resource, call, partial, except: Array(arguments.dropFirst()))
    let wanted = command.required.filter { !call.values.changed($0) }.map { flag in
      let text = FlagHelp.text(flag)
      return showsSummaries && !text.isEmpty ? "--\(flag)\t\(text)" : "--\(flag)"
    }
    return Answer(lines: wanted + found)
  }
}
