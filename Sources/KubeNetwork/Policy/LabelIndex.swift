import Documents
import KubeObjects

/// Which of many things have which labels, as sets of bits: a selector costs a few of them.
struct LabelIndex {
  private let count: Int
  private var values: [String: [String: BitSet]] = [:]
  private var keys: [String: BitSet] = [:]

  init(_ labels: [Value?]) {
    count = labels.count
    for (number, labels) in labels.enumerated() {
      for (key, value) in labels?.strings ?? [:] {
        keys[key, default: BitSet(count: count)].insert(number)
        values[key, default: [:]][value, default: BitSet(count: count)].insert(number)
      }
    }
  }

  func matching(_ selector: LabelSelector) -> BitSet {
    guard !selector.selectsNothing else { return BitSet(count: count) }
    var found = BitSet(count: count, isFull: true)
    for requirement in selector.requirements {
      let having = keys[requirement.key] ?? BitSet(count: count)
      var named = BitSet(count: count)
      for value in requirement.values {
        if let some = values[requirement.key]?[value] { named.formUnion(some) }
      }
      switch requirement.operator {
      case .in, .equals, .doubleEquals: found.formIntersection(named)
      case .notIn, .notEquals: found.subtract(named)
      case .exists: found.formIntersection(having)
      case .doesNotExist: found.subtract(having)
      // Labels are not compared as numbers: the API refuses these two.
      case .greaterThan, .lessThan: found = BitSet(count: count)
      }
    }
    return found
  }
}
