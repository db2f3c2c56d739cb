package import Shell

/// A program that is known and there, and says that it is not simulated.
package struct UnsimulatedTool: Program {
  package let name: String

  package init(name: String) { self.name = name }

  package func run(_ process: Process) async throws -> ExitStatus {
    try await process.writeError("drydock: not simulated: \(name)\n")
    return 127
  }
}

extension PackageCatalogue {
  /// Packages that learners install, whose programs look where the model has nothing to see.
  static let unsimulated: [SoftwarePackage] = [
    ("tcpdump", "4.99.4-3ubuntu4", "command-line network traffic analyzer"),
    ("traceroute", "1:2.1.5-1", "Traces the route taken by packets over an IPv4/IPv6 network"),
    ("mtr-tiny", "0.95-1.1ubuntu0.1", "Full screen ncurses traceroute tool"),
    ("iperf3", "3.16-1build2", "Internet Protocol bandwidth measuring tool"),
    ("tmux", "3.4-1ubuntu0.1", "terminal multiplexer"),
    ("htop", "3.3.0-4build1", "interactive processes viewer"),
    ("iotop", "0.6-42-ga14256a-0.2build2", "simple top-like I/O monitor"),
    ("sysstat", "12.6.1-2", "system performance tools for Linux"),
  ].map { name, version, summary in
    let programs = ["mtr-tiny": ["mtr"], "sysstat": ["iostat", "mpstat", "sar"]][name] ?? [name]
    return SoftwarePackage(
      name: name, versions: [version], programs: programs, kilobytes: 300, summary: summary)
  }
}
