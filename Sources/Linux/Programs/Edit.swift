import Shell

/// Hands a file to the person's editor: `edit`, `vi`, `vim`, `nano`.
struct Edit: Program {
  let name: String

  init(_ name: String) { self.name = name }

  func run(_ process: Process) async throws -> ExitStatus {
    let paths = process.arguments.filter { !$0.hasPrefix("-") && !$0.hasPrefix("+") }
    guard let editor = process.machine.editor else {
      try await process.complain("drydock: not simulated: an editor here (no terminal to edit on)")
      return 1
    }
    for path in paths {
      var contents: [UInt8] = []
      do { contents = try await process.contents(of: path) } catch HostError.notFound {
        contents = []
      } catch let error as HostError {
        try await process.writeError("\"\(path)\" \(error.text)\n")
        return 1
      }
      if let changed = try await editor.edit(process.absolute(path), contents) {
        do { try process.replace(path, with: changed) } catch {
          try await process.writeError("\"\(path)\" E212: Can't open file for writing\n")
          return 1
        }
      }
    }
    return 0
  }
}
