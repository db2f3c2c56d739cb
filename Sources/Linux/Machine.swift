package import Shell
package import Simulation

/// A small Linux box: files, users, processes, programs. Nodes, containers and the workstation alike.
package final class Machine {
  package let hostName: String
  package let timeline: Timeline

  package init(hostName: String, timeline: Timeline) {
    self.hostName = hostName
    self.timeline = timeline
  }
}

/// One running process: what a program sees of its machine.
package final class Process {
  package let machine: Machine
  /// Without the program's own name.
  package let arguments: [String]
  package let environment: [String: String]
  package let directory: String

  package init(
    machine: Machine, arguments: [String], environment: [String: String], directory: String
  ) {
    self.machine = machine
    self.arguments = arguments
    self.environment = environment
    self.directory = directory
  }
}
