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
              .warning, "Unhealthy", "\(runner.kind.rawValue) probe \(words)", of: container)
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
    _ probe: Value, _ container: Container, _ done: @escaping (ProbeRunner.Answer) -> Void
  ) {
    guard kubelet.isActive else {
      return kubelet.whenActive { [weak self] in self?.ask(probe, container, done) }
    }
    let timeout = Span.seconds(max(1, probe["timeoutSeconds"]?.int ?? 1))
    if let command = probe[path: "exec", "command"]?.array?.compactMap(\.string) {
      guard let plan = container.plan else { return done(.failed("container not running")) }
      kubelet.runtime.execute(command, in: plan, timeout: timeout) { result in
        switch result {
        case .success(let end): done(end.status == 0 ? .passed : .failed(end.output))
        case .failure(let refusal):
          done(.unknown("rpc error: code = Unknown desc = " + refusal.message))
        }
      }
      return
    }
    let request: NetworkProbe
    if let http = probe["httpGet"] {
      request = self.request(http, of: container)
    } else if let tcp = probe["tcpSocket"] {
      request = .tcp(
        address: tcp["host"]?.string ?? address, port: port(tcp["port"], of: container))
    } else if let grpc = probe["grpc"] {
      request = .grpc(
        address: address, port: port(grpc["port"], of: container),
        service: grpc["service"]?.string ?? "")
    } else {
      return done(.passed)
    }
    kubelet.network.probe(request, from: kubelet.nodeName, timeout: timeout) { failure in
      done(failure.map { .failed($0) } ?? .passed)
    }
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
      runPreStop(container, hook, seconds, begin)
    } else if seconds > 0 {
      timeline.after(.zero, begin)
    }
    timeline.after(.seconds(seconds)) {
      guard container.life == life, container.process === process else { return }
      process.signal(9)
    }
  }

  func exited(_ container: Container, _ status: Int32, _ end: ContainerProcessEnd) {
    guard let plan = container.plan else { return }
    plan.log.finish(at: timeline.now)
    let since = container.began ?? timeline.now
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

  /// What the container left in its terminationMessagePath, or with the policy
  /// FallbackToLogsOnError the end of its log (kubecontainer.MaxContainerTerminationMessageLength).
  private func terminationMessage(
    _ container: Container, _ plan: ContainerPlan, failed: Bool
  ) -> String {
    let left = kubelet.runtime.head(of: plan.terminationPath, in: plan, upTo: 4096) ?? []
    guard left.isEmpty, failed,
      container.spec["terminationMessagePolicy"]?.string == "FallbackToLogsOnError"
    else { return String(decoding: left, as: UTF8.self) }
    let lines = plan.log.lines.suffix(80).flatMap { (line) -> [UInt8] in line.text + [0x0A] }
    return String(decoding: lines.suffix(2048), as: UTF8.self)
  }

  /// The container has come to an end: tell, and start it again where the policy wants that.
  func ended(_ container: Container, _ end: Container.Termination) {
    container.process = nil
    container.began = nil
    container.life += 1
    container.stopping = nil
    container.isReady = false
    container.isStarted = false
    stopProbes(container)
    container.state = .terminated(end)
    report()
    settled(container)
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

  func wantsRestart(_ container: Container, _ end: Container.Termination) -> Bool {
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
