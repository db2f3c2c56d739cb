import Documents
import KubeObjects

/// The Scale of a scalable object and back.
struct ScaleForm {
  private let resource: ServedResource

  init(_ resource: ServedResource) { self.resource = resource }

  /// Throws where a custom resource does not say how many replicas it wants.
  func scale(of object: Value) throws(StatusError) -> Value {
    if let path = path("specReplicasPath"), object.at(path)?.int == nil {
      throw .internalError(
        "the spec replicas field \(("." + path.joined(separator: ".")).goQuoted) does not exist")
    }
    return shown(object)
  }

  /// The Scale of an object that may not say how many replicas it wants.
  func shown(_ object: Value) -> Value {
    var metadata: Value = [:]
    for name in ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"] {
      metadata[name] = object["metadata"]?[name]
    }
    var spec: Value = [:]
    let replicas = number("specReplicasPath", "spec", object)
    if replicas != 0 { spec["replicas"] = .int(replicas) }
    var status: Value = ["replicas": .int(number("statusReplicasPath", "status", object))]
    let selector = selector(of: object)
    if !selector.isEmpty { status["selector"] = .string(selector) }
    return [
      "kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": metadata, "spec": spec,
      "status": status,
    ]
  }

  private func number(_ name: String, _ part: String, _ object: Value) -> Int64 {
    object.at(path(name) ?? [part, "replicas"])?.int ?? 0
  }

  /// Where a custom resource keeps a number of its Scale.
  private func path(_ name: String) -> [String]? {
    resource.scale?[name]?.string.map { $0.split(separator: ".").map(String.init) }
  }

  private func selector(of object: Value) -> String {
    if resource.scale != nil {
      return path("labelSelectorPath").flatMap { object.at($0)?.string } ?? ""
    }
    let selector = object["spec"]?["selector"]
    if resource.resource == .replicationControllers {
      return LabelSelector(labels: selector).description
    }
    return (try? LabelSelector(object: selector))?.description ?? ""
  }

  /// The object with the replicas that a Scale asks for.
  func apply(_ scale: Value, to object: Value) throws(StatusError) -> Value {
    let replicas = scale["spec"]?["replicas"]?.int ?? 0
    // A custom resource's strategy knows where its replicas are.
    if replicas < 0, resource.scale == nil {
      throw .invalid(
        group: "autoscaling", kind: "Scale", name: scale.name,
        [
          .invalid(
            FieldPath("spec", "replicas"), .int(replicas),
            "must be greater than or equal to 0")
        ])
    }
    var new = object
    new.set((path("specReplicasPath") ?? ["spec", "replicas"])[...], .int(replicas))
    // A version is a precondition where one is given.
    let version = scale.resourceVersion
    if !version.isEmpty { new["metadata"]?["resourceVersion"] = .string(version) }
    if !scale.uid.isEmpty { new["metadata"]?["uid"] = .string(scale.uid) }
    return new
  }
}
