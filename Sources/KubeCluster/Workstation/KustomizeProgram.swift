import Linux
import Shell

/// kustomize as a program of its own: builds as kubectl does, and edits kustomization files.
struct KustomizeProgram: Program {
  let name = "kustomize"

  private static let values =
    "resources namespace nameprefix namesuffix labels annotations from-literal from-file "
    + "from-env-file type path patch group version kind name,k output,o load-restrictor "
    + "label-selector annotation-selector"
  private static let flags =
    "autodetect recursive,r detect force,f without-selector include-templates "
    + "disableNameSuffixHash help,h enable-helm short"

  func run(_ process: Linux.Process) async throws -> ExitStatus {
    let words = process.arguments
    switch words.first {
    case "build":
      let child = try process.machine.start(
        Command(
          path: "kubectl", arguments: ["kustomize"] + words.dropFirst(),
          environment: process.environment, directory: process.directory, files: process.files),
        parentID: process.id, caller: process.caller)
      return try await process.wait(for: child)
    case "version":
      try await process.write("v5.7.1\n")
      return 0
    case "create", "edit":
      let arguments = ToolArguments(
        Array(words.dropFirst()), values: Self.values, flags: Self.flags)
      if let unknown = arguments.unknown {
        try await process.writeError("Error: unknown flag: \(unknown)\n")
        return 1
      }
      do throws(KustomizationFile.Problem) {
        if words.first == "create" {
          try KustomizationFile.create(process, arguments)
        } else {
          var file = try KustomizationFile(process)
          let operands = arguments.operands + arguments.rest
          try file.edit(operands, arguments)
          try file.save(process)
        }
        return 0
      } catch {
        try await process.writeError("Error: \(error.message)\n")
        return 1
      }
    case nil, "help", "--help", "-h":
      try await process.write(
        """
        Manages declarative configuration of Kubernetes.

        Usage:
          kustomize [command]

        Available Commands:
          build       Build a kustomization target from a directory or URL
          create      Create a new kustomization in the current directory
          edit        Edits a kustomization file
          version     Prints the kustomize version

        """)
      return 0
    case let first?:
      try await process.writeError(
        "Error: unknown command \"\(first)\" for \"kustomize\"\n"
          + "Run 'kustomize --help' for usage.\n")
      return 1
    }
  }
}
