package import Shell

/// Compilers and package managers of languages that drydock does not run, so that images are built
/// with them: what they would make is there afterwards. Made of sources that listen, it accepts
/// connections; anything else of it says that it is not simulated.
struct Toolchain: Program {
  let name: String

  static let names = [
    "bundle", "cargo", "composer", "dotnet", "g++", "gcc", "go", "gradle", "javac", "mvn", "npm",
    "pip", "pip3", "rustc", "yarn",
  ]

  func run(_ process: Process) async throws -> ExitStatus {
    let words = process.arguments
    let verb = words.first ?? ""
    if let told = LanguageVersions.answer(name, process) {
      try await process.write(told)
      return 0
    }
    switch (name, verb) {
    case ("go", "mod") where words.dropFirst().first == "init":
      let module = words.dropFirst(2).first ?? Self.last(of: process.directory)
      try place("module \(module)\n\ngo 1.25.4\n", at: "go.mod", process)
      try await process.writeError("go: creating new go.mod: module \(module)\n")
      return 0
    case ("go", "build"), ("go", "install"), ("gcc", _), ("g++", _), ("rustc", _),
      ("cargo", "build"),
      ("cargo", "install"), ("mvn", _), ("gradle", _), ("dotnet", "publish"), ("dotnet", "build"),
      ("javac", _):
      return try await build(process)
    case ("npm", "run"), ("yarn", "build"), ("yarn", "run"):
      // A bundler's folders, whichever it is.
      for folder in ["build", "dist"] {
        try process.machine.files.makeDirectories(process.absolute(folder))
      }
      return try await excuse("what \(name) \(words.joined(separator: " ")) bundles", process)
    case ("go", "mod"), ("go", "get"), ("go", "vet"), ("go", "test"), ("cargo", "fetch"),
      ("dotnet", "restore"), ("npm", "install"), ("npm", "ci"), ("npm", "i"), ("yarn", "install"),
      ("yarn", ""), ("pip", "install"), ("pip3", "install"), ("bundle", "install"),
      ("composer", "install"):
      return try await excuse("the packages of \(name)", process)
    default:
      let line = ([name] + words).joined(separator: " ")
      try await process.writeError("drydock: not simulated: \(line)\n")
      return 1
    }
  }

  private func excuse(_ what: String, _ process: Process) async throws -> ExitStatus {
    try await process.writeError("drydock: not simulated: \(what); going on without\n")
    return 0
  }

  private func place(_ text: String, at path: String, _ process: Process) throws {
    try process.machine.files.place(text, at: process.absolute(path))
  }

  // MARK: building

  private static let endings = [".go", ".rs", ".c", ".cc", ".cpp", ".java", ".cs", ".kt"]

  private func build(_ process: Process) async throws -> ExitStatus {
    let sources = Self.sources(below: process.directory, process, depth: 4)
    guard !sources.isEmpty else {
      if name == "go" {
        try await process.writeError("no Go files in \(process.directory)\n")
      } else {
        try await process.complain("fatal error: no input files")
      }
      return 1
    }
    let target = process.absolute(outputPath(process))
    let file = target.split(separator: "/").last.map(String.init) ?? "main"
    let serves = sources.contains { text in
      ["Listen", "listen", "bind(", "SpringApplication", "WebApplication", "HttpServer"].contains {
        text.contains($0)
      }
    }
    try StandardFiles.install(
      program: serves ? CompiledServer.programName : "\(file), built with \(name)", at: target,
      into: process.machine.files)
    return 0
  }

