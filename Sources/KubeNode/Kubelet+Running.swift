package import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// A kubelet that is stopped, cut off, or without its runtime.
extension Kubelet {
  /// Whether it watches and reports.
  package var speaks: Bool { isRunning && isConnected }
  /// Whether it starts and ends containers.
  package var isActive: Bool { isRunning && isRuntimeUp }

  /// Stands still until its machine joins a cluster.
  package func await(_ machinery: Machinery) {
    self.machinery = machinery
    isRunning = false
    isConnected = false
  }

  /// Does something now, or when the kubelet and its runtime are back.
  func whenActive(_ action: @escaping () -> Void) {
    if isActive { action() } else { deferred.append(action) }
  }

  func wake() {
    guard isActive else { return }
    let waiting = deferred
    deferred = []
    for action in waiting { action() }
    staticPods.forgetFiles()
    staticPods.sync()
    for worker in staticPods.workers { worker.comeBack() }
  }

  /// The machine goes down, and every container with it.
  package func loseMachine() {
    isMachineUp = false
    for worker in allWorkers { worker.lose() }
    runtime.shutDown()
  }

  /// The machine is up again; the kubelet is a service of it.
  package func regainMachine() {
    isMachineUp = true
    boots += 1
  }

  /// The container runtime came or went; containers run on without it.
  package func setRuntime(up: Bool) {
    guard up != isRuntimeUp else { return }
    if up {
      isRuntimeUp = true
      wake()
      postStatus()
      return
    }
    isRuntimeUp = false
    // The runtime's state is believed for 30 s (baseRuntimeSyncThreshold).
    timeline.after(.seconds(30)) { [weak self] in
      guard let self, !isRuntimeUp, isRunning else { return }
      log(
        "E kubelet.go:3130] \"Container runtime sanity check failed\" err=\"rpc error: code = "
          + "Unavailable desc = connection error: desc = \\\"transport: Error while dialing: dial "
          + "unix /run/containerd/containerd.sock: connect: no such file or directory\\\"\"")
      log("E kubelet.go:2579] \"Skipping pod synchronization\" err=\"container runtime is down\"")
      postStatus()
      if let node = try? client.get(.nodes, nodeName) {
        recorder.record(
          .normal, node, reason: "NodeNotReady",
          message: "Node \(nodeName) status is now: NodeNotReady")
      }
    }
  }

  /// Speaks again: looks at what changed meanwhile, and tells what it did not hear.
  func resume(_ bound: [Value], isRestart: Bool) {
    if (try? client.get(.nodes, nodeName)) == nil {
      if isRestart, let machinery { register(machinery) }
    } else {
      if isRestart, let node = try? client.get(.nodes, nodeName) {
        tellOfStart(node)
        if node[path: "status", "nodeInfo", "bootID"]?.string != bootID {
          recorder.record(
            .warning, node, reason: "Rebooted",
            message: "Node \(nodeName) has been rebooted, boot id: \(bootID)")
        }
      }
      postStatus()
    }
    touchLease()
    let present = Set(bound.map(\.uid))
    for uid in workers.keys.sorted() where !present.contains(uid) {
      workers.removeValue(forKey: uid)?.forget()
    }
    for pod in bound { podChanged(nil, pod) }
    for worker in allWorkers { worker.reportAnew() }
    for uid in workers.keys.sorted() { workers[uid]?.comeBack() }
  }

  /// `kubeadm reset`: every Pod of the node ends at once, unheard.
  package func removeAll() {
    for uid in workers.keys.sorted() { workers.removeValue(forKey: uid)?.forget() }
    staticPods.removeAll()
    deferred = []
  }

  /// Every Pod on the node, static ones included, in a fixed order.
  package var allWorkers: [PodWorker] {
    (Array(workers.values) + staticPods.workers).sorted { $0.pod.uid < $1.pod.uid }
  }

  /// The worker of a Pod as the API has it: of a mirror, the one that it mirrors.
  package func worker(of pod: Value) -> PodWorker? {
    if pod.annotation(StaticPods.mirrorAnnotation) != nil {
      return staticPods.worker(namespace: pod.namespace, name: pod.name)
    }
    return workers[pod.uid]
  }
}
