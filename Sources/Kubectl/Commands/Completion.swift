import Documents
import KubeAPIServer
import Shell

/// The hidden `__complete` command: what could stand where the command line ends.
struct Completion {
  let root: CommandSpecification
  let surroundings: any Surroundings
  let transport: any APITransport
  let output: Output
  let showsSummaries: Bool

  fileprivate struct Answer {
    var lines: [String]
    /// cobra's ShellCompDirective: 4 no files, 6 no files and no blank, 0 files.
    var directive = 4
  }

  func run(_ words: [String]) async throws {
    guard !words.isEmpty else {
      throw CommandError.text("requires at least 1 arg(s), only received 0")
    }
    let answer = try await self.answer(words)
    for line in answer.lines { output.line(line) }
    output.line(":\(answer.directive)")
    let bits = [(2, "NoSpace"), (4, "NoFileComp"), (8, "FilterFileExt"), (16, "FilterDirs")]
    let names = bits.filter { answer.directive & $0.0 != 0 }.map { "ShellCompDirective\($0.1)" }
    output.complainLine(
      "Completion ended with directive: "
        + (names.isEmpty ? "ShellCompDirectiveDefault" : names.joined(separator: ", ")))
  }

  private func answer(_ words: [String]) async throws -> Answer {
    let partial = words.last ?? ""
    let before = Array(words.dropLast())
    let (path, rest) = CommandLineReader(root: root).find(before)
    let command = path[path.count - 1]
    if path.count == 1, rest.contains(where: { !$0.hasPrefix("-") }) {
      let strangers = rest.filter { !$0.hasPrefix("-") }
      output.complainLine("[Debug] Cleared global flags for plugin completion")
      return failure("unable to find a command for arguments: \(Go.list(strangers))")
    }
    if let flag = pendingFlag(command, before.last) {
      return try await value(of: flag, command, partial, Array(before.dropLast()))
    }
    if let complaint = CommandLineReader(root: root).complaint(about: before) {
      return failure("Error while parsing flags from args \(Go.list(rest)): \(complaint)")
    }
    if partial.hasPrefix("-") {
      guard let equals = partial.firstIndex(of: "=") else {
        // What must be given comes before what may (completeRequireFlags).
        let needed = missing(command, before).filter { $0.hasPrefix(partial) }
        return Answer(lines: needed.isEmpty ? flags(command, partial, before) : needed)
      }
      let name = partial[..<equals]
      guard let flag = command.allFlags.first(where: { Self.spells($0, String(name)) }) else {
        let plain = String(name.drop { $0 == "-" })
        return failure("Subcommand '\(command.name)' does not support flag '\(plain)'")
      }
      return try await value(of: flag, command, String(partial[equals...].dropFirst()), before)
    }
    let arguments = positional(rest, command)
    if !command.subcommands.isEmpty, command.run == nil || arguments.isEmpty {
      let found = command.subcommands
        .filter { $0.name.hasPrefix(partial) && $0.name != OptionsCommand.alpha.name }
        .sorted { $0.name < $1.name }
      if !found.isEmpty || command.run == nil {
        return Answer(
          lines: found.map { showsSummaries ? "\($0.name)\t\($0.summary)" : $0.name })
      }
    }
    var answer = try await self.arguments(path, arguments, partial, before)
    if partial.isEmpty { answer.lines = missing(command, before) + answer.lines }
    return answer
  }

  private func failure(_ text: String) -> Answer {
    output.complainLine("[Debug] [Error] \(text)")
    return Answer(lines: [], directive: 0)
  }

  /// The flags without which the command cannot be run.
  private func missing(_ command: CommandSpecification, _ before: [String]) -> [String] {
    command.required.filter { name in
      !before.contains { $0 == "--\(name)" || $0.hasPrefix("--\(name)=") }
    }.map { name in
      let text = FlagHelp.text(name)
      return showsSummaries && !text.isEmpty ? "--\(name)\t\(text)" : "--\(name)"
    }
  }

  private static func spells(_ flag: Flag, _ word: String) -> Bool {
    "--\(flag.name)" == word || (flag.shorthand.map { "-\($0)" == word } ?? false)
  }

