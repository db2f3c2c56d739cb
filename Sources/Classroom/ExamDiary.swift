import Curriculum
import Documents
import KubeCluster
import LearnerRecord
import Simulation

/// What a learner's journal tells about how a task of an exam was gone about.
struct ExamDiary {
  private let lines: [(text: String, entry: JournalEntry)]

  init(_ entries: [JournalEntry]) {
    lines = entries.compactMap { entry in
      if case .line(let text) = entry.kind { (text, entry) } else { nil }
    }
  }

  /// Whether anything was tried, be it without success.
  var isAttempted: Bool { lines.contains(where: Self.acts) }

  /// On the cluster's clock, from the first line to the last.
  var seconds: Int {
    guard let first = lines.first, let last = lines.last else { return 0 }
    return Int(clamping: ((last.entry.finished ?? last.entry.moment) - first.entry.moment).seconds)
  }

  /// What points were lost for, as far as what was typed shows it.
  func cause(of marking: Marking, in scene: ClusterScene, namespaces: Set<String>) -> String {
    guard let act = lines.lastIndex(where: Self.acts) else { return "not attempted" }
    if let elsewhere = scene.whereElse(marking, namespaces) { return elsewhere }
    let applied = lines.last { line in
      ["apply", "create", "replace"].contains { line.text.contains("\($0) -f") }
    }
    if let applied, applied.entry.status ?? 0 != 0 { return "YAML slip" }
    return lines[act...].contains(where: Self.verifies) ? "knowledge" : "not verified"
  }

  private static func acts(_ line: (text: String, entry: JournalEntry)) -> Bool {
    line.entry.changed || line.text.contains(">")
      || !commands(of: line.text).allSatisfy { looks($0) }
  }

  /// Whether a line asks how things stand, without changing them.
  private static func verifies(_ line: (text: String, entry: JournalEntry)) -> Bool {
    !acts(line)
      && commands(of: line.text).contains { words in
        words.first.map { $0 == "kubectl" || $0 == "k" || inspecting.contains($0) } ?? false
      }
  }

  /// The words of each command of a line, roughly: quotes and here-documents are not understood.
  private static func commands(of text: String) -> [[String]] {
    text.split(whereSeparator: { "|;&\n".contains($0) }).map { part in
      let words = part.split(whereSeparator: \.isWhitespace).map(String.init)
      return Array(words.drop { $0 == "sudo" || $0 == "watch" })
    }.filter { !$0.isEmpty }
  }

  private static func looks(_ words: [String]) -> Bool {
    guard let first = words.first else { return true }
    if first == "kubectl" || first == "k" {
      // What it is told to do is the first word that is no flag or value of -n.
      return words.dropFirst().contains { lookingVerbs.contains($0) }
        && !words.contains { actingVerbs.contains($0) }
    }
    if Word(rawValue: first) != nil { return true }
    if first == "sed" { return !words.contains { $0.hasPrefix("-i") } }
    return inspecting.contains(first) || passing.contains(first)
  }

  private static let lookingVerbs: Set<String> = [
    "get", "describe", "logs", "exec", "top", "events", "auth", "diff", "wait", "explain",
    "config", "version", "api-resources", "api-versions", "cluster-info", "status", "history",
  ]
  private static let actingVerbs: Set<String> = ["use-context", "set-context", "undo", "restart"]
  private static let inspecting: Set<String> = [
    "curl", "wget", "dig", "nslookup", "nc", "ping", "cat", "ls", "grep", "crictl", "journalctl",
    "ps", "ss", "netstat", "stat",
  ]
  private static let passing: Set<String> = [
    "less", "more", "head", "tail", "cd", "pwd", "echo", "ssh", "exit", "logout", "man", "clear",
    "jq", "yq", "date", "env", "sleep", "id", "whoami", "hostname", "wc", "sort", "uniq", "cut",
    "tr", "awk", "alias", "export", "which", "type", "file", "find", "base64", "true",
  ]
}

extension ClusterScene {
  /// Where something that is missed stands, and was not asked for: in another namespace, or in
  /// another cluster, which is another context.
  fileprivate func whereElse(_ marking: Marking, _ namespaces: Set<String>) -> String? {
    for result in marking.results
    where result.verdict == .failed && result.reason.contains("does not exist") {
      // The reason begins with KIND/NAME.
      let parts = result.reason.prefix { $0 != " " }.split(separator: "/")
      guard parts.count == 2 else { continue }
      let all = ObjectReference(kind: String(parts[0]), name: "", namespace: "")
      func places(_ scene: any Scene) -> [String] {
        let found = (try? scene.objects(all)) ?? []
        return found.filter { $0[path: "metadata", "name"]?.string == String(parts[1]) }
          .map { $0[path: "metadata", "namespace"]?.string ?? "" }
      }
      if places(self).contains(where: { !$0.isEmpty && !namespaces.contains($0) }) {
        return "wrong namespace"
      }
      let others = cluster.all.dropFirst().compactMap { scene(of: $0.blueprint.label) }
      let isThere = others.contains { !places($0).isEmpty }
      if isThere { return "wrong context" }
    }
    return nil
  }
}
