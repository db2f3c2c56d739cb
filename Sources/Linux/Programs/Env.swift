package import Shell

/// Prints the environment, or runs a program in a changed one.
struct Env: Program {
  let name = "env"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments, "i,ignore-environment u,unset= 0,null C,chdir= S,split-string=",
      stopsEarly: true, status: 125)
    var environment = options.has("i") || options.operands.first == "-" ? [:] : process.environment
    for name in options.values("u") { environment[name] = nil }
    var words = options.operands[...]
    if words.first == "-" { words = words.dropFirst() }
    if let line = options["S"] {
      words = (line.split(separator: " ").map(String.init) + words)[...]
    }
    while let word = words.first, let equals = word.firstIndex(of: "=") {
      environment[String(word[..<equals])] = String(word[word.index(after: equals)...])
      words = words.dropFirst()
    }
    guard !words.isEmpty else {
      let end = options.has("0") ? "\0" : "\n"
      try await process.write(
        process.ordered(environment).map { "\($0)=\(environment[$0] ?? "")\(end)" }.joined())
      return 0
    }
    return try await process.run(
      Array(words), environment: environment, directory: options["C"].map(process.absolute))
  }
}

/// Prints environment variables.
struct PrintEnvironment: Program {
  let name = "printenv"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(process.arguments, "0,null", status: 2)
    let end = options.has("0") ? "\0" : "\n"
    if options.operands.isEmpty {
      try await process.write(
        process.ordered(process.environment).map { name in
          "\(name)=\(process.environment[name] ?? "")\(end)"
        }.joined())
      return 0
    }
    var status: ExitStatus = 0
    for name in options.operands {
      if let value = process.environment[name] {
        try await process.write(value + end)
      } else {
        status = 1
      }
    }
    return status
  }
}

extension Process {
  /// Names in the order that a kernel-given environment shows them: PATH and HOSTNAME first, HOME
  /// last, as a container runtime lays it out.
  func ordered(_ environment: [String: String]) -> [String] {
    func rank(_ name: String) -> Int {
      switch name {
      case "PATH": 0
      case "HOSTNAME": 1
      case "TERM": 2
      case "HOME": 4
      default: 3
      }
    }
    return environment.keys.sorted { (rank($0), $0) < (rank($1), $1) }
  }

  /// Runs another program with this one's files and waits for it; tells when there is none.
  package func run(
    _ words: [String], environment: [String: String]? = nil, directory: String? = nil,
    files: [Int: any OpenFile]? = nil, caller: Caller? = nil
  ) async throws -> ExitStatus {
    do {
      let child = try start(
        words, environment: environment, directory: directory, files: files, caller: caller)
      return try await wait(for: child)
    } catch let error as HostError where error == .notFound || error == .notExecutable {
      try await complain(
        "'\(words.first ?? "")': \(error.text)",
        busyBox: "can't execute '\(words.first ?? "")': \(error.text)")
      return error == .notFound ? 127 : 126
    }
  }

  /// Starts another program with this one's files, unless given others.
  func start(
    _ words: [String], environment: [String: String]? = nil, directory: String? = nil,
    files: [Int: any OpenFile]? = nil, caller: Caller? = nil, tracer: CallTrace? = nil
  ) throws(HostError) -> Process {
    try machine.start(
      Command(
        path: words.first ?? "", arguments: Array(words.dropFirst()),
        environment: environment ?? self.environment, directory: directory ?? self.directory,
        files: files ?? self.files), parentID: id, caller: caller ?? self.caller,
      fileMask: fileMask, tracer: tracer)
  }
}
