/// What a person has yet to decide, asked one by one.
package struct ReviewWalk {
  private let folder: String
  private let decisions: Decisions

  package init(in folder: String) throws(PackError) {
    self.folder = folder
    decisions = try Decisions(path: "\(folder)/\(Decisions.fileName)")
  }

  /// `tell` shows text; `ask` shows a prompt and returns a line, nil at the end of input. Decisions
  /// are kept as they are made. Returns how many were made.
  package func run(tell: (String) -> Void, ask: (String) -> String?) throws -> Int {
    var made = 0
    do {
      try ClassReport.marks(in: folder) { mark in
        for item in mark.manual where item.points == nil {
          if decisions.decision(mark.id, item.item) != nil { continue }
          tell(Self.question(item, of: mark))
          if try decide(mark.id, item.item, 0...item.possible, tell, ask) { made += 1 }
        }
        let seen = decisions.decision(mark.id, Decisions.whole) != nil
        if !mark.signals.isEmpty, mark.isHandedIn, !seen {
          tell(Self.flags(of: mark))
          let range = -mark.possible...mark.possible
          if try decide(mark.id, Decisions.whole, range, tell, ask) { made += 1 }
        }
      }
    } catch is Quit {}
    return made
  }

  private struct Quit: Error {}

  private static func question(_ item: LearnerMark.Manual, of mark: LearnerMark) -> String {
    let answer = item.answer.isEmpty ? "(no answer)" : item.answer
    return "\n── \(name(mark)) · \(item.exercise)\n\(item.say) (\(item.possible) points)\n\n"
      + answer.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)\n" }
      .joined() + "\n"
  }

  private static func flags(of mark: LearnerMark) -> String {
    "\n── \(name(mark)) · to look at; \(LearnerMark.text(hundredths: mark.earned)) of "
      + "\(mark.possible) points\n"
      + mark.signals.map { signal in
        "    \(signal.kind.title)\(signal.exercise.isEmpty ? "" : ", \(signal.exercise)"): "
          + "\(signal.text)\n"
      }.joined()
      + "Points to add or take (0 accepts the work as it is).\n"
  }

  private static func name(_ mark: LearnerMark) -> String {
    mark.name.isEmpty ? mark.id : "\(mark.name) (\(mark.id))"
  }

  /// `3`, `3 a comment`, `s` to skip, `q` to stop.
  private func decide(
    _ learner: String, _ item: String, _ range: ClosedRange<Int>, _ tell: (String) -> Void,
    _ ask: (String) -> String?
  ) throws -> Bool {
    while true {
      let prompt =
        "points \(range.lowerBound)…\(range.upperBound) and a comment, s skips, q stops> "
      guard let line = ask(prompt) else { throw Quit() }
      let words = line.split(separator: " ", maxSplits: 1)
      switch words.first {
      case "q": throw Quit()
      case "s": return false
      case let word?:
        if let points = Int(word), range.contains(points) {
          let comment = words.count > 1 ? String(words[1]) : ""
          try decisions.decide(
            learner, item, Decisions.Decision(points: points, comment: comment))
          return true
        }
      case nil: break
      }
      tell("a whole number from \(range.lowerBound) to \(range.upperBound), s or q\n")
    }
  }
}
