import Linux
import OpenSSL
import Shell

/// Programs from floors above `Linux` that machines of a cluster have.
enum Tools {
  /// What every node and the workstation have.
  static let everywhere: [any Program] = [
    Bom(), KubeBench(), KubeLinter(), Kubesec(), KustomizeProgram(), OpenSSL(), Syft(), Trivy(),
  ]

  /// Tools that courses use and drydock does not have: they say so.
  static let unsimulated: [any Program] = [
    "argocd", "cilium", "eksctl", "flux", "gcloud", "go", "istioctl", "k3d", "k9s", "kind",
    "minikube", "stern", "terraform",
    "vagrant", "velero",
  ].map(UnsimulatedTool.init)

  static func equip(_ machine: Machine, with programs: [any Program] = everywhere) {
    machine.outerWeb = { PublishedFiles.find($0) }
    for program in programs {
      machine.programs[program.name] = program
      // The machine's disk is fresh: this write has no way to fail.
      try? StandardFiles.install(program: program.name, into: machine.files)
    }
  }
}

/// A tool that is known and not there.
struct UnsimulatedTool: Program {
  let name: String

  func run(_ process: Linux.Process) async throws -> ExitStatus {
    try await process.writeError("drydock: not simulated: \(name)\n")
    return 127
  }
}
