package import Linux
import Shell
import Simulation

/// The container engine of one machine: images that are there, containers that run.
package final class ContainerEngine {
  let host: Machine
  private let seed: UInt64
  let registry: ImageRegistry
  private var chance: SeededRandom
  private(set) var images: [StoredImage] = []
  private(set) var containers: [EngineContainer] = []
  /// What steps of builds made, by all that they depend on.
  var buildCache: [String: (image: Image, tree: FileTree)] = [:]
  var volumes: [String] = []
  var networks: [(name: String, driver: String)] = [
    ("bridge", "bridge"), ("host", "host"), ("none", "null"),
  ]

  /// An image in the engine's store, under one name.
  struct StoredImage {
    /// With registry and tag.
    var reference: ImageReference
    var id: String
    var image: Image
    var created: Moment
  }

  package init(host: Machine, seed: UInt64, registry: ImageRegistry) {
    self.host = host
    self.seed = seed
    self.registry = registry
    chance = SeededRandom(seed: seed, for: "engine/\(host.hostName)")
  }

  func newID() -> String { HexadecimalName.make(64, &chance) }

  package struct Problem: Error {
    package let text: String
  }

  // MARK: images

  func stored(_ name: String) -> StoredImage? {
    if let reference = ImageReference(name),
      let found = images.first(where: { $0.reference == reference })
    {
      return found
    }
    if let local = ImageReference("localhost/" + name),
      let found = images.first(where: { $0.reference == local })
    {
      return found
    }
    return name.utf8.count >= 4 ? images.first { $0.id.hasPrefix(name) } : nil
  }

  /// The image of a name: a stored one, or what a pull gives.
  func find(_ name: String) -> Result<Image, Problem> {
    if let known = stored(name) { return .success(known.image) }
    return pull(name)
  }

  /// The image of a name, for a program that only looks: it is not kept.
  package func look(_ name: String) -> Image? {
    if let known = stored(name) { return known.image }
    guard let reference = ImageReference(name) else { return nil }
    return try? registry.content(of: reference).get()
  }

  func pull(_ name: String) -> Result<Image, Problem> {
    guard let reference = ImageReference(name) else {
      return .failure(Problem(text: "invalid reference format"))
    }
    switch registry.pull(reference, with: registry.logins[reference.registry].map { [$0] } ?? []) {
    case .success(let image):
      store(image, as: reference, id: image.files?.id ?? digest(reference))
      return .success(image)
    case .failure(.notFound):
      return .failure(
        Problem(
          text: "manifest for \(Self.shown(reference)) not found: manifest unknown: manifest "
            + "unknown"))
    case .failure(.denied):
      return .failure(
        Problem(
          text: "pull access denied for \(Self.short(reference)), repository does not exist or may "
            + "require 'docker login': denied: requested access to the resource is denied"))
    case .failure(.wantsLogin), .failure(.wrongLogin):
      return .failure(
        Problem(
          text: "Head \"https://\(reference.registry)/v2/\(reference.repository)/manifests/"
            + "\(reference.tag ?? "latest")\": no basic auth credentials"))
    case .failure(.unknownHost):
      let host = reference.registry.split(separator: ":").first.map(String.init) ?? ""
      return .failure(
        Problem(
          text: "Get \"https://\(reference.registry)/v2/\": dial tcp: lookup \(host) on "
            + "127.0.0.53:53: no such host"))
    }
  }

  private func digest(_ reference: ImageReference) -> String {
    String(Images.digest(of: reference).dropFirst(7))
  }

  func store(_ image: Image, as reference: ImageReference, id: String) {
    let created = images.first { $0.id == id }?.created ?? host.now
    images.removeAll { $0.reference == reference }
    images.append(StoredImage(reference: reference, id: id, image: image, created: created))
  }

  func untag(_ reference: ImageReference) { images.removeAll { $0.reference == reference } }

  /// docker.io and library/ are not shown.
  static func short(_ reference: ImageReference) -> String {
    guard reference.registry == "docker.io" else {
      return "\(reference.registry)/\(reference.repository)"
    }
    return reference.repository.hasPrefix("library/")
      ? String(reference.repository.dropFirst(8)) : reference.repository
  }

  static func shown(_ reference: ImageReference) -> String {
    short(reference) + (reference.tag.map { ":\($0)" } ?? "")
  }

  // MARK: containers

  func container(_ name: String) -> EngineContainer? {
    containers.first { $0.name == name }
      ?? (name.utf8.count >= 2 ? containers.first { $0.id.hasPrefix(name) } : nil)
  }

  func remove(_ container: EngineContainer) {
    containers.removeAll { $0 === container }
    container.machine.killAll()
  }

  private static let adjectives = [
    "admiring", "brave", "calm", "eager", "gifted", "happy", "jolly", "keen", "loving", "quiet",
    "sharp", "vigilant",
  ]
  private static let people = [
    "allen", "bell", "curie", "darwin", "euler", "fermi", "gauss", "hopper", "knuth", "lamarr",
    "noether", "turing",
  ]

  func newName() -> String {
    let first = Self.adjectives[chance.below(Self.adjectives.count)]
    return "\(first)_\(Self.people[chance.below(Self.people.count)])"
  }

  /// A machine with an image's files, for builds and look-ups.
  func machine(of image: Image, name: String) -> Machine {
    plan(image, reference: name, id: newID(), name: name, wish: .init()).map(make)
      ?? Machine(hostName: name, timeline: host.timeline, seed: seed)
  }

  struct Wish {
    var command: [String] = []
    var entrypoint: String?
    var environment: [(name: String, value: String)] = []
    var ports: [(host: Int, container: Int)] = []
    var user: Int?
    var directory: String?
    var hostName: String?
    var mounts: [ContainerPlan.Mount] = []
    /// The name of its network; `host` is the machine's own, `none` has nothing.
    var network = "bridge"
  }

  private func plan(
    _ image: Image, reference: String, id: String, name: String, wish: Wish
  ) -> ContainerPlan? {
    var command = wish.entrypoint.map { [$0] } ?? image.entrypoint
    command += wish.command.isEmpty && wish.entrypoint == nil ? image.command : wish.command
    let user = wish.user ?? image.user
    var environment = image.environment.sorted { $0.key < $1.key }.map {
      (name: $0.key, value: $0.value)
    }
    environment += wish.environment
    let isNamed = !["bridge", "host", "none"].contains(wish.network)
    return ContainerPlan(
      pod: PodIdentity(
        namespace: "", name: name, uid: id, hostName: wish.hostName ?? String(id.prefix(12))),
      name: name, id: id, image: image, imageName: reference, command: command,
      environment: environment, workingDirectory: wish.directory ?? image.workingDirectory,
      caller: Caller(user: user, group: user, capabilities: user == 0 ? .container : []),
      address: freeAddress(on: wish.network) ?? "", resolver: isNamed ? Self.ownNameServer : "",
      hostAliases: "",
      mounts: wish.mounts, isReadOnly: false,
      streams: ContainerStreams(hasInput: false, isTerminal: false, closesInputWithClient: false))
  }

  /// What stands in /etc/resolv.conf on a network that a person made.
  private static let ownNameServer = "nameserver 127.0.0.11\noptions ndots:0\n"

  private func make(_ plan: ContainerPlan) -> Machine {
    ContainerMachine(
      plan: plan, timeline: host.timeline, seed: seed, node: host,
      storage: VolumeStorage(timeline: host.timeline), network: nil, programs: host.programs,
      table: nil
    ).make()
  }

  /// Makes a container; it is started with `EngineContainer.start`.
  func create(_ image: Image, reference: String, name: String, wish: Wish) -> EngineContainer? {
    let id = newID()
    guard let plan = plan(image, reference: reference, id: id, name: name, wish: wish) else {
      return nil
    }
    let machine = make(plan)
    if wish.network == "host" {
      machine.network = host.network
    } else if let outside = host.network, wish.network != "none" {
      machine.network = EngineNetwork(
        wish.network, address: plan.address, host: host, engine: self, outside: outside,
        ports: wish.ports)
    }
    let container = EngineContainer(
      plan: plan, machine: machine, ports: wish.ports, created: host.now)
    containers.append(container)
    return container
  }
}

