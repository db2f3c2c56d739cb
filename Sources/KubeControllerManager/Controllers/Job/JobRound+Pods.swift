import Documents
import KubeAPIServer
import KubeObjects
import Simulation

extension JobRound {
  /// Makes or removes Pods towards the parallelism that is wanted; returns what is active then.
  mutating func manage(_ active: [PodRecord]) -> [PodRecord] {
    let wanted = isSuspended ? 0 : wantedActive(active.count)
    let doomed = surplus(active, keeping: wanted)
    if !doomed.isEmpty {
      controller.expectations.expect(key, deletions: Set(doomed.map(\.uid)), now: now)
      for pod in doomed {
        // Not tracked any more: that it goes is no failure.
        controller.counted.insert(pod.uid)
        release(pod)
        do throws(StatusError) {
          try controller.control.delete(pod, for: job)
        } catch {
          controller.expectations.sawDeletion(key, pod.uid)
          if !error.isNotFound { failure = failure ?? error }
        }
      }
      let gone = Set(doomed.map(\.uid))
      return active.filter { !gone.contains($0.uid) }
    }
    let terminating = pods.count { $0.isTerminating && !$0.isFinished }
    let present = replacesOnlyFailedPods ? active.count + terminating : active.count
    guard wanted > present else { return active }
    let wait = backoffLeft
    if wait > .zero {
      nextLook = min(nextLook ?? wait, wait)
      // Upstream's manageJob then gives 0 for what is active, whatever still runs.
      isBackingOff = true
      return active
    }
    controller.pacing.note(key, size: pods.count)
    if let wait = controller.pacing.wait(key, now: now) {
      nextLook = min(nextLook ?? wait, wait)
      return active
    }
    let count = min(wanted - present, Pacing.burst)
    controller.pacing.made(count, of: key, now: now)
    return active + create(count, active)
  }

  private var replacesOnlyFailedPods: Bool {
    job[path: "spec", "podReplacementPolicy"]?.string == "Failed"
      || job[path: "spec", "podFailurePolicy"] != nil
  }

  private func wantedActive(_ present: Int) -> Int {
    let succeeded = Int(clamping: status["succeeded"]?.int ?? 0)
    guard let completions else {
      // A work queue that had a success is left as it is.
      return succeeded > 0 ? present : parallelism
    }
    let done = isIndexed ? completed.count + failedIndexes.count : succeeded
    return max(min(completions - done, parallelism), 0)
  }

  /// Ten seconds after a failure, doubled for each in a row, at most ten minutes.
  private var backoffLeft: Span {
    guard perIndexLimit == nil, let (count, last) = controller.backoffs[job.uid], count > 0
    else { return .zero }
    return last + Self.backoff(count) - now
  }

  private static func backoff(_ failures: Int) -> Span {
    .seconds(failures > 6 ? 600 : min(Int64(10) << Int64(max(failures, 1) - 1), 600))
  }

  /// With limits of their own, indexes wait on their own.
  private func backoffLeft(_ index: Int) -> Span {
    guard let failed = unreplaced[index] else { return .zero }
    let failures = Int(clamping: absoluteCount(failed) + 1)
    return (failed.end ?? now) + Self.backoff(failures) - now
  }

  /// activePodsForRemoval: whose index is taken twice or out of range, then those too many.
  private func surplus(_ active: [PodRecord], keeping wanted: Int) -> [PodRecord] {
    let ranking = PodRanking(now: now, related: [])
    var doomed: [PodRecord] = []
    var rest = active
    if isIndexed {
      rest = []
      for (index, pods) in Dictionary(grouping: active, by: { index(of: $0) ?? -1 })
        .sorted(by: { $0.key < $1.key })
      {
        let sorted = ranking.sorted(pods)
        doomed += isInRange(index) ? sorted.dropLast() : sorted[...]
        if isInRange(index), let last = sorted.last { rest.append(last) }
      }
    }
    let more = active.count - wanted - doomed.count
    return more > 0 ? doomed + ranking.sorted(rest).prefix(more) : doomed
  }

  private mutating func create(_ count: Int, _ active: [PodRecord]) -> [PodRecord] {
    var indexes: [Int] = []
    if isIndexed, let completions {
      let taken = Set(active.compactMap { index(of: $0) })
      let busy = Set(
        pods.filter { $0.isTerminating && !$0.isFinished && replacesOnlyFailedPods }
          .compactMap { index(of: $0) })
      // Who waits keeps its place among the first: no later index goes before it.
      var pending = 0
      for index in 0..<max(completions, 0) where pending < count {
        guard !taken.contains(index), !busy.contains(index), !completed.contains(index),
          !failedIndexes.contains(index)
        else { continue }
        pending += 1
        let wait = backoffLeft(index)
        if wait > .zero {
          nextLook = min(nextLook ?? wait, wait)
          continue
        }
        indexes.append(index)
      }
    }
    let total = isIndexed ? indexes.count : count
    guard total > 0 else {
      isBackingOff = nextLook != nil && !unreplaced.isEmpty
      return []
    }
    controller.expectations.expect(key, additions: total, now: now)
    var left = indexes[...]
    var made: [PodRecord] = []
    let (created, error) = PodControl.slowStart(total) { () throws(StatusError) in
      let pod = try controller.control.create(pod(index: left.popFirst()), for: job)
      made.append(PodRecord(pod))
    }
    if created < total {
      controller.expectations.sawAddition(key, count: total - created)
    }
    if let error, !error.isNamespaceTerminating { failure = error }
    return made
  }

  private func pod(index: Int?) -> Value {
    var pod = PodControl.pod(from: job[path: "spec", "template"] ?? .null, owner: job)
    pod["metadata"]?["finalizers"] = [.string(JobController.tracking)]
    guard let index else { return pod }
    let text = Value.string(String(index))
    pod["metadata"]?["generateName"] = .string("\(job.name)-\(index)-")
    pod.setAnnotation(JobController.indexKey, String(index))
    if perIndexLimit != nil {
      let (counted, ignored) = failures(of: index)
      pod.setAnnotation(JobController.failureCount, String(counted))
      if ignored > 0 { pod.setAnnotation(JobController.ignoredCount, String(ignored)) }
    }
    var labels = pod[path: "metadata", "labels"] ?? .emptyObject
    labels[JobController.indexKey] = text
    pod["metadata"]?["labels"] = labels
    pod["spec"]?["hostname"] = .string("\(job.name)-\(index)")
    for part in ["initContainers", "containers"] {
      guard var containers = pod[path: "spec", part]?.array else { continue }
      for place in containers.indices {
        var variables = containers[place]["env"]?.array ?? []
        if variables.contains(where: { $0["name"]?.string == "JOB_COMPLETION_INDEX" }) {
          continue
        }
        variables.append([
          "name": "JOB_COMPLETION_INDEX",
          "valueFrom": [
            "fieldRef": [
              "fieldPath": .string("metadata.labels['\(JobController.indexKey)']")
            ]
          ],
        ])
        containers[place]["env"] = .array(variables)
      }
      pod["spec"]?[part] = .array(containers)
    }
    return pod
  }

  /// How often an index failed already, and how often the policy took no notice
  /// (getNewIndexFailureCounts).
  private func failures(of index: Int) -> (counted: Int64, ignored: Int64) {
    guard let failed = unreplaced[index] else { return (0, 0) }
    let (counted, ignored) = (failureCount(failed), ignoredCount(failed))
    return policy?.counts(failed) ?? true
      ? (counted + 1, ignored) : (counted, ignored + 1)
  }
}
