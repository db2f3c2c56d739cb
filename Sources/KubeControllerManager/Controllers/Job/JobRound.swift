import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// One look at one Job: counts what finished, decides whether it is over, makes and removes Pods.
struct JobRound {
  let controller: JobController
  let job: Value
  let key: Informer.Key
  let pods: [PodRecord]
  var status: Value
  var nextLook: Span?
  var completed: IndexSet
  var failedIndexes: IndexSet
  /// Pods that this look removed.
  private var removed = 0
  var newFailures = 0
  /// With limits of their own: by index, the failed Pod that is yet to be replaced. It is counted
  /// when its successor carries its count on (getPodsWithDelayedDeletionPerIndex).
  var unreplaced: [Int: PodRecord] = [:]
  /// Failures of Pods that are yet to be replaced.
  var heldFailures = 0
  /// Nothing is made until a back-off is over.
  var isBackingOff = false
  var backoffFailures = 0
  var lastFailure: Moment?
  var newSuccesses = 0
  var verdict: (reason: String, message: String)?
  /// Why not all Pods could be made or removed; what did happen is written all the same.
  var failure: StatusError?

  init(controller: JobController, job: Value, key: Informer.Key, pods: [PodRecord]) {
    self.controller = controller
    self.job = job
    self.key = key
    self.pods = pods
    status = job["status"] ?? .emptyObject
    let limit = Int(clamping: job[path: "spec", "completions"]?.int ?? 0)
    completed = IndexSet(status["completedIndexes"]?.string ?? "", limit: max(limit, 0))
    failedIndexes = IndexSet(status["failedIndexes"]?.string ?? "", limit: max(limit, 0))
  }

  var client: ComponentClient { controller.client }
  var now: Moment { controller.context.timeline.now }
  var isIndexed: Bool { job[path: "spec", "completionMode"]?.string == "Indexed" }
  var completions: Int? { job[path: "spec", "completions"]?.int.map { Int(clamping: $0) } }
  var parallelism: Int { Int(clamping: job[path: "spec", "parallelism"]?.int ?? 1) }
  var perIndexLimit: Int64? { job[path: "spec", "backoffLimitPerIndex"]?.int }
  var isSuspended: Bool { job[path: "spec", "suspend"]?.bool ?? false }
  var policy: PodFailurePolicy? {
    PodFailurePolicy(job[path: "spec", "podFailurePolicy"])
  }
  private var replacesOnlyFailed: Bool {
    job[path: "spec", "podReplacementPolicy"]?.string == "Failed"
  }

  func index(of pod: PodRecord) -> Int? {
    pod.value.annotation(JobController.indexKey).flatMap { Int($0) }
  }

  func isInRange(_ index: Int) -> Bool { index >= 0 && index < completions ?? 0 }

  func hasFailed(_ pod: PodRecord) -> Bool {
    if pod.phase == "Failed" { return true }
    // A Pod on its way out counts at once, unless it may still end well.
    return pod.isTerminating && pod.phase != "Succeeded" && !replacesOnlyFailed && policy == nil
  }

  var active: [PodRecord] {
    pods.filter { !$0.isFinished && !$0.isTerminating }
  }

  func number(_ name: String) -> Int { Int(clamping: status[name]?.int ?? 0) }

  mutating func run() throws(StatusError) {
    if status["startTime"] == nil, !isSuspended {
      status["startTime"] = .string(now.rfc3339)
      if let seconds = job[path: "spec", "activeDeadlineSeconds"]?.int {
        nextLook = .seconds(seconds)
      }
    }
    var finished = count()
    decide()
    let isSettled = controller.expectations.areMet(key, now: now)
    var left = active
    if verdict != nil || isOver {
      try removeAll(left)
      finished += dismiss()
      removed = left.count
      left = []
    } else if job.isBeingDeleted {
      finished += dismiss()
    } else if isSettled {
      left = manage(left)
      // A Job can be suspended only if it is not complete (syncJob).
      if isSuspended { noteSuccess(left) }
    }
    noteSuspension()
    fillCounts(left)
    try conclude(left)
    try write()
    for pod in finished { release(pod) }
    if let failure { throw failure }
  }

