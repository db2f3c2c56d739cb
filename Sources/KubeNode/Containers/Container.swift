package import Documents
package import Simulation

/// One container of a Pod on its node: what its status tells and what the kubelet remembers.
package final class Container {
  package enum Role: Sendable { case initial, sidecar, regular, ephemeral }
  package enum State {
    case waiting(reason: String, message: String)
    case running(since: Moment)
    case terminated(Termination)
  }

  package struct Termination {
    package var exitCode: Int32
    package var signal: Int32 = 0
    package var reason: String
    package var message: String
    package var started: Moment
    package var finished: Moment
    package var containerID: String
  }

  package let name: String
  package var spec: Value
  package let role: Role
  package var state: State
  package var lastTermination: Termination?
  package var restartCount = 0
  /// Passed its readiness probe, or has none and runs.
  package var isReady = false
  /// Passed its startup probe, or has none and runs.
  package var isStarted = false
  package var plan: ContainerPlan?
  package var previousPlan: ContainerPlan?
  package var imageID = ""
  /// The resources it runs with: those of its specification, but for a resize under way.
  package var resources: Value?
  /// It was stopped because it is another now: it starts again at once, whatever the policy.
  var isRedefined = false
  /// A resize waits for it to start again.
  var isResizing = false
  var process: (any ContainerProcess)?
  /// It could not be started, and why: what its status says until it is tried again.
  var failedStart: (reason: String, message: String)?
  /// When its process began, told or not.
  var began: Moment?
  var backOff = BackOff()
  var pullBackOff = BackOff()
  var probes: [ProbeRunner] = []
  /// Grows with each start, so that late timers of an earlier life do nothing.
  var life = 0
  /// The kubelet asked it to stop, and why: the event's words.
  var stopping: String?

  init(name: String, spec: Value, role: Role, reason: String) {
    self.name = name
    self.spec = spec
    self.role = role
    state = .waiting(reason: reason, message: "")
  }

  /// Signals its process, past the kubelet.
  package func signal(_ number: Int32) { process?.signal(number) }

  package var isRunning: Bool { if case .running = state { true } else { false } }
  package var termination: Termination? {
    if case .terminated(let end) = state { end } else { nil }
  }
}

/// The kubelet's crash-loop and image-pull back-off: 10 s, doubled to 300 s, forgotten after twice
/// the longest wait without a failure (client-go's flowcontrol.Backoff).
struct BackOff {
  private var span = Span.zero
  private var last: Moment?

  private static let longest = Span.seconds(300)

  /// What a failure at `now` has to wait before the next try; nothing the first time.
  mutating func current(at now: Moment) -> Span {
    if let last, now - last > .seconds(600) { span = .zero }
    return span
  }

  /// A try was made at `now`: the next failure waits longer.
  mutating func grow(at now: Moment) {
    _ = current(at: now)
    last = now
    span =
      span == .zero ? .seconds(10) : min(Span(nanoseconds: span.nanoseconds * 2), Self.longest)
  }
}
