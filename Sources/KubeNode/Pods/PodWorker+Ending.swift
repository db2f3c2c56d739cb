import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Probes, stops, exits and restarts.
extension PodWorker {
  func startProbes(_ container: Container) {
    let order: [(String, ProbeRunner.Kind)] = [
      ("startupProbe", .startup), ("livenessProbe", .liveness), ("readinessProbe", .readiness),
    ]
    for (key, kind) in order {
      guard let probe = container.spec[key] else { continue }
      // Until the startup probe has passed, the others hold still.
      if kind != .startup, !container.isStarted { continue }
      container.probes.append(
        ProbeRunner(
          kind, probe, timeline: timeline,
          ask: { [weak self] probe, done in self?.ask(probe, container, done) },
          failed: { [weak self] runner, words in
            self?.event(
              .warning, "Unhealthy", "\(runner.kind.rawValue) probe failed: \(words)",
              of: container)
          },
          judged: { [weak self] runner, passed, _ in self?.judged(container, runner, passed) }))
    }
  }

  func stopProbes(_ container: Container) {
    for probe in container.probes { probe.stop() }
    container.probes = []
  }

  private func judged(_ container: Container, _ runner: ProbeRunner, _ passed: Bool) {
    switch (runner.kind, passed) {
    case (.startup, true):
      runner.stop()
      guard !container.isStarted else { return }
      container.isStarted = true
      container.isReady = container.spec["readinessProbe"] == nil
      container.probes = []
      startProbes(container)
      report()
      if container.role == .sidecar { advance() }
    case (.readiness, _):
      guard container.isReady != passed else { return }
      container.isReady = passed
      report()
    case (.startup, false), (.liveness, false):
      let kind = runner.kind.rawValue.lowercased()
      stop(container, "Container \(container.name) failed \(kind) probe, will be restarted")
    case (.liveness, true): break
    }
  }

  private func ask(
    _ probe: Value, _ container: Container, _ done: @escaping (String?) -> Void
  ) {
    guard kubelet.isActive else {
      return kubelet.whenActive { [weak self] in self?.ask(probe, container, done) }
    }
    let timeout = Span.seconds(max(1, probe["timeoutSeconds"]?.int ?? 1))
    if let command = probe[path: "exec", "command"]?.array?.compactMap(\.string) {
      guard let plan = container.plan else { return done("container not running") }
      kubelet.runtime.execute(command, in: plan, timeout: timeout) { status, output in
        done(status == 0 ? nil : output)
      }
      return
    }
    func port(_ value: Value?) -> Int {
      if let number = value?.int { return Int(clamping: number) }
      let named = (container.spec["ports"]?.array ?? []).first { $0["name"] == value }
      return Int(clamping: named?["containerPort"]?.int ?? 0)
    }
    let request: NetworkProbe
    if let http = probe["httpGet"] {
      request = .http(
        scheme: (http["scheme"]?.string ?? "HTTP").lowercased(),
        address: http["host"]?.string ?? address, port: port(http["port"]),
        path: http["path"]?.string ?? "/",
        headers: (http["httpHeaders"]?.array ?? []).map {
          ($0["name"]?.string ?? "", $0["value"]?.string ?? "")
        })
    } else if let tcp = probe["tcpSocket"] {
      request = .tcp(address: tcp["host"]?.string ?? address, port: port(tcp["port"]))
    } else if let grpc = probe["grpc"] {
      request = .grpc(
        address: address, port: port(grpc["port"]), service: grpc["service"]?.string ?? "")
    } else {
      return done(nil)
    }
    kubelet.network.probe(request, from: kubelet.nodeName, timeout: timeout, done: done)
  }

  /// Asks a running container to stop, and makes it stop when its grace is over.
  func stop(_ container: Container, _ message: String, grace: Int64? = nil) {
    guard let process = container.process, container.stopping == nil else { return }
    container.stopping = message
    stopProbes(container)
    event(.normal, "Killing", message, of: container)
    let seconds = grace ?? spec["terminationGracePeriodSeconds"]?.int ?? 30
    let signal = container.plan?.image.stopSignal ?? 15
    let life = container.life
    let begin = {
      guard container.life == life else { return }
      process.signal(signal)
    }
    if let hook = container.spec[path: "lifecycle", "preStop"], seconds > 0 {
      preStop(container, hook, seconds, begin)
    } else if seconds > 0 {
      timeline.after(.zero, begin)
    }
    timeline.after(.seconds(seconds)) {
      guard container.life == life, container.process === process else { return }
      process.signal(9)
    }
  }

