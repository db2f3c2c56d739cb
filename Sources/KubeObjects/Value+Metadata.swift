package import Documents
package import Simulation

/// What every object of the API has.
extension Value {
  package var apiVersion: String { self["apiVersion"]?.string ?? "" }
  package var kind: String { self["kind"]?.string ?? "" }
  package var name: String { metadata("name") }
  package var namespace: String { metadata("namespace") }
  package var uid: String { metadata("uid") }
  package var resourceVersion: String { metadata("resourceVersion") }
  package var generateName: String { metadata("generateName") }
  package var generation: Int64 { self["metadata"]?["generation"]?.int ?? 0 }
  /// `namespace/name`, or the name alone for what has no namespace.
  package var namespacedName: String { namespace.isEmpty ? name : "\(namespace)/\(name)" }

  /// The labels as an object, for selectors; nil when there are none.
  package var labels: Value? { self["metadata"]?["labels"] }
  package var annotations: Value? { self["metadata"]?["annotations"] }
  package func label(_ key: String) -> String? { labels?[key]?.string }
  package func annotation(_ key: String) -> String? { annotations?[key]?.string }

  package var finalizers: [String] {
    get { (self["metadata"]?["finalizers"]?.array ?? []).compactMap(\.string) }
    set {
      self["metadata"]?["finalizers"] =
        newValue.isEmpty ? nil : .array(newValue.map { .string($0) })
    }
  }

  package var creationTimestamp: Moment? { moment("creationTimestamp") }
  package var deletionTimestamp: Moment? { moment("deletionTimestamp") }
  package var isBeingDeleted: Bool { self["metadata"]?["deletionTimestamp"]?.string != nil }

  package var ownerReferences: [OwnerReference] {
    (self["metadata"]?["ownerReferences"]?.array ?? []).map { OwnerReference($0) }
  }

  /// The owner that manages this object, if one does.
  package var controllerReference: OwnerReference? {
    for owner in self["metadata"]?["ownerReferences"]?.array ?? []
    where owner["controller"]?.bool == true {
      return OwnerReference(owner)
    }
    return nil
  }

  /// The condition of that type in its status.
  package func condition(_ type: String) -> Value? {
    self["status"]?["conditions"]?.array?.first { $0["type"]?.string == type }
  }

  /// Whether the condition of that type is there with status True.
  package func isConditionTrue(_ type: String) -> Bool {
    condition(type)?["status"]?.string == "True"
  }

  private func metadata(_ key: String) -> String { self["metadata"]?[key]?.string ?? "" }

  private func moment(_ key: String) -> Moment? {
    self["metadata"]?[key]?.string.flatMap { Moment(rfc3339: $0) }
  }
}
