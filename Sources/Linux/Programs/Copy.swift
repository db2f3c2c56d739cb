import Shell

/// Copies files and trees.
struct Copy: Program {
  let name = "cp"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments,
      "r,recursive,R a,archive f,force i,interactive n,no-clobber p v,verbose u,update "
        + "L,dereference P,no-dereference H d l,link s,symbolic-link T,no-target-directory "
        + "t,target-directory= preserve? x,one-file-system parents b reflink? no-preserve?")
    var operands = options.operands
    let target: String
    if let directory = options["t"] {
      target = directory
    } else {
      guard let last = operands.popLast() else { throw UsageError("missing file operand") }
      guard !operands.isEmpty else {
        throw UsageError("missing destination file operand after '\(last)'")
      }
      target = last
    }
    let isInto = process.status(target)?.kind == .directory && !options.has("T")
    if !isInto, operands.count > 1, !process.isBusyBox {
      let why: HostError = process.status(target) == nil ? .notFound : .notDirectory
      throw UsageError("target '\(target)': \(why.text)", hint: false)
    }
    let copying = Copying(process: process, options: options)
    var isWhole = true
    for operand in operands {
      let name = operand.split(separator: "/").last.map(String.init) ?? operand
      // BusyBox takes the last of many operands for a directory, and finds out.
      let isBelow = isInto || operands.count > 1
      let end = isBelow ? (target.hasSuffix("/") ? target + name : "\(target)/\(name)") : target
      if try await !copying.copy(operand, to: end, depth: 0) { isWhole = false }
    }
    return isWhole ? 0 : 1
  }
}

/// One run of cp or of mv across file systems.
struct Copying {
  let process: Process
  let options: Options
  var isMove = false

  private var isRecursive: Bool { options.has("r") || options.has("a") || isMove }
  private var keepsAll: Bool {
    options.has("a") || options.has("p") || options.has("preserve") || isMove
  }
  private var keepsLinks: Bool {
    options.has("d") || options.has("P") || options.has("a") || isMove
      || (options.has("r") && !options.has("L"))
  }

  /// False when something could not be copied.
  func copy(_ source: String, to target: String, depth: Int) async throws -> Bool {
    try await process.step(2)
    guard let status = process.status(source, followingLinks: !keepsLinks) else {
      try await process.complain(
        "cannot stat '\(source)': \(process.failure(of: source).text)",
        busyBox: "can't stat '\(source)': \(process.failure(of: source).text)")
      return false
    }
    do {
      switch status.kind {
      case .directory: return try await directory(source, to: target, status, depth)
      case .link: try link(source, to: target)
      default: return try await file(source, to: target, status)
      }
      return true
    } catch let error as HostError where !error.isBudget {
      let what = status.kind == .directory ? "directory" : "regular file"
      try await process.complain(
        "cannot create \(what) '\(target)': \(error.text)",
        busyBox: "can't create '\(target)': \(error.text)")
      return false
    }
  }

  private func directory(
    _ source: String, to target: String, _ status: FileStatus, _ depth: Int
  ) async throws -> Bool {
    guard isRecursive else {
      try await process.complain(
        "-r not specified; omitting directory '\(source)'",
        busyBox: "omitting directory '\(source)'")
      return false
    }
    guard depth < 200 else { throw HostError.nameTooLong }
    let from = try process.machine.files.canonical(
      source, in: process.directory, process.caller, physically: true)
    let to = try process.machine.files.canonical(
      target, in: process.directory, process.caller, physically: false)
    if depth == 0, to == from || to.hasPrefix(from + "/") {
      try await process.complain("cannot copy a directory, '\(source)', into itself, '\(target)'")
      return false
    }
    if process.status(target) == nil {
      try process.makeDirectory(target, mode: status.mode | 0o700)
      if options.has("v") { try await process.write("'\(source)' -> '\(target)'\n") }
    } else if process.status(target)?.kind != .directory {
      try await process.complain(
        "cannot overwrite non-directory '\(target)' with directory '\(source)'")
      return false
    }
    var isWhole = true
    let names: [String]
    do { names = try process.names(in: source) } catch {
      try await process.complain("cannot access '\(source)': \(error.text)")
      return false
    }
    for name in names {
      if try await !copy("\(source)/\(name)", to: "\(target)/\(name)", depth: depth + 1) {
        isWhole = false
      }
    }
    if keepsAll { keep(status, on: target) }
    return isWhole
  }

  private func link(_ source: String, to target: String) throws {
    let place = try process.machine.files.walk(
      source, in: process.directory, process.caller, followingLast: false)
    guard case .link(let text)? = place.inode?.kind else { return }
    if process.status(target, followingLinks: false) != nil { try process.remove(target) }
    try process.machine.files.makeLink(target, to: text, in: process.directory, process.caller)
  }

  private func file(_ source: String, to target: String, _ status: FileStatus) async throws -> Bool
  {
    if let existing = process.status(target) {
      if existing.kind == .directory {
        try await process.complain("cannot overwrite directory '\(target)' with non-directory")
        return false
      }
      if existing.identity == status.identity {
        try await process.complain("'\(source)' and '\(target)' are the same file")
        return false
      }
      if options.has("n") { return true }
      if options.has("u"), existing.modified >= status.modified { return true }
      if options.last(of: "f", "i", "n") == "i" {
        try await process.writeError("\(process.called): overwrite '\(target)'? ")
        guard try await process.readLine()?.lowercased().hasPrefix("y") == true else { return true }
      }
    }
    if options.has("s") {
      try process.machine.files.makeLink(target, to: source, in: process.directory, process.caller)
      return true
    }
    if options.has("l") {
      try process.machine.files.makeHardLink(
        target, to: source, in: process.directory, process.caller)
      return true
    }
    let input: any OpenFile
    do { input = try process.open(source) } catch {
      try await process.complain(
        "cannot open '\(source)' for reading: \(error.text)",
        busyBox: "can't open '\(source)': \(error.text)")
      return false
    }
    defer { input.release() }
    let output = try open(target)
    defer { output.release() }
    while true {
      let chunk = try await input.read(upTo: 1 << 16)
      if chunk.isEmpty { break }
      try await process.step(1 + chunk.count / 1024)
      do { try await output.write(chunk) } catch let error as HostError where !error.isBudget {
        try await process.complain("error writing '\(target)': \(error.text)")
        return false
      }
    }
    // A new file gets the source's mode less the mask.
    try? process.machine.files.changeMode(
      target, to: keepsAll ? status.mode : status.mode & ~process.fileMask & 0o777,
      in: process.directory, process.caller)
    if keepsAll { keep(status, on: target) }
    if options.has("v") { try await process.write("'\(source)' -> '\(target)'\n") }
    return true
  }

  private func open(_ target: String) throws(HostError) -> any OpenFile {
    do { return try process.open(target, .write) } catch {
      guard options.has("f"), error == .permissionDenied else { throw error }
      try process.remove(target)
      return try process.open(target, .write)
    }
  }

  private func keep(_ status: FileStatus, on target: String) {
    let files = process.machine.files
    try? files.changeOwner(
      target, user: status.owner, group: status.group, in: process.directory, process.caller)
    try? files.changeMode(target, to: status.mode, in: process.directory, process.caller)
    try? files.changeTimes(
      target, modified: status.modified, accessed: status.modified, in: process.directory,
      process.caller)
  }
}
