package import Documents

/// What keeps Pods away from a node unless they tolerate it.
package struct Taint: Hashable, Sendable {
  package var key: String
  package var value: String
  package var effect: String

  package init(key: String, value: String = "", effect: String) {
    self.key = key
    self.value = value
    self.effect = effect
  }

  package init(_ value: Value) {
    key = value["key"]?.string ?? ""
    self.value = value["value"]?.string ?? ""
    effect = value["effect"]?.string ?? ""
  }
}

/// What lets a Pod onto a tainted node.
package struct Toleration: Sendable {
  package var key: String
  package var comparison: String
  package var value: String
  package var effect: String

  package init(_ value: Value) {
    key = value["key"]?.string ?? ""
    comparison = value["operator"]?.string ?? ""
    self.value = value["value"]?.string ?? ""
    effect = value["effect"]?.string ?? ""
  }

  package func tolerates(_ taint: Taint) -> Bool {
    if !effect.isEmpty, effect != taint.effect { return false }
    if !key.isEmpty, key != taint.key { return false }
    switch comparison {
    case "", "Equal": return value == taint.value
    case "Exists": return true
    default: return false
    }
  }
}

extension [Toleration] {
  package func tolerate(_ taint: Taint) -> Bool { contains { $0.tolerates(taint) } }
}
