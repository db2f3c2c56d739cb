import Shell

/// Copies its input to files and to the standard output.
struct Tee: Program {
  let name = "tee"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(process.arguments, "a,append i,ignore-interrupts p output-error?")
    var status: ExitStatus = 0
    var files: [any OpenFile] = []
    for path in options.operands {
      do {
        files.append(try process.open(path, options.has("a") ? .append : .write))
      } catch {
        try await process.complain("\(path): \(error.text)")
        status = 1
      }
    }
    defer { for file in files { file.release() } }
    while true {
      let chunk = try await process.standardInput.read(upTo: 1 << 16)
      if chunk.isEmpty { return status }
      for file in files { try await file.write(chunk) }
      try await process.write(chunk)
    }
  }
}
