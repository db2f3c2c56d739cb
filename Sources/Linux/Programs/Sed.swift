import Shell

/// Edits streams by a script.
struct Sed: Program {
  let name = "sed"

  func run(_ process: Process) async throws -> ExitStatus {
    if process.arguments.first == "--version" {
      try await process.write(
        process.isBusyBox
          ? "This is not GNU sed version 4.0\n"
          : "\(process.called) (GNU sed) 4.9\n")
      return 0
    }
    let options = try Options(
      process.arguments,
      "n,quiet,silent e,expression= f,file= E,r,regexp-extended i,in-place? s,separate "
        + "u,unbuffered z,null-data posix debug sandbox l,line-length=")
    var operands = options.operands[...]
    var script: [UInt8] = []
    for (option, value) in options.given {
      guard let value, option == "e" || option == "f" else { continue }
      if !script.isEmpty { script.append(.newline) }
      script += option == "e" ? Array(value.utf8) : try await process.contents(of: value)
    }
    if !options.has("e"), !options.has("f") {
      guard let first = operands.popFirst() else {
        if process.isBusyBox { throw UsageError("no script") }
        try await process.writeError(
          "Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...\n")
        return 1
      }
      script = Array(first.utf8)
    }
    var isSilent = options.has("n")
    if script.starts(with: Array("#n\n".utf8)) { isSilent = true }
    var parser = SedParser(script, isExtended: options.has("E"))
    let commands = try parser.parse()
    let inPlace = options.has("i")
    var editor = SedEditor(commands, isSilent: isSilent, process: process, isNull: options.has("z"))
    if inPlace || options.has("s") {
      var status: ExitStatus = 0
      for path in operands {
        do {
          let bytes = try await process.contents(of: path)
          editor.begin()
          let out = inPlace ? MemoryFile(limit: process.machine.budgets.memory) : nil
          try await editor.edit([.init(bytes)], to: out ?? process.standardOutput)
          if let out {
            if let suffix = options["i"], !suffix.isEmpty {
              try process.replace(backup(path, suffix), with: bytes)
            }
            try process.replace(path, with: out.bytes)
          }
        } catch let error as HostError where !error.isBudget && error != .brokenPipe {
          try await process.complain(
            error == .isDirectory
              ? "couldn't edit \(path): not a regular file" : "can't read \(path): \(error.text)",
            busyBox: "\(path): \(error.text)")
          status = process.isBusyBox ? 1 : inPlace ? 4 : 2
        }
        if let quit = editor.status { return quit }
      }
      return status
    }
    var sources: [SedEditor.Source] = []
    var status: ExitStatus = 0
    for path in operands.isEmpty ? ["-"] : Array(operands) {
      if path == "-" {
        sources.append(.init(process.standardInput))
        continue
      }
      do {
        if process.status(path)?.kind == .directory { throw HostError.isDirectory }
        sources.append(.init(try process.open(path)))
      } catch {
        let text = error as? HostError
        try await process.complain(
          text == .isDirectory
            ? "couldn't read \(path): Is a directory" : "can't read \(path): \(text?.text ?? "")",
          busyBox: "\(path): \(text?.text ?? "")")
        status = process.isBusyBox ? 1 : 2
      }
    }
    try await editor.edit(sources, to: process.standardOutput)
    return editor.status ?? status
  }

  private func backup(_ path: String, _ suffix: String) -> String {
    guard suffix.contains("*") else { return path + suffix }
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    let name = suffix.split(separator: "*", omittingEmptySubsequences: false).map(String.init)
      .joined(separator: parts.last.map(String.init) ?? "")
    return (parts.dropLast().map(String.init) + [name]).joined(separator: "/")
  }
}
