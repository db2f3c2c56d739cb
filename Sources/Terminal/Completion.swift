/// What Tab may make of the word before the cursor.
package struct Completion: Hashable, Sendable {
  /// The word as typed so far.
  package var word: String
  /// Whole words that may stand in its place.
  package var candidates: [String]
  /// What follows a candidate that is the only one: mostly a blank.
  package var suffix: String

  package init(word: String, candidates: [String], suffix: String = " ") {
    self.word = word
    self.candidates = candidates
    self.suffix = suffix
  }

  /// What can be typed for the learner without choosing: nil when there is nothing to add.
  var insertion: String? {
    guard let first = candidates.first else { return nil }
    if candidates.count == 1 {
      return first.hasPrefix(word) ? String(first.dropFirst(word.count)) + suffix : nil
    }
    var common = first[...]
    for candidate in candidates.dropFirst() { common = common.commonPrefix(with: candidate) }
    guard common.count > word.count, common.hasPrefix(word) else { return nil }
    return String(common.dropFirst(word.count))
  }
}

extension Substring {
  fileprivate func commonPrefix(with other: String) -> Substring {
    prefix(zip(self, other).prefix { $0 == $1 }.count)
  }
}
