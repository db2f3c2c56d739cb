import Shell
package import Simulation

/// A process as listings show it: of the machine itself, or of a container on it.
package struct ProcessEntry {
  package var id: Int
  package var parentID: Int
  /// The name of its program, and its whole command line.
  package var called: String
  package var title: String
  package var user: Int
  package var started: Moment
  package var cpuTime = Span.zero
  package var memory = 1 << 20
  package var hasTerminal = false
  /// nil: it is only thought to run, as a container's pause is.
  package var process: Process?

  package init(
    id: Int, parentID: Int, called: String, title: String, user: Int = 0, started: Moment
  ) {
    self.id = id
    self.parentID = parentID
    self.called = called
    self.title = title
    self.user = user
    self.started = started
  }

  package init(_ process: Process, id: Int? = nil, parentID: Int? = nil) {
    self.init(
      id: id ?? process.id, parentID: parentID ?? process.parentID,
      // The kernel keeps fifteen letters of a name.
      called: String(process.called.prefix(15)), title: process.title, user: process.caller.user,
      started: process.started + -process.lateness)
    cpuTime = process.cpuTime
    memory = process.memory
    hasTerminal = process.standardInput.isTerminal
    self.process = process
  }
}

extension ProcessTable {
  /// A running process by its id here, also one of a container.
  package func process(_ id: Int) -> Process? {
    processes[id] ?? guests?().first { $0.id == id }?.process
  }

  /// All that a listing shows, by id. Servers of containers that nobody has looked into yet get a
  /// moment to come up.
  func entries(for process: Process) async throws -> [ProcessEntry] {
    if awakenGuests?() == true { try await process.sleep(.milliseconds(100)) }
    return (ordered.map { ProcessEntry($0) } + (guests?() ?? [])).sorted { $0.id < $1.id }
  }
}
