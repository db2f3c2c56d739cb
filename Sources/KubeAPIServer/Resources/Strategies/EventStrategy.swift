package import Documents
package import KubeObjects
import Simulation

/// Events, of both groups.
package struct EventStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource { .events }
  package var table: (any TableForm)? { ObjectTable.events }
  package var allowsCreateOnUpdate: Bool { true }

  package func prepareForCreate(_ object: inout Value, _ context: RequestContext) {
    for field in ["reportingComponent", "reportingInstance"] { object.fillAbsent(field, "") }
    object.fillAbsent("source", [:])
  }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    let metadata = ObjectMetadata.validate(object, namespaced: true)
    let isNew = !context.requestVersion.group.isEmpty
    var errors = validate(object, isNew: isNew)
    guard isNew else { return metadata + errors }
    errors += metadata
    if !object.has("eventTime") { errors.append(.required(FieldPath("eventTime"))) }
    if let series = object["series"], !series.isNull { errors += validate(series: series) }
    if !["Normal", "Warning"].contains(object.text("type")) {
      errors.append(
        .invalid(FieldPath("type"), "", "has invalid value: \(object.text("type"))"))
    }
    let source = object["source"] ?? [:]
    let formers = [
      ("firstTimestamp", object.has("firstTimestamp")),
      ("lastTimestamp", object.has("lastTimestamp")), ("count", object.number("count") != 0),
      ("source", !(source.text("component") + source.text("host")).isEmpty),
    ]
    for (field, isSet) in formers where isSet {
      errors.append(.invalid(FieldPath(field), "", "needs to be unset"))
    }
    return errors
  }

  private func validate(series: Value) -> [FieldError] {
    var errors: [FieldError] = []
    if series.number("count") < 2 {
      errors.append(.invalid(FieldPath("series", "count"), "", "should be at least 2"))
    }
    if !series.has("lastObservedTime") {
      errors.append(.required(FieldPath("series", "lastObservedTime")))
    }
    return errors
  }

  /// What both groups ask of an Event; one with an eventTime has to say more.
  private func validate(_ object: Value, isNew: Bool) -> [FieldError] {
    guard object.has("eventTime") else { return involved(object) }
    var errors: [FieldError] = []
    let other = object["involvedObject"]?.text("namespace") ?? ""
    if other.isEmpty, !["default", "kube-system"].contains(object.namespace) {
      errors.append(
        .invalid(
          FieldPath("involvedObject", "namespace"), "", "does not match event.namespace"))
    }
    let controller = object.text("reportingComponent")
    let path = FieldPath(isNew ? "reportingController" : "reportingComponent")
    if controller.isEmpty { errors.append(.required(path)) }
    errors += Checks.name(.qualifiedName, controller, path)
    for (field, limit) in [
      ("reportingInstance", 128), ("action", 128), ("reason", 128), ("message", 1024),
    ] {
      let text = object.text(field)
      if text.isEmpty, field != "message" { errors.append(.required(FieldPath(field))) }
      if text.utf8.count > limit {
        errors.append(
          .invalid(FieldPath(field), "", "can have at most \(limit) characters"))
      }
    }
    return errors
  }

  private func involved(_ object: Value) -> [FieldError] {
    let other = object["involvedObject"]?.text("namespace") ?? ""
    let kind = object["involvedObject"]?.text("kind") ?? ""
    let path = FieldPath("involvedObject", "namespace")
    let isOfCluster = ["Node", "Namespace", "PersistentVolume", "StorageClass", ""].contains(kind)
    if other.isEmpty, isOfCluster, !kind.isEmpty || object.namespace == "default" {
      return object.namespace == "default" || object.namespace == "kube-system"
        ? [] : [.invalid(path, "", "does not match event.namespace")]
    }
    return other == object.namespace
      ? [] : [.invalid(path, .string(other), "does not match event.namespace")]
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    let metadata = ObjectMetadata.validateUpdate(object, old: old)
    let isNew = !context.requestVersion.group.isEmpty
    var errors = validate(object, isNew: isNew)
    guard isNew else { return metadata + errors }
    errors += metadata
    if object["series"] != old["series"], let series = object["series"], !series.isNull {
      errors += validate(series: series)
    }
    let fixed = [
      "involvedObject", "reason", "message", "source", "firstTimestamp", "lastTimestamp", "count",
      "type", "eventTime", "action", "related",
    ]
    for field in fixed {
      errors += Checks.unchanged(object[field], old[field], FieldPath(field))
    }
    return errors
      + Checks.unchanged(
        object["reportingComponent"], old["reportingComponent"], FieldPath("reportingController"))
      + Checks.unchanged(
        object["reportingInstance"], old["reportingInstance"], FieldPath("reportingInstance"))
  }

  package var selectableFields: [String] {
    [
      "involvedObject.kind", "involvedObject.namespace", "involvedObject.name",
      "involvedObject.uid", "involvedObject.apiVersion", "involvedObject.resourceVersion",
      "involvedObject.fieldPath", "reason", "reportingComponent", "source", "type",
    ]
  }

  /// The newer group selects by the newer names, and not by the source.
  package func selectableField(named name: String, in version: GroupVersion) -> String? {
    if version.group.isEmpty { return selectableFields.contains(name) ? name : nil }
    if name == "reportingController" { return "reportingComponent" }
    if ["reason", "type"].contains(name) { return name }
    guard name.hasPrefix("regarding.") else { return nil }
    let core = "involvedObject." + name.dropFirst("regarding.".count)
    return selectableFields.contains(core) ? core : nil
  }

  package func selectableField(_ name: String, of object: Value) -> String {
    switch name {
    case "source":
      let own = object["source"]?.text("component") ?? ""
      return own.isEmpty ? object.text("reportingComponent") : own
    default:
      return object.at(dotted: name)?.string ?? ""
    }
  }

  // The newer group has other names for the same fields.
  private static let names = [
    ("involvedObject", "regarding"), ("message", "note"), ("source", "deprecatedSource"),
    ("firstTimestamp", "deprecatedFirstTimestamp"),
    ("lastTimestamp", "deprecatedLastTimestamp"), ("count", "deprecatedCount"),
    ("reportingComponent", "reportingController"),
  ]

  package func convert(
    _ object: Value, from: GroupVersion, to version: GroupVersion
  ) -> Value {
    var out = object
    for (core, newer) in Self.names {
      let (source, target) = version.group.isEmpty ? (newer, core) : (core, newer)
      out[target] = out[source]
      if source != target { out[source] = nil }
    }
    // Only the older version writes empty ones.
    let reporter = version.group.isEmpty ? "reportingComponent" : "reportingController"
    for field in [reporter, "reportingInstance"] {
      if version.group.isEmpty {
        if out[field] == nil { out[field] = "" }
      } else if out[field] == "" {
        out[field] = nil
      }
    }
    out["apiVersion"] = .string(version.description)
    return out
  }
}
