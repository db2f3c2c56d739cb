import Documents
import KubeObjects
import Simulation

/// Records which manager owns which fields, as metadata.managedFields shows.
final class FieldManagers {
  func create(_ object: inout Value, _ request: ResourceRequest, now: Moment) {
    object["metadata"]?["managedFields"] = nil
  }

  /// What a question that is never stored shows.
  func review(_ object: inout Value, _ request: ResourceRequest, now: Moment) {}

  func update(_ object: inout Value, old: Value, _ request: ResourceRequest, now: Moment) {
    object["metadata"]?["managedFields"] = old["metadata"]?["managedFields"]
  }
}
