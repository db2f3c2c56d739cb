import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Probes of containers that tell of their health themselves.
extension PodWorker {
  func watch(_ teller: any HealthTelling, _ container: Container) {
    let life = container.life
    teller.onHealthChange = { [weak self, weak teller] in
      guard let self, let teller, container.life == life else { return }
      lookAt(teller, container, life)
    }
    // The first round of probes.
    kubelet.timeline.after(.milliseconds(900)) { [weak self, weak teller] in
      guard let self, let teller, container.life == life else { return }
      lookAt(teller, container, life)
    }
    container.isStarted = container.spec["startupProbe"] == nil
    container.isReady = container.isStarted && container.spec["readinessProbe"] == nil
  }

  private func lookAt(_ teller: any HealthTelling, _ container: Container, _ life: Int) {
    guard container.isRunning else { return }
    let was = (container.isStarted, container.isReady)
    if !container.isStarted, let probe = container.spec["startupProbe"] {
      guard let failure = teller.answer(to: probe, port: port(of: probe, container)) else {
        container.isStarted = true
        container.isReady = container.spec["readinessProbe"] == nil
        report()
        return lookAt(teller, container, life)
      }
      return expect(probe, "Startup", failure, teller, container, life)
    }
    if let probe = container.spec["readinessProbe"] {
      let failure = teller.answer(to: probe, port: port(of: probe, container))
      container.isReady = failure == nil
      if let failure { unhealthy("Readiness", failure, container) }
    } else {
      container.isReady = true
    }
    if was != (container.isStarted, container.isReady) { report() }
    if let probe = container.spec["livenessProbe"],
      let failure = teller.answer(to: probe, port: port(of: probe, container))
    {
      expect(probe, "Liveness", failure, teller, container, life)
    }
  }

  private func port(of probe: Value, _ container: Container) -> Int {
    let value = (probe["httpGet"] ?? probe["tcpSocket"] ?? probe["grpc"])?["port"]
    if let number = value?.int { return Int(clamping: number) }
    let named = (container.spec["ports"]?.array ?? []).first { $0["name"] == value }
    return Int(clamping: named?["containerPort"]?.int ?? 0)
  }

  private func unhealthy(_ kind: String, _ words: String, _ container: Container) {
    event(.warning, "Unhealthy", "\(kind) probe failed: \(words)", of: container)
    logProbe(kind, words, container)
  }

  /// What the kubelet's journal has of a failed probe (prober.go).
  func logProbe(_ kind: String, _ words: String, _ container: Container) {
    guard !kubelet.isUnvisited() else { return }
    kubelet.log(
      "I prober.go:120] \"Probe failed\" probeType=\"\(kind)\" pod=\"\(pod.namespace)/\(pod.name)\" "
        + "podUID=\"\(pod.uid)\" containerName=\"\(container.name)\" probeResult=\"failure\" "
        + "output=\(words.goQuoted)")
  }

  /// A failing probe ends the container after failureThreshold periods, unless it passes by then.
  private func expect(
    _ probe: Value, _ kind: String, _ failure: String, _ teller: any HealthTelling,
    _ container: Container, _ life: Int
  ) {
    unhealthy(kind, failure, container)
    let period = max(1, probe["periodSeconds"]?.int ?? 10)
    let threshold = max(1, probe["failureThreshold"]?.int ?? 3)
    let (seconds, overflow) = period.multipliedReportingOverflow(by: threshold)
    guard !overflow else { return }
    timeline.after(.seconds(seconds)) { [weak self, weak teller] in
      guard let self, let teller, container.life == life, container.isRunning else { return }
      if kind == "Startup", container.isStarted { return }
      guard let failure = teller.answer(to: probe, port: port(of: probe, container)) else { return }
      unhealthy(kind, failure, container)
      stop(
        container,
        endAnnouncement("Container \(container.name) failed \(kind.lowercased()) probe"),
        grace: probe["terminationGracePeriodSeconds"]?.int)
    }
  }
}
