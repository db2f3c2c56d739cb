import Documents
import KubeObjects
import Simulation

/// The checks of a Job's status, whoever writes it: since `managedBy`, not only the controller does
/// (pkg/apis/batch/validation, with the options of the registry's strategy).
struct JobStatusValidation {
  private static let path = FieldPath("status")
  private let spec: Value
  private let (new, old): (Value, Value)

  init(_ job: Value, old: Value) {
    spec = job["spec"] ?? [:]
    (new, self.old) = (job["status"] ?? [:], old["status"] ?? [:])
  }

  private func has(_ condition: String, in status: Value) -> Bool {
    status.items("conditions").contains {
      $0.text("type") == condition && $0.text("status") == "True"
    }
  }

  private func has(_ condition: String) -> Bool { has(condition, in: new) }

  private func isFinished(_ status: Value) -> Bool {
    has("Complete", in: status) || has("Failed", in: status)
  }

  private func changed(_ fields: String...) -> Bool { fields.contains { new[$0] != old[$0] } }

  private func turned(_ conditions: String...) -> Bool {
    conditions.contains { has($0, in: new) != has($0, in: old) }
  }

  private static func condition(_ text: String) -> FieldError {
    FieldError(.invalid, path.child("conditions").description, badValue: nil, text)
  }

  func validate() -> [FieldError] {
    var errors: [FieldError] = []
    for field in ["active", "succeeded", "failed", "ready", "terminating"] {
      errors += Checks.notNegative(new, field, Self.path)
    }
    return errors + uncounted() + completion() + finish() + indexes() + counts() + policy()
      + change()
  }

  private func uncounted() -> [FieldError] {
    var errors: [FieldError] = []
    var seen: Set<String> = []
    let place = Self.path.child("uncountedTerminatedPods")
    for list in ["succeeded", "failed"] {
      let pods = new["uncountedTerminatedPods"]?.texts(list) ?? []
      for (index, uid) in pods.enumerated() {
        let here = place.child(list).index(index)
        if uid.isEmpty {
          errors.append(.invalid(here, "", "must not be empty"))
        } else if !seen.insert(uid).inserted {
          errors.append(.duplicate(here, .string(uid)))
        }
      }
    }
    return errors
  }

  private func completion() -> [FieldError] {
    var errors: [FieldError] = []
    let place = Self.path.child("completionTime")
    let completed = new["completionTime"] ?? .null
    if turned("Complete", "Failed"), has("Complete"), has("Failed") {
      errors.append(Self.condition("cannot set Complete=True and Failed=true conditions"))
    }
    if turned("Complete", "FailureTarget"), has("Complete"), has("FailureTarget") {
      errors.append(Self.condition("cannot set Complete=True and FailureTarget=true conditions"))
    }
    if turned("Complete") || changed("completionTime") {
      if !completed.isNull, !has("Complete") {
        errors.append(
          .invalid(
            place, completed, "cannot set completionTime when there is no Complete=True condition"))
      }
      if completed.isNull, has("Complete") {
        errors.append(.required(place, "completionTime is required for Complete jobs"))
      }
    }
    if changed("startTime", "completionTime"),
      let start = new["startTime"]?.string.flatMap(Moment.init(rfc3339:)),
      let end = completed.string.flatMap(Moment.init(rfc3339:)), end < start
    {
      errors.append(.invalid(place, completed, "must be equal to or after `startTime`"))
    }
    if turned("Failed", "FailureTarget"), has("Failed"), !has("FailureTarget") {
      errors.append(
        Self.condition("cannot set Failed=True condition without the FailureTarget=true condition"))
    }
    if turned("Complete", "SuccessCriteriaMet"), has("Complete"), !has("SuccessCriteriaMet") {
      errors.append(
        Self.condition(
          "cannot set Complete=True condition without the SuccessCriteriaMet=true condition"))
    }
    return errors
  }

  private static let pods = GoStructure("Succeeded Failed")

  private func finish() -> [FieldError] {
    guard isFinished(new) else { return [] }
    let isNew = !isFinished(old)
    var errors: [FieldError] = []
    if isNew || changed("active"), new.number("active") > 0 {
      errors.append(
        .invalid(
          Self.path.child("active"), .int(new.number("active")),
          "active>0 is invalid for finished job"))
    }
    if isNew || changed("startTime"), !new.has("startTime") {
      errors.append(
        .required(Self.path.child("startTime"), "startTime is required for finished job"))
    }
    if isNew || changed("uncountedTerminatedPods"), let pods = new["uncountedTerminatedPods"],
      !pods.items("succeeded").isEmpty || !pods.items("failed").isEmpty
    {
      errors.append(
        .invalid(
          Self.path.child("uncountedTerminatedPods"), printed: Self.pods.printed(pods),
          "must be empty for finished job"))
    }
    return errors
  }