  private func flags(_ command: CommandSpecification, _ partial: String, _ before: [String])
    -> [String]
  {
    let used = Set(
      command.allFlags.filter { flag in
        before.contains { word in Self.spells(flag, String(word.prefix { $0 != "=" })) }
      }.map(\.name))
    var all = command.allFlags
    all.append(Flag(name: "help", shorthand: "h", kind: .bool, fallback: "false", bare: "true"))
    let names = Set([Flag].global.map(\.name)).subtracting(command.flags.map(\.name))
    return all.filter {
      $0.name != "record" && (!used.contains($0.name) || $0.kind == .list || $0.kind == .array)
    }.sorted { a, b in
      let (x, y) = (names.contains(a.name), names.contains(b.name))
      return x == y ? a.name < b.name : x
    }.flatMap { flag -> [String] in
      let text = flag.name == "help" ? "help for \(command.name)" : FlagHelp.text(flag.name)
      let spellings = ["--\(flag.name)"] + (flag.shorthand.map { ["-\($0)"] } ?? [])
      return spellings.filter { $0.hasPrefix(partial) }.map {
        showsSummaries && !text.isEmpty ? "\($0)\t\(text)" : $0
      }
    }
  }

  /// The flag whose value is being typed.
  private func pendingFlag(_ command: CommandSpecification, _ word: String?) -> Flag? {
    guard let word, word.hasPrefix("-"), !word.contains("=") else { return nil }
    let flag = command.allFlags.first { Self.spells($0, word) }
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
  fileprivate func invocation(_ before: [String]) -> Invocation? {
    guard let reading = try? CommandLineReader(root: root).read(before) else { return nil }
    return Invocation(
      reading: reading, surroundings: surroundings, transport: transport, output: Output(),
      published: { _ in nil })
  }

  private func value(
    of flag: Flag, _ command: CommandSpecification, _ partial: String, _ before: [String]
  ) async throws -> Answer {
    guard let call = invocation(before) else { return Answer(lines: []) }
    let isGlobal = [Flag].global.contains(flag)
    switch flag.name {
    case "namespace" where isGlobal:
      return Answer(lines: await names(.namespaces, call, partial))
    case "output" where command.name == "get":
      let forms = [
        "json", "yaml", "name", "go-template", "go-template-file", "template", "templatefile",
        "jsonpath", "jsonpath-as-json", "jsonpath-file", "custom-columns", "custom-columns-file",
        "wide",
      ]
      return Answer(lines: forms.filter { $0.hasPrefix(partial) })
    case "context" where isGlobal, "cluster" where isGlobal, "user" where isGlobal:
      let configuration = try await call.configuration()
      let list =
        flag.name == "context"
        ? configuration.contexts
        : flag.name == "user" ? configuration.users : configuration.clusters
      return Answer(lines: list.keys.filter { $0.hasPrefix(partial) }.sorted())
    case "container" where command.name == "exec" || command.name == "attach":
      return Answer(lines: await containers(call.arguments.first, call, partial))
    case "clusterrole" where command.name == "clusterrolebinding":
      return Answer(lines: await names(.clusterRoles, call, partial))
    case "filename": return Answer(lines: ["json", "yaml", "yml"], directive: 8)
    default: return Answer(lines: [], directive: 0)
    }
  }

  fileprivate func containers(_ word: String?, _ call: Invocation, _ partial: String) async
    -> [String]
  {
    guard let word, let pod = try? await PodChoice(call: call).pod(word) else { return [] }
    return PodChoice.allNames(pod).filter { $0.hasPrefix(partial) }
  }

  fileprivate func names(
    _ resource: APIResource, _ call: Invocation, _ partial: String, except taken: [String] = []
  ) async -> [String] {
    let namespace = (try? await call.namespace().name) ?? "default"
    let list = try? await call.client().get(resource.path(namespace: namespace))
    return (list?["items"]?.array ?? []).map(DescribeText.name)
      .filter { $0.hasPrefix(partial) && !taken.contains($0) }
  }
}

extension Completion {
  /// Commands that take any kind and its names.
  private static let anyKind: Set<String> = [
    "get", "describe", "delete", "edit", "label", "annotate", "patch", "debug",
    "apply view-last-applied", "apply edit-last-applied",
  ]

