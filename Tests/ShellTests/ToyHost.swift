import Shell

/// What all processes of the toy machine share.
final class ToyMachine {
  let fibers = ToyFibers()
  let root = ToyNode(.directory([:]), mode: 0o755, number: 1)
  var nextNumber: UInt64 = 2
  var nextProcess = 100
  var stepBudget = 100_000
  var mask = 0o022
  var processes: [Int: ToyHost] = [:]

  init() {
    for directory in ["/tmp", "/dev", "/bin", "/usr/bin", "/home/me", "/root"] {
      makeDirectory(directory)
    }
    node("/dev/null", creating: .null)?.mode = 0o666
    for program in ToyPrograms.names {
      node("/usr/bin/" + program, creating: .bytes([]))?.mode = 0o755
    }
  }

  func makeDirectory(_ path: String) { node(path, creating: .directory([:])) }

  func makeNode(_ content: ToyNode.Content, mode: Int) -> ToyNode {
    nextNumber += 1
    return ToyNode(content, mode: mode, number: nextNumber)
  }

  @discardableResult
  func node(_ path: String, creating content: ToyNode.Content? = nil, follow: Bool = true)
    -> ToyNode?
  {
    var current = root
    let parts = path.split(separator: "/").map(String.init)
    for (index, part) in parts.enumerated() {
      guard case .directory(var names) = current.content else { return nil }
      let isLast = index + 1 == parts.count
      if let found = names[part] {
        current = found
        if case .link(let target) = found.content, follow || !isLast {
          let base = "/" + parts[..<index].joined(separator: "/")
          guard let resolved = node(ToyHost.join(base, target)) else { return nil }
          current = resolved
        }
        continue
      }
      guard let content else { return nil }
      let made = makeNode(isLast ? content : .directory([:]), mode: isLast ? 0o644 : 0o755)
      if case .directory = made.content { made.mode = 0o755 }
      names[part] = made
      current.content = .directory(names)
      current = made
    }
    return current
  }

  func remove(_ path: String) -> Bool {
    let parent = "/" + path.split(separator: "/").dropLast().joined(separator: "/")
    guard let holder = node(parent), case .directory(var names) = holder.content,
      let name = path.split(separator: "/").last, names[String(name)] != nil
    else { return false }
    names[String(name)] = nil
    holder.content = .directory(names)
    return true
  }
}

/// One shell process on the toy machine.
final class ToyHost: ShellHost {
  let machine: ToyMachine
  let processID: Int
  let parentID: Int
  var pending: [Int32] = []
  var trapped: Set<Int32> = []
  var killedBy: Int32?
  private var seed: UInt32 = 1

  init(_ machine: ToyMachine, parent: Int = 1) {
    self.machine = machine
    processID = machine.nextProcess
    machine.nextProcess += 1
    parentID = parent
    machine.processes[processID] = self
  }

  static func join(_ directory: String, _ path: String) -> String {
    let whole = path.hasPrefix("/") ? path : directory + "/" + path
    var parts: [Substring] = []
    for part in whole.split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return "/" + parts.joined(separator: "/")
  }

  func open(_ path: String, _ mode: OpenMode, in directory: String) throws(HostError)
    -> any OpenFile
  {
    let whole = ToyHost.join(directory, path)
    let existing = machine.node(whole)
    if let existing {
      if case .directory = existing.content {
        if mode == .read { throw .isDirectory }
        throw .isDirectory
      }
      if mode == .createNew { throw .exists }
      if case .bytes = existing.content, mode == .write { existing.content = .bytes([]) }
      return ToyOpenFile(existing, mode)
    }
    guard mode != .read else { throw .notFound }
    let parent = ToyHost.join(whole, "..")
    guard let holder = machine.node(parent) else { throw .notFound }
    guard case .directory = holder.content else { throw .notDirectory }
    guard let made = machine.node(whole, creating: .bytes([])) else { throw .notFound }
    made.mode = 0o666 & ~machine.mask
    return ToyOpenFile(made, mode)
  }

  func pipe() -> (read: any OpenFile, write: any OpenFile) {
    let pipe = ToyPipe()
    return (ToyPipe.End(pipe, isReader: true), ToyPipe.End(pipe, isReader: false))
  }

