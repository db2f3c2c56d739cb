extension Builtin {
  static let source = Builtin("source", isSpecial: true) { try await $0.source() }
  static let dot = Builtin(".", isSpecial: true) { try await $0.source() }
}

extension BuiltinCall {
  fileprivate func source() async throws -> ExitStatus {
    var operands = arguments[...]
    if operands.first == "--" { operands.removeFirst() }
    guard let path = operands.popFirst() else {
      guard shell.dialect.isBash else { return 0 }
      await complain("filename argument required")
      await shell.writeError("\(name): usage: \(name) filename [arguments]\n")
      return 2
    }
    guard shell.sourceDepth < 100 else {
      await complain("\(path): maximum source nesting level exceeded (100)")
      return 1
    }
    var text: [UInt8] = []
    do {
      let file = try shell.openFile(find(path), .read)
      defer { file.release() }
      while true {
        let chunk = try await file.read(upTo: 1 << 16)
        if chunk.isEmpty { break }
        text += chunk
        guard text.count <= shell.host.captureLimit else {
          throw HostError.budget("file too large")
        }
      }
    } catch let error as HostError {
      guard shell.dialect.isBash else {
        await complain(
          shell.dialect.family == .dash
            ? path.contains("/") ? "cannot open \(path): No such file" : "\(path): not found"
            : path.contains("/") ? "can't open '\(path)': \(error.text)" : "\(path): not found")
        throw Interruption.exit(2)
      }
      if error == .isDirectory {
        await complain("\(path): is a directory")
      } else {
        await shell.complain("\(path): \(error.text)")
      }
      return 1
    }
    let outer = (shell.positional, shell.source, shell.name, shell.line)
    if !operands.isEmpty { shell.positional = Array(operands) }
    shell.sourceDepth += 1
    shell.source = shell.dialect.isBash ? .script : shell.source
    let ownName = shell.name
    if shell.dialect.isBash { shell.name = path }
    defer {
      shell.sourceDepth -= 1
      if !operands.isEmpty { shell.positional = outer.0 }
      shell.source = outer.1
      shell.name = ownName
      shell.line = outer.3
    }
    shell.status = 0
    do {
      try await shell.execute(String(decoding: text, as: UTF8.self))
    } catch Interruption.leaveFunction(let code) {
      return code
    }
    return shell.status
  }

  private func find(_ path: String) -> String {
    if path.utf8.contains(UInt8(ascii: "/")) { return path }
    for directory in (shell.variables["PATH"]?.scalar ?? "").split(separator: ":") {
      let candidate = "\(directory)/\(path)"
      if shell.host.status(candidate, in: shell.directory, followingLinks: true)?.kind == .file {
        return candidate
      }
    }
    return path
  }
}
