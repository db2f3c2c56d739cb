import Documents

/// What keeps Pods away from a node unless they tolerate it.
struct Taint: Equatable {
  var key: String
  var value: String
  var effect: String

  init(key: String, value: String = "", effect: String) {
    self.key = key
    self.value = value
    self.effect = effect
  }

  init(_ value: Value) {
    key = value["key"]?.string ?? ""
    self.value = value["value"]?.string ?? ""
    effect = value["effect"]?.string ?? ""
  }
}

/// What lets a Pod onto a tainted node.
struct Toleration {
  var key: String
  var comparison: String
  var value: String
  var effect: String

  init(_ value: Value) {
    key = value["key"]?.string ?? ""
    comparison = value["operator"]?.string ?? ""
    self.value = value["value"]?.string ?? ""
    effect = value["effect"]?.string ?? ""
  }

  func tolerates(_ taint: Taint) -> Bool {
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
  func tolerate(_ taint: Taint) -> Bool { contains { $0.tolerates(taint) } }
}
