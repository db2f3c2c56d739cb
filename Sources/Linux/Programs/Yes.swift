import Shell

/// Prints a word without end.
struct Yes: Program {
  let name = "yes"

  func run(_ process: Process) async throws -> ExitStatus {
    let word = process.arguments.isEmpty ? "y" : process.arguments.joined(separator: " ")
    let line = Array((word + "\n").utf8)
    var block: [UInt8] = []
    while block.count < 8192 { block += line }
    while true { try await process.write(block) }
  }
}
