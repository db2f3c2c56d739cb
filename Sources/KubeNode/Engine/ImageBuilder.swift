import Linux
import Shell
import Simulation

/// Builds an image from a Dockerfile and a folder, as `docker build` does.
struct ImageBuilder {
  let engine: ContainerEngine
  let process: Linux.Process
  let context: String
  let arguments: [String: String]
  let isPodman: Bool
  private var stages: [(name: String, image: Image, machine: Machine)] = []
  private var image = Image(repository: "")
  private var machine: Machine?
  private var scope: [String: String] = [:]
  private var defaults: [String: String] = [:]
  private var shellWords = ["/bin/sh", "-c"]

  struct Failure: Error { let text: String }

  init(
    engine: ContainerEngine, process: Linux.Process, context: String,
    arguments: [String: String], isPodman: Bool
  ) {
    self.engine = engine
    self.process = process
    self.context = context
    self.arguments = arguments
    self.isPodman = isPodman
  }

  mutating func build(_ file: Dockerfile, target: String?) async throws -> Image {
    let stagesInAll = file.instructions.count { $0.word == "FROM" }
    var stage = 0
    let total = file.instructions.count { $0.word != "ARG" }
    var number = 0
    for instruction in file.instructions {
      let rest =
        instruction.word == "RUN" || instruction.word == "CMD"
          || instruction.word == "ENTRYPOINT"
        ? instruction.rest : Dockerfile.expanded(instruction.rest, scope)
      if instruction.word == "FROM" {
        if let target, stages.last?.name == target { break }
        stage += 1
      }
      if instruction.word != "ARG" || machine != nil { number += 1 }
      let title = stagesInAll > 1 ? "[\(stage)/\(stagesInAll)] " : ""
      try await process.write(
        isPodman
          ? "\(title)STEP \(number)/\(total): \(instruction.word) \(rest)\n"
          : "Step \(number)/\(total) : \(instruction.word) \(rest)\n")
      try await carryOut(instruction.word, rest)
      if !isPodman { try await process.write(" ---> \(engine.newID().prefix(12))\n") }
      if isPodman, instruction.word != "FROM" {
        try await process.write("--> \(engine.newID().prefix(12))\n")
      }
    }
    guard let machine else { throw Failure(text: "no build stage in current context") }
    let id = engine.newID()
    image.files = ImageFiles(id: id, tree: machine.files.root.snapshot())
    image.tags = .any
    return image
  }

  private mutating func carryOut(_ word: String, _ rest: String) async throws {
    switch word {
    case "FROM": try begin(rest)
    case "ARG":
      for pair in Dockerfile.words(rest) {
        let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
        guard let name = parts.first else { continue }
        let value = arguments[name] ?? (parts.count > 1 ? parts[1] : defaults[name])
        if machine == nil { defaults[name] = value }
        scope[name] = value
      }
    case "ENV":
      let words = Dockerfile.words(rest)
      if words.first?.contains("=") == true {
        for pair in words {
          let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
          if parts.count == 2 { set(String(parts[0]), String(parts[1])) }
        }
      } else if let name = words.first {
        set(name, words.dropFirst().joined(separator: " "))
      }
    case "WORKDIR":
      image.workingDirectory =
        rest.hasPrefix("/")
        ? rest : (image.workingDirectory == "/" ? "" : image.workingDirectory) + "/" + rest
      try? machine?.files.makeDirectories(image.workingDirectory)
    case "USER":
      let name = rest.split(separator: ":").first.map(String.init) ?? rest
      guard let id = machine?.accounts.user(name)?.id ?? Int(name) else {
        throw Failure(text: "unable to find user \(name): no matching entries in passwd file")
      }
      image.user = id
    case "EXPOSE":
      image.ports += rest.split(separator: " ").compactMap { Int($0.prefix { $0 != "/" }) }
    case "CMD": image.command = Dockerfile.list(rest) ?? shellWords + [rest]
    case "ENTRYPOINT":
      image.entrypoint = Dockerfile.list(rest) ?? shellWords + [rest]
      image.command = []
    case "SHELL": shellWords = Dockerfile.list(rest) ?? shellWords
    case "COPY", "ADD": try await copy(word, rest)
    case "RUN": try await run(rest)
    default: break
    }
  }

  private mutating func set(_ name: String, _ value: String) {
    image.environment[name] = value
    scope[name] = value
  }

  private mutating func begin(_ rest: String) throws {
    if let machine { stages.append((stages.last?.name ?? "", image, machine)) }
    var words = rest.split(separator: " ").map(String.init).filter { !$0.hasPrefix("--platform") }
    guard let base = words.first else { throw Failure(text: "FROM requires an argument") }
    words.removeFirst()
    let name = words.count == 2 && words[0].lowercased() == "as" ? words[1] : "\(stages.count)"
    if let earlier = names.firstIndex(of: base), earlier < made.count {
      image = made[earlier].image
      image.files = ImageFiles(
        id: engine.newID(), tree: made[earlier].machine.files.root.snapshot())
    } else if base == "scratch" {
      image = Image(repository: "scratch", userland: .none)
    } else {
      switch engine.find(base) {
      case .success(let found): image = found
      case .failure(let problem): throw Failure(text: problem.text)
      }
    }
    scope = defaults.merging(image.environment) { $1 }
    let fresh = engine.machine(of: image, name: "buildkit")
    machine = fresh
    names.append(name)
    made.append((image, fresh))
  }

