import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// The sandbox of a Pod: its network and the runtime that its containers run in.
extension PodWorker {
  func makeSandbox() {
    guard !isTerminating, !isForgotten else { return }
    if let handler = runtimeHandler, !kubelet.runtime.handlers.contains(handler) {
      return failSandbox(
        "failed to get sandbox runtime: no runtime for \"\(handler)\" is configured")
    }
    if identity.hostName.utf8.count > 64 {
      return failSandbox(
        "failed to construct FQDN from pod hostname and cluster domain, FQDN "
          + "\(identity.hostName) is too long (64 characters is the max, "
          + "\(identity.hostName.utf8.count) characters requested)", ofRuntime: false)
    }
    if isHostNetwork {
      address = kubelet.address
    } else if let problem = kubelet.network.problem(on: kubelet.nodeName) {
      event(.warning, "NetworkNotReady", "network is not ready: " + problem)
      timeline.after(.seconds(2)) { [weak self] in self?.makeSandbox() }
      return
    } else {
      do {
        address = try kubelet.network.attach(pod: pod, node: kubelet.nodeName)
      } catch {
        return failSandbox(error.message)
      }
    }
    report()
    advance()
  }

  private func failSandbox(_ message: String, ofRuntime: Bool = true) {
    event(
      .warning, "FailedCreatePodSandBox",
      "Failed to create pod sandbox: \(ofRuntime ? "rpc error: code = Unknown desc = " : "")"
        + message)
    timeline.after(.seconds(12)) { [weak self] in self?.makeSandbox() }
  }

  /// What the Pod's RuntimeClass asks the runtime for; nil for the runtime's own default.
  var runtimeHandler: String? {
    guard let name = spec["runtimeClassName"]?.string, !name.isEmpty else { return nil }
    return (try? kubelet.client.get(.runtimeClasses, name))?["handler"]?.string
  }
}
