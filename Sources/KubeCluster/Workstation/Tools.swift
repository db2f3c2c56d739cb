import Helm
import Kubectl
import Linux
import OpenSSL
import Shell

/// Programs from floors above `Linux` that machines of a cluster have.
enum Tools {
  /// What every node and the workstation have.
  static let everywhere: [any Program] = [
    Bom(), KubeBench(), KubeLinter(), Kubesec(), KustomizeProgram(), OpenSSL(), Syft(), Trivy(),
  ]

  /// What talks with the API server, from wherever it runs.
  static func clients(over transport: InProcessTransport) -> [any Program] {
    [
      CalicoControl(transport: transport),
      KubectlProgram(transport: transport, published: { PublishedManifests.find($0) }),
      HelmProgram { process, flags in
        do throws(APIAccess.Failure) {
          return HelmAccess(try APIAccess(process, flags: flags, transport: transport))
        } catch {
          throw HelmError(error.message)
        }
      },
    ]
  }

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
