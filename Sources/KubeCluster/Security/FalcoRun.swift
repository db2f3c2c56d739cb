import Documents
import KubeObjects
import Linux
import Shell
import Simulation

/// One run of Falco, from its files to its last line.
final class FalcoRun {
  private let host: NodeHost
  private let process: Linux.Process
  private let arguments: ToolArguments
  private var rules = FalcoRules()
  private var settings: Value = [:]
  private var counts: [String: Int] = [:]
  private var severities: [String: Int] = [:]
  private var timeline: Timeline { host.machine.timeline }

  init(host: NodeHost, process: Linux.Process, arguments: ToolArguments) {
    self.host = host
    self.process = process
    self.arguments = arguments
  }

  func run() async throws -> ExitStatus {
    let path = arguments["config"] ?? "/etc/falco/falco.yaml"
    guard let text = host.machine.files.text(path) else {
      try await process.writeError("Error: Cannot open configuration file \(path)\n")
      return 1
    }
    settings = (try? YAML.parse(text)) ?? [:]
    for option in arguments.all("option") {
      let parts = option.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { continue }
      let value: Value = Bool(parts[1]).map { .bool($0) } ?? .string(parts[1])
      let names = parts[0].split(separator: ".").map(String.init)
      if names.count == 1 { settings[names[0]] = value }
      if names.count == 2 { settings[path: names[0], names[1]] = value }
    }
    try await say("Falco version: \(Falco.version) (x86_64)")
    try await say("Falco initialized with configuration files:")
    try await say("   \(path) | schema validation: ok")
    try await say("System info: Linux version \(host.machine.kernel)")
    try await say("Loading rules from:")
    let validated = arguments.all("validate")
    for file in validated.isEmpty ? ruleFiles : validated {
      if let status = try await load(file) { return status }
    }
    if !validated.isEmpty {
      try await process.write(validated.map { "\($0): Ok\n" }.joined())
      return 0
    }
    if arguments.has("list-rules") {
      for rule in rules.rules {
        try await process.write(rule.name + "\n  " + rule.description + "\n\n")
      }
      return 0
    }
    try await say("Loaded event sources: syscall")
    try await say("Enabled event sources: syscall")
    try await say("Opening 'syscall' source with modern BPF probe.")
    return try await watch()
  }

  private var ruleFiles: [String] {
    let given = arguments.all("rules")
    let all =
      given.isEmpty
      ? (settings["rules_files"] ?? settings["rules_file"])?.array?.compactMap(\.string) ?? []
      : given
    let files = host.machine.files
    return all.flatMap { path -> [String] in
      guard files.status(path)?.kind == .directory else {
        return files.status(path) == nil && given.isEmpty ? [] : [path]
      }
      return ((try? files.names(in: path)) ?? []).map { "\(path)/\($0)" }
    }
  }

  private func load(_ file: String) async throws -> ExitStatus? {
    guard let text = host.machine.files.text(file) else {
      try await process.writeError("Error: Could not open file \(file) for reading\n")
      return 1
    }
    do throws(FalcoCondition.Problem) {
      try rules.read(text)
    } catch {
      try await say("   \(file) | schema validation: failed")
      try await process.writeError("Error: \(file): Invalid\n1 Errors:\n\(error.message)\n")
      return 1
    }
    try await say("   \(file) | schema validation: ok")
    return nil
  }

  private func say(_ text: String) async throws {
    let date = Linux.Calendar(timeline.now).formatted("%a %b %e %H:%M:%S %Y")
    try await process.writeError("\(date): \(text)\n")
  }

  // MARK: watching

  private func watch() async throws -> ExitStatus {
    let watch = SystemCallWatch(host: host, process: process) { [self] in line(of: $0) }
    try await watch.run(duration: arguments["duration"]) { try await emit($0) }
    try await summary()
    return 0
  }

  private func emit(_ line: String) async throws {
    if settings[path: "stdout_output", "enabled"]?.bool != false {
      try await process.write(line + "\n")
    }
    if settings[path: "syslog_output", "enabled"]?.bool == true {
      let stamp = timeline.now.rfc3339Micro.replacing("Z", with: "+00:00")
      let entry = "\(stamp) \(host.machine.hostName) falco: \(line)\n"
      try? host.machine.files.append(Array(entry.utf8), to: "/var/log/syslog")
    }
    if settings[path: "file_output", "enabled"]?.bool == true,
      let path = settings[path: "file_output", "filename"]?.string
    {
      try? host.machine.files.append(Array((line + "\n").utf8), to: process.absolute(path))
    }
  }

  private func summary() async throws {
    var text = "Events detected: \(counts.values.reduce(0, +))\nRule counts by severity:\n"
    for name in FalcoRules.priorities {
      if let count = severities[name] { text += "   \(name.uppercased()): \(count)\n" }
    }
    text += "Triggered rules by rule name:\n"
    for (name, count) in counts.sorted(by: { $0.key < $1.key }) { text += "   \(name): \(count)\n" }
    try await process.write(text)
  }

  private func line(of event: FalcoEvent) -> String? {
    let limit = settings["priority"]?.string?.lowercased() ?? "debug"
    let lowest = FalcoRules.priorities.firstIndex { $0.lowercased() == limit } ?? 7
    for rule in rules.rules where rule.isEnabled {
      let rank = FalcoRules.priorities.firstIndex(of: rule.priority) ?? 7
      guard rank <= lowest, rule.condition.holds(rules, { event[$0] }) else { continue }
      counts[rule.name, default: 0] += 1
      severities[rule.priority, default: 0] += 1
      // The first rule that fits tells (rule_matching: first).
      return line(rule, event)
    }
    return nil
  }

  private func line(_ rule: FalcoRules.Rule, _ event: FalcoEvent) -> String {
    let text = event.filled(rule.output.split(whereSeparator: \.isNewline).joined(separator: " "))
    let time = event["evt.time"] ?? ""
    guard settings["json_output"]?.bool == true else { return "\(time): \(rule.priority) \(text)" }
    var fields: Mapping = [:]
    for name in FalcoEvent.names(in: rule.output) { fields[name] = .string(event[name] ?? "<NA>") }
    return JSON.text([
      "hostname": .string(host.machine.hostName),
      "output": .string("\(time): \(rule.priority) \(text)"),
      "output_fields": .object(fields), "priority": .string(rule.priority),
      "rule": .string(rule.name), "source": "syscall",
      "tags": .array(rule.tags.map { .string($0) }),
      "time": .string(timeline.now.rfc3339Micro),
    ])
  }
}
