import KubeObjects
import Simulation

/// The order in which surplus Pods are removed (controller.ActivePodsWithRanks).
struct PodRanking {
  let now: Moment
  /// How many related Pods share the Pod's node.
  let companions: [String: Int]

  /// Ranks by how many active Pods of `related` run on the same node.
  init(now: Moment, related: [PodRecord]) {
    self.now = now
    var onNode: [String: Int] = [:]
    for pod in related where pod.isActive { onNode[pod.nodeName, default: 0] += 1 }
    companions = onNode
  }

  /// Those to go first come first.
  func sorted(_ pods: [PodRecord]) -> [PodRecord] {
    pods.sorted { goesBefore($0, $1) }
  }

  private static func phaseRank(_ phase: String) -> Int {
    switch phase {
    case "Pending": 0
    case "Unknown": 1
    case "Running": 2
    default: 0
    }
  }

  func goesBefore(_ a: PodRecord, _ b: PodRecord) -> Bool {
    if a.nodeName.isEmpty != b.nodeName.isEmpty { return a.nodeName.isEmpty }
    let (phaseA, phaseB) = (Self.phaseRank(a.phase), Self.phaseRank(b.phase))
    if phaseA != phaseB { return phaseA < phaseB }
    if a.isReady != b.isReady { return !a.isReady }
    if a.deletionCost != b.deletionCost { return a.deletionCost < b.deletionCost }
    let (here, there) = (companions[a.nodeName] ?? 0, companions[b.nodeName] ?? 0)
    if here != there { return here > there }
    if a.isReady, b.isReady, a.readyTransition != b.readyTransition {
      return isYounger(a.readyTransition, b.readyTransition, a, b)
    }
    let (restartsA, restartsB) = (a.restarts, b.restarts)
    if restartsA != restartsB { return restartsA > restartsB }
    if a.creation != b.creation { return isYounger(a.creation, b.creation, a, b) }
    return a.uid < b.uid
  }

  /// Ages are compared by their magnitude only; within one, chance in the form of uids decides.
  private func isYounger(_ a: Moment?, _ b: Moment?, _ podA: PodRecord, _ podB: PodRecord) -> Bool {
    guard let a else { return false }
    guard let b else { return true }
    let (rankA, rankB) = (magnitude(a), magnitude(b))
    return rankA == rankB ? podA.uid < podB.uid : rankA < rankB
  }

  private func magnitude(_ moment: Moment) -> Int {
    let age = (now - moment).nanoseconds
    return age > 0 ? Int64.bitWidth - age.leadingZeroBitCount : 0
  }
}
