import Documents
import KubeObjects
import Simulation

extension ObjectTable {
  private static func wide(_ object: Value) -> [Value] {
    Cell.containers(object["spec"]?["template"]?["spec"])
      + [Cell.selector(object["spec"]?["selector"])]
  }

  package static let deployments = ObjectTable("deployments") { object, now in
    let status = object["status"] ?? [:]
    let wanted = object["spec"]?.number("replicas") ?? 0
    return [
      Cell.name(object), .string("\(status.number("readyReplicas"))/\(wanted)"),
      .int(status.number("updatedReplicas")), .int(status.number("availableReplicas")),
      Cell.age(object, now),
    ] + wide(object)
  }

  package static let replicaSets = ObjectTable("replicasets") { object, now in
    replicas(object, now) + wide(object)
  }

  package static let replicationControllers = ObjectTable("replicationcontrollers") {
    object, now in
    replicas(object, now) + Cell.containers(object["spec"]?["template"]?["spec"])
      + [Cell.labels(object["spec"]?["selector"])]
  }

  private static func replicas(_ object: Value, _ now: Moment) -> [Value] {
    let status = object["status"] ?? [:]
    return [
      Cell.name(object), .int(object["spec"]?.number("replicas") ?? 0),
      .int(status.number("replicas")), .int(status.number("readyReplicas")),
      Cell.age(object, now),
    ]
  }

  package static let statefulSets = ObjectTable("statefulsets") { object, now in
    let ready = object["status"]?.number("readyReplicas") ?? 0
    return [
      Cell.name(object), .string("\(ready)/\(object["spec"]?.number("replicas") ?? 0)"),
      Cell.age(object, now),
    ] + Cell.containers(object["spec"]?["template"]?["spec"])
  }

  package static let daemonSets = ObjectTable("daemonsets") { object, now in
    let status = object["status"] ?? [:]
    let numbers = [
      "desiredNumberScheduled", "currentNumberScheduled", "numberReady",
      "updatedNumberScheduled", "numberAvailable",
    ].map { Value.int(status.number($0)) }
    return [Cell.name(object)] + numbers + [
      Cell.labels(object["spec"]?["template"]?["spec"]?["nodeSelector"]), Cell.age(object, now),
    ] + wide(object)
  }

  package static let controllerRevisions = ObjectTable("controllerrevisions") { object, now in
    let owner = object.controllerReference
    let group = owner.map { GroupVersion(apiVersion: $0.apiVersion).group } ?? ""
    let shown = owner.map {
      "\($0.kind.lowercased())\(group.isEmpty ? "" : "." + group)/\($0.name)"
    }
    return [
      Cell.name(object), Cell.orNone(shown ?? ""), .int(object.number("revision")),
      Cell.age(object, now),
    ]
  }

  package static let jobs = ObjectTable("jobs") { job, now in
    let (spec, status) = (job["spec"] ?? [:], job["status"] ?? [:])
    let succeeded = status.number("succeeded")
    let completions: String
    if let wanted = spec["completions"]?.int {
      completions = "\(succeeded)/\(wanted)"
    } else {
      let parallelism = spec.number("parallelism")
      completions = parallelism > 1 ? "\(succeeded)/1 of \(parallelism)" : "\(succeeded)/1"
    }
    var duration = ""
    if let start = status["startTime"]?.string.flatMap({ Moment(rfc3339: $0) }) {
      let end = status["completionTime"]?.string.flatMap { Moment(rfc3339: $0) } ?? now
      duration = (end - start).humanText
    }
    return [
      Cell.name(job), .string(jobState(job)), .string(completions), .string(duration),
      Cell.age(job, now),
    ] + wide(job)
  }

  private static func jobState(_ job: Value) -> String {
    if job.isConditionTrue("Complete") { return "Complete" }
    if job.isConditionTrue("Failed") { return "Failed" }
    if job.isBeingDeleted { return "Terminating" }
    if job.isConditionTrue("Suspended") { return "Suspended" }
    if job.isConditionTrue("FailureTarget") { return "FailureTarget" }
    if job.isConditionTrue("SuccessCriteriaMet") { return "SuccessCriteriaMet" }
    return "Running"
  }

  package static let cronJobs = ObjectTable("cronjobs") { object, now in
    let (spec, status) = (object["spec"] ?? [:], object["status"] ?? [:])
    let last = status["lastScheduleTime"].map { Cell.since($0, now) } ?? "<none>"
    let job = spec["jobTemplate"]?["spec"]
    return [
      Cell.name(object), .string(spec.text("schedule")), Cell.orNone(spec.text("timeZone")),
      .string(spec.flag("suspend") ? "True" : "False"),
      .int(Int64(status.items("active").count)), .string(last), Cell.age(object, now),
    ] + Cell.containers(job?["template"]?["spec"]) + [Cell.selector(job?["selector"])]
  }

  package static let horizontalPodAutoscalers = ObjectTable("horizontalpodautoscalers") {
    object, now in
    let (spec, status) = (object["spec"] ?? [:], object["status"] ?? [:])
    let target = spec["scaleTargetRef"] ?? [:]
    let minimum = spec["minReplicas"]?.int.map { String($0) } ?? "<unset>"
    return [
      Cell.name(object), .string("\(target.text("kind"))/\(target.text("name"))"),
      .string(ScalingTargets.text(spec.items("metrics"), status.items("currentMetrics"))),
      .string(minimum), .int(spec.number("maxReplicas")), .int(status.number("currentReplicas")),
      Cell.age(object, now),
    ]
  }

  package static let podDisruptionBudgets = ObjectTable("poddisruptionbudgets") { object, now in
    let spec = object["spec"] ?? [:]
    let shown = ["minAvailable", "maxUnavailable"].map { field in
      Value.string(IntOrString(spec[field])?.description ?? "N/A")
    }
    return [Cell.name(object)] + shown + [
      .int(object["status"]?.number("disruptionsAllowed") ?? 0), Cell.age(object, now),
    ]
  }
}
