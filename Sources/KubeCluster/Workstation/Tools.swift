import Linux
import OpenSSL

/// Programs from floors above `Linux` that machines of a cluster have.
enum Tools {
  /// What every node and the workstation have.
  static let everywhere: [any Program] = [
    KubeBench(), Kubesec(), OpenSSL(), Trivy(),
  ]

  static func equip(_ machine: Machine, with programs: [any Program] = everywhere) {
    for program in programs {
      machine.programs[program.name] = program
      // The machine's disk is fresh: this write has no way to fail.
      try? StandardFiles.install(program: program.name, into: machine.files)
    }
  }
}
