package import Shell
package import Simulation

/// A small Linux box: files, users, processes, programs. Nodes, containers and the workstation alike.
package final class Machine {
  package var hostName: String
  package let timeline: Timeline
  package let seed: UInt64
  package let files: MountNamespace
  /// What executable files mean, by the program names that they contain.
  package var programs: [String: any Program]
  /// What it was plugged into.
  package private(set) var wires: (any NetworkStack)?
  /// Interfaces and namespaces that somebody made beside those wires.
  var local: LocalNetwork?
  /// The network as the running process has it.
  package var network: (any NetworkStack)? {
    get {
      let current = Process.current.flatMap { $0.machine === self ? $0 : nil }
      if let entered = current?.enteredNetwork { return entered }
      guard let local else { return wires }
      return LocalStack(self, local, space: current.map(local.space) ?? "", plugged: wires)
    }
    set { wires = newValue }
  }
  /// The network namespaces of the containers on it, by their names in /run/netns.
  package var guestNetworks: (() -> [(name: String, network: any NetworkStack)])?
  /// What the outer world's web holds at an address, where the machine reaches it.
  package var outerWeb: ((String) -> [UInt8]?)?
  /// The machine that a container is on.
  package weak var host: Machine?
  /// Whose ids its processes have; containers may share it with each other or with their node.
  package let table: ProcessTable
  /// Bytes that its processes may use together; nil: as much as there is.
  package var memoryLimit: Int?
  /// Bytes that its processes have written to file systems in memory.
  package private(set) var fileMemory = 0
  package private(set) var peakMemory = 0
  /// Thousandths of a core that its processes ask for.
  package var processorRequest: Int64?
  /// What its processes get of the processors.
  package var quota = ProcessorQuota()
  /// What its processes are kept from.
  package var confinement = Confinement()
  /// Whether its processes were ended because they wanted more.
  package private(set) var ranOutOfMemory = false
  /// Hears of programs that start and files that are opened, here and in the containers on it.
  package var witness: ((SystemCall) -> Void)?
  /// What keeps its services running; containers have none.
  package var services: ServiceManager?
  /// Hands files to the person's own editor; without one `vi` cannot help.
  package var editor: (any Editor)?
  package var budgets: Budgets
  /// Processor time that all its processes have used so far.
  package internal(set) var cpuTime = Span.zero
  /// What `sh` speaks here: BusyBox images have ash, Debian's have dash.
  package var shellDialect = Dialect.dash
  /// Programs that are not BusyBox's, although it has one.
  package var ownTools: Set<String> = []
  /// Whether a program is BusyBox's, with its ways and words.
  func isBusyBox(_ program: String) -> Bool {
    shellDialect == .ash && !ownTools.contains(program)
  }
  /// Whether the C library of its own tools is musl, with words of its own for errors: Alpine's.
  var hasMusl: Bool { shellDialect == .ash && !ownTools.isEmpty }
  /// Of its BusyBox, where it has one.
  package var busyBoxVersion = "1.37.0"
  /// Processors and memory as /proc tells.
  package var processors: Int
  package var memoryKiB: Int64
  package var kernel = Machine.standardKernel
  package static let standardKernel = "6.8.0-90-generic"
  /// Whether gVisor's kernel stands in front of the node's.
  var isSandboxed: Bool { kernel.hasSuffix("-gvisor") }
  /// What `uname -v` says.
  var kernelBuild: String {
    isSandboxed
      ? "#1 SMP Sun Jan 10 15:06:54 PST 2016"
      : "#91-Ubuntu SMP PREEMPT_DYNAMIC Tue Nov 18 14:14:30 UTC 2025"
  }
  /// When it was last switched on.
  package internal(set) var booted: Moment
  package internal(set) var isOff = false
  /// What restarts it or switches it off; nil where nothing does.
  package var power: ((PowerChange) -> Void)?
  /// A `shutdown` for later.
  var scheduledPower: Timeline.Timer?
  /// Virtual clock minus this machine's own, after `date -s`.
  package var clockOffset = Span.zero
  /// Its own running processes by id.
  package internal(set) var processes: [Int: Process] = [:]

  private var random: SeededRandom

  /// A machine with the standard files and every program of `Programs.all`, unless given others.
  package init(
    hostName: String, timeline: Timeline, seed: UInt64 = 0, files: MountNamespace? = nil,
    programs: [String: any Program]? = nil, budgets: Budgets = .workstation, processors: Int = 2,
    memoryKiB: Int64 = 4_000_000, table: ProcessTable = ProcessTable()
  ) {
    self.hostName = hostName
    self.timeline = timeline
    self.seed = seed
    self.programs = programs ?? Programs.byName
    self.budgets = budgets
    self.processors = processors
    self.memoryKiB = memoryKiB
    self.table = table
    booted = timeline.now
    random = SeededRandom(seed: seed, for: "machine \(hostName)")
    let isStandard = files == nil
    self.files =
      files
      ?? MountNamespace(root: FileSystem(StandardFiles.tree(timeline.now), timeline: timeline))
    mountKernelFiles()
    if isStandard { StandardFiles.name(self) }
  }

  /// The kernel's out-of-memory killer: with memory.oom.group the whole container goes.
  package func checkMemory() {
    let used = usedMemory
    peakMemory = max(peakMemory, used)
    guard let memoryLimit, !ranOutOfMemory, used > memoryLimit else { return }
    ranOutOfMemory = true
    killAll()
  }

  /// Made when somebody first asks for one.
  var localNetwork: LocalNetwork {
    if let local { return local }
    let made = LocalNetwork()
    local = made
    return made
  }

  /// Bytes that its processes hold, file systems in memory included.
  package var usedMemory: Int {
    processes.values.reduce(fileMemory) { $0 &+ min(max(0, $1.memory), 1 << 45) }
  }

  /// One of its processes made a file system in memory grow or shrink.
  package func chargeMemory(_ growth: Int) {
    fileMemory = max(0, fileMemory + growth)
    if growth > 0 { checkMemory() }
  }

  /// A container's first process as the node counts it.
  package var outerProcessID: Int?

  /// The oldest running process of a name.
  package func firstProcess(called name: String) -> Process? {
    processes.values.filter { $0.called == name }.min { $0.id < $1.id }
  }

  /// Whether it is the inside of a container.
  package var isContainer: Bool { budgets == .container }

  /// Does something during which no process may take more steps than a script of a course.
  package func asScript<Result>(_ body: () -> Result) -> Result {
    let steps = budgets.steps
    budgets.steps = min(steps ?? .max, Budgets.scriptSteps)
    defer { budgets.steps = steps }
    return body()
  }

  package func randomBits() -> UInt64 { random.next() }

  package static let standardPath =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

  /// What root's first process finds in its environment.
  package var standardEnvironment: [String: String] {
    ["PATH": Self.standardPath, "HOME": "/root", "HOSTNAME": hostName]
  }

  /// The machine's own wall clock.
  package var now: Moment { timeline.now + clockOffset }

  package var accounts: Accounts { Accounts(files) }
}

/// Opens a file for a person to change, outside of the simulation.
package protocol Editor: AnyObject {
  /// The new contents, or nil when the person left without saving.
  func edit(_ path: String, _ contents: [UInt8]) async throws -> [UInt8]?
}
