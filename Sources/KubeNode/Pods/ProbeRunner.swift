import Documents
import KubeObjects
import Simulation

/// Asks one probe of one container again and again (kubelet's prober worker).
final class ProbeRunner {
  enum Kind: String {
    case startup = "Startup"
    case liveness = "Liveness"
    case readiness = "Readiness"
  }

  enum Answer {
    case passed
    case failed(String)
    /// The probe could not be made; that is told, and counts neither way.
    case unknown(String)
  }

  let kind: Kind
  private let probe: Value
  private let started: Moment
  private var successes = 0
  private var failures = 0
  private var timer: Timeline.Timer?
  private let timeline: Timeline
  /// Asks once; the answer comes on the timeline.
  private let ask: (Value, @escaping (Answer) -> Void) -> Void
  /// The verdict changed or was confirmed: true at successThreshold, false at failureThreshold,
  /// with the last words.
  private let judged: (ProbeRunner, Bool, String) -> Void
  /// Each failing answer, for the Unhealthy event.
  private let failed: (ProbeRunner, String) -> Void
  private var isStopped = false

  init(
    _ kind: Kind, _ probe: Value, timeline: Timeline,
    ask: @escaping (Value, @escaping (Answer) -> Void) -> Void,
    failed: @escaping (ProbeRunner, String) -> Void,
    judged: @escaping (ProbeRunner, Bool, String) -> Void
  ) {
    self.kind = kind
    self.probe = probe
    self.timeline = timeline
    self.ask = ask
    self.judged = judged
    self.failed = failed
    started = timeline.now
    let delay = max(0, probe["initialDelaySeconds"]?.int ?? 0)
    timer = timeline.after(.seconds(delay)) { [weak self] in self?.once() }
  }

  /// The grace of a container that it ends; nil: the Pod's.
  var grace: Int64? { probe["terminationGracePeriodSeconds"]?.int }

  func stop() {
    isStopped = true
    if let timer { timeline.cancel(timer) }
  }

  private var period: Span { .seconds(max(1, probe["periodSeconds"]?.int ?? 10)) }

  private func once() {
    ask(probe) { [weak self] answer in self?.answered(answer) }
  }

  private func answered(_ answer: Answer) {
    guard !isStopped else { return }
    switch answer {
    case .unknown(let words): failed(self, "errored and resulted in unknown state: " + words)
    case .failed(let words):
      successes = 0
      failures += 1
      failed(self, "failed: " + words)
      if failures >= max(1, probe["failureThreshold"]?.int ?? 3) { judged(self, false, words) }
    case .passed:
      failures = 0
      successes += 1
      if successes >= max(1, probe["successThreshold"]?.int ?? 1) { judged(self, true, "") }
    }
    guard !isStopped else { return }
    timer = timeline.after(period) { [weak self] in self?.once() }
  }
}
