import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Starts a Job whenever a CronJob's schedule says so.
final class CronJobController: Reconciler {
  static let name = "cronjob-controller"

  private let context: ControllerContext
  private let client: ComponentClient
  private let events: EventRecorder
  private let cronJobs: Informer
  private let jobs: InformerIndex
  private var queue: WorkQueue<Informer.Key>!
  /// What upstream adds to the next time, so as not to come too early.
  private static let delta = Span.milliseconds(100)

  init(_ context: ControllerContext) {
    self.context = context
    client = context.client(Self.name)
    events = context.recorder(client, Self.name)
    cronJobs = context.informer(.cronJobs)
    jobs = InformerIndex(context.informer(.jobs)) {
      $0.controllerReference.map { [$0.uid] } ?? []
    }
  }

  func start() {
    queue = WorkQueue(timeline: context.timeline) { [weak self] key throws(StatusError) in
      try self?.reconcile(key) ?? .done
    }
    cronJobs.onChange { [weak self] old, new in
      guard let self, let object = new ?? old else { return }
      let key = Informer.Key(namespace: object.namespace, name: object.name)
      guard let old, let new, Self.clock(old) != Self.clock(new) else { return queue.add(key) }
      // Another schedule counts from now on: what it would have started before is not made up for.
      if let following = following(new) {
        queue.add(key, after: pause(new, following))
      }
    }
    context.informer(.jobs).onChange { [weak self] old, new in
      guard let object = new ?? old, let owner = object.controllerReference,
        owner.kind == "CronJob"
      else { return }
      self?.queue.add(Informer.Key(namespace: object.namespace, name: owner.name))
    }
  }

  private static func clock(_ cronJob: Value) -> [Value?] {
    [cronJob[path: "spec", "schedule"], cronJob[path: "spec", "timeZone"]]
  }

  /// Gives the time of a CronJob's schedule that comes after a moment; nil: it cannot be read.
  private func following(_ cronJob: Value) -> ((Moment) -> Moment?)? {
    guard let schedule = try? CronSchedule(cronJob[path: "spec", "schedule"]?.string ?? "") else {
      return nil
    }
    guard let name = cronJob[path: "spec", "timeZone"]?.string else {
      return { schedule.next(after: $0) }
    }
    return CivilZone(name).map { zone in { schedule.next(after: $0, in: zone) } }
  }

  /// How long until the next time of a schedule (nextScheduleTimeDuration).
  private func pause(_ cronJob: Value, _ following: (Moment) -> Moment?) -> Span {
    let now = context.timeline.now
    return following(now).map { $0 - now + Self.delta } ?? .zero
  }

  private func record(
    _ object: Value, _ reason: String, _ message: String,
    _ kind: EventRecorder.Kind = .normal
  ) {
    events.record(kind, object, reason: reason, message: message)
  }

  private func reconcile(
    _ key: Informer.Key
  ) throws(StatusError) -> WorkQueue<Informer.Key>.Outcome {
    guard let cronJob = cronJobs.objects[key] else { return .done }
    let children = jobs[cronJob.uid]
    var status = cronJob["status"] ?? .emptyObject
    trimHistory(cronJob, children, &status)
    noteFinished(cronJob, children, &status)
    var next: Span?
    var failure: StatusError?
    do throws(StatusError) {
      next = try startDue(cronJob, &status)
    } catch {
      failure = error
    }
    // What was seen is told, whether or not the next could be started.
    if status != cronJob["status"] ?? .emptyObject {
      var changed = cronJob
      changed["status"] = status
      do throws(StatusError) {
        _ = try client.update(.cronJobs, changed, subresource: "status")
      } catch { if !error.isNotFound { throw error } }
    }
    if let failure { throw failure }
    return next.map { .again(after: $0) } ?? .done
  }

  private static func end(of job: Value) -> String? {
    ["Complete", "Failed"].first { job.isConditionTrue($0) }
  }

