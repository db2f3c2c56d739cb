import KubeCluster
import Linux

/// Which files the programs of the learner's last lines read, whatever led to them: a glob, a
/// folder, a kustomization, a variable, `cat` before a pipe.
final class RecentReadings {
  private struct Reading {
    let line: Int
    let path: String
  }

  private var readings: [Reading] = []
  private static let capacity = 256

  init(of shell: ShellSession, on machine: Machine) {
    let before = machine.witness
    machine.witness = { [weak self, weak shell] call in
      before?(call)
      guard let self, let shell, call.kind == .openToRead else { return }
      remember(Reading(line: shell.lineNumber, path: Self.plain(call.path)))
    }
  }

  private func remember(_ reading: Reading) {
    readings.append(reading)
    if readings.count > Self.capacity { readings.removeFirst(Self.capacity / 2) }
  }

  /// The newest first, each once.
  func paths(of line: Int) -> [String] {
    var known: Set<String> = []
    return readings.reversed().filter { $0.line == line && known.insert($0.path).inserted }
      .map(\.path)
  }

  private static func plain(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return "/" + parts.joined(separator: "/")
  }
}
