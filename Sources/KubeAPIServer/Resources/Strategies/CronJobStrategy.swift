package import Documents
package import KubeObjects

/// CronJobs.
package struct CronJobStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource { .cronJobs }
  package var generationPaths: [[String]] { [["spec"]] }
  package var table: (any TableForm)? { ObjectTable.cronJobs }

  package func applyDefaults(_ object: inout Value) {
    object.update("spec") { spec in
      spec.fill("concurrencyPolicy", "Allow")
      spec.fillAbsent("suspend", false)
      spec.fillAbsent("successfulJobsHistoryLimit", 3)
      spec.fillAbsent("failedJobsHistoryLimit", 1)
      spec.update("jobTemplate") { template in
        template.fillAbsent("metadata", [:])
        template.fillAbsent("spec", [:])
        template.update("spec") { JobStrategy.applyTemplateDefaults(toSpec: &$0) }
      }
    }
  }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    let errors =
      ObjectMetadata.validate(object, namespaced: true)
      + validate(object["spec"] ?? [:], old: nil)
    // The names of its Jobs have eleven characters more.
    guard object.name.utf8.count > 52 else { return errors }
    return errors + [
      .invalid(
        FieldPath("metadata", "name"), .string(object.name), "must be no more than 52 characters")
    ]
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    let errors = ObjectMetadata.validateUpdate(object, old: old)
    guard context.subresource.isEmpty else { return errors }
    return errors + validate(object["spec"] ?? [:], old: old["spec"])
  }

  private func validate(_ spec: Value, old: Value?) -> [FieldError] {
    let path = FieldPath("spec")
    var errors = schedule(spec, old, path)
    errors += Checks.notNegative(spec, "startingDeadlineSeconds", path)
    errors += zone(spec, old, path)
    errors += Checks.oneOf(
      spec, "concurrencyPolicy", ["Allow", "Forbid", "Replace"], path)
    errors += template(spec["jobTemplate"] ?? [:], path.child("jobTemplate"))
    for field in ["successfulJobsHistoryLimit", "failedJobsHistoryLimit"] {
      errors += Checks.notNegative(spec, field, path)
    }
    return errors
  }

  private func schedule(_ spec: Value, _ old: Value?, _ path: FieldPath) -> [FieldError] {
    let text = spec.text("schedule")
    let place = path.child("schedule")
    guard !text.isEmpty else { return [.required(place)] }
    var errors: [FieldError] = []
    do throws(CronSchedule.ParseError) {
      _ = try CronSchedule(Self.withoutZone(text))
    } catch {
      errors.append(.invalid(place, .string(text), error.description))
    }
    guard text.contains("TZ") else { return errors }
    // What had a zone before may keep it, but not beside the field.
    if old?.text("schedule").contains("TZ") == true {
      if spec.has("timeZone") {
        errors.append(
          .invalid(
            place, .string(text), "cannot use both timeZone field and TZ or CRON_TZ in schedule"))
      }
      return errors
    }
    errors.append(
      .invalid(
        place, .string(text), "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"))
    return errors
  }

  /// What comes after a zone that upstream's parser knows.
  private static func withoutZone(_ text: String) throws(CronSchedule.ParseError) -> String {
    guard text.hasPrefix("TZ=") || text.hasPrefix("CRON_TZ="),
      let blank = text.firstIndex(of: " "), let equals = text.firstIndex(of: "="), equals < blank
    else { return text }
    let zone = String(text[text.index(after: equals)..<blank])
    if !zone.isEmpty, zone != "Local", !TimeZones.all.contains(zone) {
      throw CronSchedule.ParseError(
        description: "provided bad location \(zone): unknown time zone \(zone)")
    }
    return String(text[blank...].drop { $0 == " " })
  }

  private func zone(_ spec: Value, _ old: Value?, _ path: FieldPath) -> [FieldError] {
    guard let zone = spec["timeZone"]?.string, old?["timeZone"] != spec["timeZone"] else {
      return []
    }
    let place = path.child("timeZone")
    if zone.isEmpty {
      return [.invalid(place, "", "timeZone must be nil or non-empty string")]
    }
    var errors: [FieldError] = []
    if zone.lowercased() == "local" {
      errors.append(
        .invalid(
          place, .string(zone),
          "timeZone must be an explicit time zone as defined in "
            + "https://www.iana.org/time-zones"))
    }
    // Go knows its own zone by this name alone.
    if zone != "Local", !TimeZones.all.contains(zone) {
      errors.append(.invalid(place, .string(zone), "unknown time zone \(zone)"))
    }
    return errors
  }

  private func template(_ template: Value, _ path: FieldPath) -> [FieldError] {
    let spec = template["spec"] ?? [:]
    let place = path.child("spec")
    var errors = Checks.labels(template["metadata"]?["labels"], path.child("labels"))
    errors += JobValidation.validate(spec, place, isTemplate: true)
    if let selector = spec["selector"], !selector.isNull {
      errors.append(
        .invalid(
          place.child("selector"), printed: GoStructure.labelSelector.printed(selector),
          "`selector` will be auto-generated"))
    }
    if spec.flag("manualSelector") {
      errors.append(
        .notSupported(place.child("manualSelector"), true, ["nil", "false"]))
    }
    return errors
  }

  package func warnings(_ object: Value, old: Value?, _ context: RequestContext) -> [String] {
    let place = ["spec", "jobTemplate", "spec"]
    return JobStrategy.warnings(
      object.at(place) ?? [:], old?.at(place), FieldPath("spec", "jobTemplate", "spec"))
      + PodTemplateWarnings.all(object, old: old, context, at: place + ["template"])
  }
}
