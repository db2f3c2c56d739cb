import Documents
import Linux
import Shell

/// `kube-bench`: the benchmark's checks of control plane and node, read off the node's own files.
struct KubeBench: Program {
  let name = "kube-bench"

  enum Verdict: String {
    case pass = "PASS"
    case fail = "FAIL"
    case warn = "WARN"
  }

  /// Chapters by what `--targets` calls them.
  private static let chapters = [
    "1": "master", "2": "etcd", "3": "controlplane", "4": "node", "5": "policies",
  ]
  private static let titles = [
    "1": "Control Plane Security Configuration", "1.1": "Control Plane Node Configuration Files",
    "1.2": "API Server", "1.3": "Controller Manager", "1.4": "Scheduler",
    "2": "Etcd Node Configuration", "3": "Control Plane Configuration",
    "3.1": "Authentication and Authorization", "3.2": "Logging",
    "4": "Worker Node Security Configuration", "4.1": "Worker Node Configuration Files",
    "4.2": "Kubelet", "4.3": "kube-proxy", "5": "Kubernetes Policies",
    "5.1": "RBAC and Service Accounts", "5.2": "Pod Security Standards",
    "5.3": "Network Policies and CNI", "5.4": "Secrets Management",
    "5.5": "Extensible Admission Control", "5.6": "General Policies",
  ]
  private static let manifests = "/etc/kubernetes/manifests/"

  private struct Wish {
    var targets: Set<String> = []
    var checks: Set<String> = []
    var groups: Set<String> = []
    var skipped: Set<String> = []
    var isJSON = false
    var output: String?
    var tellsRemedies = true
    var tellsSummary = true
    var tellsTotals = true
    var scored: Bool?

    func wants(_ check: BenchCheck) -> Bool {
      if skipped.contains(check.id) || skipped.contains(check.section) { return false }
      if !checks.isEmpty, !checks.contains(check.id) { return false }
      if !groups.isEmpty, !groups.contains(check.section), !groups.contains(check.chapter) {
        return false
      }
      return scored.map { $0 != check.isManual } ?? true
    }
  }

  func run(_ process: Linux.Process) async throws -> ExitStatus {
    var wish = Wish()
    var rest = process.arguments[...]
    while let word = rest.popFirst() {
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      let name = (parts.first ?? "").drop { $0 == "-" }
      func value() -> String { parts.count > 1 ? parts[1] : rest.popFirst() ?? "" }
      func list() -> Set<String> { Set(value().split(separator: ",").map(String.init)) }
      switch name {
      case "targets", "s": wish.targets.formUnion(list())
      case "check", "c": wish.checks.formUnion(list())
      case "group", "g": wish.groups.formUnion(list())
      case "skip": wish.skipped.formUnion(list())
      case "master", "node", "etcd", "controlplane", "policies": wish.targets.insert(String(name))
      case "json": wish.isJSON = true
      case "outputfile": wish.output = value()
      case "noremediations": wish.tellsRemedies = false
      case "nosummary": wish.tellsSummary = false
      case "nototals": wish.tellsTotals = false
      case "scored": wish.scored = true
      case "unscored": wish.scored = false
      case "version":
        try await process.write("0.12.0\n")
        return 0
      case "help", "h":
        try await process.write(Self.help)
        return 0
      case "benchmark", "config-dir", "config", "D", "v": _ = value()
      default: break
      }
    }
    guard process.status("/etc/kubernetes") != nil else {
      try await process.writeError(
        "unable to determine benchmark version: unable to find the programs of a Kubernetes node\n")
      return 1
    }
    let known = Set(Self.chapters.values)
    if let stranger = wish.targets.first(where: { !known.contains($0) }) {
      try await process.writeError(
        "The specified --targets \"\(stranger)\" are not configured for the CIS Benchmark cis-1.11 "
          + "Valid targets \(known.sorted())\n")
      return 1
    }
    if wish.targets.isEmpty {
      let hasPlane = process.status(Self.manifests + "kube-apiserver.yaml") != nil
      wish.targets = hasPlane ? known : ["node", "policies"]
    }
    let controls = controls(wish, process)
    let text = wish.isJSON ? Self.json(controls) : Self.text(controls, wish)
    if let path = wish.output {
      try process.replace(path, with: Array(text.utf8))
    } else {
      try await process.write(text)
    }
    return 0
  }

