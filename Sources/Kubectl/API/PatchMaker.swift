import Documents
import KubeObjects

/// The patch that makes one object of another.
enum PatchMaker {
  static let mergeType = "application/merge-patch+json"
  static let strategicType = "application/strategic-merge-patch+json"
  static let jsonType = "application/json-patch+json"
  static let applyType = "application/apply-patch+yaml"

  /// RFC 7386: what is gone becomes null; nil when nothing changed.
  static func merge(from old: Value, to new: Value) -> Value? {
    guard old != new else { return nil }
    guard let before = old.object, let after = new.object else { return new }
    var patch = Mapping()
    for (key, value) in after {
      guard let was = before[key] else {
        patch[key] = value
        continue
      }
      if let part = merge(from: was, to: value) { patch[key] = part }
    }
    for key in before.keys where after[key] == nil { patch[key] = .null }
    return .object(patch)
  }
}
