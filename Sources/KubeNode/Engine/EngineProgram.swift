import Documents
package import Linux
package import Shell
import Simulation

/// `docker` and `podman` of a machine.
package struct EngineProgram: Program {
  package let name: String
  // A cluster's objects are never shared between threads: see `Fibers`.
  nonisolated(unsafe) let engine: ContainerEngine

  package init(_ name: String, engine: ContainerEngine) {
    self.name = name
    self.engine = engine
  }

  var isPodman: Bool { name == "podman" }

  package func run(_ process: Linux.Process) async throws -> ExitStatus {
    var words = process.arguments[...]
    while let first = words.first, first.hasPrefix("-") {
      if first == "--version" || first == "-v" { return try await version(process) }
      words.removeFirst()
    }
    guard var verb = words.popFirst() else {
      try await process.write(
        "Usage:  \(name) [OPTIONS] COMMAND\n\nCommands:\n  "
          + Self.verbs.sorted().joined(separator: "\n  ") + "\n")
      return 0
    }
    // `docker image ls`, `docker container rm`.
    if ["image", "container", "system", "volume", "network", "builder"].contains(verb),
      words.first == "prune"
    {
      let rest = Array(words.dropFirst())
      return try await told(process, verb) { try await prune(verb, rest, process) }
    }
    if ["image", "container"].contains(verb), let inner = words.popFirst() {
      verb =
        verb == "image"
        ? ["ls": "images", "list": "images", "rm": "rmi", "inspect": "inspect"][inner] ?? inner
        : ["ls": "ps", "list": "ps"][inner] ?? inner
    }
    let rest = Array(words)
    return try await told(process, verb) { try await carryOut(verb, rest, process) }
  }

  /// A problem of the engine's is told, and is the exit status.
  private func told(
    _ process: Linux.Process, _ verb: String, _ work: () async throws -> ExitStatus
  ) async throws -> ExitStatus {
    do {
      return try await work()
    } catch let problem as ContainerEngine.Problem {
      try await process.writeError(
        isPodman ? "Error: \(problem.text)\n" : "Error response from daemon: \(problem.text)\n")
      return verb == "run" ? 125 : 1
    }
  }

  private static let verbs: Set<String> = [
    "build", "images", "tag", "save", "load", "run", "ps", "logs", "exec", "rm", "rmi", "inspect",
    "pull", "push", "login", "logout", "stop", "start", "kill", "restart", "create", "version",
    "info", "volume", "network", "cp", "history", "port", "search", "system", "stats", "top",
    "commit", "wait", "compose", "export", "rename",
  ]

  private func carryOut(
    _ verb: String, _ words: [String], _ process: Linux.Process
  ) async throws -> ExitStatus {
    switch verb {
    case "version": return try await version(process)
    case "build", "buildx":
      return try await build(verb == "buildx" ? Array(words.dropFirst()) : words, process)
    case "images": return try await images(words, process)
    case "tag": return try await tag(words, process)
    case "pull": return try await pull(words, process)
    case "push": return try await push(words, process)
    case "save", "load": return try await archive(verb, words, process)
    case "rmi": return try await removeImages(words, process)
    case "history": return try await history(words, process)
    case "login", "logout": return try await login(verb, words, process)
    case "run", "create": return try await run(words, process, starts: verb == "run")
    case "ps": return try await list(words, process)
    case "logs": return try await logs(words, process)
    case "exec": return try await execute(words, process)
    case "stop", "kill", "rm", "start", "restart", "wait":
      return try await control(verb, words, process)
    case "inspect": return try await inspect(words, process)
    case "port": return try await port(words, process)
    case "info": return try await info(process)
    case "volume", "network": return try await things(verb, words, process)
    case "top": return try await top(words, process)
    case "stats": return try await statistics(words, process)
    case "cp": return try await copy(words, process)
    case "commit": return try await commit(words, process)
    case "compose": return try await compose(words, process)
    case "export": return try await export(words, process)
    case "rename": return try await rename(words, process)
    case "search", "system":
      throw Unsimulated.error(process, "\(name) \(verb)")
    default:
      try await process.writeError(
        isPodman
          ? "Error: unrecognized command `podman \(verb)`\nTry 'podman --help' for more information\n"
          : "\(name): '\(verb)' is not a \(name) command.\nSee '\(name) --help'\n")
      return isPodman ? 125 : 1
    }
  }

  /// Says that something is not simulated, by the error of an engine.
  private enum Unsimulated {
    static func error(_ process: Linux.Process, _ what: String) -> ContainerEngine.Problem {
      ContainerEngine.Problem(text: "drydock: not simulated: \(what)")
    }
  }

  private func version(_ process: Linux.Process) async throws -> ExitStatus {
    try await process.write(
      isPodman ? "podman version 4.9.3\n" : "Docker version 29.0.1, build eedd969\n")
    return 0
  }

  private func info(_ process: Linux.Process) async throws -> ExitStatus {
    let running = engine.containers.count { $0.isRunning }
    try await process.write(
      """
      Client: Docker Engine - Community
       Version:    29.0.1
      Server:
       Containers: \(engine.containers.count)
        Running: \(running)
        Paused: 0
        Stopped: \(engine.containers.count - running)
       Images: \(Set(engine.images.map(\.id)).count)
       Server Version: 29.0.1
       Storage Driver: overlay2
       Cgroup Driver: systemd
       Cgroup Version: 2
       Kernel Version: \(process.machine.kernel)
       Operating System: Ubuntu 24.04.3 LTS

      """)
    return 0
  }

  private func things(
    _ verb: String, _ words: [String], _ process: Linux.Process
  ) async throws -> ExitStatus {
    let names = words.dropFirst().filter { !$0.hasPrefix("-") }
    switch (verb, words.first) {
    case ("volume", "create"):
      let name = names.first ?? engine.newID()
      if !engine.volumes.contains(name) { engine.volumes.append(name) }
      try await process.write(name + "\n")
    case ("volume", "ls"):
      try await process.write(
        "DRIVER    VOLUME NAME\n" + engine.volumes.sorted().map { "local     \($0)\n" }.joined())
    case ("volume", "rm"):
      for name in names {
        guard engine.volumes.contains(name) else {
          throw ContainerEngine.Problem(text: "get \(name): no such volume")
        }
        engine.volumes.removeAll { $0 == name }
        try await process.write(name + "\n")
      }
    case ("network", "create"):
      let made = names.last ?? ""
      guard !engine.networks.contains(where: { $0.name == made }) else {
        throw ContainerEngine.Problem(text: "network with name \(made) already exists")
      }
      engine.networks.append((made, "bridge"))
      try await process.write(engine.newID() + "\n")
    case ("network", "ls"):
      var rows = [["NETWORK ID", "NAME", "DRIVER", "SCOPE"]]
      rows += engine.networks.map { network in
        [
          String(Self.id(ofNetwork: network.name).prefix(12)), network.name, network.driver,
          "local",
        ]
      }
      try await process.write(Self.table(rows))
    case ("network", "inspect"), ("volume", "inspect"):
      let found = try names.map {
        verb == "network" ? try facts(ofNetwork: $0) : try facts(ofVolume: $0)
      }
      try await process.write(JSON.text(.array(found), .init(indent: "    ")) + "\n")
    case ("network", "rm"):
      engine.networks.removeAll { names.contains($0.name) }
      try await process.write(names.map { $0 + "\n" }.joined())
    default: throw Unsimulated.error(process, "\(name) \(verb) \(words.first ?? "")")
    }
    return 0
  }

  /// Columns three blanks apart, as both engines print them.
  static func table(_ rows: [[String]]) -> String {
    let count = rows.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      row.enumerated().map { index, cell in
        index == row.count - 1
          ? cell : cell + String(repeating: " ", count: widths[index] + 3 - cell.count)
      }.joined() + "\n"
    }.joined()
  }
}

