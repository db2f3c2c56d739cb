import Documents
import Testing

@testable import Kubectl

/// Sessions that a real kubectl held with a real API server, replayed on ours without controllers.
@Suite struct TranscriptTests {
  struct Session: Sendable, CustomTestStringConvertible {
    let value: Value
    var testDescription: String { value["name"]?.string ?? "" }
  }

  static let sessions = (Fixture.value("transcripts.json").array ?? []).map(Session.init)

  @Test("most steps of a recorded session come out as recorded", arguments: sessions)
  func replay(_ session: Session) async throws {
    let server = LocalServer()
    let station = Workstation(transport: server)
    station.files = ["/root/.kube/config": Array(Workstation.administration.utf8)]
    let namespace = session.value["namespace"]?.string ?? ""
    if !namespace.isEmpty {
      _ = try await station.kubectl(["create", "namespace", namespace])
      _ = try await station.kubectl([
        "config", "set-context", "--current", "--namespace=\(namespace)",
      ])
    }
    for (path, text) in session.value["files"]?.object ?? [:] {
      station.files["/work/" + path] = Array((text.string ?? "").utf8)
    }
    var equal = 0
    var count = 0
    var differences: [String] = []
    for step in session.value["steps"]?.array ?? [] {
      guard let words = Words.split(step["cmd"]?.string ?? "", station) else { continue }
      count += 1
      let result = try await station.kubectl(words)
      if Masked.matches(step, result) {
        equal += 1
      } else {
        differences.append(
          "$ \(step["cmd"]?.string ?? "") [\(result.status)]\n\(result.output)\(result.errors)"
            + "WANTED [\(step["exit"]?.int ?? 0)]\n\(step["stdout"]?.string ?? "")"
            + (step["stderr"]?.string ?? ""))
      }
    }
    let floor = Self.floors[session.testDescription] ?? 1
    let report = differences.joined(separator: "\n")
    let comment = Comment(rawValue: "\(equal) of \(count) equal, \(floor) wanted:\n\(report)")
    #expect(equal >= floor, comment)
    #expect(count > 0)
  }

  /// How many steps came out equal when last counted; they may only grow.
  private static let floors: [String: Int] = [
    "apply/created, unchanged, configured": 17,
    "apply/prune": 6,
    "apply/replace and patch": 13,
    "apply/server side apply": 3,
    "auth/can-i": 7,
    "change/label": 27,
    "config/build one up": 58,
    "config/the real one": 7,
    "discover/help": 25,
    "errors/unknown commands and flags": 78,
  ]
}

/// Lines of a shell, as far as transcripts need them: words, quotes, an exported variable.
enum Words {
  static func split(_ line: String, _ station: Workstation) -> [String]? {
    var line = line[...]
    if line.hasPrefix("export KUBECONFIG=k.conf; ") {
      station.environment["KUBECONFIG"] = "k.conf"
      line = line.dropFirst(26)
    }
    guard line.hasPrefix("kubectl"), !line.contains("$("), !line.contains("|"),
      !line.contains("\\")
    else { return nil }
    var words: [String] = []
    var word: String?
    var quote: Character?
    for character in line {
      if let open = quote {
        if character == open { quote = nil } else { word = (word ?? "") + String(character) }
      } else if character == "'" || character == "\"" {
        quote = character
        word = word ?? ""
      } else if character == " " {
        if let done = word { words.append(done) }
        word = nil
      } else if ";&<>".contains(character) {
        return nil
      } else {
        word = (word ?? "") + String(character)
      }
    }
    if let done = word { words.append(done) }
    return Array(words.dropFirst())
  }
}

/// Recorded texts in which `<age>`, `<uid-1>` and their kin stand for anything.
enum Masked {
  static func matches(_ step: Value, _ result: Workstation.Result) -> Bool {
    guard Int64(result.status) == step["exit"]?.int else { return false }
    let kept = step["kept_lines"]?.int.map { Int($0) }
    return matches(step["stdout"]?.string ?? "", result.output, kept)
      && matches(step["stderr"]?.string ?? "", result.errors, kept)
  }

  static func matches(_ wanted: String, _ got: String, _ kept: Int?) -> Bool {
    let left = wanted.split(separator: "\n", omittingEmptySubsequences: false)
    var right = got.split(separator: "\n", omittingEmptySubsequences: false)
    if let kept {
      guard let first = left.first else { return right.first?.isEmpty ?? true }
      return kept == 0 || right.first.map { line(String(first), String($0)) } ?? false
    }
    if left.count != right.count { right = right.filter { !$0.isEmpty } }
    return left.count == right.count
      && zip(left, right).allSatisfy { line(String($0), String($1)) }
  }

  /// A placeholder matches any text; blanks around one count as one.
  private static func line(_ wanted: String, _ got: String) -> Bool {
    guard wanted.contains("<") else { return wanted == got }
    var rest = got[...]
    var parts: [String] = []
    var part = ""
    var index = wanted.startIndex
    while index < wanted.endIndex {
      if wanted[index] == "<", let end = wanted[index...].firstIndex(of: ">"),
        placeholders.contains(where: { wanted[index...].hasPrefix("<\($0)") })
      {
        parts.append(part)
        part = ""
        index = wanted.index(after: end)
        continue
      }
      part.append(wanted[index])
      index = wanted.index(after: index)
    }
    parts.append(part)
    if parts.count == 1 { return wanted == got }
    for (position, part) in parts.enumerated() where !part.isEmpty {
      let text = part.trimmingBlanks
      if position == 0 {
        guard rest.hasPrefix(part) else { return false }
        rest = rest.dropFirst(part.count)
      } else if !text.isEmpty {
        guard let found = rest.firstRange(of: text) else { return false }
        rest = rest[found.upperBound...]
      }
    }
    return true
  }

  private static let placeholders = [
    "age>", "time>", "uid-", "rv>", "hash-", "pod-", "ip-", "nodePort-", "event-", "token>",
    "sha256>", "server>", "server-host>", "dir>", "klog>", "tmp-", "pem",
  ]
}

extension String {
  fileprivate var trimmingBlanks: String {
    var body = self[...]
    while body.first == " " { body.removeFirst() }
    while body.last == " " { body.removeLast() }
    return String(body)
  }
}
