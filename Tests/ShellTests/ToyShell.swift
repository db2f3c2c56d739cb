import Shell

/// A shell on a fresh toy machine, and what it wrote.
final class ToyShell {
  let machine = ToyMachine()
  let host: ToyHost
  let interpreter: Interpreter
  let output = ToyOutput()
  let errors: ToyOutput

  init(
    _ dialect: Dialect = .bash, source: Interpreter.Source = .commandString,
    name: String = "bash", arguments: [String] = [], joinsErrors: Bool = true
  ) {
    host = ToyHost(machine)
    errors = joinsErrors ? output : ToyOutput()
    let input = ToyOutput()
    machine.makeDirectory("/work")
    interpreter = Interpreter(
      host: host, dialect: dialect,
      environment: ["PATH": "/usr/bin:/bin", "HOME": "/home/me", "SHLVL": "0"],
      arguments: arguments, name: name, directory: "/work",
      files: [0: input, 1: output, 2: errors], source: source)
  }

  func run(_ script: String) -> ExitStatus {
    var status: ExitStatus = -1
    machine.fibers.start { status = await self.interpreter.run(script) }
    machine.fibers.run()
    return status
  }

  /// Types one line at the prompt and gives what it printed.
  func type(_ line: String) -> String {
    let before = output.bytes.count
    machine.fibers.start { _ = await self.interpreter.runInteractive(line) }
    machine.fibers.run()
    return String(decoding: output.bytes[before...], as: UTF8.self)
  }
}
