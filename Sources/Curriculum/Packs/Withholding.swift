/// An exercise's file in two parts: what learners get, and what only the marker may know.
package struct Withholding: Hashable, Sendable {
  package var learner: String
  /// The fields taken out, as they stood; empty when there were none.
  package var kept: String

  private static let mark = "solutions: withheld"

  /// Takes out hidden checks and mistakes, and the solutions where learners must not have them.
  package init(of text: String, keepingSolutions: Bool) {
    let taken = ["sealed:", "mistakes:"] + (keepingSolutions ? [] : ["solutions:"])
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    var (open, hidden): ([Substring], [Substring]) = ([], [])
    var inFront = false
    var isTaking = false
    for (number, line) in lines.enumerated() {
      if line.isDashes, number == 0 || inFront {
        inFront = number == 0
        isTaking = false
      } else if inFront, let first = line.first, first.isLetter {
        isTaking = taken.contains { line.hasPrefix($0) } && line.trimmed != Self.mark
        if isTaking, line.hasPrefix("solutions:") { open.append(Self.mark[...]) }
      }
      if isTaking { hidden.append(line) } else { open.append(line) }
    }
    learner = open.joined(separator: "\n")
    kept = hidden.joined(separator: "\n")
  }

  /// The whole file again.
  package static func rejoin(_ learner: String, _ kept: String) -> String {
    if kept.isEmpty { return learner }
    var lines = learner.split(separator: "\n", omittingEmptySubsequences: false)
    if kept.split(separator: "\n").contains(where: { $0.hasPrefix("solutions:") }) {
      lines.removeAll { $0 == mark[...] }
    }
    guard let end = lines.dropFirst().firstIndex(where: \.isDashes) else { return learner }
    lines.insert(kept[...], at: end)
    return lines.joined(separator: "\n")
  }
}
