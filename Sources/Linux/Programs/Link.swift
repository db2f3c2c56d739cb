import Shell

/// Makes links.
struct Link: Program {
  let name = "ln"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments,
      "s,symbolic f,force n,no-dereference v,verbose T,no-target-directory "
        + "t,target-directory= i r,relative b"
    )
    var operands = options.operands
    guard let first = operands.first else { throw UsageError("missing file operand") }
    let target: String
    if let directory = options["t"] {
      target = directory
    } else if operands.count == 1 {
      target = "."
    } else {
      target = operands.removeLast()
    }
    let followsTarget = !options.has("n")
    let isInto =
      !options.has("T") && process.status(target, followingLinks: followsTarget)?.kind == .directory
    guard isInto || operands.count == 1 else {
      throw UsageError("target '\(target)' is not a directory", hint: false)
    }
    _ = first
    var status: ExitStatus = 0
    for operand in operands {
      let name = operand.split(separator: "/").last.map(String.init) ?? operand
      let end = isInto ? (target.hasSuffix("/") ? target + name : "\(target)/\(name)") : target
      do {
        if options.has("f"), process.status(end, followingLinks: false) != nil {
          try process.remove(end)
        }
        if options.has("s") {
          try process.machine.files.makeLink(
            end, to: operand, in: process.directory, process.caller)
        } else {
          if process.status(operand)?.kind == .directory {
            try await process.complain(
              "\(operand): hard link not allowed for directory",
              busyBox: "\(end): Operation not permitted")
            status = 1
            continue
          }
          try process.machine.files.makeHardLink(
            end, to: operand, in: process.directory, process.caller)
        }
        if options.has("v") {
          try await process.write("'\(end)' \(options.has("s") ? "->" : "=>") '\(operand)'\n")
        }
      } catch let error as HostError where error != .brokenPipe {
        let kind = options.has("s") ? "symbolic" : "hard"
        if !options.has("s"), error == .notFound, process.status(operand) == nil {
          try await process.complain(
            "failed to access '\(operand)': \(error.text)", busyBox: "\(operand): \(error.text)")
        } else {
          try await process.complain(
            "failed to create \(kind) link '\(end)': \(error.text)",
            busyBox: "\(end): \(error.text)")
        }
        status = 1
      }
    }
    return status
  }
}

/// Removes empty directories.
struct RemoveDirectory: Program {
  let name = "rmdir"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments, "p,parents v,verbose ignore-fail-on-non-empty")
    guard !options.operands.isEmpty else { throw UsageError("missing operand") }
    var status: ExitStatus = 0
    for operand in options.operands {
      var path = operand
      while true {
        do {
          try process.remove(path, isDirectory: true)
          if options.has("v") { try await process.write("rmdir: removing directory, '\(path)'\n") }
        } catch let error as HostError where error != .brokenPipe {
          if error == .notEmpty, options.has("ignore-fail-on-non-empty") { break }
          try await process.complain(
            "failed to remove '\(path)': \(error.text)", busyBox: "'\(path)': \(error.text)")
          status = 1
          break
        }
        guard options.has("p"), let slash = path.lastIndex(of: "/") else { break }
        path = String(path[..<slash])
        if path.isEmpty { break }
      }
    }
    return status
  }
}
