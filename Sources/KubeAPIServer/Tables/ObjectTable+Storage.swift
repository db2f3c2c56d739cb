import Documents
import KubeObjects
import Simulation

extension ObjectTable {
  package static let persistentVolumeClaims = ObjectTable("persistentvolumeclaims") {
    claim, now in
    let (spec, status) = (claim["spec"] ?? [:], claim["status"] ?? [:])
    let volume = spec.text("volumeName")
    let isBound = !volume.isEmpty
    // A claim that waits for its volume has none yet, which prints as a number.
    let storage = status["capacity"]?["storage"]?.string ?? "0"
    return [
      Cell.name(claim), .string(claim.isBeingDeleted ? "Terminating" : status.text("phase")),
      .string(volume), .string(isBound ? storage : ""),
      .string(isBound ? Cell.accessModes(status.texts("accessModes")) : ""),
      .string(storageClass(claim, spec)), attributes(spec), Cell.age(claim, now),
      .string(spec["volumeMode"]?.string ?? "<unset>"),
    ]
  }

  private static func storageClass(_ object: Value, _ spec: Value) -> String {
    object.annotation("volume.beta.kubernetes.io/storage-class")
      ?? spec.text("storageClassName")
  }

  private static func attributes(_ spec: Value) -> Value {
    .string(spec["volumeAttributesClassName"]?.string ?? "<unset>")
  }

  package static let persistentVolumes = ObjectTable("persistentvolumes") { volume, now in
    let (spec, status) = (volume["spec"] ?? [:], volume["status"] ?? [:])
    let claim = spec["claimRef"].flatMap { $0.isNull ? nil : $0 }
    return [
      Cell.name(volume), .string(spec["capacity"]?["storage"]?.string ?? ""),
      .string(Cell.accessModes(spec.texts("accessModes"))),
      .string(spec.text("persistentVolumeReclaimPolicy")),
      .string(volume.isBeingDeleted ? "Terminating" : status.text("phase")),
      .string(claim.map { "\($0.text("namespace"))/\($0.text("name"))" } ?? ""),
      .string(storageClass(volume, spec)), attributes(spec), .string(status.text("reason")),
      Cell.age(volume, now), .string(spec["volumeMode"]?.string ?? "<unset>"),
    ]
  }

  package static let storageClasses = ObjectTable("storageclasses") { object, now in
    let isDefault = [
      "storageclass.kubernetes.io/is-default-class",
      "storageclass.beta.kubernetes.io/is-default-class",
    ].contains { object.annotation($0) == "true" }
    return [
      .string(isDefault ? "\(object.name) (default)" : object.name),
      .string(object.text("provisioner")),
      .string(object["reclaimPolicy"]?.string ?? "Delete"),
      .string(object["volumeBindingMode"]?.string ?? "Immediate"),
      .bool(object.flag("allowVolumeExpansion")), Cell.age(object, now),
    ]
  }

  package static let volumeAttributesClasses = ObjectTable("volumeattributesclasses") {
    object, now in
    let isDefault =
      object.annotation("volumeattributesclass.alpha.kubernetes.io/is-default-class") == "true"
    return [
      .string(isDefault ? "\(object.name) (default)" : object.name),
      .string(object.text("driverName")), Cell.age(object, now),
    ]
  }

  package static let csiDrivers = ObjectTable("csidrivers") { object, now in
    let spec = object["spec"] ?? [:]
    let audiences = spec.items("tokenRequests").map { $0.text("audience") }
    let modes = spec.texts("volumeLifecycleModes")
    return [
      Cell.name(object), .bool(spec["attachRequired"]?.bool ?? true),
      .bool(spec.flag("podInfoOnMount")), .bool(spec.flag("storageCapacity")),
      .string(audiences.isEmpty ? "<unset>" : audiences.joined(separator: ",")),
      .bool(spec.flag("requiresRepublish")),
      .string(modes.isEmpty ? "<none>" : modes.joined(separator: ",")), Cell.age(object, now),
    ]
  }

  package static let csiNodes = ObjectTable("csinodes") { object, now in
    [
      Cell.name(object), .int(Int64(object["spec"]?.items("drivers").count ?? 0)),
      Cell.age(object, now),
    ]
  }

  package static let volumeAttachments = ObjectTable("volumeattachments") { object, now in
    let spec = object["spec"] ?? [:]
    return [
      Cell.name(object), .string(spec.text("attacher")),
      .string(spec["source"]?.text("persistentVolumeName") ?? ""),
      .string(spec.text("nodeName")), .bool(object["status"]?.flag("attached") ?? false),
      Cell.age(object, now),
    ]
  }

  package static let resourceClaims = ObjectTable("resourceclaims") { object, now in
    let status = object["status"] ?? [:]
    var states: [String] = []
    if object.isBeingDeleted { states.append("deleted") }
    if status.has("allocation") {
      states.append("allocated")
      if !status.items("reservedFor").isEmpty { states.append("reserved") }
    }
    return [
      Cell.name(object), .string(states.isEmpty ? "pending" : states.joined(separator: ",")),
      Cell.age(object, now),
    ]
  }

  package static let resourceSlices = ObjectTable("resourceslices") { object, now in
    let spec = object["spec"] ?? [:]
    let place = spec.flag("allNodes") ? "<all>" : spec.text("nodeName")
    return [
      Cell.name(object), .string(place.isEmpty ? "<unset>" : place),
      .string(spec.text("driver")), .string(spec["pool"]?.text("name") ?? ""),
      Cell.age(object, now),
    ]
  }
}