  /// Commands that take some kinds and their names.
  private static let someKinds: [String: [String]] = {
    let sized = ["deployment", "replicaset", "replicationcontroller", "statefulset"]
    let rolled = ["deployment", "daemonset", "statefulset"]
    return [
      "scale": sized, "autoscale": sized,
      "expose": ["pod", "service", "replicationcontroller", "deployment", "replicaset"],
      "set image": [
        "daemonsets", "deployments", "pods", "cronjobs", "replicasets", "replicationcontrollers",
        "statefulsets",
      ],
      "taint": ["node"], "rollout status": rolled, "rollout history": rolled,
      "rollout undo": rolled, "rollout restart": rolled, "rollout pause": ["deployment"],
      "rollout resume": ["deployment"],
    ]
  }()

  private func arguments(
    _ path: [CommandSpecification], _ arguments: [String], _ partial: String, _ before: [String]
  ) async throws -> Answer {
    guard let call = invocation(before) else { return Answer(lines: []) }
    let name = path.dropFirst().map(\.name).joined(separator: " ")
    if Self.anyKind.contains(name) {
      return try await resources(arguments, partial, call, kinds: nil)
    }
    if let kinds = Self.someKinds[name] {
      // These take one TYPE/NAME; what follows it is no resource.
      let takesOne = name.hasPrefix("rollout ") || name == "set image"
      if takesOne, arguments.contains(where: { $0.contains("/") }) { return Answer(lines: []) }
      return try await resources(arguments, partial, call, kinds: kinds)
    }
    let isFirst = arguments.isEmpty
    switch name {
    case "config use-context", "config delete-context", "config rename-context",
      "config set-context":
      return await entries(\.contexts, call, isFirst, partial)
    case "config delete-cluster": return await entries(\.clusters, call, isFirst, partial)
    case "config delete-user": return await entries(\.users, call, isFirst, partial)
    case "drain": return Answer(lines: isFirst ? await names(.nodes, call, partial) : [])
    case "cordon", "uncordon", "top node":
      return Answer(lines: isFirst ? await names(.nodes, call, partial) : [])
    case "top pod": return Answer(lines: isFirst ? await names(.pods, call, partial) : [])
    case "create token":
      return Answer(lines: isFirst ? await names(.serviceAccounts, call, partial) : [])
    case "logs" where arguments.count == 1:
      return Answer(lines: await containers(arguments[0], call, partial))
    case "port-forward" where arguments.count == 1:
      return Answer(lines: await ports(of: arguments[0], call, partial))
    case "exec", "attach", "port-forward", "logs":
      return isFirst ? try await holders(partial, call) : Answer(lines: [])
    case "cp": return isFirst ? try await places(partial, call) : Answer(lines: [], directive: 2)
    case "completion":
      let shells = ["bash", "fish", "powershell", "zsh"]
      return Answer(lines: isFirst ? shells.filter { $0.hasPrefix(partial) } : [])
    case "help":
      var command = root
      for word in arguments {
        guard let next = command.subcommand(word) else { return Answer(lines: []) }
        command = next
      }
      let found = command.subcommands.filter { $0.name.hasPrefix(partial) && $0.name != "alpha" }
        .sorted { $0.name < $1.name }
      return Answer(
        lines: found.map { showsSummaries ? "\($0.name)\t\($0.summary)" : $0.name })
    default: return Answer(lines: [], directive: 0)
    }
  }

  private func entries(
    _ list: (Kubeconfig) -> [String: Kubeconfig.Entry], _ call: Invocation, _ isFirst: Bool,
    _ partial: String
  ) async -> Answer {
    guard isFirst, let configuration = try? await call.configuration() else {
      return Answer(lines: [])
    }
    return Answer(lines: list(configuration).keys.filter { $0.hasPrefix(partial) }.sorted())
  }

  /// Pods, and the kinds that have Pods (doPodResourceCompletion).
  private func holders(_ partial: String, _ call: Invocation) async throws -> Answer {
    if partial.contains("/") { return try await resources([], partial, call, kinds: []) }
    let pods = await names(.pods, call, partial)
    let kinds = [
      "daemonsets/", "deployments/", "pods/", "jobs/", "replicasets/", "replicationcontrollers/",
      "services/", "statefulsets/",
    ]
    return Answer(
      lines: pods + kinds.filter { $0.hasPrefix(partial) }, directive: pods.isEmpty ? 6 : 4)
  }

