import Documents
import KubeObjects

/// The structure of a built-in kind as strategic merge patches need it.
struct KindStructure: PatchSchema {
  private let type: FieldType
  private var strategy = ""
  private var mergeKey = ""

  init(type index: Int) { type = .structure(index) }

  private init(_ type: FieldType, strategy: String = "", mergeKey: String = "") {
    self.type = type
    self.strategy = strategy
    self.mergeKey = mergeKey
  }

  func member(_ name: String) -> KindStructure? {
    switch type {
    case .structure(let index):
      Schema.builtin.types[index].field(name).map {
        KindStructure($0.type, strategy: $0.patchStrategy, mergeKey: $0.patchMergeKey)
      }
    case .map(let element): KindStructure(element)
    default: nil
    }
  }

  var element: KindStructure? {
    if case .list(let element) = type { KindStructure(element) } else { nil }
  }

  var patchStrategy: PatchStrategy {
    let words = strategy.split(separator: ",")
    return PatchStrategy(
      merges: words.contains("merge"), replaces: words.contains("replace"),
      retainsKeys: words.contains("retainKeys"), mergeKey: mergeKey)
  }

  func isField(_ name: String) -> Bool {
    if case .structure(let index) = type {
      Schema.builtin.types[index].field(name) != nil
    } else {
      false
    }
  }

  /// Who owns what is the server's affair.
  var ownership: Ownership { .atomic }
}
