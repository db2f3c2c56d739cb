import Shell

/// Finds programs along PATH.
struct Which: Program {
  let name = "which"

  func run(_ process: Process) async throws -> ExitStatus {
    var status: ExitStatus = 0
    let path = process.environment["PATH"] ?? Machine.standardPath
    for word in process.arguments where !word.hasPrefix("-") {
      if let found = try? process.machine.locate(
        word, path: path, in: process.directory, process.caller)
      {
        try await process.write(found + "\n")
      } else {
        status = 1
      }
    }
    return status
  }
}

/// Clears the screen.
struct Clear: Program {
  let name: String

  init(_ name: String = "clear") { self.name = name }

  func run(_ process: Process) async throws -> ExitStatus {
    try await process.write(process.isBusyBox ? "\u{1B}[H\u{1B}[J" : "\u{1B}[H\u{1B}[2J\u{1B}[3J")
    return 0
  }
}

/// Shows text; the screen scrolls itself: `less`, `more`.
struct Pager: Program {
  let name: String

  init(_ name: String) { self.name = name }

  func run(_ process: Process) async throws -> ExitStatus {
    let operands = process.arguments.filter { !$0.hasPrefix("-") && !$0.hasPrefix("+") }
    return try await process.forEachInput(operands) { _, file in
      while true {
        let chunk = try await file.read(upTo: 1 << 16)
        if chunk.isEmpty { break }
        try await process.write(chunk)
      }
    }
  }
}

/// Runs a program that does not end with its terminal: `nohup`, `nice`, `setsid`,
/// `stdbuf`, `ionice`.
struct Wrapper: Program {
  let name: String

  init(_ name: String) { self.name = name }

  func run(_ process: Process) async throws -> ExitStatus {
    var words = process.arguments[...]
    while let word = words.first, word.hasPrefix("-") {
      words = words.dropFirst()
      let value = word == "-n" || word == "-c" ? words.popFirst() : String(word.dropFirst())
      if name == "nice", let more = value.flatMap({ Int($0.drop { $0 == "n" }) }) {
        process.niceness = min(19, max(-20, process.niceness + min(40, max(-40, more))))
      }
    }
    if words.isEmpty, name == "nice" {
      // The one that it was called in itself.
      try await process.write("\(process.niceness)\n")
      return 0
    }
    guard !words.isEmpty else { throw UsageError("missing operand", status: 125) }
    if name == "nohup", process.standardOutput.isTerminal {
      try await process.writeError("nohup: ignoring input and appending output to 'nohup.out'\n")
      let output = try process.open("nohup.out", .append)
      defer { output.release() }
      var files = process.files
      files[1] = output
      return try await process.run(Array(words), files: files)
    }
    return try await process.run(Array(words))
  }
}