  private static let help = """
    This tool runs the CIS Kubernetes Benchmark (https://www.cisecurity.org/benchmark/kubernetes/)

    Usage:
      kube-bench [flags]
      kube-bench [command]

    Available Commands:
      help        Help about any command
      run         Run tests
      version     Shows the version of kube-bench.

    Flags:
      -c, --check string        A comma-delimited list of checks to run
      -g, --group string        Run all the checks under this comma-delimited list of groups
          --json                Prints the results as JSON
          --noremediations      Disable printing of remediations section
          --nosummary           Disable printing of summary section
          --nototals            Disable printing of totals for failed, passed, ... checks
          --outputfile string   Writes the results to output file when run with --json
          --scored              Run the scored CIS checks (default true)
          --skip string         List of comma separated values of checks to be skipped
      -s, --targets strings     Specify targets of the benchmark to run: master, controlplane, node, etcd, policies
          --unscored            Run the unscored CIS checks (default true)

    """

  // MARK: what is told

  private typealias Answer = (check: BenchCheck, verdict: Verdict)
  private typealias Control = (chapter: String, answers: [Answer])

  private func controls(_ wish: Wish, _ process: Linux.Process) -> [Control] {
    var found: [Control] = []
    for chapter in Self.chapters.keys.sorted()
    where wish.targets.contains(Self.chapters[chapter] ?? "") {
      let checks = BenchCheck.all.filter { $0.chapter == chapter && wish.wants($0) }
      if checks.isEmpty { continue }
      found.append((chapter, checks.map { ($0, verdict($0, process)) }))
    }
    return found
  }

  private static func text(_ controls: [Control], _ wish: Wish) -> String {
    var text = ""
    for (chapter, answers) in controls {
      text += "[INFO] \(chapter) \(titles[chapter] ?? "")\n"
      var section = ""
      for (check, verdict) in answers {
        if check.section != section, let title = titles[check.section] {
          text += "[INFO] \(check.section) \(title)\n"
        }
        section = check.section
        text += "[\(verdict.rawValue)] \(check.id) \(check.text)\n"
      }
      let part = chapters[chapter] ?? ""
      let broken = answers.filter { $0.verdict != .pass }
      if !broken.isEmpty, wish.tellsRemedies {
        text += "\n== Remediations \(part) ==\n"
        text += broken.map { "\($0.check.id) \($0.check.remedy)\n\n" }.joined()
      }
      if wish.tellsSummary { text += summary(part, answers) }
    }
    return wish.tellsTotals ? text + summary("total", controls.flatMap(\.answers)) : text
  }

  private static func count(_ answers: [Answer], _ verdict: Verdict) -> Int {
    answers.count { $0.verdict == verdict }
  }

  private static func summary(_ part: String, _ answers: [Answer]) -> String {
    "\n== Summary \(part) ==\n\(count(answers, .pass)) checks PASS\n\(count(answers, .fail)) checks FAIL\n"
      + "\(count(answers, .warn)) checks WARN\n0 checks INFO\n\n"
  }

  private static func totals(_ answers: [Answer]) -> Value {
    [
      "total_pass": .int(Int64(count(answers, .pass))),
      "total_fail": .int(Int64(count(answers, .fail))),
      "total_warn": .int(Int64(count(answers, .warn))), "total_info": 0,
    ]
  }

  private static func json(_ controls: [Control]) -> String {
    let listed = controls.map { chapter, answers -> Value in
      var sections: [String] = []
      for answer in answers where !sections.contains(answer.check.section) {
        sections.append(answer.check.section)
      }
      var control = totals(answers)
      control["id"] = .string(chapter)
      control["version"] = "cis-1.11"
      control["detected_version"] = "1.36"
      control["text"] = .string(titles[chapter] ?? "")
      control["node_type"] = .string(chapters[chapter] ?? "")
      control["tests"] = .array(
        sections.map { section in
          let own = answers.filter { $0.check.section == section }
          return [
            "section": .string(section), "type": "", "desc": .string(titles[section] ?? ""),
            "pass": .int(Int64(count(own, .pass))), "fail": .int(Int64(count(own, .fail))),
            "warn": .int(Int64(count(own, .warn))), "info": 0,
            "results": .array(
              own.map { check, verdict in
                [
                  "test_number": .string(check.id), "test_desc": .string(check.text),
                  "remediation": .string(check.remedy), "test_info": [.string(check.remedy)],
                  "status": .string(verdict.rawValue), "scored": .bool(!check.isManual),
                  "type": check.isManual ? "manual" : "", "IsMultiple": false,
                ]
              }),
          ]
        })
      return control
    }
    return JSON.text([
      "Controls": .array(listed), "Totals": totals(controls.flatMap(\.answers)),
    ]) + "\n"
  }