  private func preStop(
    _ container: Container, _ hook: Value, _ grace: Int64, _ then: @escaping () -> Void
  ) {
    if let seconds = hook[path: "sleep", "seconds"]?.int {
      timeline.after(.seconds(max(0, min(seconds, grace))), then)
      return
    }
    guard let command = hook[path: "exec", "command"]?.array?.compactMap(\.string),
      let plan = container.plan
    else { return then() }
    kubelet.runtime.execute(command, in: plan, timeout: .seconds(grace)) {
      [weak self] status, output in
      if status != 0 {
        self?.event(
          .warning, "FailedPreStopHook",
          "PreStopHook failed: command '\(command.joined(separator: " "))' exited with \(status): "
            + output, of: container)
      }
      then()
    }
  }

  func exited(_ container: Container, _ status: Int32, _ end: ContainerProcessEnd) {
    guard let plan = container.plan else { return }
    plan.log.finish(at: timeline.now)
    var since = timeline.now
    if case .running(let start) = container.state { since = start }
    let reason =
      end == .outOfMemory ? "OOMKilled" : status == 0 ? "Completed" : "Error"
    ended(
      container,
      Container.Termination(
        exitCode: status, reason: reason,
        message: terminationMessage(container, plan, failed: status != 0), started: since,
        finished: timeline.now, containerID: plan.id))
    plan.end()
  }

  /// terminationMessagePolicy FallbackToLogsOnError: the end of the log.
  private func terminationMessage(
    _ container: Container, _ plan: ContainerPlan, failed: Bool
  ) -> String {
    guard failed,
      container.spec["terminationMessagePolicy"]?.string == "FallbackToLogsOnError"
    else { return "" }
    return plan.log.lines.suffix(80).map { String(decoding: $0.text, as: UTF8.self) + "\n" }
      .joined()
  }

  /// The container has come to an end: tell, and start it again where the policy wants that.
  func ended(_ container: Container, _ end: Container.Termination) {
    container.process = nil
    container.life += 1
    container.stopping = nil
    container.isReady = false
    container.isStarted = false
    stopProbes(container)
    container.state = .terminated(end)
    report()
    if isTerminating { return finishTermination() }
    guard kubelet.isActive else {
      let life = container.life
      return kubelet.whenActive { [weak self] in
        guard let self, container.life == life, !isForgotten else { return }
        goOn(container, after: end)
      }
    }
    goOn(container, after: end)
  }

  /// Starts an ended container again where the policy wants that.
  private func goOn(_ container: Container, after end: Container.Termination) {
    if isTerminating { return finishTermination() }
    guard wantsRestart(container, end) else {
      if container.role == .initial { advance() }
      return endSidecarsIfDone()
    }
    let now = timeline.now
    let wait = container.backOff.current(at: now)
    container.backOff.grow(at: now + wait)
    let life = container.life
    if wait > .zero {
      // The next sync, a second later, finds the container in back-off.
      timeline.after(.milliseconds(900)) { [weak self] in
        guard let self, container.life == life, !isTerminating else { return }
        let whole = "\(pod.name)_\(pod.namespace)(\(pod.uid))"
        event(
          .warning, "BackOff",
          "Back-off restarting failed container \(container.name) in pod \(whole)", of: container)
        container.lastTermination = end
        self.wait(
          container, "CrashLoopBackOff",
          "back-off \(wait.goText) restarting failed container=\(container.name) pod=\(whole)")
      }
    }
    timeline.after(wait + .seconds(1)) { [weak self] in
      guard let self, container.life == life, !isTerminating else { return }
      container.lastTermination = end
      container.restartCount += 1
      prepare(container)
    }
  }

  private func wantsRestart(_ container: Container, _ end: Container.Termination) -> Bool {
    switch container.role {
    case .ephemeral: return false
    case .sidecar: return !isFinished
    case .initial:
      return end.exitCode != 0 && spec["restartPolicy"]?.string != "Never"
    case .regular:
      switch container.spec["restartPolicy"]?.string ?? spec["restartPolicy"]?.string {
      case "Never": return false
      case "OnFailure": return end.exitCode != 0
      default: return true
      }
    }
  }

  /// Sidecars go when the last regular container has gone for good.
  private func endSidecarsIfDone() {
    let regular = containers.filter { $0.role == .regular }
    guard isInitialized, regular.allSatisfy({ $0.termination != nil }) else { return }
    for container in containers where container.role == .sidecar && container.process != nil {
      stop(container, "Stopping container \(container.name)")
    }
  }
}
