import Documents
import KubeObjects

/// The structure of a served kind, built-in or custom, as patches and apply read it.
struct StructureSchema: PatchSchema {
  private let builtin: StructuralPatchSchema

  init(type: Int) { builtin = StructuralPatchSchema(type: type) }

  init?(_ resource: ServedResource) {
    guard let type = resource.type else { return nil }
    self.init(type: type)
  }

  private init(_ builtin: StructuralPatchSchema) { self.builtin = builtin }

  func member(_ name: String) -> StructureSchema? {
    builtin.member(name).map { StructureSchema($0) }
  }
  var element: StructureSchema? { builtin.element.map { StructureSchema($0) } }
  var patchStrategy: PatchStrategy { builtin.patchStrategy }
  var ownership: Ownership { builtin.ownership }
  func isField(_ name: String) -> Bool { builtin.isField(name) }
}
