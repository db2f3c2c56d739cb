import KubeAPIServer
import KubeObjects
import Simulation

/// The node's machine goes down under a Pod, and comes back.
extension PodWorker {
  /// Its containers are gone, and nobody heard of it. A Pod that was still being set up goes on
  /// by itself.
  func lose() {
    guard !address.isEmpty, !isForgotten else { return }
    isLost = true
    for container in containers {
      stopProbes(container)
      container.life += 1
      container.stopping = nil
      container.isStarted = false
      container.isReady = false
      let process = container.process
      container.process = nil
      process?.signal(9)
      guard process != nil, let plan = container.plan else { continue }
      plan.log.finish(at: timeline.now)
      // containerd knows no exit status of what it did not see end.
      container.state = .terminated(
        .init(
          exitCode: 255, reason: "Unknown", message: "", started: container.began ?? timeline.now,
          finished: timeline.now, containerID: plan.id))
      container.began = nil
      plan.end()
    }
  }

  /// The kubelet's sync finds the sandbox gone, and makes a new one for what is to run again
  /// (kuberuntime's computePodActions).
  func comeBack() {
    guard isLost else { return }
    isLost = false
    if isTerminating { return finishTermination() }
    let restarts = containers.filter(isStartedAnew)
    guard restarts.contains(where: { $0.role == .regular }) else { return report() }
    event(
      .normal, "SandboxChanged", "Pod sandbox changed, it will be killed and re-created.")
    releaseAddress()
    address = ""
    isInitialized = !containers.contains { $0.role == .initial || $0.role == .sidecar }
    for container in restarts {
      if let end = container.termination { container.lastTermination = end }
      if container.plan != nil { container.restartCount += 1 }
      container.state = .waiting(
        reason: isInitialized ? "ContainerCreating" : "PodInitializing", message: "")
    }
    beginAnew()
    report()
    mount()
  }

  private func isStartedAnew(_ container: Container) -> Bool {
    switch container.role {
    case .ephemeral: return false
    case .initial, .sidecar: return true
    case .regular:
      guard let end = container.termination else { return true }
      return wantsRestart(container, end)
    }
  }
}
