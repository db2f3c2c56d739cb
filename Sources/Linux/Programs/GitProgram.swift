import Shell

/// The few things of `git` that learners do before they begin: it clones nothing, as there is no
/// such network here, and keeps a plain record of commits in a folder.
struct GitProgram: Program {
  let name = "git"

  func run(_ process: Process) async throws -> ExitStatus {
    var rest = process.arguments[...]
    var directory = process.directory
    while let first = rest.first, first.hasPrefix("-") {
      rest.removeFirst()
      if first == "--version" {
        try await process.write("git version 2.43.0\n")
        return 0
      }
      if first == "-C", let path = rest.popFirst() { directory = process.absolute(path) }
      if first == "-c" { _ = rest.popFirst() }
    }
    let words = Array(rest.dropFirst())
    switch rest.first {
    case nil:
      try await process.write(
        "usage: git [-v | --version] [-h | --help] [-C <path>] <command> [<args>]\n")
      return 1
    case "clone":
      let url = words.first { !$0.hasPrefix("-") } ?? ""
      let folder = url.split(separator: "/").last.map(String.init) ?? ""
      let name = folder.hasSuffix(".git") ? String(folder.dropLast(4)) : folder
      let host = url.split(separator: "/").dropFirst().first.map(String.init) ?? url
      try await process.writeError(
        "Cloning into '\(words.filter { !$0.hasPrefix("-") }.dropFirst().first ?? name)'...\n"
          + "fatal: unable to access '\(url)/': Could not resolve host: \(host)\n"
          + "drydock: not simulated: the repositories of the outer world\n")
      return 128
    case "init":
      let path = words.last { !$0.hasPrefix("-") }.map { process.absolute($0) } ?? directory
      try process.machine.files.makeDirectories(path + "/.git")
      try process.machine.files.write("ref: refs/heads/main\n", to: path + "/.git/HEAD")
      try await process.write("Initialized empty Git repository in \(path)/.git/\n")
      return 0
    case "config":
      return 0
    case let verb?:
      guard process.status(directory + "/.git") != nil else {
        try await process.writeError(
          "fatal: not a git repository (or any of the parent directories): .git\n")
        return 128
      }
      if verb == "status" {
        try await process.write("On branch main\n\nNo commits yet\n\nnothing to commit\n")
        return 0
      }
      try await process.writeError("drydock: not simulated: git \(verb)\n")
      return 1
    }
  }
}
