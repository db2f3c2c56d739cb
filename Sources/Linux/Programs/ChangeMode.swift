import Shell

/// Changes permission bits.
struct ChangeMode: Program {
  let name = "chmod"

  func run(_ process: Process) async throws -> ExitStatus {
    // `-x` and `-rw` are modes, not options.
    var arguments: [String] = []
    var hasMode = false
    for argument in process.arguments {
      let looksLikeMode =
        argument.hasPrefix("-") && argument.count > 1
        && argument.dropFirst().allSatisfy { "rwxXst".contains($0) }
      if !hasMode, looksLikeMode {
        arguments += ["a" + argument]
        hasMode = true
      } else {
        arguments.append(argument)
        if !argument.hasPrefix("-") { hasMode = true }
      }
    }
    let options = try Options(
      arguments, "R,recursive v,verbose c,changes f,silent,quiet reference= no-preserve-root")
    var operands = options.operands
    guard options.has("reference") || !operands.isEmpty else { throw UsageError("missing operand") }
    let text = options.has("reference") ? "" : operands.removeFirst()
    guard !operands.isEmpty else { throw UsageError("missing operand after '\(text)'") }
    let reference = options["reference"].flatMap { process.status($0)?.mode }
    guard
      reference != nil
        || FileMode.change(text, 0, isDirectory: false, mask: process.fileMask) != nil
    else { throw UsageError("invalid mode: '\(text)'", busyBox: "invalid mode '\(text)'") }
    var status: ExitStatus = 0
    for path in operands {
      let walk = TreeWalk(process: process, isRecursive: options.has("R"))
      let isWhole = try await walk.visit(path) { path, found in
        let mode =
          reference ?? FileMode.change(
            text, found.mode, isDirectory: found.kind == .directory, mask: process.fileMask)
          ?? found.mode
        do {
          try process.machine.files.changeMode(
            path, to: mode, in: process.directory, process.caller)
        } catch let error as HostError {
          if !options.has("f") {
            try await process.complain(
              process.machine.shellDialect == .ash
                ? "\(path): \(error.text)"
                : "changing permissions of '\(path)': \(error.text)")
          }
          return false
        }
        if options.has("v") || (options.has("c") && mode != found.mode) {
          func shown(_ mode: Int) -> String {
            var status = found
            status.mode = mode
            let octal = String(mode, radix: 8)
            return String(repeating: "0", count: max(0, 4 - octal.count)) + octal
              + " (" + FileMode.text(status).dropFirst() + ")"
          }
          try await process.write(
            mode == found.mode
              ? "mode of '\(path)' retained as \(shown(mode))\n"
              : "mode of '\(path)' changed from \(shown(found.mode)) to \(shown(mode))\n")
        }
        return true
      }
      if !isWhole { status = 1 }
    }
    return status
  }
}

/// Changes owners.
struct ChangeOwner: Program {
  let name: String

  init(_ name: String = "chown") { self.name = name }

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments,
      "R,recursive v,verbose c,changes f,silent,quiet h,no-dereference reference= H L P from=")
    var operands = options.operands
    guard !operands.isEmpty else { throw UsageError("missing operand") }
    let text = operands.removeFirst()
    guard !operands.isEmpty else { throw UsageError("missing operand after '\(text)'") }
    let accounts = process.machine.accounts
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    var user: Int?
    var group: Int?
    let userText = name == "chgrp" ? "" : String(parts[0])
    let groupText = name == "chgrp" ? text : parts.count > 1 ? String(parts[1]) : nil
    if !userText.isEmpty {
      guard let id = accounts.user(userText)?.id ?? Int(userText) else {
        throw UsageError(
          "invalid user: '\(text)'", hint: false, busyBox: "unknown user \(userText)")
      }
      user = id
    }
    if let groupText {
      if groupText.isEmpty {
        group = accounts.user(userText)?.group
      } else {
        guard let id = accounts.group(groupText)?.id ?? Int(groupText) else {
          throw UsageError(
            "invalid group: '\(text)'", hint: false, busyBox: "unknown group \(groupText)")
        }
        group = id
      }
    }
    var status: ExitStatus = 0
    for path in operands {
      let walk = TreeWalk(process: process, isRecursive: options.has("R"))
      let isWhole = try await walk.visit(path) { path, _ in
        do {
          try process.machine.files.changeOwner(
            path, user: user, group: group, in: process.directory,
            followingLinks: !options.has("h") && !options.has("R"), process.caller)
          return true
        } catch let error as HostError {
          if !options.has("f") {
            let what = name == "chgrp" ? "group" : "ownership"
            try await process.complain(
              process.machine.shellDialect == .ash
                ? "\(path): \(error.text)" : "changing \(what) of '\(path)': \(error.text)")
          }
          return false
        }
      }
      if !isWhole { status = 1 }
    }
    return status
  }
}

/// A file and, when recursive, all below it.
struct TreeWalk {
  let process: Process
  let isRecursive: Bool

  /// Calls `body` with everything, directories before what they hold; false when something failed.
  func visit(
    _ path: String, depth: Int = 0, _ body: (String, FileStatus) async throws -> Bool
  ) async throws -> Bool {
    try await process.step()
    guard let status = process.status(path, followingLinks: depth == 0) else {
      try await process.complain(
        "cannot access '\(path)': \(process.failure(of: path).text)",
        busyBox: "\(path): \(process.failure(of: path).text)")
      return false
    }
    var isWhole = status.kind == .link ? true : try await body(path, status)
    guard isRecursive, status.kind == .directory, depth < 200 else { return isWhole }
    do {
      for name in try process.names(in: path) {
        let below = path.hasSuffix("/") ? path + name : "\(path)/\(name)"
        if try await !visit(below, depth: depth + 1, body) { isWhole = false }
      }
    } catch let error as HostError where !error.isBudget && error != .brokenPipe {
      try await process.complain("cannot read directory '\(path)': \(error.text)")
      isWhole = false
    }
    return isWhole
  }
}
