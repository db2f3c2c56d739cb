import Documents
import KubeObjects

extension LabelSelector {
  /// Reads a selector object; nil when it makes no sense.
  init?(_ object: Value) {
    guard let selector = try? LabelSelector(object: object) else { return nil }
    self = selector
  }

  func matches(_ labels: Mapping) -> Bool { matches(.object(labels)) }
}
