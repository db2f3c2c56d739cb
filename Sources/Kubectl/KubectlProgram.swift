import KubeAPIServer
package import Linux
package import Shell
import Simulation

/// kubectl 1.33 as a program of a machine: it reads that machine's kubeconfig and speaks with the
/// server that it names, as that user, through the transport that the cluster plugs in.
package struct KubectlProgram: Program {
  package let name = "kubectl"
  package let completesItself = true
  // A cluster's objects are never shared between threads: see `Fibers`.
  nonisolated(unsafe) private let transport: any APITransport
  nonisolated(unsafe) private let published: (String) -> [UInt8]?

  /// `published` holds the manifests of the simulated web by address.
  package init(
    transport: any APITransport, published: @escaping (String) -> [UInt8]? = { _ in nil }
  ) {
    self.transport = transport
    self.published = published
  }

  package func run(_ process: Process) async throws -> ExitStatus {
    // What its requests cost beside its own work.
    try process.charge(2048)
    // A real kubectl takes its time to start and to greet the server; meanwhile the cluster works.
    if process.arguments.first?.hasPrefix("__complete") != true {
      try await process.sleep(.milliseconds(60))
    }
    return try await CommandLine.run(
      process.arguments, ProcessSurroundings(process), transport: transport, published: published)
  }
}

/// Runs one command line from its words to its exit status.
enum CommandLine {
  static func run(
    _ words: [String], _ surroundings: any Surroundings, transport: any APITransport,
    published: @escaping (String) -> [UInt8]? = { _ in nil }
  ) async throws -> ExitStatus {
    let output = Output()
    let root = Commands.root
    var path = root.name
    var failureStatus: Int32 = 1
    do {
      if let first = words.first, first == "__complete" || first == "__completeNoDesc" {
        let completion = Completion(
          root: root, surroundings: surroundings, transport: transport, output: output,
          showsSummaries: first == "__complete")
        try await completion.run(Array(words.dropFirst()))
        try await output.flush(to: surroundings)
        return 0
      }
      if let status = try await plugIn(words, root, surroundings) { return status }
      let reading: CommandLineReader.Reading
      do {
        reading = try CommandLineReader(root: root).read(words)
      } catch let error as CommandError {
        let found = CommandLineReader(root: root).find(words).path
        path = found.map(\.name).joined(separator: " ")
        failureStatus = found.last?.failureStatus ?? 1
        throw error
      }
      path = reading.commandPath
      failureStatus = reading.command.failureStatus
      if reading.wantsHelp {
        output.print(HelpText(reading.path).text)
        try await output.flush(to: surroundings)
        return 0
      }
      try Unsimulated.check(reading)
      guard let body = reading.command.run else {
        try await group(reading, output, surroundings)
        return 0
      }
      let absent = reading.command.required.filter { !reading.values.changed($0) }
      if !absent.isEmpty {
        throw CommandError.text(
          "required flag(s) \(absent.map(Go.quoted).joined(separator: ", ")) not set")
      }
      let invocation = Invocation(
        reading: reading, surroundings: surroundings, transport: transport, output: output,
        published: published)
      if reading.values.changed("record") { output.complainLine(ChangeCause.deprecation) }
      do {
        try await body(invocation)
        try await ChangeCause.record(invocation)
        if reading.values.bool("warnings-as-errors"), invocation.warningCount > 0 {
          let count = invocation.warningCount
          throw CommandError.text("\(count) warning\(count == 1 ? "" : "s") received")
        }
      } catch let error where CommandError.isTold(error) {
        throw error
      }
      try await output.flush(to: surroundings)
      return 0
    } catch let killed as Killed {
      try? await output.flush(to: surroundings)
      throw killed
    } catch let error where CommandError.isTold(error) {
      if case CommandError.printed(let before, _) = error { output.print(before) }
      var (text, code) = CommandError.report(error, command: path)
      if code == 1, !CommandError.isExit(error) { code = failureStatus }
      output.complain(text.isEmpty || text.hasSuffix("\n") ? text : text + "\n")
      try await output.flush(to: surroundings)
      return code
    }
  }

  /// Runs `kubectl-WORD-WORD` of the PATH for a command that kubectl does not have, the longest name
  /// first (HandlePluginCommand).
  private static func plugIn(
    _ words: [String], _ root: CommandSpecification, _ surroundings: any Surroundings
  ) async throws -> ExitStatus? {
    guard let first = words.first, root.subcommand(first) == nil else { return nil }
    var parts = words.prefix(16).prefix { !$0.hasPrefix("-") }.map { $0.replacing("-", with: "_") }
    let folders = (surroundings.environment["PATH"] ?? "").split(separator: ":")
    while !parts.isEmpty {
      let name = "kubectl-" + parts.joined(separator: "-")
      for folder in folders where surroundings.status("\(folder)/\(name)")?.kind == .file {
        return try await surroundings.run("\(folder)/\(name)", Array(words.dropFirst(parts.count)))
      }
      parts.removeLast()
    }
    return nil
  }

  /// A command that only has subcommands.
  private static func group(
    _ reading: CommandLineReader.Reading, _ output: Output, _ surroundings: any Surroundings
  ) async throws {
    if reading.arguments.contains(where: { !$0.isEmpty }), !reading.command.helpsStrangers {
      throw CommandError.usage(
        "unknown command \(Go.quoted(reading.arguments.joined(separator: " ")))")
    }
    let help = HelpText(reading.path).text
    if reading.command.isErrorAlone {
      if reading.command.helpsOnOutput { output.print(help) } else { output.complain(help) }
      throw CommandError.exit(1)
    }
    output.print(help)
    try await output.flush(to: surroundings)
  }
}

extension CommandError {
  static func isExit(_ error: any Error) -> Bool {
    if case CommandError.exit = error { true } else { false }
  }

  /// Whether the error is one of a command, rather than the end of its process.
  static func isTold(_ error: any Error) -> Bool {
    !(error is Killed) && !(error is HostError) && !(error is Interrupted)
  }
}