/// Options of an engine's command: everything behind the first operand may be a command line.
package struct EngineOptions {
  package private(set) var given: [(name: String, value: String)] = []
  package private(set) var operands: [String] = []

  package init(
    _ words: [String], valued: Set<String>, stopsAtOperand: Bool = false
  ) throws(ContainerEngine.Problem) {
    var rest = words[...]
    while let word = rest.popFirst() {
      guard word.hasPrefix("-"), word.count > 1 else {
        operands.append(word)
        if stopsAtOperand {
          operands += rest
          break
        }
        continue
      }
      if word.hasPrefix("--") {
        let parts = word.dropFirst(2).split(
          separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        if parts.count == 2 {
          given.append((name, String(parts[1])))
        } else if valued.contains(name) {
          guard let value = rest.popFirst() else {
            throw ContainerEngine.Problem(text: "flag needs an argument: --\(name)")
          }
          given.append((name, value))
        } else {
          given.append((name, ""))
        }
        continue
      }
      var letters = word.dropFirst()
      while let letter = letters.popFirst() {
        guard valued.contains(String(letter)) else {
          given.append((String(letter), ""))
          continue
        }
        let value = letters.isEmpty ? rest.popFirst() : String(letters)
        letters = ""
        guard let value else {
          throw ContainerEngine.Problem(text: "flag needs an argument: '\(letter)' in \(word)")
        }
        given.append((String(letter), value))
      }
    }
  }

  package func has(_ names: String...) -> Bool { given.contains { names.contains($0.name) } }
  package func value(_ names: String...) -> String? {
    given.last { names.contains($0.name) }?.value
  }
  package func values(_ names: String...) -> [String] {
    given.filter { names.contains($0.name) }.map(\.value)
  }
}