  /// Every stage by number: the last is the one at work.
  private var names: [String] = []
  private var made: [(image: Image, machine: Machine)] = []

  // MARK: RUN and COPY

  private mutating func run(_ rest: String) async throws {
    guard let machine else { return }
    let words = Dockerfile.list(rest) ?? shellWords + [rest]
    var environment = ["PATH": Machine.standardPath, "HOME": "/root"]
    for (name, value) in scope { environment[name] = value }
    for (name, value) in image.environment { environment[name] = value }
    let caller = image.user == 0 ? Caller.root : Caller(user: image.user, group: image.user)
    let command = Command(
      path: words[0], arguments: Array(words.dropFirst()), environment: environment,
      directory: image.workingDirectory,
      files: [0: EmptyInput(), 1: process.standardOutput, 2: process.standardError])
    let status: ExitStatus
    do {
      let child = try machine.start(command, caller: caller)
      status = try await process.wait(for: child)
    } catch let error as HostError {
      throw Failure(
        text: "failed to solve: process \"\(words.joined(separator: " "))\" did not complete "
          + "successfully: \(error.text)")
    }
    guard status == 0 else {
      throw Failure(
        text: isPodman
          ? "building at STEP \"RUN \(rest)\": while running runtime: exit status \(status)"
          : "The command '\(words.joined(separator: " "))' returned a non-zero code: \(status)")
    }
  }

  private mutating func copy(_ word: String, _ rest: String) async throws {
    guard let machine else { return }
    var words = Dockerfile.list(rest) ?? Dockerfile.words(rest)
    var source: Machine?
    var owner: Int?
    while let first = words.first, first.hasPrefix("--") {
      words.removeFirst()
      let value = first.split(separator: "=", maxSplits: 1).dropFirst().first.map(String.init) ?? ""
      if first.hasPrefix("--from") {
        if let index = names.firstIndex(of: value) ?? Int(value), index < made.count {
          source = made[index].machine
        } else {
          switch engine.find(value) {
          case .success(let found): source = engine.machine(of: found, name: "from")
          case .failure(let problem): throw Failure(text: problem.text)
          }
        }
      } else if first.hasPrefix("--chown") {
        let user = String(value.prefix { $0 != ":" })
        owner = machine.accounts.user(user)?.id ?? Int(user)
      }
    }
    guard words.count >= 2, var target = words.popLast() else {
      throw Failure(text: "\(word) requires at least two arguments")
    }
    if !target.hasPrefix("/") {
      let folder = image.workingDirectory == "/" ? "" : image.workingDirectory
      target = target == "." || target == "./" ? folder + "/" : "\(folder)/\(target)"
    }
    let from = source ?? process.machine
    for pattern in words {
      if pattern.hasPrefix("http") {
        throw Failure(text: "drydock: not simulated: ADD of an address")
      }
      let root = source == nil ? process.absolute(context) : ""
      let plain = pattern.hasPrefix("./") ? String(pattern.dropFirst(2)) : pattern
      let path = plain == "." ? root : "\(root)/\(plain.drop { $0 == "/" })"
      let found = expanded(path, from)
      if found.isEmpty {
        throw Failure(
          text: "COPY failed: file not found in build context or excluded by .dockerignore: stat "
            + "\(pattern): file does not exist")
      }
      for path in found {
        try await copy(
          path, of: from, to: target, in: machine, owner: owner,
          intoFolder: target.hasSuffix("/") || words.count > 1 || found.count > 1)
      }
    }
  }

  private func expanded(_ path: String, _ machine: Machine) -> [String] {
    guard path.contains("*") else {
      return machine.files.status(path, in: "/") == nil ? [] : [path]
    }
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "/"
    let pattern = path.split(separator: "/").last.map(String.init) ?? ""
    let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
    return ((try? machine.files.names(in: folder)) ?? []).filter { name in
      !name.hasPrefix(".") && name.hasPrefix(parts.first ?? "") && name.hasSuffix(parts.last ?? "")
    }.map { "\(folder)/\($0)" }
  }

  private func copy(
    _ path: String, of source: Machine, to target: String, in machine: Machine, owner: Int?,
    intoFolder: Bool, depth: Int = 0
  ) async throws {
    try await process.step()
    guard depth < 50, let status = source.files.status(path, in: "/") else { return }
    if status.kind == .directory {
      try? machine.files.makeDirectories(target)
      for name in (try? source.files.names(in: path)) ?? []
      where name != "." && name != ".." && name != ".git" {
        try await copy(
          "\(path)/\(name)", of: source, to: "\(target)/\(name)", in: machine, owner: owner,
          intoFolder: false, depth: depth + 1)
      }
      return
    }
    let base = path.split(separator: "/").last.map(String.init) ?? ""
    let isFolder = intoFolder || machine.files.status(target, in: "/")?.kind == .directory
    let place = isFolder ? "\(target)/\(base)" : target
    do {
      try machine.files.place("", at: place, mode: status.mode)
      let bytes = try source.files.read(path)
      try machine.files.write(bytes, to: place, mode: status.mode)
      if let owner { try machine.files.changeOwner(place, user: owner, group: owner) }
    } catch {
      throw Failure(text: "COPY failed: \(place): \(error.text)")
    }
  }
}
