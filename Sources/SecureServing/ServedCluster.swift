import Documents
import KubeAPIServer
import KubeCluster
import NIOCore
import Simulation

/// The cluster behind the door, and its time: a steady multiple of the wall's.
final class ServedCluster {
  let cluster: Cluster
  private(set) var connections = 0
  let written = WrittenParts()
  private let loop: any EventLoop
  private let rate: Int64
  private let connectionLimit: Int
  let idleTime: TimeAmount
  let arrivalTime: TimeAmount
  var listener: ServingPort?
  private var clock: Scheduled<Void>?
  private var clients: [ObjectIdentifier: Client] = [:]
  private let journal: ClusterJournal?
  private let isShared: Bool
  private var isSettling = false
  private var auditIDs: SeededRandom
  private var dated: (seconds: Int64, text: String) = (-1, "")
  /// Where the virtual and the real clock were last together.
  private var anchor: (virtual: Moment, real: NIODeadline)

  private struct Client {
    let channel: any Channel
    /// When it is sent away unless it has agreed on keys by then.
    var handshake: Scheduled<Void>?
  }

  /// How long a client may take to agree on keys.
  private static let handshakeTime = TimeAmount.seconds(10)
  /// How often the virtual clock is moved on.
  private static let beat = TimeAmount.milliseconds(5)
  /// How long clients may be kept waiting by what is due in the cluster.
  private static let patience = TimeAmount.milliseconds(20)

  /// `shared` is a cluster that is up already and whose time others move on.
  init(_ configuration: ServingConfiguration, sharing shared: Cluster?, loop: any EventLoop) {
    cluster =
      shared
      ?? Cluster(configuration.blueprint, seed: configuration.seed, start: configuration.start)
    isShared = shared != nil
    auditIDs = SeededRandom(seed: configuration.seed, for: "audit ids")
    self.loop = loop
    rate = Int64(max(1, configuration.rate))
    connectionLimit = configuration.connectionLimit
    idleTime = TimeAmount(configuration.idleTime)
    arrivalTime = TimeAmount(configuration.arrivalTime)
    anchor = (cluster.timeline.now, .now())
    journal = configuration.journal.map { [cluster] in ClusterJournal($0, of: cluster) }
  }

  /// Does again what the journal tells of.
  func replay() { journal?.replay() }

  /// Carries out a client's request.
  func handle(_ request: APIRequest) -> APIResponse {
    defer { settleSoon() }
    return journal?.handle(request) ?? cluster.server.handle(request)
  }

  func startClock() {
    anchor = (cluster.timeline.now, .now())
    scheduleBeat()
  }

  private func scheduleBeat() {
    clock = loop.assumeIsolated().scheduleTask(in: Self.beat) { [weak self] in
      guard let self, clock != nil else { return }
      beat()
      updateListener()
      scheduleBeat()
    }
  }

  /// Counts a client in, unless there are too many.
  func admit(_ channel: any Channel) -> Bool {
    guard connections < connectionLimit else { return false }
    connections += 1
    let identity = ObjectIdentifier(channel)
    let handshake = loop.assumeIsolated().scheduleTask(in: Self.handshakeTime) {
      channel.close(promise: nil)
    }
    clients[identity] = Client(channel: channel, handshake: handshake)
    channel.closeFuture.assumeIsolated().whenComplete { [weak self] _ in
      self?.connections -= 1
      self?.clients.removeValue(forKey: identity)?.handshake?.cancel()
    }
    return true
  }

  /// The client's keys are agreed on.
  func established(_ channel: any Channel) {
    let identity = ObjectIdentifier(channel)
    clients[identity]?.handshake?.cancel()
    clients[identity]?.handshake = nil
  }

  /// The virtual time as HTTP writes it.
  var date: String {
    let seconds = cluster.timeline.now.seconds
    if dated.seconds != seconds { dated = (seconds, HTTPDate.text(seconds)) }
    return dated.text
  }

  func nextAuditID() -> String { auditIDs.uuid() }

  func stop() {
    clock?.cancel()
    clock = nil
    listener?.close()
    sendAway()
    journal?.keepMoment()
  }

  private func sendAway() {
    for client in clients.values { client.channel.close(mode: .all, promise: nil) }
  }

  /// Clients are met while the API server inside serves.
  private func updateListener() {
    if cluster.acceptsConnections {
      listener?.open()
    } else {
      listener?.close()
      sendAway()
    }
  }

  /// Lets what a request caused at this moment happen, once for all requests at hand.
  func settleSoon() {
    guard !isSettling else { return }
    isSettling = true
    loop.assumeIsolated().execute { [weak self] in
      guard let self else { return }
      isSettling = false
      run(until: cluster.timeline.now)
    }
  }

  private func beat() {
    if isShared {
      run(until: cluster.timeline.now)
      return
    }
    let real = NIODeadline.now()
    let passed = (real - anchor.real).nanoseconds
    let (virtual, overflow) = passed.multipliedReportingOverflow(by: rate)
    let target = anchor.virtual + Span(nanoseconds: overflow ? .max : virtual)
    if run(until: target) { return }
    // More is due than this machine can do in time: go on from here instead of ever falling behind.
    anchor = (cluster.timeline.now, real)
  }

  /// Runs what is due up to `target`; false when patience ended before.
  @discardableResult
  private func run(until target: Moment) -> Bool {
    let timeline = cluster.timeline
    let limit = NIODeadline.now() + Self.patience
    // Before anybody is told of what it became.
    defer { journal?.keepChanges() }
    timeline.fibers.run()
    while timeline.step(until: target) {
      timeline.fibers.run()
      if NIODeadline.now() > limit { return false }
    }
    timeline.advance(to: target)
    return true
  }
}
