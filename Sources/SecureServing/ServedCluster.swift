import KubeCluster
import NIOCore
import Simulation

/// The cluster behind the door, and its time: a steady multiple of the wall's.
final class ServedCluster {
  let cluster: Cluster
  private(set) var connections = 0
  private let loop: any EventLoop
  private let rate: Int64
  private let connectionLimit: Int
  private var clock: Scheduled<Void>?
  private var openChannels: [ObjectIdentifier: any Channel] = [:]
  private var isSettling = false
  /// Where the virtual and the real clock were last together.
  private var anchor: (virtual: Moment, real: NIODeadline)

  /// How often the virtual clock is moved on.
  private static let beat = TimeAmount.milliseconds(5)
  /// How long clients may be kept waiting by what is due in the cluster.
  private static let patience = TimeAmount.milliseconds(20)

  init(_ configuration: ServingConfiguration, loop: any EventLoop) {
    cluster = Cluster(
      configuration.blueprint, seed: configuration.seed, start: configuration.start)
    self.loop = loop
    rate = Int64(max(1, configuration.rate))
    connectionLimit = configuration.connectionLimit
    anchor = (cluster.timeline.now, .now())
  }

  func startClock() {
    anchor = (cluster.timeline.now, .now())
    scheduleBeat()
  }

  private func scheduleBeat() {
    clock = loop.assumeIsolated().scheduleTask(in: Self.beat) { [weak self] in
      guard let self, clock != nil else { return }
      beat()
      scheduleBeat()
    }
  }

  /// Counts a client in, unless there are too many.
  func admit(_ channel: any Channel) -> Bool {
    guard connections < connectionLimit else { return false }
    connections += 1
    let identity = ObjectIdentifier(channel)
    openChannels[identity] = channel
    channel.closeFuture.assumeIsolated().whenComplete { [weak self] _ in
      self?.connections -= 1
      self?.openChannels[identity] = nil
    }
    return true
  }

  func stop() {
    clock?.cancel()
    clock = nil
    for channel in openChannels.values { channel.close(mode: .all, promise: nil) }
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
    timeline.fibers.run()
    while timeline.step(until: target) {
      timeline.fibers.run()
      if NIODeadline.now() > limit { return false }
    }
    timeline.advance(to: target)
    return true
  }
}
