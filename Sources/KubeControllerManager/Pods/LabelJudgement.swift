import Documents

/// Something that is asked of the labels of very many Pods: those of one template have theirs in
/// the same memory, and what holds for one holds for the next.
struct LabelJudgement {
  private let condition: (Value?) -> Bool
  private var last: (labels: Value, holds: Bool)?

  init(_ condition: @escaping (Value?) -> Bool) { self.condition = condition }

  mutating func holds(for labels: Value?) -> Bool {
    if let last, let labels, last.labels.sharesStorage(with: labels) { return last.holds }
    let holds = condition(labels)
    last = labels.map { ($0, holds) }
    return holds
  }
}