  func status(_ path: String, in directory: String, followingLinks: Bool) -> FileStatus? {
    guard
      let node = machine.node(ToyHost.join(directory, path), follow: followingLinks)
    else { return nil }
    var size = 0
    let kind: FileStatus.Kind
    switch node.content {
    case .bytes(let bytes):
      kind = .file
      size = bytes.count
    case .directory: kind = .directory
    case .link: kind = .link
    case .null: kind = .characterDevice
    }
    return FileStatus(
      kind: kind, size: size, mode: node.mode, owner: 1000, group: 1000, modified: 0,
      identity: node.number)
  }

  func names(in path: String, of directory: String) throws(HostError) -> [String] {
    guard let node = machine.node(ToyHost.join(directory, path)) else { throw .notFound }
    guard case .directory(let names) = node.content else { throw .notDirectory }
    return names.keys.sorted()
  }

  func canonical(_ path: String, in directory: String, physically: Bool) throws(HostError)
    -> String
  { ToyHost.join(directory, path) }

  func may(_ access: Access, _ path: String, in directory: String) -> Bool {
    guard let node = machine.node(ToyHost.join(directory, path)) else { return false }
    switch access {
    case .read: return node.mode & 0o400 != 0
    case .write: return node.mode & 0o200 != 0
    case .execute: return node.mode & 0o100 != 0
    }
  }

  func run(_ command: Command) async throws -> ExitStatus {
    guard
      let path = locate(
        command.path, path: command.environment["PATH"] ?? "", in: command.directory)
    else {
      guard command.path.contains("/"),
        let node = machine.node(ToyHost.join(command.directory, command.path))
      else { throw HostError.notFound }
      if case .directory = node.content { throw HostError.isDirectory }
      throw HostError.notExecutable
    }
    let name = path.split(separator: "/").last.map(String.init) ?? ""
    return try await ToyPrograms.run(name, command, on: self)
  }

  func locate(_ program: String, path: String, in directory: String) -> String? {
    let candidates =
      program.contains("/")
      ? [ToyHost.join(directory, program)] : path.split(separator: ":").map { "\($0)/\(program)" }
    return candidates.first { candidate in
      guard let node = machine.node(candidate), case .bytes = node.content else { return false }
      return node.mode & 0o111 != 0
    }
  }

  func spawn(_ title: String, _ body: @escaping (any ShellHost) async -> ExitStatus)
    -> any ShellChild
  {
    let child = ToyChild(ToyHost(machine, parent: processID))
    machine.fibers.start {
      let status = await body(child.host)
      child.finish(child.host.killedBy.map { 128 + $0 } ?? status)
    }
    return child
  }

  func charge(_ steps: Int) throws {
    machine.stepBudget -= steps
    if machine.stepBudget < 0 { throw HostError.budget("the step budget is used up") }
  }

  func step() async throws {
    machine.stepBudget -= 1
    if machine.stepBudget < 0 { throw HostError.budget("the step budget is used up") }
    if let killedBy { throw Killed(signal: killedBy) }
  }

  func sleep(nanoseconds: Int64) async throws {
    await machine.fibers.sleep(nanoseconds)
    try await step()
  }

  var now: Int64 { machine.fibers.now }
  func random() -> UInt32 {
    seed = seed &* 1_103_515_245 &+ 12345
    return seed >> 8
  }
  var userID: Int { 1000 }
  var userName: String { "me" }
  var hostName: String { "toy.example.com" }
  func home(of user: String) -> String? {
    user == "me" ? "/home/me" : user == "root" ? "/root" : nil
  }
  func signal(_ number: Int32, process: Int) throws(HostError) {
    guard let target = machine.processes[process] else { throw .noSuchProcess }
    target.receive(number)
  }
  func receive(_ number: Int32) {
    if trapped.contains(number) { pending.append(number) } else if number != 0 { killedBy = number }
  }
  func takePendingSignals() -> [Int32] {
    defer { pending = [] }
    return pending
  }
  func setTrapped(_ signals: Set<Int32>) { trapped = signals }
  var fileMask: Int {
    get { machine.mask }
    set { machine.mask = newValue }
  }
  var captureLimit: Int { 1 << 20 }
}

/// A spawned process.
final class ToyChild: ShellChild {
  let host: ToyHost
  private(set) var status: ExitStatus?
  private let gate = ToyGate()
  var processID: Int { host.processID }

  init(_ host: ToyHost) { self.host = host }

  func finish(_ status: ExitStatus) {
    self.status = status
    gate.open()
  }

  func wait() async throws -> ExitStatus {
    while status == nil { await gate.wait() }
    return status ?? 0
  }

  func signal(_ number: Int32) { host.receive(number) }
}
