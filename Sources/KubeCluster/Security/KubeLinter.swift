import Documents
import KubeObjects
import Linux
import Shell

/// `kube-linter lint`: the checks that are on by default, over manifests and folders of them.
struct KubeLinter: Program {
  let name = "kube-linter"
  private static let version = "0.7.6"

  func run(_ process: Linux.Process) async throws -> ExitStatus {
    switch process.arguments.first {
    case "lint": return try await lint(Array(process.arguments.dropFirst()), process)
    case "version":
      try await process.write(Self.version + "\n")
      return 0
    case "checks": return try await checks(Array(process.arguments.dropFirst()), process)
    case nil, "help", "--help", "-h":
      try await process.write(
        "Usage:\n  kube-linter [command]\n\nAvailable Commands:\n  checks      View more information on "
          + "lint checks\n  lint        Lint Kubernetes YAML files and Helm charts\n  version     Print "
          + "version and exit\n")
      return 0
    case let verb?:
      try await process.writeError("Error: unknown command \"\(verb)\" for \"kube-linter\"\n")
      return 1
    }
  }

  private func checks(_ words: [String], _ process: Linux.Process) async throws -> ExitStatus {
    guard words.first == "list" else {
      try await process.writeError("drydock: not simulated: kube-linter checks without list\n")
      return 1
    }
    for check in LintCheck.all {
      try await process.write(
        "Name: \(check.name)\nRemediation: \(check.remediation)\nEnabled by default: true\n\n"
          + String(repeating: "-", count: 30) + "\n\n")
    }
    return 0
  }

  private func lint(_ words: [String], _ process: Linux.Process) async throws -> ExitStatus {
    var paths: [String] = []
    var (wanted, unwanted) = (Set<String>(), Set<String>())
    var isOnly = false
    var format = "plain"
    var rest = words[...]
    while let word = rest.popFirst() {
      guard word.hasPrefix("-"), word != "-" else {
        paths.append(word)
        continue
      }
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      switch parts[0] {
      case "--do-not-auto-add-defaults": isOnly = true
      case "--include", "--exclude", "--format":
        let value = parts.count > 1 ? parts[1] : rest.popFirst() ?? ""
        let names = value.split(separator: ",").map(String.init)
        if parts[0] == "--include" { wanted.formUnion(names) }
        if parts[0] == "--exclude" { unwanted.formUnion(names) }
        if parts[0] == "--format" { format = value }
      case "--add-all-built-in", "--config", "--verbose", "--with-color",
        "--fail-on-invalid-resource":
        try await process.writeError("drydock: not simulated: kube-linter \(parts[0])\n")
        return 1
      default:
        try await process.writeError("Error: unknown flag: \(parts[0])\n")
        return 1
      }
    }
    guard ["plain", "json"].contains(format) else {
      try await process.writeError("drydock: not simulated: kube-linter --format \(format)\n")
      return 1
    }
    for name in wanted.union(unwanted).sorted()
    where !LintCheck.all.contains(where: { $0.name == name }) {
      try await process.writeError("drydock: not simulated: check \(name) of kube-linter\n")
      return 1
    }
    let chosen = LintCheck.all.filter { check in
      !unwanted.contains(check.name) && (!isOnly || wanted.contains(check.name))
    }
    guard !paths.isEmpty else {
      try await process.writeError("Error: requires at least 1 arg(s), only received 0\n")
      return 1
    }
    guard let objects = try await read(paths, process) else { return 1 }
    if objects.isEmpty {
      try await process.writeError("Warning: no valid objects found.\n")
      return 0
    }
    return try await report(objects, chosen, format, process)
  }

  private typealias Found = (path: String, object: Value)

  /// The objects of files and folders; nil: one of them cannot be read, which was told.
  private func read(_ paths: [String], _ process: Linux.Process) async throws -> [Found]? {
    var files: [String] = []
    for path in paths {
      guard
        process.machine.files.status(path, in: process.directory)?.kind == .directory
      else {
        files.append(path)
        continue
      }
      let names = (try? process.machine.files.names(in: path, of: process.directory)) ?? []
      files += names.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.sorted()
        .prefix(1000).map { path.hasSuffix("/") ? path + $0 : "\(path)/\($0)" }
    }
    var found: [Found] = []
    for path in files {
      let bytes: [UInt8]
      do {
        bytes = path == "-" ? try await process.readAll() : try await process.contents(of: path)
      } catch let error as HostError {
        try await process.writeError(
          "Error: path \"\(path)\" does not exist: stat \(path): \(error.text.lowercased())\n")
        return nil
      }
      let manifest = Manifest(bytes)
      if let problem = manifest.problems.first {
        try await process.writeError("Error: \(path): \(problem.message)\n")
        return nil
      }
      found += manifest.documents.map { (path == "-" ? "<standard input>" : path, $0.value) }
    }
    return found
  }

  private func report(
    _ found: [Found], _ checks: [LintCheck], _ format: String, _ process: Linux.Process
  ) async throws -> ExitStatus {
    let objects = found.map { LintedObject($0.object) }
    let scene = LintScene(objects: objects)
    var lines = ""
    var reports: [Value] = []
    for (place, object) in zip(found, objects) {
      let ignored = object.ignoredChecks
      for check in checks where !ignored.contains(check.name) && !ignored.contains("*") {
        for message in check.messages(object, scene) {
          lines +=
            "\(place.path): (object: \(object.title)) \(message) (check: \(check.name), remediation: "
            + "\(check.remediation))\n\n"
          reports.append([
            "Diagnostic": ["Message": .string(message)], "Check": .string(check.name),
            "Remediation": .string(check.remediation),
            "Object": ["Metadata": ["FilePath": .string(place.path)]],
          ])
        }
      }
    }
    if format == "json" {
      try await process.write(JSON.text(["Reports": .array(reports)]) + "\n")
    } else if reports.isEmpty {
      try await process.write("KubeLinter \(Self.version)\n\nNo lint errors found!\n")
    } else {
      try await process.write("KubeLinter \(Self.version)\n\n" + lines)
    }
    guard !reports.isEmpty else { return 0 }
    try await process.writeError("Error: found \(reports.count) lint errors\n")
    return 1
  }
}
