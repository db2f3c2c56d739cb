import KubeAPIServer
import KubeObjects
import Simulation

/// All containers of a Pod start anew because one of them ended so that a rule asks for it
/// (RestartAllContainersOnContainerExits): the Pod keeps its node, address and volumes.
extension PodWorker {
  func asksForAll(_ container: Container, _ end: Container.Termination) -> Bool {
    container.role != .ephemeral
      && ContainerRestart.action(container.spec, exitCode: Int64(end.exitCode))
        == "RestartAllContainers"
  }

  /// Ends what still runs, without grace or hooks; when nothing does, all begins again.
  func restartAll() {
    if !isRestartingAll {
      isRestartingAll = true
      report()
      for container in containers where container.role != .ephemeral {
        stopProbes(container)
        guard let process = container.process else { continue }
        event(.normal, "Killing", "Stopping container \(container.name)", of: container)
        container.stopping = "Stopping container \(container.name)"
        process.signal(9)
      }
    }
    guard containers.allSatisfy({ $0.role == .ephemeral || $0.process == nil }) else { return }
    // The next sync finds them removed.
    timeline.after(.seconds(1)) { [weak self] in self?.startAllAnew() }
  }

  private func startAllAnew() {
    guard isRestartingAll, !isTerminating, !isForgotten else { return }
    isRestartingAll = false
    let own = containers.filter { $0.role != .ephemeral }
    isInitialized = own.allSatisfy { $0.role == .regular }
    for container in own {
      if container.plan != nil { container.restartCount += 1 }
      if let end = container.termination { container.lastTermination = end }
      // What waited for its next try waits no more.
      container.life += 1
      container.backOff = BackOff()
      container.state = .waiting(
        reason: isInitialized ? "ContainerCreating" : "PodInitializing", message: "")
    }
    beginAnew()
    report()
    advance()
  }
}
