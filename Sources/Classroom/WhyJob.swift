import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Why a Job has not finished, or failed, and why a CronJob makes none.
extension WhyQuestion {
  func job() throws(StatusError) -> String {
    let job = try client.get(.jobs, name, namespace: namespace)
    let spec = job["spec"] ?? [:]
    let status = job["status"] ?? [:]
    if job.isConditionTrue("Complete") { return "job/\(name) is complete\n" }
    let done = status.number("succeeded")
    let wanted = spec["completions"]?.int ?? 1
    if let failed = job.condition("Failed"), failed.text("status") == "True" {
      var findings = WhyFindings("job/\(name) failed")
      findings.add(
        "\(failed.text("reason")): \(failed.text("message"))",
        Self.advice(onFailed: failed.text("reason"), spec))
      findings.more = try lastChain(of: job)
      return findings.text
    }
    let end = wanted == 1 ? "end" : "ends"
    var findings = WhyFindings("job/\(name) has \(done) of \(wanted) successful \(end)")
    if spec.flag("suspend") {
      findings.add(
        "spec.suspend is true: it makes no Pods",
        "kubectl patch job \(name) -n \(namespace) -p '{\"spec\":{\"suspend\":false}}'")
    }
    if let manager = spec["managedBy"]?.string, manager != "kubernetes.io/job-controller" {
      findings.add("spec.managedBy is \(manager): the Job controller leaves it alone")
    }
    try failedCreation(job, &findings)
    let failures = Int(clamping: status.number("failed"))
    if failures > 0 {
      findings.add(
        "\(WhyFindings.counted(failures, "Pod")) of it failed; spec.backoffLimit allows "
          + "\(spec["backoffLimit"]?.int ?? 6)")
    }
    let active = Int(clamping: status.number("active"))
    if active > 0 {
      let runs = active == 1 ? "runs or waits" : "run or wait"
      findings.add("\(WhyFindings.counted(active, "Pod")) of it \(runs)")
    }
    findings.more = try lastChain(of: job)
    return findings.text
  }

  /// The chain of the Job's newest Pod that has not succeeded.
  private func lastChain(of job: Value) throws(StatusError) -> String {
    let labels = job[path: "spec", "selector", "matchLabels"]?.strings ?? [:]
    guard !labels.isEmpty else { return "" }
    let unfinished = try pods(labels).filter { $0[path: "status", "phase"]?.string != "Succeeded" }
    guard
      let newest = unfinished.max(by: {
        ($0.creationTimestamp?.nanoseconds ?? 0) < ($1.creationTimestamp?.nanoseconds ?? 0)
      })
    else { return "" }
    return try chain(of: newest)
  }

  private static func advice(onFailed reason: String, _ spec: Value) -> String {
    switch reason {
    case "BackoffLimitExceeded":
      "mend what its Pods run, or raise spec.backoffLimit (\(spec["backoffLimit"]?.int ?? 6)), and "
        + "make the Job anew"
    case "DeadlineExceeded":
      "it may take \(spec["activeDeadlineSeconds"]?.int ?? 0) s: raise spec.activeDeadlineSeconds "
        + "and make the Job anew"
    case "PodFailurePolicy": "a rule of spec.podFailurePolicy ended it"
    case "FailedIndexes", "MaxFailedIndexesExceeded":
      "indexes failed: spec.backoffLimitPerIndex, spec.maxFailedIndexes"
    default: ""
    }
  }

  func cronJob() throws(StatusError) -> String {
    let cronJob = try client.get(.cronJobs, name, namespace: namespace)
    let spec = cronJob["spec"] ?? [:]
    let last = cronJob[path: "status", "lastScheduleTime"]?.string
    var findings = WhyFindings(
      "cronjob/\(name) (\(spec.text("schedule"))) "
        + (last.map { "last made a Job at \($0)" } ?? "has made no Job yet"))
    if spec.flag("suspend") {
      findings.add(
        "spec.suspend is true: it makes no Jobs",
        "kubectl patch cronjob \(name) -n \(namespace) -p '{\"spec\":{\"suspend\":false}}'")
    }
    let active = cronJob[path: "status", "active"]?.array?.map { $0.text("name") } ?? []
    if spec.text("concurrencyPolicy") == "Forbid", let first = active.first {
      findings.add(
        "spec.concurrencyPolicy is Forbid and job/\(first) has not ended: no other one is begun",
        "why job/\(first); or set Allow or Replace")
    }
    let reasons: Set = [
      "UnknownTimeZone", "UnparseableSchedule", "MissSchedule", "TooManyMissedTimes",
      "FailedCreate", "InvalidSchedule",
    ]
    if let message = try warning(about: cronJob, reasons) {
      findings.add(
        message,
        spec["startingDeadlineSeconds"]?.int.map {
          "spec.startingDeadlineSeconds is \($0): a Job later than that is left out"
        } ?? "")
    }
    let jobs = try client.list(.jobs, namespace: namespace).filter {
      $0.controllerReference?.uid == cronJob.uid
    }
    if let failed = jobs.last(where: { $0.isConditionTrue("Failed") }) {
      findings.add("job/\(failed.name) of it failed", "why job/\(failed.name) -n \(namespace)")
    }
    if findings.links.isEmpty {
      findings.add("it waits for the next time that spec.schedule names")
    }
    return findings.text
  }
}
