import Shell

/// Moves and renames files.
struct Move: Program {
  let name = "mv"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments,
      "f,force i,interactive n,no-clobber v,verbose u,update T,no-target-directory "
        + "t,target-directory= b")
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
      throw UsageError("target '\(target)' is not a directory", hint: false)
    }
    var status: ExitStatus = 0
    for operand in operands {
      let name = operand.split(separator: "/").last.map(String.init) ?? operand
      let isBelow = isInto || operands.count > 1
      let end = isBelow ? (target.hasSuffix("/") ? target + name : "\(target)/\(name)") : target
      if try await !move(operand, to: end, options, process) { status = 1 }
    }
    return status
  }

  private func move(
    _ source: String, to target: String, _ options: Options, _ process: Process
  ) async throws -> Bool {
    let files = process.machine.files
    guard let status = process.status(source, followingLinks: false) else {
      try await process.complain(
        "cannot stat '\(source)': \(process.failure(of: source).text)",
        busyBox: "can't rename '\(source)': \(process.failure(of: source).text)")
      return false
    }
    if let existing = process.status(target, followingLinks: false) {
      if options.has("n") { return true }
      if existing.identity == status.identity {
        try await process.complain("'\(source)' and '\(target)' are the same file")
        return false
      }
      if options.last(of: "f", "i", "n") == "i" {
        try await process.writeError("mv: overwrite '\(target)'? ")
        guard try await process.readLine()?.lowercased().hasPrefix("y") == true else { return true }
      }
    }
    do {
      try files.rename(source, to: target, in: process.directory, process.caller)
    } catch HostError.crossDevice {
      let copying = Copying(process: process, options: options, isMove: true)
      guard try await copying.copy(source, to: target, depth: 0) else { return false }
      let removed = try await process.run(["rm", "-rf", source])
      return removed == 0
    } catch HostError.invalidArgument {
      try await process.complain(
        "cannot move '\(source)' to a subdirectory of itself, '\(target)'",
        busyBox: "can't rename '\(source)': \(HostError.invalidArgument.text)")
      return false
    } catch HostError.isDirectory {
      try await process.complain(
        "cannot overwrite directory '\(target)' with non-directory")
      return false
    } catch {
      try await process.complain(
        "cannot move '\(source)' to '\(target)': \(error.text)",
        busyBox: "can't rename '\(source)': \(error.text)")
      return false
    }
    if options.has("v") {
      let what = process.isBusyBox ? "" : "renamed "
      try await process.write("\(what)'\(source)' -> '\(target)'\n")
    }
    return true
  }
}
