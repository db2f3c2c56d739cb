import Documents
package import KubeAPIServer
import KubeObjects
import Simulation

/// kube-scheduler: gives every waiting Pod a node, or says why none suits.
package final class Scheduler {
  let timeline: Timeline
  let client: ComponentClient
  let cache = ClusterCache()
  let queue: SchedulingQueue
  let names: Set<String>
  /// Each profile tells of its decisions under its own name.
  private let recorders: [String: EventRecorder]
  var random: SeededRandom
  var nextStart = 0
  private var isPumping = false
  /// The last decision about each Pod that still waits, and about the latest that were placed.
  package internal(set) var decisions: [String: Decision] = [:]
  var placed: [String] = []
  var informers: [Informer] = []
  var volumeWaits: [String: VolumeWait] = [:]

  /// `host` is the machine it runs on; `names` are the schedulerNames it answers to; `user` is who
  /// it is to the API server.
  package init(
    server: APIServer, seed: UInt64, host: String, names: Set<String> = ["default-scheduler"],
    user: UserInfo = UserInfo(name: "system:kube-scheduler", groups: ["system:authenticated"])
  ) {
    timeline = server.timeline
    client = ComponentClient(server: server, user: user, manager: "kube-scheduler")
    let client = client
    recorders = Dictionary(
      uniqueKeysWithValues: names.map { name in
        let source = EventRecorder.Source.reporting(
          controller: name, instance: "\(name)-\(host)")
        return (name, EventRecorder(client, source: source))
      })
    queue = SchedulingQueue(timeline: timeline)
    self.names = names
    random = SeededRandom(seed: seed, for: "kube-scheduler")
    queue.onReady = { [weak self] in self?.pump() }
  }

  /// Records what the profile of `pod` did to an object; `pod` itself when none is given.
  func record(
    _ kind: EventRecorder.Kind, for pod: PodInfo, on object: Value? = nil, reason: String,
    message: String, action: String, related: Value? = nil
  ) {
    recorders[pod.schedulerName]?.record(
      kind, object ?? pod.value, reason: reason, message: message, action: action,
      related: related)
  }

  /// What was decided about a Pod, by its uid.
  package func decision(about uid: String) -> Decision? { decisions[uid] }

  /// One Pod at a time, each a thing of its own on the timeline, so that watchers come between.
  func pump() {
    guard !isPumping else { return }
    isPumping = true
    timeline.after(.zero) { [weak self] in
      guard let self else { return }
      isPumping = false
      guard let queued = queue.pop() else { return }
      schedule(queued)
      pump()
    }
  }

  private func schedule(_ queued: QueuedPod) {
    let pod = queued.pod
    guard !pod.isTerminating, !cache.isAssigned(pod.uid) else {
      queue.remove(pod.uid)
      return
    }
    let cycle = SchedulingCycle(pod: pod, cache: cache)
    var decision = cycle.decide(start: &nextStart, random: &random)
    if let node = decision.node {
      remember(decision, of: pod)
      bind(queued, to: node, cycle)
    } else {
      let outcome = makeRoom(for: pod, cycle, &decision)
      remember(decision, of: pod)
      report(queued, decision, outcome)
    }
  }

  /// Keeps what `why` asks for: all that wait, and the last thousand that were placed.
  private func remember(_ decision: Decision, of pod: PodInfo) {
    decisions[pod.uid] = decision.kept()
    guard decision.isScheduled else { return }
    placed.append(pod.uid)
    if placed.count >= 2000 {
      for uid in placed.prefix(1000) where decisions[uid]?.isScheduled == true {
        decisions[uid] = nil
      }
      placed.removeFirst(1000)
    }
  }
}