  func noteBackoff() {
    let uid = job.uid
    if perIndexLimit != nil { return }
    if backoffFailures > 0 {
      let known = controller.backoffs[uid]?.count ?? 0
      controller.backoffs[uid] = (known + backoffFailures, lastFailure ?? now)
    } else if newSuccesses > 0 {
      controller.backoffs[uid] = nil
    }
  }

  /// Whether the Job has come to its end, well or badly.
  private mutating func decide() {
    if let target = job.condition("FailureTarget"), target["status"]?.string == "True" {
      verdict = (target["reason"]?.string ?? "", target["message"]?.string ?? "")
    }
    if verdict != nil || isOver { return }
    let limit = job[path: "spec", "backoffLimit"]?.int ?? 6
    let policyIsOnFailure =
      job[path: "spec", "template", "spec", "restartPolicy"]?.string == "OnFailure"
    let restarts =
      policyIsOnFailure
      ? pods.filter { $0.phase == "Running" || $0.phase == "Pending" }
        .reduce(Int64(0)) { $0 + $1.allRestarts } : 0
    if Int64(number("failed") + heldFailures) > limit
      || policyIsOnFailure && restarts > 0 && restarts >= max(limit, 1)
    {
      verdict = ("BackoffLimitExceeded", "Job has reached the specified backoff limit")
    } else if let seconds = job[path: "spec", "activeDeadlineSeconds"]?.int, !isSuspended,
      let start = status["startTime"]?.string.flatMap({ Moment(rfc3339: $0) })
    {
      let left = start + .seconds(seconds) - now
      if left <= .zero {
        verdict = ("DeadlineExceeded", "Job was active longer than specified deadline")
      } else {
        nextLook = min(nextLook ?? left, left)
      }
    }
    if verdict == nil, isIndexed, let most = job[path: "spec", "maxFailedIndexes"]?.int,
      Int64(failedIndexes.count) > most
    {
      verdict = (
        "MaxFailedIndexesExceeded",
        "Job has exceeded the specified maximal number of failed indexes"
      )
    }
    if verdict == nil, isIndexed, let all = completions,
      completed.count + failedIndexes.count >= all, failedIndexes.count > 0
    {
      verdict = ("FailedIndexes", "Job has failed indexes")
    }
    if verdict == nil { noteSuccess(active) }
  }

  /// Whether the criteria of success were met, now or before.
  var isOver: Bool { Self.isTrue(status, "SuccessCriteriaMet") }

  static func isTrue(_ status: Value, _ type: String) -> Bool {
    status["conditions"]?.array?.contains {
      $0["type"]?.string == type && $0["status"]?.string == "True"
    } ?? false
  }

  private mutating func noteSuccess(_ active: [PodRecord]) {
    if let rule = matchedSuccessRule {
      setCondition(
        "SuccessCriteriaMet", "True", "SuccessPolicy", "Matched rules at index \(rule)")
      return
    }
    let succeeded = number("succeeded")
    let isReached: Bool
    if let completions {
      isReached = isIndexed ? completed.count >= completions : succeeded >= completions
    } else {
      // A work queue: one success, and all others gone.
      isReached = succeeded > 0 && active.isEmpty
    }
    guard isReached else { return }
    setCondition(
      "SuccessCriteriaMet", "True", "CompletionsReached",
      "Reached expected number of succeeded pods")
  }

  private var matchedSuccessRule: Int? {
    guard isIndexed, let rules = job[path: "spec", "successPolicy", "rules"]?.array else {
      return nil
    }
    return rules.firstIndex { rule in
      let listed = rule["succeededIndexes"]?.string.map {
        IndexSet($0, limit: completions ?? 0).members
      }
      let matched = listed.map { completed.members.intersection($0).count } ?? completed.count
      if let count = rule["succeededCount"]?.int { return Int64(matched) >= count }
      return listed.map { matched == $0.count } ?? false
    }
  }

