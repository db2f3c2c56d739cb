import Shell

enum PathParts {
  /// The directory that a path is in.
  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}

/// Prints the last part of a path.
struct BaseName: Program {
  let name = "basename"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments, "a,multiple s,suffix= z,zero", stopsEarly: true)
    var operands = options.operands
    guard !operands.isEmpty else { throw UsageError("missing operand") }
    var suffix = options["s"] ?? ""
    if !options.has("a"), !options.has("s") {
      guard operands.count <= 2 else { throw UsageError("extra operand '\(operands[2])'") }
      if operands.count == 2 { suffix = operands.removeLast() }
    }
    for operand in operands {
      var last = operand.split(separator: "/").last.map(String.init) ?? (operand.isEmpty ? "" : "/")
      if !suffix.isEmpty, last.hasSuffix(suffix), last != suffix {
        last = String(last.dropLast(suffix.count))
      }
      try await process.write(last + (options.has("z") ? "\0" : "\n"))
    }
    return 0
  }
}

/// Prints all but the last part of a path.
struct DirectoryName: Program {
  let name = "dirname"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(process.arguments, "z,zero")
    guard !options.operands.isEmpty else { throw UsageError("missing operand") }
    for operand in options.operands {
      let parts = operand.split(separator: "/")
      let parent = parts.dropLast().joined(separator: "/")
      let shown = operand.hasPrefix("/") ? "/" + parent : parent.isEmpty ? "." : parent
      try await process.write(shown + (options.has("z") ? "\0" : "\n"))
    }
    return 0
  }
}

/// Prints where a link leads.
struct ReadLink: Program {
  let name = "readlink"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments,
      "f,canonicalize e,canonicalize-existing m,canonicalize-missing n,no-newline q,quiet,silent s "
        + "v,verbose z,zero")
    guard !options.operands.isEmpty else { throw UsageError("missing operand") }
    var status: ExitStatus = 0
    for path in options.operands {
      let place = try? process.machine.files.walk(
        path, in: process.directory, process.caller,
        followingLast: options.has("f") || options.has("e") || options.has("m"),
        allowingMissing: !options.has("e"))
      if options.has("f") || options.has("e") || options.has("m") {
        guard let place else {
          status = 1
          continue
        }
        try await process.write(place.path + (options.has("n") ? "" : "\n"))
      } else if case .link(let target)? = place?.inode?.kind {
        try await process.write(target + (options.has("n") ? "" : "\n"))
      } else {
        status = 1
      }
    }
    return status
  }
}

/// Prints a path without links and dots.
struct RealPath: Program {
  let name = "realpath"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments,
      "e,canonicalize-existing m,canonicalize-missing q,quiet s,strip z L P "
        + "relative-to=")
    guard !options.operands.isEmpty else { throw UsageError("missing operand") }
    var status: ExitStatus = 0
    for path in options.operands {
      do {
        if options.has("s") || options.has("m") {
          let plain = try process.machine.files.canonical(
            path, in: process.directory, process.caller, physically: false)
          try await process.write(plain + "\n")
        } else {
          let mayMiss = !options.has("e") && !process.isBusyBox
          let place = try process.machine.files.walk(
            path, in: process.directory, process.caller, allowingMissing: mayMiss)
          try await process.write(place.path + "\n")
        }
      } catch let error as HostError where error != .brokenPipe && !error.isBudget {
        if !options.has("q") { try await process.complain("\(path): \(error.text)") }
        status = 1
      }
    }
    return status
  }
}
