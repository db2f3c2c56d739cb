package import Documents
package import KubeAPIServer
package import KubeObjects
package import Linux
import Simulation

/// All kubelets of a cluster behind one watch, so that a Pod's change reaches its own node alone.
package final class NodeFleet: NodeConnection {
  package private(set) var kubelets: [String: Kubelet] = [:]
  private let pods: Informer
  private let nodes: Informer

  package init(client: ComponentClient) {
    pods = client.informer(.pods)
    nodes = client.informer(.nodes)
    pods.onChange { [weak self] old, new in self?.dispatch(old, new) }
    nodes.onChange { [weak self] _, new in
      guard let new, let kubelet = self?.kubelets[new.name] else { return }
      kubelet.lookForResources(new)
    }
  }

  package func add(_ kubelet: Kubelet) {
    kubelets[kubelet.nodeName] = kubelet
    for pod in boundPods(to: kubelet.nodeName) { kubelet.podChanged(nil, pod) }
  }

  /// Ends the containers of all nodes, when the cluster is given up.
  package func shutDown() {
    for name in kubelets.keys.sorted() { kubelets[name]?.runtime.shutDown() }
  }

  /// How a node's packet filter ends the API server's connections to its kubelet; nil: it does not.
  package var blocked: (_ node: String) -> NetworkFailure? = { _ in nil }

  /// Stops or starts a node's kubelet, or takes its way to the API server away.
  package func set(running: Bool, connected: Bool, node: String) {
    guard let kubelet = kubelets[node] else { return }
    let spoke = kubelet.speaks
    let wasRunning = kubelet.isRunning
    kubelet.isRunning = running
    kubelet.isConnected = connected
    if running, !wasRunning {
      kubelet.isUnheard = true
      kubelet.wake()
    }
    guard kubelet.speaks, !spoke else { return }
    let isRestart = kubelet.isUnheard
    kubelet.isUnheard = false
    kubelet.resume(boundPods(to: node), isRestart: isRestart)
  }

  private func boundPods(to node: String) -> [Value] {
    pods.objects.filter { $0.value[path: "spec", "nodeName"]?.string == node }
      .sorted { $0.key < $1.key }.map(\.value)
  }

  private func dispatch(_ old: Value?, _ new: Value?) {
    guard let node = (new ?? old)?[path: "spec", "nodeName"]?.string else { return }
    kubelets[node]?.podChanged(old, new)
  }

  /// The worker of a Pod, where its node's kubelet has it.
  package func worker(of pod: Value) -> PodWorker? {
    guard let node = pod[path: "spec", "nodeName"]?.string else { return nil }
    return kubelets[node]?.worker(of: pod)
  }

  /// The running container that owns an address and may listen on a port; for the network.
  package func workers(on address: String) -> [PodWorker] {
    kubelets.keys.sorted().flatMap { name -> [PodWorker] in
      (kubelets[name]?.allWorkers ?? []).filter { $0.address == address }
    }
  }

  package func connect(
    pod: Value, subresource: String, query: [(name: String, value: String)]
  ) throws(StatusError) -> APIResponse.Body {
    let node = pod[path: "spec", "nodeName"]?.string ?? ""
    let name = query.first { $0.name == "container" }?.value ?? ""
    let wanted =
      name.isEmpty
      ? pod[path: "spec", "containers"]?.array?.first?["name"]?.string ?? "" : name
    let way = KubeletWay(pod: pod, subresource: subresource, container: wanted, query: query)
    guard let kubelet = kubelets[node], kubelet.isRunning else {
      let reason = kubelets[node]?.isMachineUp == false ? "no route to host" : "connection refused"
      return try way.failed(at: kubelets[node]?.address ?? node, "connect: \(reason)")
    }
    if let failure = blocked(node) {
      return try way.failed(
        at: kubelet.address, failure == .refused ? "connect: connection refused" : "i/o timeout")
    }
    guard let worker = kubelet.worker(of: pod) else {
      guard subresource == "exec" || subresource == "attach" else {
        throw StatusError(
          code: 404, reason: "NotFound", message: "pod \"\(pod.name)\" not found in kubelet")
      }
      return .connect(ContainerConsole.refused("unable to upgrade connection: pod does not exist"))
    }
    let container = worker.containers.first { $0.name == wanted }
    if container == nil, subresource != "portforward" {
      throw .badRequest("container \(wanted) is not valid for pod \(pod.name)")
    }
    switch (subresource, container) {
    case ("log", let container?):
      return try LogRequest(query).answer(
        container, pod: pod, timeline: kubelet.timeline, runtime: kubelet.runtime)
    case ("exec", let container?), ("attach", let container?):
      let isExec = subresource == "exec"
      guard container.process != nil, let plan = container.plan else {
        // The kubelet's GetExec and GetAttach.
        return .connect(
          ContainerConsole.refused(
            "unable to upgrade connection: container "
              + (isExec
                ? "not found (\"\(wanted)\")"
                : "\(wanted) not found in pod \(pod.name)_\(pod.namespace)")))
      }
      let request = ConsoleRequest(query)
      return .connect(
        isExec ? kubelet.runtime.exec(request, in: plan) : kubelet.runtime.attach(request, to: plan)
      )
    case ("portforward", _):
      // It leads into the Pod's sandbox, which lives on while containers wait to be started again.
      let running = worker.containers.first(where: \.isRunning)?.plan
      let plans = worker.containers.compactMap { $0.plan ?? $0.previousPlan }
      guard let plan = running ?? plans.first, !worker.isEndedWhole else {
        throw StatusError(
          code: 500, reason: "InternalError",
          message: "Internal error occurred: unable to upgrade connection: pod not found "
            + "(\"\(pod.name)_\(pod.namespace)\")")
      }
      let port = query.last { $0.name == "ports" }.flatMap { Int($0.value) }
      return .connect(kubelet.runtime.forward(to: port, in: plan, pod: pod.uid))
    default:
      throw .badRequest("drydock: not simulated: \(subresource) of a Pod")
    }
  }
}