  private func indexes() -> [FieldError] {
    var errors: [FieldError] = []
    let (done, lost) = (new.text("completedIndexes"), new["failedIndexes"]?.string)
    let completions = spec["completions"]?.int
    let isPerIndex = spec.has("backoffLimitPerIndex")
    func unreadable(_ field: String, _ text: String) {
      guard changed(field), let completions else { return }
      do throws(JobIndexes.Problem) {
        _ = try JobIndexes(text, below: completions)
      } catch {
        errors.append(
          .invalid(
            Self.path.child(field), .string(text), "error parsing \(field): \(error.message)"))
      }
    }
    unreadable("completedIndexes", done)
    if isPerIndex, let lost { unreadable("failedIndexes", lost) }
    if changed("completedIndexes"), !done.isEmpty, spec.text("completionMode") != "Indexed" {
      errors.append(
        .invalid(
          Self.path.child("completedIndexes"), .string(done),
          "cannot set non-empty completedIndexes when non-indexed completion mode"))
    }
    guard let lost else { return errors }
    let place = Self.path.child("failedIndexes")
    if changed("failedIndexes"), !isPerIndex {
      errors.append(
        .invalid(
          place, .string(lost),
          "cannot set non-null failedIndexes when backoffLimitPerIndex is null"))
    }
    if changed("failedIndexes", "completedIndexes"), let completions,
      let first = try? JobIndexes(done, below: completions),
      let second = try? JobIndexes(lost, below: completions),
      let common = first.firstCommon(with: second)
    {
      errors.append(
        .invalid(
          place, .string(lost),
          "failedIndexes and completedIndexes overlap at index: \(common)"))
    }
    return errors
  }

  private func counts() -> [FieldError] {
    var errors: [FieldError] = []
    let terminating = new.number("terminating")
    if isFinished(new), !isFinished(old) || changed("terminating"), terminating > 0 {
      errors.append(
        .invalid(
          Self.path.child("terminating"), .int(terminating),
          "terminating>0 is invalid for finished job"))
    }
    if changed("ready", "active"), new.number("ready") > new.number("active") {
      errors.append(
        .invalid(
          Self.path.child("ready"), .int(new.number("ready")),
          "cannot set more ready pods than active"))
    }
    return errors
  }

  private func policy() -> [FieldError] {
    var errors: [FieldError] = []
    if has("SuccessCriteriaMet") {
      for other in ["Failed", "FailureTarget"] where has(other) {
        errors.append(
          Self.condition("cannot set SuccessCriteriaMet=True and \(other)=true conditions"))
      }
    } else if spec.has("successPolicy"), has("Complete") {
      errors.append(
        Self.condition(
          "cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True"))
    }
    return errors
  }

  /// What once was may not be undone.
  private func change() -> [FieldError] {
    var errors: [FieldError] = []
    for condition in ["Failed", "Complete", "FailureTarget"]
    where has(condition, in: old) && !has(condition) {
      errors.append(Self.condition("cannot disable the terminal \(condition)=True condition"))
    }
    let isElastic =
      spec.text("completionMode") == "Indexed" && spec["completions"] == spec["parallelism"]
    for counter in ["failed", "succeeded"] where counter == "failed" || !isElastic {
      if new.number(counter) < old.number(counter) {
        errors.append(
          .invalid(
            Self.path.child(counter), .int(new.number(counter)),
            "cannot decrease the \(counter) counter"))
      }
    }
    if let time = new["completionTime"], !time.isNull, old.has("completionTime"),
      changed("completionTime")
    {
      errors.append(
        .invalid(Self.path.child("completionTime"), time, Checks.immutable))
    }
    if old.has("startTime"), changed("startTime"), !spec.flag("suspend") {
      errors.append(
        .required(
          Self.path.child("startTime"), "startTime cannot be removed for unsuspended job"))
    }
    if has("SuccessCriteriaMet", in: old), !has("SuccessCriteriaMet") {
      errors.append(Self.condition("cannot disable the SuccessCriteriaMet=True condition"))
    }
    if has("Complete", in: old), !has("SuccessCriteriaMet", in: old), has("SuccessCriteriaMet") {
      errors.append(
        Self.condition(
          "cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions"))
    }
    return errors
  }
}
