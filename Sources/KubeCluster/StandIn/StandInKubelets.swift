import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Kubelets that run no containers: they report of a Pod what its `stand-in/…` annotations say.
///
/// A Pod's containers run from half a second after it is bound until it is deleted.
/// `stand-in/exit-code` ends them with that code, `stand-in/run-seconds` after that long,
/// `stand-in/not-ready: "true"` keeps them unready, `stand-in/waiting` waiting for that reason.
final class StandInKubelets: NodeConnection {
  let client: ComponentClient
  let timeline: Timeline
  private let pods: Informer
  private let nodes: Informer
  private var plans: [String: Blueprint.NodePlan] = [:]
  private var started: Set<String> = []
  private var lastAddress: [String: UInt32] = [:]

  private static let startDelay = Span.milliseconds(500)
  private static let reactionDelay = Span.milliseconds(100)
  private static let restartDelay = Span.seconds(2)

  init(client: ComponentClient) {
    self.client = client
    timeline = client.server.timeline
    pods = client.informer(.pods)
    nodes = client.informer(.nodes)
    pods.onChange { [weak self] old, new in self?.changed(old, new) }
  }

  func add(_ plan: Blueprint.NodePlan) {
    plans[plan.name] = plan
    register(plan)
  }

  /// Logs are empty: nothing ran that could have written any.
  func connect(
    pod: Value, subresource: String, query: [(name: String, value: String)]
  ) throws(StatusError) -> APIResponse.Body {
    if subresource == "log" { return .bytes([]) }
    throw .badRequest("drydock: not simulated: \(subresource) of a Pod without containers")
  }

  private func changed(_ old: Value?, _ new: Value?) {
    guard let new else {
      if let old { started.remove(old.uid) }
      return
    }
    guard plans[new[path: "spec", "nodeName"]?.string ?? ""] != nil else { return }
    if new.isBeingDeleted {
      if old?.isBeingDeleted != true {
        timeline.after(Self.reactionDelay) { [weak self] in self?.finish(new) }
      }
    } else if started.insert(new.uid).inserted {
      timeline.after(Self.startDelay) { [weak self] in self?.report(new, restarts: 0) }
    } else if old?.annotations != new.annotations {
      timeline.after(Self.reactionDelay) { [weak self] in self?.report(new, restarts: 0) }
    } else if old?["spec"] != new["spec"] {
      timeline.after(Self.restartDelay) { [weak self] in self?.report(new, restarts: 1) }
    }
  }

  private func finish(_ pod: Value) {
    guard let fresh = current(pod) else { return }
    _ = try? client.delete(
      .pods, fresh.name, namespace: fresh.namespace, options: ["gracePeriodSeconds": 0])
  }

  private func current(_ pod: Value) -> Value? {
    guard let fresh = try? client.get(.pods, pod.name, namespace: pod.namespace),
      fresh.uid == pod.uid
    else { return nil }
    return fresh
  }

  private func report(_ pod: Value, restarts: Int64) {
    guard let fresh = current(pod), !fresh.isBeingDeleted else { return }
    let phase = fresh[path: "status", "phase"]?.string
    guard phase != "Succeeded", phase != "Failed" else { return }
    let state = StandInPodState(fresh, restarts: restarts, now: timeline.now)
    var status = fresh["status"] ?? .emptyObject
    giveAddress(&status, of: fresh)
    state.fill(&status)
    var changed = fresh
    changed["status"] = status
    _ = try? client.update(.pods, changed, subresource: "status")
    if state.isRestarting {
      timeline.after(Self.restartDelay) { [weak self] in
        self?.report(pod, restarts: restarts + 1)
      }
    } else if let span = state.lifetime {
      timeline.after(span) { [weak self] in self?.report(pod, restarts: restarts) }
    }
  }

  private func giveAddress(_ status: inout Value, of pod: Value) {
    guard status["podIP"] == nil, let name = pod[path: "spec", "nodeName"]?.string,
      let plan = plans[name]
    else { return }
    var address = plan.address
    if pod[path: "spec", "hostNetwork"]?.bool != true {
      let cidr = nodes["", name]?[path: "spec", "podCIDR"]?.string ?? "10.244.0.0/24"
      guard let range = AddressRange(cidr) else { return }
      // .0 is the network, .1 the bridge.
      let next = max(2, (lastAddress[name] ?? 1) + 1)
      lastAddress[name] = next < range.size - 2 ? next : 1
      address = range.address(next)
    }
    status["hostIP"] = .string(plan.address)
    status["hostIPs"] = [["ip": .string(plan.address)]]
    status["podIP"] = .string(address)
    status["podIPs"] = [["ip": .string(address)]]
    status["startTime"] = .string(timeline.now.rfc3339)
  }
}
