import Documents
import KubeObjects

/// The annotation in which `apply` keeps what was last applied.
enum LastApplied {
  static let key = "kubectl.kubernetes.io/last-applied-configuration"

  /// The object as it would be recorded: without the annotation itself, but with annotations.
  static func text(_ object: Value, typed: Bool = false) -> String {
    var object = object
    var annotations = object[path: "metadata", "annotations"] ?? .emptyObject
    annotations[key] = nil
    if typed {
      let isEmpty = annotations.object?.isEmpty ?? true
      object[path: "metadata", "annotations"] = isEmpty ? Value?.none : annotations
      return StructuralOrder.text(object, .marshal) + "\n"
    }
    object[path: "metadata", "annotations"] = annotations.object == nil ? [:] : annotations
    return JSONText.marshal(object) + "\n"
  }

  /// The object as set-last-applied and edit-last-applied record it: as it stands (GetApplyPatch).
  static func plainText(_ object: Value) -> String { JSONText.marshal(object) + "\n" }

  /// Records the object in itself, as typed objects are.
  static func save(in object: inout Value) {
    object[path: "metadata", "annotations", key] = .string(text(object, typed: true))
  }

  /// Records an object of a file in itself when asked to, or when it carries a record already
  /// (CreateOrUpdateAnnotation).
  static func update(_ object: inout Value, isAsked: Bool) {
    guard isAsked || recorded(in: object) != nil else { return }
    object[path: "metadata", "annotations", key] = .string(text(object))
  }

  static func recorded(in object: Value) -> String? {
    object[path: "metadata", "annotations", key]?.string
  }
}