  private func noteFinished(_ cronJob: Value, _ children: [Value], _ status: inout Value) {
    var active = status["active"]?.array ?? []
    for job in children {
      let place = active.firstIndex { $0["uid"]?.string == job.uid }
      guard let end = Self.end(of: job) else {
        if place == nil {
          record(
            cronJob, "UnexpectedJob",
            "Saw a job that the controller did not create or forgot: \(job.name)", .warning)
        }
        continue
      }
      if let place {
        active.remove(at: place)
        record(
          cronJob, "SawCompletedJob", "Saw completed job: \(job.name), condition: \(end)")
      } else if end == "Complete", let time = job[path: "status", "completionTime"] {
        // The sync after that in which it was seen to be complete, and any Job of one's own making.
        let known = status["lastSuccessfulTime"]?.string ?? ""
        if known < (time.string ?? "") { status["lastSuccessfulTime"] = time }
      }
    }
    let present = Set(children.map(\.uid))
    for (place, reference) in active.enumerated().reversed()
    where !present.contains(reference["uid"]?.string ?? "") {
      let name = reference["name"]?.string ?? ""
      // Made a moment ago and not yet heard of, or gone.
      if (try? client.get(.jobs, name, namespace: cronJob.namespace)) != nil { continue }
      record(cronJob, "MissingJob", "Active job went missing: \(name)")
      active.remove(at: place)
    }
    status["active"] = active.isEmpty ? nil : .array(active)
  }

  private func trimHistory(_ cronJob: Value, _ children: [Value], _ status: inout Value) {
    for (condition, field, standard) in [
      ("Complete", "successfulJobsHistoryLimit", Int64(3)),
      ("Failed", "failedJobsHistoryLimit", 1),
    ] {
      let limit = Int(clamping: cronJob[path: "spec", field]?.int ?? standard)
      let ended = children.filter { $0.isConditionTrue(condition) && !$0.isBeingDeleted }.sorted {
        let (a, b) = (
          $0[path: "status", "startTime"]?.string ?? "",
          $1[path: "status", "startTime"]?.string ?? ""
        )
        return a == b ? $0.name < $1.name : a < b
      }
      for job in ended.prefix(max(ended.count - limit, 0)) { remove(job, cronJob, &status) }
    }
  }

  private func remove(_ job: Value, _ cronJob: Value, _ status: inout Value) {
    do throws(StatusError) {
      try client.delete(
        .jobs, job.name, namespace: job.namespace,
        options: ["propagationPolicy": "Background"])
      let left = (status["active"]?.array ?? []).filter { $0["uid"]?.string != job.uid }
      status["active"] = left.isEmpty ? nil : .array(left)
      record(cronJob, "SuccessfulDelete", "Deleted job \(job.name)")
    } catch {
      if !error.isNotFound {
        record(cronJob, "FailedDelete", "Deleted job: \(error.message)", .warning)
      }
    }
  }

  /// Starts the Job that is due, if any; returns how long until the next.
  private func startDue(
    _ cronJob: Value, _ status: inout Value
  ) throws(StatusError) -> Span? {
    if cronJob.isBeingDeleted { return nil }
    let now = context.timeline.now
    if let name = cronJob[path: "spec", "timeZone"]?.string, CivilZone(name) == nil {
      record(
        cronJob, "UnknownTimeZone",
        "invalid timeZone: \(name.goQuoted): unknown time zone \(name)", .warning)
      return nil
    }
    if cronJob[path: "spec", "suspend"]?.bool == true { return nil }
    let text = cronJob[path: "spec", "schedule"]?.string ?? ""
    guard let following = following(cronJob) else {
      record(
        cronJob, "UnparseableSchedule", "unparseable schedule: \(text.goQuoted)", .warning)
      return nil
    }
    guard following(now) != nil else {
      record(
        cronJob, "InvalidSchedule",
        "invalid schedule: \(text) : time difference between two schedules is less than 1 second",
        .warning)
      return nil
    }
    let wait = pause(cronJob, following)
    guard let due = lastDue(cronJob, following, status, now) else { return wait }
    let deadline = cronJob[path: "spec", "startingDeadlineSeconds"]?.int
    if let deadline, due + .seconds(deadline) < now {
      record(
        cronJob, "MissSchedule", "Missed scheduled time to start a job: \(due.rfc1123)", .warning)
      return wait
    }
    let name = "\(cronJob.name)-\(due.seconds / 60)"
    let active = status["active"]?.array ?? []
    if active.contains(where: { $0["name"]?.string == name })
      || status["lastScheduleTime"]?.string == due.rfc3339
    {
      return wait
    }
    switch cronJob[path: "spec", "concurrencyPolicy"]?.string {
    case "Forbid" where !active.isEmpty:
      record(
        cronJob, "JobAlreadyActive",
        "Not starting job because prior execution is running and concurrency policy is Forbid")
      return wait
    case "Replace":
      for reference in active {
        let known = reference["name"]?.string ?? ""
        let job: Value
        do throws(StatusError) {
          job = try client.get(.jobs, known, namespace: cronJob.namespace)
        } catch {
          record(cronJob, "FailedGet", "Get job: \(error.message)", .warning)
          throw error
        }
        remove(job, cronJob, &status)
      }
    default: break
    }
    try start(name, due, cronJob, &status)
    return wait
  }