/// A container of an engine.
final class EngineContainer {
  let plan: ContainerPlan
  let machine: Machine
  let ports: [(host: Int, container: Int)]
  let created: Moment
  private(set) var started: Moment?
  private(set) var ended: Moment?
  private(set) var status: ExitStatus?
  private(set) var process: Linux.Process?
  var isTemporary = false

  init(
    plan: ContainerPlan, machine: Machine, ports: [(host: Int, container: Int)], created: Moment
  ) {
    self.plan = plan
    self.machine = machine
    self.ports = ports
    self.created = created
    name = plan.name
  }

  var id: String { plan.id }
  /// It may be renamed.
  var name: String
  /// Further names that it has on its network.
  var aliases: [String] = []
  var isRunning: Bool { process != nil && status == nil }

  /// Starts its command; `mirror` are streams of somebody who watches.
  func start(_ mirror: [Int: any OpenFile], onEnd: @escaping () -> Void) throws(HostError) {
    let log = plan.log
    let timeline = machine.timeline
    var files: [Int: any OpenFile] = [
      0: mirror[0] ?? EmptyInput(),
      1: LogFile(log, isError: false, timeline), 2: LogFile(log, isError: true, timeline),
    ]
    for number in [1, 2] {
      if let own = files[number], let watcher = mirror[number] {
        files[number] = SplitFile(own, watcher)
      }
    }
    status = nil
    started = machine.now
    let process = try machine.start(Command(plan, files: files), caller: plan.caller)
    self.process = process
    process.onExit = { [weak self] status in
      self?.end(status)
      onEnd()
    }
  }