  /// Where `cp` may copy from or to.
  private func places(_ partial: String, _ call: Invocation) async throws -> Answer {
    if partial.first.map({ "/.~".contains($0) }) ?? false || partial.contains(":") {
      return Answer(lines: [], directive: 2)
    }
    if let slash = partial.firstIndex(of: "/") {
      let space = String(partial[..<slash])
      let list = try? await call.client().get(APIResource.pods.path(namespace: space))
      let found = (list?["items"]?.array ?? []).map { "\(space)/\(DescribeText.name($0)):" }
      return Answer(lines: found.filter { $0.hasPrefix(partial) }, directive: 2)
    }
    var lines = await names(.namespaces, call, partial).map { $0 + "/" }
    lines += await names(.pods, call, partial).map { $0 + ":" }
    if partial.isEmpty {
      lines += ["./", "/"]
    } else if !lines.isEmpty {
      for file in (try? surroundings.names(in: ".")) ?? [] where file.hasPrefix(partial) {
        lines.append(surroundings.status(file)?.kind == .directory ? file + "/" : file)
      }
    }
    return Answer(lines: lines, directive: 2)
  }

  /// `kinds` nil offers all that can be got, else only those.
  private func resources(
    _ arguments: [String], _ partial: String, _ call: Invocation, kinds: [String]?
  ) async throws -> Answer {
    let mapper = try await call.mapper()
    if let slash = partial.firstIndex(of: "/") {
      let kind = String(partial[..<slash])
      let taken = arguments.filter { $0.hasPrefix("\(kind)/") }
        .map { String($0.dropFirst(kind.count + 1)) }
      let found = await names(
        ofKinds: kind, mapper, call, String(partial[slash...].dropFirst()), except: taken)
      return Answer(lines: found.map { "\(kind)/\($0)" })
    }
    // Behind a TYPE/NAME only another one may come.
    let isPaired = arguments.contains { $0.contains("/") }
    guard !isPaired, let kind = arguments.first else {
      let comma =
        isPaired ? nil : kinds == nil ? partial.lastIndex(of: ",").map(partial.index(after:)) : nil
      let start = comma ?? partial.startIndex
      let all =
        kinds
        ?? mapper.preferredResources
        .filter { $0.verbs.contains("get") || $0.verbs.isEmpty }
        .sorted { ($0.group, $0.name) < ($1.group, $1.name) }.map(\.groupResource)
      let words = all.filter { $0.hasPrefix(partial[start...]) }
      return isPaired
        ? Answer(lines: words.map { $0 + "/" }, directive: 6)
        : Answer(lines: words.map { partial[..<start] + $0 })
    }
    let taken = Array(arguments.dropFirst())
    return Answer(lines: await names(ofKinds: kind, mapper, call, partial, except: taken))
  }

  /// Names of all the kinds that `po,svc` or `all` means; none when one of them is unknown.
  private func names(
    ofKinds list: String, _ mapper: ResourceMapper, _ call: Invocation, _ partial: String,
    except taken: [String]
  ) async -> [String] {
    let kinds = list.split(separator: ",").flatMap { mapper.expand(String($0)) }
    let resources = kinds.compactMap { mapper.find($0) }
    guard resources.count == kinds.count else { return [] }
    var found: [String] = []
    for resource in resources {
      found += await names(resource, call, partial, except: taken)
    }
    return found
  }

  /// `LOCAL:REMOTE` for each port of a Service, or of the containers of a Pod.
  private func ports(of word: String, _ call: Invocation, _ partial: String) async -> [String] {
    var numbers: [Int64] = []
    let parts = word.split(separator: "/", maxSplits: 1).map(String.init)
    let mapper = try? await call.mapper()
    if parts.count == 2, let mapper, mapper.find(parts[0])?.groupResource == "services" {
      let namespace = (try? await call.namespace().name) ?? "default"
      let path = APIResource.services.path(namespace: namespace, name: parts[1])
      let service = try? await call.client().get(path)
      numbers = (service?[path: "spec", "ports"]?.array ?? []).compactMap { $0["port"]?.int }
    } else if let pod = try? await PodChoice(call: call).pod(word) {
      let containers = pod[path: "spec", "containers"]?.array ?? []
      numbers = containers.flatMap { $0["ports"]?.array ?? [] }
        .compactMap { $0["containerPort"]?.int }
    }
    let typed = partial.split(separator: ":", omittingEmptySubsequences: false)
    let local = typed.first ?? ""
    return numbers.map { "\(local.isEmpty ? "\($0)" : local[...]):\($0)" }
      .filter { $0.hasPrefix(partial) }
  }
}