  // MARK: answers

  private func verdict(_ check: BenchCheck, _ process: Linux.Process) -> Verdict {
    holds(check.question, process) ? .pass : check.isManual ? .warn : .fail
  }

  private func holds(_ question: [String], _ process: Linux.Process) -> Bool {
    guard let kind = question.first, question.count > 1 else {
      return question.first == "manual-pass"
    }
    let subject = question[1]
    let value = question.count > 2 ? question[2] : ""
    switch kind {
    case "mode":
      let most = Int(value, radix: 8) ?? 0
      return files(subject, process).allSatisfy { $0.mode & 0o777 & ~most == 0 }
    case "owner":
      let wanted = value.split(separator: ":").map(String.init)
      let accounts = process.machine.accounts
      return files(subject, process).allSatisfy {
        accounts.userName($0.owner) == wanted.first && accounts.groupName($0.group) == wanted.last
      }
    case "kubelet", "kubeletset", "kubeletnot":
      let text = process.machine.files.text("/var/lib/kubelet/config.yaml") ?? ""
      let own = (try? YAML.parse(text))?.at(subject.split(separator: ".").map(String.init))
      if kind == "kubeletset" { return own.map { !$0.isNull } ?? false }
      let shown = own.map { $0.string ?? JSON.text($0) }
      if kind == "kubeletnot" { return shown != value }
      // What is not written has the kubelet's good default.
      return shown == nil || shown == value
    default:
      let flags = flags(subject, process)
      let names = value.split(separator: ",").map(String.init)
      let wanted = question.count > 3 ? question[3] : ""
      let own = names.first.flatMap { flags[$0] }
      let parts = (own ?? "").split(separator: ",")
      switch kind {
      case "set": return names.allSatisfy { flags[$0] != nil }
      case "unset": return own == nil
      case "is": return own == wanted
      case "not": return own != wanted
      case "has": return parts.contains { $0 == wanted }
      case "lacks": return !parts.contains { $0 == wanted }
      case "least": return (own.flatMap { Int($0) } ?? 0) >= (Int(wanted) ?? 0)
      default: return false
      }
    }
  }

  /// The files of a path, whose last part may be `*.SUFFIX`; of a folder, the files in it, unless it
  /// is one that has owners and modes of its own.
  private func files(_ path: String, _ process: Linux.Process) -> [FileStatus] {
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "/"
    if let star = path.firstIndex(of: "*") {
      let suffix = String(path[path.index(after: star)...])
      return ((try? process.names(in: folder)) ?? []).filter { $0.hasSuffix(suffix) }
        .compactMap { process.status("\(folder)/\($0)") }
    }
    guard let status = process.status(path) else { return [] }
    guard status.kind == .directory, path.hasSuffix("net.d") else { return [status] }
    return ((try? process.names(in: path)) ?? []).filter { !$0.hasPrefix(".") }
      .compactMap { process.status("\(path)/\($0)") }
  }

  /// The flags of a component's static Pod.
  private func flags(_ component: String, _ process: Linux.Process) -> [String: String] {
    let text = process.machine.files.text("\(Self.manifests)\(component).yaml") ?? ""
    let pod = (try? YAML.parse(text)) ?? .null
    let container = pod[path: "spec", "containers"]?[0]
    let words = (container?["command"]?.array ?? []) + (container?["args"]?.array ?? [])
    var found: [String: String] = [:]
    for word in words.compactMap(\.string) where word.hasPrefix("--") {
      let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1).map(String.init)
      guard let name = parts.first else { continue }
      found[name] = parts.count > 1 ? parts[1] : "true"
    }
    return found
  }
}
