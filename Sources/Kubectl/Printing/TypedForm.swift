import Documents

/// An object of a file as a typed one is printed: with the members that Go never leaves out.
enum TypedForm {
  static func filled(_ object: Value) -> Value {
    var object = object
    object[path: "metadata", "creationTimestamp"] = .some(.null)
    if object["spec"] == nil { return object }
    let kind = object["kind"]?.string ?? ""
    if object["status"] == nil { object["status"] = status(kind) }
    switch kind {
    case "Pod": object["spec"] = object["spec"].map(podSpec)
    case "CronJob":
      stamp(&object, ["spec", "jobTemplate"])
      template(&object, ["spec", "jobTemplate", "spec", "template"])
    case "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "ReplicationController":
      if kind == "Deployment", object[path: "spec", "strategy"] == nil {
        object[path: "spec", "strategy"] = [:]
      }
      if kind == "StatefulSet" || kind == "DaemonSet",
        object[path: "spec", "updateStrategy"] == nil
      {
        object[path: "spec", "updateStrategy"] = [:]
      }
      if kind == "StatefulSet", object[path: "spec", "serviceName"] == nil {
        object[path: "spec", "serviceName"] = ""
      }
      template(&object, ["spec", "template"])
    default: break
    }
    return object
  }

  /// The server's answer as a typed object: templates show an empty creation time.
  static func stamped(_ object: Value) -> Value {
    var object = object
    for path in [["spec", "template"], ["spec", "jobTemplate"]] where object.at(path) != nil {
      stamp(&object, path)
      if path == ["spec", "jobTemplate"] { stamp(&object, path + ["spec", "template"]) }
    }
    return object
  }

  private static func status(_ kind: String) -> Value? {
    switch kind {
    case "Service": ["loadBalancer": [:]]
    case "ReplicaSet", "ReplicationController": ["replicas": 0]
    case "StatefulSet": ["availableReplicas": 0, "replicas": 0]
    case "DaemonSet":
      [
        "currentNumberScheduled": 0, "desiredNumberScheduled": 0, "numberMisscheduled": 0,
        "numberReady": 0,
      ]
    case "Pod", "Deployment", "Job", "CronJob": [:]
    default: nil
    }
  }

  private static func stamp(_ object: inout Value, _ path: [String]) {
    guard var metadata = object.at(path).map({ $0["metadata"] ?? [:] }) else { return }
    metadata["creationTimestamp"] = .some(.null)
    object.set((path + ["metadata"])[...], metadata)
  }

  private static func template(_ object: inout Value, _ path: [String]) {
    stamp(&object, path)
    guard let spec = object.at(path + ["spec"]) else { return }
    object.set((path + ["spec"])[...], podSpec(spec))
  }

  private static func podSpec(_ spec: Value) -> Value {
    var spec = spec
    for list in ["containers", "initContainers"] {
      guard let containers = spec[list]?.array else { continue }
      spec[list] = .array(
        containers.map { container in
          var container = container
          if container["resources"] == nil { container["resources"] = [:] }
          return container
        })
    }
    return spec
  }
}
