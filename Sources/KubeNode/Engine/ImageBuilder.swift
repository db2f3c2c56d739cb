import Documents
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
  let usesCache: Bool
  private(set) var progress: BuildProgress
  private var image = Image(repository: "")
  private var machine: Machine?
  private var scope: [String: String] = [:]
  private var defaults: [String: String] = [:]
  private var shellWords = ["/bin/sh", "-c"]

  struct Failure: Error { let text: String }

  init(
    engine: ContainerEngine, process: Linux.Process, context: String,
    arguments: [String: String], progress: BuildProgress, usesCache: Bool
  ) {
    self.engine = engine
    self.process = process
    self.context = context
    self.arguments = arguments
    isPodman = progress.isPodman
    self.progress = progress
    self.usesCache = usesCache
  }

  mutating func build(_ file: Dockerfile, target: String?) async throws -> Image {
    progress.begin(file)
    for instruction in file.instructions {
      let isRaw = ["RUN", "CMD", "ENTRYPOINT"].contains(instruction.word)
      let rest = isRaw ? instruction.rest : Dockerfile.expanded(instruction.rest, scope)
      if instruction.word == "FROM", let target, names.last == target { break }
      try await progress.start(instruction, rest, process)
      var isCached = false
      do {
        isCached = try await step(instruction.word, rest)
      } catch let failure as Failure {
        throw try await progress.failed(failure, instruction, file, process)
      }
      try await progress.end(instruction, isCached: isCached, engine.newID(), process)
    }
    guard let machine else { throw Failure(text: "no build stage in current context") }
    let id = engine.newID()
    image.files = ImageFiles(id: id, tree: machine.files.root.snapshot())
    image.tags = .any
    return image
  }

  /// Whether a step's outcome was there already, made by the same steps of the same contents.
  private mutating func step(_ word: String, _ rest: String) async throws -> Bool {
    let title = word == "RUN" ? "RUN \(rest) # buildkit" : "\(word) \(rest)"
    guard ["RUN", "COPY", "ADD"].contains(word), let machine else {
      try await carryOut(word, rest)
      if word != "FROM", word != "ARG" { image.steps.append(title) }
      key += "\n\(word) \(rest)"
      return false
    }
    key += "\n\(word) \(rest)"
    if word == "RUN" {
      key += scope.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
    } else {
      key += try await contents(of: rest)
    }
    if usesCache, let known = engine.buildCache[key] {
      machine.files.root.restore(known.tree)
      image.steps = known.image.steps
      return true
    }
    try await carryOut(word, rest)
    image.steps.append(title)
    if engine.buildCache.count > 200 { engine.buildCache = [:] }
    engine.buildCache[key] = (image, machine.files.root.snapshot())
    return false
  }

  /// A sum of all that a COPY takes.
  private func contents(of rest: String) async throws -> String {
    let words = Dockerfile.list(rest) ?? QuotedWords.split(rest)
    if let from = words.first(where: { $0.hasPrefix("--from=") }) {
      // What another stage made is known by that stage's own key.
      let stage = String(from.dropFirst(7))
      return (names.firstIndex(of: stage) ?? Int(stage)).flatMap { keys[safe: $0] } ?? stage
    }
    var sum = ""
    for word in words.dropLast() where !word.hasPrefix("--") {
      let plain = word.hasPrefix("./") ? String(word.dropFirst(2)) : word
      let root = process.absolute(context)
      for path in expanded(
        plain == "." ? root : "\(root)/\(plain.drop { $0 == "/" })", process.machine)
      {
        sum += try await checksum(path, depth: 0)
      }
    }
    return sum
  }

  private func checksum(_ path: String, depth: Int) async throws -> String {
    try await process.step()
    let files = process.machine.files
    guard depth < 50, let status = files.status(path, in: "/") else { return "" }
    guard status.kind == .directory else {
      return " \(path)=\(Checksum.sha256.hex((try? files.read(path)) ?? []))"
    }
    var sum = ""
    for name in ((try? files.names(in: path)) ?? []).sorted()
    where name != "." && name != ".." && name != ".git" {
      sum += try await checksum("\(path)/\(name)", depth: depth + 1)
    }
    return sum
  }

  private mutating func carryOut(_ word: String, _ rest: String) async throws {
    switch word {
    case "FROM": try begin(rest)
    case "ARG":
      for pair in QuotedWords.split(rest) {
        let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
        guard let name = parts.first else { continue }
        let value = arguments[name] ?? (parts.count > 1 ? parts[1] : defaults[name])
        if machine == nil { defaults[name] = value }
        scope[name] = value
      }
    case "ENV":
      let words = QuotedWords.split(rest)
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
    case "LABEL", "MAINTAINER":
      if word == "MAINTAINER" { image.labels["maintainer"] = rest }
      for pair in word == "LABEL" ? QuotedWords.split(rest) : [] {
        let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        image.labels[String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
      }
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
    if machine != nil { keys.append(key) }
    var words = rest.split(separator: " ").map(String.init).filter { !$0.hasPrefix("--platform") }
    guard let base = words.first else { throw Failure(text: "FROM requires an argument") }
    words.removeFirst()
    let name = words.count == 2 && words[0].lowercased() == "as" ? words[1] : "\(made.count)"
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
    key = "FROM \(base) \(image.files?.id ?? "")"
    let fresh = engine.machine(of: image, name: "buildkit")
    machine = fresh
    names.append(name)
    made.append((image, fresh))
  }

  /// All that the step at work depends on, and the same of the stages before.
  private var key = ""
  private var keys: [String] = []

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
      files: [
        0: EmptyInput(), 1: progress.output(process), 2: progress.output(process),
      ])
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
          : "process \"\(words.joined(separator: " "))\" did not complete successfully: exit code: "
            + "\(status)")
    }
  }

  private mutating func copy(_ word: String, _ rest: String) async throws {
    guard let machine else { return }
    var words = Dockerfile.list(rest) ?? QuotedWords.split(rest)
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
          text: isPodman
            ? "building at STEP \"\(word) \(rest)\": checking on sources under "
              + "\"\(process.absolute(context))\": copier: stat: \"/\(plain)\": no such file or directory"
            : "failed to compute cache key: failed to calculate checksum of ref: \"/\(plain)\": not "
              + "found")
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

extension Array {
  fileprivate subscript(safe index: Int) -> Element? {
    indices.contains(index) ? self[index] : nil
  }
}
