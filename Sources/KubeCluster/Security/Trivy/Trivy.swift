import Documents
import KubeNode
import Linux
import Shell
import Simulation

/// `trivy`: known weaknesses of images by the age of their tags, rules about manifests and
/// Dockerfiles, bills of materials, and all of that for what a cluster runs.
struct Trivy: Program {
  let name = "trivy"
  static let version = "0.67.2"

  /// What stops a run, after `FATAL`.
  struct Fatal: Error {
    let text: String
  }

  func run(_ process: Linux.Process) async throws -> ExitStatus {
    let words = process.arguments
    if words.first == "--version" || words.first == "-v" || words.first == "version" {
      try await process.write("Version: \(Self.version)\n")
      return 0
    }
    let options: EngineOptions
    do {
      options = try EngineOptions(words, valued: Self.valued)
    } catch {
      try await process.writeError("Error: \(error.text)\n")
      return 1
    }
    guard let verb = options.operands.first, !options.has("help", "h") else {
      try await process.write(Self.help)
      return 0
    }
    let run = TrivyRun(
      process: process, options: options, operands: Array(options.operands.dropFirst()))
    do {
      switch verb {
      case "image", "i": return try await run.image()
      case "config", "conf": return try await run.configuration()
      case "filesystem", "fs", "rootfs", "repository", "repo": return try await run.files(verb)
      case "sbom": return try await run.bill()
      case "kubernetes", "k8s": return try await run.cluster()
      case "clean": return 0
      case "client", "server", "vm", "plugin", "module", "registry", "vex", "convert", "completion":
        try await process.writeError("drydock: not simulated: trivy \(verb)\n")
        return 1
      default:
        try await process.writeError(
          "Error: unknown command \"\(verb)\" for \"trivy\"\nRun 'trivy --help' for usage.\n")
        return 1
      }
    } catch let fatal as Fatal {
      try await process.writeError(run.stamp + "\tFATAL\tFatal error\t\(fatal.text)\n")
      return 1
    }
  }

  private static let valued: Set<String> = [
    "severity", "s", "format", "f", "output", "o", "exit-code", "input", "scanners", "vuln-type",
    "pkg-types", "timeout", "ignorefile", "security-checks", "cache-dir", "template", "t",
    "report", "include-namespaces", "exclude-namespaces", "include-kinds", "exclude-kinds",
    "platform", "skip-dirs", "skip-files", "compliance", "kubeconfig", "n", "namespace",
    "username", "password", "image-src", "ignore-status", "detection-priority",
    "misconfig-scanners",
    "db-repository", "tolerations", "node-collector-namespace", "c", "config", "pkg-relationships",
    "file-patterns", "ignore-policy", "docker-host", "podman-host", "qps", "burst", "parallel",
    "context", "exit-on-eol", "removed-pkgs", "java-db-repository", "server", "token",
  ]

  private static let help = """
    Scanner for vulnerabilities in container images, file systems, and Git repositories, as well as for configuration issues and hard-coded secrets

    Usage:
      trivy [global flags] command [flags] target
      trivy [command]

    Scanning Commands
      config      Scan config files for misconfigurations
      filesystem  Scan local filesystem
      image       Scan a container image
      kubernetes  [EXPERIMENTAL] Scan kubernetes cluster
      repository  Scan a repository
      rootfs      Scan rootfs
      sbom        Scan SBOM for vulnerabilities and licenses

    Utility Commands
      clean       Remove cached files
      version     Print the version

    Flags:
      -f, --format string     format (table,json,template,sarif,cyclonedx,spdx,spdx-json,github,cosign-vuln) (default "table")
      -o, --output string     output file name
      -q, --quiet             suppress progress bar and log output
      -s, --severity strings  severities of security issues to be displayed (UNKNOWN,LOW,MEDIUM,HIGH,CRITICAL)
          --exit-code int     specify exit code when any security issues are found
          --ignore-unfixed    display only fixed vulnerabilities

    """
}
