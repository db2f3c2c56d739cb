package import Linux
package import Shell
import Simulation

/// `helm` 3 as a program of a machine.
package struct HelmProgram: Program {
  package let name = "helm"
  // A cluster's objects are never shared between threads: see `Fibers`.
  nonisolated(unsafe) private let connect: (Process, [String]) throws -> any ClusterAccess

  /// `connect` gives the way to the cluster that the process's kubeconfig and the given flags of
  /// kubectl name.
  package init(connect: @escaping (Process, [String]) throws -> any ClusterAccess) {
    self.connect = connect
  }

  package func run(_ process: Process) async throws -> ExitStatus {
    try await process.sleep(.milliseconds(60))
    let words = process.arguments
    guard let (command, rest) = Commands.find(words) else {
      return try await misspelt(process, words)
    }
    do {
      let flags = try Flags(rest, command.grammar + " " + Flags.global)
      if flags.has("help") {
        try await process.write(HelpText.text(command))
        return 0
      }
      let call = Call(process: process, flags: flags, connect: connect)
      try await command.run(call)
      return 0
    } catch let problem as HelmError {
      try await process.writeError("Error: \(problem.message)\n")
      return 1
    }
  }

  private func misspelt(_ process: Process, _ words: [String]) async throws -> ExitStatus {
    let plain = words.filter { !$0.hasPrefix("-") }
    guard let first = plain.first else {
      try await process.write(HelpText.root)
      return 0
    }
    if let group = Commands.groups[first] {
      guard plain.count > 1 else {
        try await process.write(HelpText.group(first, group))
        return 0
      }
      try await process.writeError(
        "Error: unknown command \"\(plain[1])\" for \"helm \(first)\"\n"
          + "Run 'helm \(first) --help' for usage.\n")
      return 1
    }
    if plain.prefix(2) == ["plugin", "list"] || plain.prefix(2) == ["plugin", "ls"] {
      try await process.write("NAME\tVERSION\tDESCRIPTION\n")
      return 0
    }
    if ["plugin", "push", "registry", "verify", "completion"].contains(first) {
      try await process.writeError("drydock: not simulated: helm \(first)\n")
      return 1
    }
    try await process.writeError(
      "Error: unknown command \"\(first)\" for \"helm\"\nRun 'helm --help' for usage.\n")
    return 1
  }
}

/// What a command of helm's says when it fails, after `Error: `.
package struct HelmError: Error {
  package let message: String
  package init(_ message: String) { self.message = message }

  func prefixed(_ words: String) -> HelmError { HelmError("\(words): \(message)") }
}

/// One run of a helm command.
final class Call {
  let process: Process
  let flags: Flags
  private let connect: (Process, [String]) throws -> any ClusterAccess
  private var known: (any ClusterAccess)?

  init(
    process: Process, flags: Flags,
    connect: @escaping (Process, [String]) throws -> any ClusterAccess
  ) {
    self.process = process
    self.flags = flags
    self.connect = connect
  }

  func cluster() throws -> any ClusterAccess {
    if let known { return known }
    var words: [String] = []
    for (own, kubectl) in [
      ("kubeconfig", "kubeconfig"), ("kube-context", "context"), ("kube-as-user", "as"),
      ("kube-apiserver", "server"), ("kube-token", "token"),
    ] {
      if let value = flags[own] { words += ["--\(kubectl)", value] }
    }
    let made = try connect(process, words)
    known = made
    return made
  }

  /// From -n, HELM_NAMESPACE or the kubeconfig's context.
  func namespace() async throws -> String {
    if let named = flags["namespace"] ?? process.environment["HELM_NAMESPACE"], !named.isEmpty {
      return named
    }
    return try await cluster().namespace()
  }

  var now: Moment { process.machine.now }
  var store: ReleaseStore { get throws { ReleaseStore(cluster: try cluster()) } }
  var repositories: Repositories { Repositories(process: process) }

  func print(_ text: String) async throws { try await process.write(text) }

  /// An operand, or cobra's complaint.
  func operands(_ count: ClosedRange<Int>, _ command: String, _ usage: String) throws -> [String] {
    let given = flags.operands
    guard !count.contains(given.count) else { return given }
    let wanted =
      count.lowerBound == count.upperBound
      ? "\"helm \(command)\" requires \(count.lowerBound) "
        + (count.lowerBound == 1 ? "argument" : "arguments")
      : given.count < count.lowerBound
        ? "\"helm \(command)\" requires at least \(count.lowerBound) "
          + (count.lowerBound == 1 ? "argument" : "arguments")
        : "\"helm \(command)\" accepts at most \(count.upperBound) arguments"
    throw HelmError("\(wanted)\n\nUsage:  helm \(command) \(usage)")
  }
}