  /// The latest time of the schedule that has passed since the last start.
  private func lastDue(
    _ cronJob: Value, _ next: (Moment) -> Moment?, _ status: Value, _ now: Moment
  ) -> Moment? {
    var earliest = cronJob.creationTimestamp ?? now
    if let last = status["lastScheduleTime"]?.string.flatMap({ Moment(rfc3339: $0) }) {
      earliest = last
    }
    if let seconds = cronJob[path: "spec", "startingDeadlineSeconds"]?.int {
      earliest = max(earliest, now + .seconds(-max(seconds, 0)))
    }
    var due: Moment?
    var missed = 0
    var cursor = earliest
    while let time = next(cursor), time <= now {
      due = time
      cursor = time
      missed += 1
      // After a long sleep only the last time matters: leap to it.
      if missed == 100 { cursor = max(cursor, now + .hours(-24 * 32)) }
      if missed > 50_000 { break }
    }
    if missed > 100 {
      record(
        cronJob, "TooManyMissedTimes",
        "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check "
          + "clock skew", .warning)
    }
    return due
  }

  private func start(
    _ name: String, _ due: Moment, _ cronJob: Value, _ status: inout Value
  ) throws(StatusError) {
    let template = cronJob[path: "spec", "jobTemplate"]
    var metadata: Value = [
      "name": .string(name), "namespace": .string(cronJob.namespace),
      "ownerReferences": [OwnerReference.controller(cronJob).value],
    ]
    metadata["labels"] = template?[path: "metadata", "labels"]
    var annotations = template?[path: "metadata", "annotations"] ?? .emptyObject
    annotations["batch.kubernetes.io/cronjob-scheduled-timestamp"] = .string(due.rfc3339)
    metadata["annotations"] = annotations
    var job: Value
    do throws(StatusError) {
      job = try client.create(
        .jobs,
        [
          "apiVersion": "batch/v1", "kind": "Job", "metadata": metadata,
          "spec": template?["spec"] ?? .emptyObject,
        ], namespace: cronJob.namespace)
      record(cronJob, "SuccessfulCreate", "Created job \(name)")
    } catch {
      if error.isNamespaceTerminating { return }
      guard error.isAlreadyExists else {
        record(cronJob, "FailedCreate", "Error creating job: \(error.message)", .warning)
        throw error
      }
      // Made before, and forgotten; another's is let alone.
      job = try client.get(.jobs, name, namespace: cronJob.namespace)
      guard job.controllerReference?.uid == cronJob.uid else { return }
    }
    status["active"] = .array(
      (status["active"]?.array ?? []) + [EventRecorder.reference(to: job)])
    status["lastScheduleTime"] = .string(due.rfc3339)
  }
}

extension Moment {
  /// As Go's RFC1123Z prints it: Mon, 02 Jan 2006 15:04:05 +0000.
  fileprivate var rfc1123: String {
    let time = CivilTime(self)
    func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let clock = "\(two(time.hour)):\(two(time.minute)):\(two(time.second))"
    return "\(time.weekdayName), \(two(time.day)) \(time.monthName) \(time.year) \(clock) +0000"
  }
}
