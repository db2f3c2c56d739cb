import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// What Pods that ended mean to their Job (trackJobStatusAndRemoveFinalizers).
extension JobRound {
  /// Adds Pods that finished since the last look to the counters; returns them.
  mutating func count() -> [PodRecord] {
    var finished: [PodRecord] = []
    let tracked = pods.filter {
      $0.value.finalizers.contains(JobController.tracking) && !controller.counted.contains($0.uid)
    }
    for pod in tracked where pod.phase == "Succeeded" {
      finished.append(pod)
      if isIndexed {
        guard let index = index(of: pod), isInRange(index) else { continue }
        completed.insert(index)
      }
      newSuccesses += 1
    }
    let failed = tracked.filter { $0.phase != "Succeeded" && hasFailed($0) }
    // An index that the Job no longer has is nobody's failure.
    let counting = failed.filter { !isIndexed || index(of: $0).map(isInRange) ?? false }
    let isCounted = Set(counting.filter { judge($0) }.map(\.uid))
    findUnreplaced(counting)
    for pod in failed {
      let isHeld = index(of: pod).flatMap { unreplaced[$0] }?.uid == pod.uid
      if !isHeld { finished.append(pod) }
      guard isCounted.contains(pod.uid) else { continue }
      if isHeld { heldFailures += 1 } else { newFailures += 1 }
    }
    for pod in finished { controller.counted.insert(pod.uid) }
    // Fewer completions make successes of higher indexes void.
    let succeeded = isIndexed ? completed.count : number("succeeded") + newSuccesses
    status["succeeded"] = .int(Int64(succeeded))
    status["failed"] = .int(Int64(number("failed") + newFailures))
    noteBackoff()
    return finished
  }

  /// When the Job is decided nothing that still runs is waited for; it failed, unless the Job met
  /// its criteria of success. A Job that is being deleted lets all go (canRemoveFinalizer).
  mutating func dismiss() -> [PodRecord] {
    var dismissed: [PodRecord] = []
    for pod in pods
    where pod.value.finalizers.contains(JobController.tracking)
      && controller.counted.insert(pod.uid).inserted
    {
      dismissed.append(pod)
      if verdict != nil || hasFailed(pod), !isIndexed || index(of: pod).map(isInRange) ?? false,
        policy?.counts(pod) ?? true
      {
        status["failed"] = .int(Int64(number("failed") + 1))
      }
    }
    return dismissed
  }

  /// What follows of a Pod's failure; false: it does not count.
  private mutating func judge(_ pod: PodRecord) -> Bool {
    // What a policy ignores is waited for all the same.
    backoffFailures += 1
    lastFailure = max(lastFailure ?? pod.end ?? now, pod.end ?? now)
    if let (action, message) = policy?.verdict(pod) {
      switch action {
      case .ignore: return false
      case .failJob: verdict = verdict ?? ("PodFailurePolicy", message)
      case .failIndex: if let index = index(of: pod) { failedIndexes.insert(index) }
      case .count: break
      }
    }
    if let limit = perIndexLimit, let index = index(of: pod), failureCount(pod) >= limit {
      failedIndexes.insert(index)
    }
    return true
  }

  private mutating func findUnreplaced(_ failed: [PodRecord]) {
    guard perIndexLimit != nil else { return }
    let running = Set(active.compactMap { index(of: $0) })
    for pod in failed {
      guard let index = index(of: pod), !running.contains(index), !completed.contains(index),
        !failedIndexes.contains(index)
      else { continue }
      if let other = unreplaced[index],
        absoluteCount(other) > absoluteCount(pod) || (pod.end ?? now) < (other.end ?? now)
      {
        continue
      }
      unreplaced[index] = pod
    }
  }

  func failureCount(_ pod: PodRecord) -> Int64 { count(pod, JobController.failureCount) }

  func ignoredCount(_ pod: PodRecord) -> Int64 { count(pod, JobController.ignoredCount) }

  func absoluteCount(_ pod: PodRecord) -> Int64 { failureCount(pod) + ignoredCount(pod) }

  private func count(_ pod: PodRecord, _ key: String) -> Int64 {
    pod.value.annotation(key).flatMap { Int32($0) }.map { Int64(max($0, 0)) } ?? 0
  }
}
