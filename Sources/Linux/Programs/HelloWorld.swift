import Shell

/// The program of Docker's first image: `hello`.
struct HelloWorld: Program {
  let name = "hello"

  func run(_ process: Process) async throws -> ExitStatus {
    try await process.write(
      "\nHello from Docker!\nThis message shows that your installation appears to be working "
        + "correctly.\n\n")
    return 0
  }
}
