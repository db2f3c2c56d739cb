import Linux
import Shell

extension EngineProgram {
  /// `export`: a container's files as an archive.
  func export(_ words: [String], _ process: Linux.Process) async throws -> ExitStatus {
    let options = try EngineOptions(words, valued: ["o", "output"])
    let container = try requireContainer(options.operands.first ?? "")
    let machine = container.machine
    let names = ((try? machine.files.names(in: "/")) ?? []).filter {
      !["dev", "proc", "sys"].contains($0)
    }.sorted()
    let output = MemoryFile()
    guard let tar = Programs.byName["tar"] else { return 1 }
    let packer = Linux.Process(
      machine: machine, name: "tar", arguments: ["-cf", "-"] + names, directory: "/",
      files: [1: output, 2: process.standardError])
    machine.launch(packer) { packer in
      do { return try await tar.run(packer) } catch { return 1 }
    }
    let status = try await process.wait(for: packer)
    guard let path = options.value("o", "output") else {
      try await process.write(output.bytes)
      return status
    }
    try process.replace(path, with: output.bytes)
    return status
  }

  func rename(_ words: [String], _ process: Linux.Process) async throws -> ExitStatus {
    guard words.count == 2 else {
      try await process.writeError("\"\(name) rename\" requires exactly 2 arguments.\n")
      return 1
    }
    let container = try requireContainer(words[0])
    if let taken = engine.container(words[1]), taken !== container, taken.name == words[1] {
      throw ContainerEngine.Problem(
        text: "Conflict. The container name \"/\(words[1])\" is already in use by container "
          + "\"\(taken.id)\". You have to remove (or rename) that container to be able to reuse "
          + "that name.")
    }
    container.name = words[1]
    return 0
  }
}
