import KubeNetwork
import KubeNode
import Linux
import PKI

/// What a node has of the network on its disk: tools that list rules, and the plug-in's files.
enum NodeNetworkTools {
  static func programs(_ network: ClusterNetwork) -> [any Program] {
    [
      PacketFilterDump(network: network), PacketFilter(network: network),
      VirtualServers(network: network), RuleSetProgram(network: network),
      FirewallProgram(network: network), ConnectionTracking(network: network),
      AddressSets(network: network), PacketCapture(network: network),
    ]
  }

  static func install(on machine: Machine, _ network: ClusterNetwork) {
    for program in programs(network) {
      machine.programs[program.name] = program
      // The node's disk is fresh: these writes have no way to fail.
      try? StandardFiles.install(
        program: program.name, at: "/usr/sbin/" + program.name, into: machine.files)
    }
  }

  /// The bytes of a SHA-256 hash.
  static func sha256(_ bytes: [UInt8]) -> [UInt8] {
    let digits = Array(Digest.sha256(bytes))
    return stride(from: 0, to: digits.count - 1, by: 2).map {
      UInt8(String(digits[$0...$0 + 1]), radix: 16) ?? 0
    }
  }
}
