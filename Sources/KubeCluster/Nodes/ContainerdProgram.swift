import KubeNode
import KubeObjects
import Linux
import Shell
import Simulation

/// containerd: as long as it runs the node has a container runtime.
struct ContainerdProgram: Program {
  let name = "containerd"
  nonisolated(unsafe) unowned let host: NodeHost

  init(_ host: NodeHost) { self.host = host }

  func run(_ process: Linux.Process) async throws -> ExitStatus {
    if process.arguments.contains("--version") || process.arguments.first == "-v" {
      try await process.write("containerd github.com/containerd/containerd/v2 v2.2.0 1c4457e\n")
      return 0
    }
    if process.arguments.prefix(2) == ["config", "default"] {
      try await process.write(NodeFiles.containerdConfiguration)
      return 0
    }
    let path = "/etc/containerd/config.toml"
    let text = host.machine.files.text(path) ?? ""
    if let line = Self.badLine(text) {
      try await process.writeError(
        "containerd: failed to load TOML from \(path): toml: line \(line): expected an assignment, a "
          + "table or a comment\n")
      return 1
    }
    process.memory = 52 << 20
    process.handle([Signal.terminate, Signal.interrupt])
    try? host.machine.files.makeDirectories("/run/containerd")
    try? host.machine.files.write([], to: "/run/containerd/containerd.sock", mode: 0o660)
    let isNew = !host.adopts("containerd")
    if isNew {
      try await process.writeError(
        "time=\"\(process.machine.timeline.now.rfc3339Nano)\" level=info msg=\"containerd successfully "
          + "booted in 0.031s\"\n")
    }
    let disabled = text.split(separator: "\n").first {
      $0.drop { $0 == " " }.hasPrefix("disabled_plugins")
    }
    host.setRuntime(up: true, hasCRI: disabled?.contains("cri") != true)
    defer {
      host.setRuntime(up: false, hasCRI: true)
      try? host.machine.files.remove("/run/containerd/containerd.sock")
    }
    while process.takeSignals().isEmpty { try await process.wait() }
    return 0
  }

  /// The first line that is no TOML at all.
  private static func badLine(_ text: String) -> Int? {
    var depth = 0
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      let plain = line.drop { $0 == " " || $0 == "\t" }
      if depth == 0, let first = plain.first, first != "#" {
        let isTable = first == "[" && plain.contains("]")
        if !isTable, !plain.contains("=") { return index + 1 }
        if isTable { continue }
      }
      for character in plain.prefix(while: { $0 != "#" }) {
        if character == "[" { depth += 1 }
        if character == "]" { depth = max(0, depth - 1) }
      }
    }
    return nil
  }
}

extension NodeHost {
  func setRuntime(up: Bool, hasCRI: Bool) {
    hasRuntimeWithoutCRI = up && !hasCRI
    kubelet.setRuntime(up: up && hasCRI)
  }
}
