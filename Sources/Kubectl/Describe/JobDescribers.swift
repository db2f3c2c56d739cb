import Documents
import Simulation

/// Describes Jobs.
struct JobDescriber: Describer {
  func describe(_ object: Value, _ out: DescribeWriter, _ context: DescribeContext) async throws {
    let spec = object["spec"] ?? .emptyObject
    let status = object["status"] ?? .emptyObject
    out.field("Name", DescribeText.name(object))
    out.field("Namespace", DescribeText.namespace(object))
    if spec["selector"]?.object != nil {
      out.field("Selector", DescribeText.selector(spec["selector"]))
    }
    out.labels("Labels", object[path: "metadata", "labels"])
    out.annotations("Annotations", object[path: "metadata", "annotations"])
    if let owner = DescribeText.controller(object) { out.field("Controlled By", owner) }
    out.field("Parallelism", spec["parallelism"].map(DescribeText.text) ?? "<unset>")
    out.field("Completions", spec["completions"].map(DescribeText.text) ?? "<unset>")
    let mode = spec["completionMode"]?.string
    if let mode { out.field("Completion Mode", mode) }
    if let suspend = spec["suspend"]?.bool { out.field("Suspend", "\(suspend)") }
    if let limit = spec["backoffLimit"]?.int { out.field("Backoff Limit", "\(limit)") }
    if let seconds = spec["ttlSecondsAfterFinished"]?.int {
      out.field("TTL Seconds After Finished", "\(seconds)")
    }
    times(spec, status, out)
    let ready = status["ready"]?.int.map { " (\($0) Ready)" } ?? ""
    out.field(
      "Pods Statuses",
      "\(status["active"]?.int ?? 0) Active\(ready) / \(status["succeeded"]?.int ?? 0) Succeeded / "
        + "\(status["failed"]?.int ?? 0) Failed")
    if mode == "Indexed" {
      out.field(
        "Completed Indexes", Self.capped(DescribeText.orNone(status["completedIndexes"]?.string)))
    }
    PodTemplateDescription.write(spec["template"], out)
    await context.events(of: object, out)
  }

  private static func capped(_ text: String) -> String {
    text.utf8.count <= 50 ? text : text.prefix(50) + "..."
  }

  private func times(_ spec: Value, _ status: Value, _ out: DescribeWriter) {
    if let start = status["startTime"] { out.field("Start Time", DescribeText.time(start)) }
    if let end = status["completionTime"] { out.field("Completed At", DescribeText.time(end)) }
    if let start = status["startTime"]?.string.flatMap(ClockText.parse),
      let end = status["completionTime"]?.string.flatMap(ClockText.parse)
    {
      out.field("Duration", ClockText.age(end - start))
    }
    if let seconds = spec["activeDeadlineSeconds"]?.int {
      out.field("Active Deadline Seconds", "\(seconds)s")
    }
  }
}

/// Describes CronJobs.
struct CronJobDescriber: Describer {
  func describe(_ object: Value, _ out: DescribeWriter, _ context: DescribeContext) async throws {
    let spec = object["spec"] ?? .emptyObject
    let job = spec[path: "jobTemplate", "spec"] ?? .emptyObject
    func limit(_ name: String) -> String { spec[name].map(DescribeText.text) ?? "<unset>" }
    DescribeText.head(object, out)
    out.field("Schedule", spec["schedule"]?.string ?? "")
    out.field("Concurrency Policy", spec["concurrencyPolicy"]?.string ?? "")
    out.field("Suspend", DescribeText.capitalized(spec["suspend"]?.bool ?? false))
    out.field("Successful Job History Limit", limit("successfulJobsHistoryLimit"))
    out.field("Failed Job History Limit", limit("failedJobsHistoryLimit"))
    out.field(
      "Starting Deadline Seconds",
      spec["startingDeadlineSeconds"]?.int.map { "\($0)s" } ?? "<unset>")
    out.field(
      "Selector",
      job["selector"]?.object == nil ? "<unset>" : DescribeText.selector(job["selector"]))
    out.field("Parallelism", job["parallelism"].map(DescribeText.text) ?? "<unset>")
    out.field("Completions", job["completions"].map(DescribeText.text) ?? "<unset>")
    if let seconds = job["activeDeadlineSeconds"]?.int {
      out.field("Active Deadline Seconds", "\(seconds)s")
    }
    PodTemplateDescription.write(job["template"], out)
    out.field("Last Schedule Time", DescribeText.time(object[path: "status", "lastScheduleTime"]))
    let active = (object[path: "status", "active"]?.array ?? []).compactMap { $0["name"]?.string }
    out.field("Active Jobs", active.isEmpty ? "<none>" : active.joined(separator: ", "))
    await context.events(of: object, out)
  }
}