  private func end(_ status: ExitStatus) {
    plan.log.finish(at: machine.timeline.now)
    self.status = status
    ended = machine.now
    machine.killAll()
  }

  /// How long ago a moment was, in docker's words.
  static func age(_ moment: Moment?, _ now: Moment) -> String {
    let seconds = moment.map { (now - $0).nanoseconds / 1_000_000_000 } ?? 0
    if seconds < 1 { return "Less than a second" }
    if seconds < 60 { return "\(seconds) second\(seconds == 1 ? "" : "s")" }
    if seconds < 120 { return "About a minute" }
    if seconds < 3600 { return "\(seconds / 60) minutes" }
    return seconds < 7200 ? "About an hour" : "\(seconds / 3600) hours"
  }

  /// As `ps` tells it.
  var state: String {
    func ago(_ moment: Moment?) -> String { Self.age(moment, machine.now) }
    if started == nil { return "Created" }
    if let status { return "Exited (\(status)) \(ago(ended)) ago" }
    return "Up \(ago(started))"
  }
}

/// Writes to a log and to somebody who watches.
private final class SplitFile: OpenFile {
  private let first: any OpenFile
  private let second: any OpenFile

  init(_ first: any OpenFile, _ second: any OpenFile) {
    self.first = first
    self.second = second
  }

  var isTerminal: Bool { second.isTerminal }
  func read(upTo count: Int) async throws -> [UInt8] { [] }
  func write(_ bytes: [UInt8]) async throws {
    try await first.write(bytes)
    try await second.write(bytes)
  }
  func retain() { second.retain() }
  func release() { second.release() }
}

extension Machine {
  /// The engine that this machine's `docker` talks to.
  package var containerEngine: ContainerEngine? {
    (programs["docker"] as? EngineProgram)?.engine
  }
}
