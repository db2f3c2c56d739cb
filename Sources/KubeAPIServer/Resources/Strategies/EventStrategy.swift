package import Documents
package import KubeObjects
import Simulation

/// Events, of both groups.
package struct EventStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource { .events }
  package var table: (any TableForm)? { ObjectTable.events }
  package var allowsCreateOnUpdate: Bool { true }

  package func applyDefaults(_ object: inout Value) {
    for field in ["eventTime", "firstTimestamp", "lastTimestamp"] where object[field] == nil {
      object[field] = .null
    }
    for field in ["reportingComponent", "reportingInstance"] { object.fillAbsent(field, "") }
    object.fillAbsent("source", [:])
  }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    let errors = ObjectMetadata.validate(object, namespaced: true) + involved(object)
    return context.resource.group.isEmpty ? errors : errors + newer(object)
  }

  /// What the newer group asks for besides.
  private func newer(_ object: Value) -> [FieldError] {
    var errors: [FieldError] = []
    if !object.has("eventTime") { errors.append(.required(FieldPath("eventTime"))) }
    if let series = object["series"], !series.isNull {
      if series.number("count") < 2 {
        errors.append(
          .invalid(FieldPath("series", "count"), "", "should be at least 2"))
      }
      if !series.has("lastObservedTime") {
        errors.append(.required(FieldPath("series", "lastObservedTime")))
      }
    }
    let controller = object.text("reportingComponent")
    if controller.isEmpty { errors.append(.required(FieldPath("reportingController"))) }
    errors += Checks.name(.qualifiedName, controller, FieldPath("reportingController"))
    for field in ["reportingInstance", "action", "reason"] where object.text(field).isEmpty {
      errors.append(.required(FieldPath(field)))
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
    let errors = ObjectMetadata.validateUpdate(object, old: old)
    if context.resource.group.isEmpty { return errors }
    return [
      "involvedObject", "reason", "message", "source", "type", "eventTime", "action", "related",
      "reportingComponent", "reportingInstance",
    ].reduce(errors) { $0 + Checks.unchanged(object[$1], old[$1], FieldPath($1)) }
  }

  package var selectableFields: [String] {
    [
      "involvedObject.kind", "involvedObject.namespace", "involvedObject.name",
      "involvedObject.uid", "involvedObject.apiVersion", "involvedObject.resourceVersion",
      "involvedObject.fieldPath", "reason", "reportingComponent", "source", "type",
    ]
  }

  package func selectableField(_ name: String, of object: Value) -> String {
    switch name {
    case "source":
      let own = object["source"]?.text("component") ?? ""
      return own.isEmpty ? object.text("reportingComponent") : own
    default:
      return object.at(name.split(separator: ".").map(String.init))?.string ?? ""
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
    out["apiVersion"] = .string(version.description)
    return out
  }
}