  mutating func setCondition(
    _ type: String, _ value: String, _ reason: String, _ message: String
  ) {
    var conditions = status["conditions"]?.array ?? []
    let stamp = Value.string(now.rfc3339)
    let condition: Value = [
      "type": .string(type), "status": .string(value), "reason": .string(reason),
      "message": .string(message), "lastProbeTime": stamp, "lastTransitionTime": stamp,
    ]
    if let place = conditions.firstIndex(where: { $0["type"]?.string == type }) {
      if conditions[place]["status"]?.string == value { return }
      conditions[place] = condition
    } else {
      conditions.append(condition)
    }
    status["conditions"] = .array(conditions)
  }

  private func removeAll(_ doomed: [PodRecord]) throws(StatusError) {
    for pod in doomed {
      do throws(StatusError) {
        try controller.control.delete(pod, for: job)
      } catch { if !error.isNotFound { throw error } }
    }
  }

  private mutating func noteSuspension() {
    guard verdict == nil, !isOver else { return }
    let isMarked = Self.isTrue(status, "Suspended")
    if isSuspended, !isMarked {
      setCondition("Suspended", "True", "JobSuspended", "Job suspended")
      status["startTime"] = nil
      controller.events.record(.normal, job, reason: "Suspended", message: "Job suspended")
    } else if !isSuspended, isMarked {
      setCondition("Suspended", "False", "JobResumed", "Job resumed")
      status["startTime"] = .string(now.rfc3339)
      controller.events.record(.normal, job, reason: "Resumed", message: "Job resumed")
    }
  }

  private mutating func fillCounts(_ left: [PodRecord]) {
    let terminating = pods.count { $0.isTerminating && !$0.isFinished } + removed
    for (name, count) in [
      ("active", isBackingOff ? 0 : left.count), ("succeeded", number("succeeded")),
      ("failed", number("failed")),
    ] {
      status[name] = count == 0 ? nil : .int(Int64(count))
    }
    status["ready"] = .int(Int64(left.count(where: \.isReady)))
    status["terminating"] = .int(Int64(terminating))
    status["uncountedTerminatedPods"] = .emptyObject
    if isIndexed {
      let (done, lost) = (completed.text, failedIndexes.text)
      status["completedIndexes"] = done.isEmpty ? nil : .string(done)
      if perIndexLimit != nil { status["failedIndexes"] = .string(lost) }
    }
  }

  /// The last condition comes when the last Pod is gone.
  private mutating func conclude(_ left: [PodRecord]) throws(StatusError) {
    let isEmpty = left.isEmpty && number("terminating") == 0
    if let verdict {
      setCondition("FailureTarget", "True", verdict.reason, verdict.message)
      status["active"] = nil
      status["ready"] = 0
      guard isEmpty else { return }
      setCondition("Failed", "True", verdict.reason, verdict.message)
      controller.events.record(
        .warning, job, reason: verdict.reason, message: verdict.message)
    } else if isOver {
      status["active"] = nil
      status["ready"] = 0
      guard isEmpty else { return }
      let met = status["conditions"]?.array?.first {
        $0["type"]?.string == "SuccessCriteriaMet"
      }
      setCondition(
        "Complete", "True", met?["reason"]?.string ?? "", met?["message"]?.string ?? "")
      status["completionTime"] = .string(now.rfc3339)
      if let completions, number("succeeded") > completions {
        controller.events.record(
          .warning, job, reason: "TooManySucceededPods",
          message: "Too many succeeded pods running after completion count reached")
      }
      controller.events.record(.normal, job, reason: "Completed", message: "Job completed")
    }
  }

  private func write() throws(StatusError) {
    guard status != job["status"] else { return }
    var changed = job
    changed["status"] = status
    _ = try client.update(.jobs, changed, subresource: "status")
  }

  func release(_ pod: PodRecord) {
    let left = pod.value.finalizers.filter { $0 != JobController.tracking }
    _ = try? client.patch(
      .pods, pod.name, namespace: pod.namespace, .merge,
      ["metadata": ["finalizers": left.isEmpty ? .null : .array(left.map { .string($0) })]])
  }
}
