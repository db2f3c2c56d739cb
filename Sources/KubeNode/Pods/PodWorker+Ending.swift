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
      stop(
        container, endAnnouncement("Container \(container.name) failed \(kind) probe"),
        grace: runner.grace)
    case (.liveness, true): break
    }
  }

  /// Says whether a container that is ended comes back.
  func endAnnouncement(_ words: String) -> String {
    spec["restartPolicy"]?.string == "Never" ? words : words + ", will be restarted"
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
    if let name = (probe["httpGet"] ?? probe["tcpSocket"])?["port"]?.string,
      port(.string(name), of: container) == 0
    {
      return done(.unknown("strconv.Atoi: parsing \(name.goQuoted): invalid syntax"))
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

  /// Ends all that runs: sidecars are told when those that they serve have ended
  /// (kuberuntime's terminationOrdering).
  func stopAll(grace: Int64?) {
    let running = containers.filter { $0.process != nil }
    for container in running {
      var others: [Container] = []
      if container.role == .sidecar, let place = containers.firstIndex(where: { $0 === container })
      {
        others = containers[(place + 1)...].filter { $0.role == .sidecar || $0.role == .regular }
      }
      stop(container, "Stopping container \(container.name)", grace: grace, after: others)
    }
  }

  /// A container is never given less (minimumGracePeriodInSeconds).
  static let leastGrace = Span.seconds(2)

  /// Asks a running container to stop, when `others` have ended, and makes it stop when its grace is
  /// over.
  func stop(
    _ container: Container, _ message: String, grace: Int64? = nil, after others: [Container] = []
  ) {
    guard let process = container.process, container.stopping == nil else { return }
    container.stopping = message
    stopProbes(container)
    event(.normal, "Killing", message, of: container)
    let seconds = grace ?? spec["terminationGracePeriodSeconds"]?.int ?? 30
    let signal = container.plan?.image.stopSignal ?? 15
    let life = container.life
    let end = timeline.now + .seconds(seconds)
    var isTold = false
    let tell = { [timeline] in
      guard !isTold, container.life == life, container.process === process else { return }
      isTold = true
      process.signal(signal)
      timeline.after(max(end - timeline.now, Self.leastGrace)) {
        guard container.life == life, container.process === process else { return }
        process.signal(9)
      }
    }
    let takeTurn = { [weak self] in
      guard let self, others.contains(where: { $0.process != nil }), timeline.now < end else {
        return tell()
      }
      turns.append((others, tell))
      timeline.at(end, tell)
    }
    if let hook = container.spec[path: "lifecycle", "preStop"], seconds > 0 {
      runPreStop(container, hook, seconds, takeTurn)
    } else {
      timeline.after(.zero, takeTurn)
    }
  }

  /// A container ended: who waited with its end for it may be told.
  private func passTurns() {
    let ready = turns.filter { turn in turn.others.allSatisfy { $0.process == nil } }
    turns.removeAll { turn in turn.others.allSatisfy { $0.process == nil } }
    for turn in ready { turn.tell() }
  }

  /// Somebody wants the Pod gone sooner.
  func shorten(to grace: Int64) {
    for container in containers {
      guard let process = container.process else { continue }
      let life = container.life
      timeline.after(max(.seconds(grace), Self.leastGrace)) {
        guard container.life == life, container.process === process else { return }
        process.signal(9)
      }
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
    // What could not start waits for the next try, and says why.
    if let failure = container.failedStart, !isTerminating, wantsRestart(container, end) {
      container.lastTermination = end
      container.state = .waiting(reason: failure.reason, message: failure.message)
    }
    container.failedStart = nil
    passTurns()
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
    if isRestartingAll || asksForAll(container, end) { return restartAll() }
    guard wantsRestart(container, end) else {
      if container.role == .initial { advance() }
      return endSidecarsIfDone()
    }
    let now = timeline.now
    if container.isRedefined {
      container.isRedefined = false
      container.lastTermination = end
      container.restartCount += 1
      container.state = .waiting(reason: "ContainerCreating", message: "")
      return prepare(container)
    }
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
    if container.role == .ephemeral { return false }
    if container.isRedefined || isRestartingAll || asksForAll(container, end) { return true }
    if container.role == .sidecar { return !isFinished }
    if container.role == .initial, end.exitCode == 0 { return false }
    return ContainerRestart.isWanted(
      container.spec, policy: spec["restartPolicy"]?.string, exitCode: Int64(end.exitCode))
  }

  /// Sidecars go when the last regular container has gone for good.
  private func endSidecarsIfDone() {
    let regular = containers.filter { $0.role == .regular }
    guard isInitialized,
      regular.allSatisfy({ one in one.termination.map { !wantsRestart(one, $0) } ?? false })
    else { return }
    stopAll(grace: nil)
  }
}