  private func outputPath(_ process: Process) -> String {
    let words = process.arguments
    if let index = words.firstIndex(where: { $0 == "-o" || $0 == "--output" }),
      index + 1 < words.count
    {
      let given = words[index + 1]
      let isFolder = process.machine.files.status(process.absolute(given))?.kind == .directory
      if name == "dotnet" { return "\(given)/app.dll" }
      return isFolder || given.hasSuffix("/") ? "\(given)/\(moduleName(process))" : given
    }
    switch name {
    case "gcc", "g++": return "a.out"
    case "cargo":
      return "target/\(words.contains("--release") ? "release" : "debug")/\(moduleName(process))"
    case "mvn": return "target/app.jar"
    case "gradle": return "build/libs/app.jar"
    case "dotnet": return "bin/Release/app.dll"
    default:
      let file = words.dropFirst().first { word in Self.endings.contains { word.hasSuffix($0) } }
      return file.map { String(Self.last(of: $0).prefix { $0 != "." }) } ?? moduleName(process)
    }
  }

  /// The last part of what go.mod or Cargo.toml calls it; else its folder's name.
  private func moduleName(_ process: Process) -> String {
    for (path, mark) in [("go.mod", "module "), ("Cargo.toml", "name = ")] {
      let lines = (process.machine.files.text(process.absolute(path)) ?? "").split(separator: "\n")
      if let line = lines.first(where: { $0.hasPrefix(mark) }) {
        let name = Self.last(of: String(line.dropFirst(mark.count).filter { $0 != "\"" }))
        if !name.isEmpty { return name }
      }
    }
    let folder = Self.last(of: process.directory)
    return folder.isEmpty ? "main" : folder
  }

  private static func last(of path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? ""
  }

  /// The texts of at most a hundred sources below a folder.
  private static func sources(below folder: String, _ process: Process, depth: Int) -> [String] {
    let files = process.machine.files
    var texts: [String] = []
    for name in ((try? files.names(in: folder)) ?? []).sorted() where !name.hasPrefix(".") {
      guard texts.count < 100 else { break }
      let path = folder == "/" ? "/\(name)" : "\(folder)/\(name)"
      if endings.contains(where: name.hasSuffix) {
        if let text = files.text(path, process.caller) { texts.append(text) }
      } else if depth > 0, folder != "/", files.status(path)?.kind == .directory {
        texts += sources(below: path, process, depth: depth - 1)
      }
    }
    return texts
  }
}

/// What a toolchain made of sources that listen.
struct CompiledServer: Program {
  static let programName = "compiled-server"
  let name = programName

  func run(_ process: Process) async throws -> ExitStatus {
    try await UnknownApplication(name: process.called, title: process.called, ports: [])
      .run(process)
  }
}

/// Runs scripts of languages that drydock does not run: `node`, and the servers of Python.
package struct ForeignInterpreter: Program {
  package let name: String

  package init(name: String) { self.name = name }

  static let names = ["flask", "gunicorn", "java", "node", "ruby", "uvicorn"]

  package func run(_ process: Process) async throws -> ExitStatus {
    if let told = LanguageVersions.answer(name, process) {
      try await process.write(told)
      return 0
    }
    let code = ["-e", "-c"].lazy.compactMap { flag in
      process.arguments.firstIndex(of: flag).flatMap { process.arguments.dropFirst($0 + 1).first }
    }.first
    let file = code == nil ? process.arguments.first { !$0.hasPrefix("-") } ?? "" : ""
    // Who would talk with a person finds nobody, and ends.
    if file.isEmpty, code == nil, !process.standardInput.isTerminal,
      try await process.readAll(process.standardInput).isEmpty
    {
      return 0
    }
    let text =
      code ?? process.machine.files.text(process.absolute(file), process.caller) ?? ""
    guard ["flask", "gunicorn", "uvicorn"].contains(name) || Self.serves(text) else {
      let line = ([name] + process.arguments).joined(separator: " ")
      try await process.writeError("drydock: not simulated: \(line)\n")
      return 1
    }
    let title = file.isEmpty ? name : file
    return try await UnknownApplication(name: name, title: title, ports: []).run(process)
  }

  /// Whether a script waits for connections.
  static func serves(_ text: String) -> Bool {
    [".listen(", "app.run(", "serve_forever", "uvicorn.run(", "TCPServer"].contains {
      text.contains($0)
    }
  }
}
