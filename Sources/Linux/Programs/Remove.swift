import Shell

/// Removes files and trees.
struct Remove: Program {
  let name = "rm"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments,
      "f,force r,recursive R i I v,verbose d,dir no-preserve-root preserve-root interactive?")
    let isForced = options.last(of: "f", "i") == "f"
    guard !options.operands.isEmpty || isForced else { throw UsageError("missing operand") }
    let removal = Removal(
      process: process, isForced: isForced, isRecursive: options.has("r") || options.has("R"),
      removesEmpty: options.has("d"), asks: options.last(of: "f", "i") == "i",
      isVerbose: options.has("v"))
    var status: ExitStatus = 0
    for path in options.operands {
      let last = path.split(separator: "/").last
      if last == "." || last == ".." {
        try await process.complain("refusing to remove '.' or '..' directory: skipping '\(path)'")
        status = 1
      } else if last == nil, options.has("r") || options.has("R"), !options.has("no-preserve-root")
      {
        try await process.complain("it is dangerous to operate recursively on '/'")
        try await process.complain("use --no-preserve-root to override this failsafe")
        status = 1
      } else if try await !removal.remove(path, depth: 0) {
        status = 1
      }
    }
    return status
  }

  private struct Removal {
    let process: Process
    let isForced: Bool
    let isRecursive: Bool
    let removesEmpty: Bool
    let asks: Bool
    let isVerbose: Bool

    /// False when something could not be removed.
    func remove(_ path: String, depth: Int) async throws -> Bool {
      try await process.step()
      do {
        let place = try process.machine.files.walk(
          path, in: process.directory, process.caller, followingLast: false)
        guard place.inode?.isDirectory == true else { return try await unlink(path) }
        guard isRecursive || removesEmpty else { throw HostError.isDirectory }
        var isWhole = true
        if isRecursive {
          guard depth < 256 else { throw HostError.nameTooLong }
          if try await refuses("descend into directory", path, when: depth >= 0) { return true }
          for name in try process.names(in: path) {
            let child = path.hasSuffix("/") ? path + name : "\(path)/\(name)"
            if try await !remove(child, depth: depth + 1) { isWhole = false }
          }
        }
        guard isWhole else { return false }
        if try await refuses("remove directory", path, when: true) { return true }
        try process.remove(path, isDirectory: true)
        if isVerbose { try await process.write("removed directory '\(path)'\n") }
        return true
      } catch let error as HostError {
        if isForced, error == .notFound || error == .notDirectory { return true }
        try await process.complain(
          "cannot remove '\(path)': \(error.text)",
          busyBox: error == .isDirectory
            ? "'\(path)' is a directory" : "can't remove '\(path)': \(error.text)")
        return false
      }
    }

    private func unlink(_ path: String) async throws -> Bool {
      let what = process.isBusyBox ? "remove" : "remove regular file"
      if try await refuses(what, path, when: true) { return true }
      try process.remove(path)
      if isVerbose { try await process.write("removed '\(path)'\n") }
      return true
    }

    private func refuses(_ what: String, _ path: String, when condition: Bool) async throws -> Bool
    {
      guard asks, condition else { return false }
      try await process.writeError("\(process.called): \(what) '\(path)'? ")
      return try await process.readLine()?.lowercased().hasPrefix("y") != true
    }
  }
}
