import Foundation
import KubeCluster
import Simulation
import Testing

@testable import Classroom

/// Whole sessions as a learner sees them, in `Fixtures/sessions`; the README there tells their form.
@Suite struct TranscriptTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Fixtures/sessions")

  static let names: [String] = {
    let found = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String }
    return (found ?? []).filter { $0.hasSuffix(".session") }.sorted()
  }()

  @Test("there are sessions of every theme")
  func themes() {
    let themes = Set(Self.names.map { String($0.prefix { $0 != "/" }) })
    #expect(themes == ["access", "storage"])
  }

  @Test("a session prints what it printed", arguments: names)
  func replay(_ name: String) throws {
    let file = Self.folder.appending(path: name)
    var transcript = Transcript(try String(contentsOf: file, encoding: .utf8))
    let blueprint = try #require(Blueprint.named(transcript.blueprint ?? "kubeadm"))
    let cluster = Cluster(blueprint, seed: 1)
    Session.install(on: cluster)
    for index in transcript.steps.indices {
      let step = transcript.steps[index]
      let result = cluster.shell.run(step.line, limit: .hours(24))
      var lines = Transcript.lines(result.output + result.errors)
      if result.status != 0 { lines.append("=> \(result.status)") }
      if Transcript.matches(step.expected, lines) { continue }
      if Self.isRecording {
        transcript.steps[index].expected = lines
      } else {
        Issue.record(
          """
          $ \(step.line)
          wanted:
          \(step.expected.joined(separator: "\n"))
          printed:
          \(lines.joined(separator: "\n"))
          """)
      }
    }
    if Self.isRecording { try Data(transcript.text.utf8).write(to: file) }
  }

  /// DRYDOCK_RECORD=1 writes what is printed now, to be read before it is kept.
  private static let isRecording = ProcessInfo.processInfo.environment["DRYDOCK_RECORD"] == "1"
}

/// A session that was written down.
private struct Transcript {
  struct Step {
    var line: String
    var expected: [String] = []
  }

  /// What stands before the first command.
  private var head: [String] = []
  var steps: [Step] = []

  init(_ text: String) {
    for line in Self.lines(text) {
      if line.hasPrefix("$ ") {
        steps.append(Step(line: String(line.dropFirst(2))))
      } else if steps.isEmpty {
        head.append(line)
      } else if line.hasPrefix("> "), steps[steps.count - 1].expected.isEmpty {
        steps[steps.count - 1].line += "\n" + line.dropFirst(2)
      } else {
        steps[steps.count - 1].expected.append(line)
      }
    }
  }

  /// Of the cluster that it runs on.
  var blueprint: String? {
    head.first { $0.hasPrefix("@ blueprint ") }.map { String($0.dropFirst(12)) }
  }

  var text: String {
    let all =
      head
      + steps.flatMap {
        ["$ " + $0.line.replacing("\n", with: "\n> ")] + $0.expected
      }
    return all.map { $0 + "\n" }.joined()
  }

  static func lines(_ text: String) -> [String] {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last == "" { lines.removeLast() }
    return lines
  }

  /// `…` alone stands for any lines, within a line for any text.
  static func matches(_ wanted: [String], _ printed: [String]) -> Bool {
    let parts = wanted.split(separator: "…", omittingEmptySubsequences: false)
    guard parts.count > 1 else {
      return wanted.count == printed.count && zip(wanted, printed).allSatisfy(isLine)
    }
    var rest = printed[...]
    for (index, part) in parts.enumerated() {
      let isLast = index == parts.count - 1
      let starts = isLast ? [rest.endIndex - part.count] : Array(rest.indices) + [rest.endIndex]
      guard
        let start = starts.first(where: { start in
          (index > 0 || start == rest.startIndex) && start >= rest.startIndex
            && start + part.count <= rest.endIndex && zip(part, rest[start...]).allSatisfy(isLine)
        })
      else { return false }
      rest = rest[(start + part.count)...]
    }
    return true
  }

  private static func isLine(_ wanted: String, _ printed: String) -> Bool {
    let parts = wanted.split(separator: "…", omittingEmptySubsequences: false)
    guard parts.count > 1, let first = parts.first, let last = parts.last else {
      return wanted == printed
    }
    var rest = printed[...]
    guard rest.hasPrefix(first) else { return false }
    rest = rest.dropFirst(first.count)
    for part in parts.dropFirst().dropLast() {
      guard let range = rest.firstRange(of: part) else { return false }
      rest = rest[range.upperBound...]
    }
    return rest.hasSuffix(last)
  }
}
