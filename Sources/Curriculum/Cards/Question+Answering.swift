extension Question {
  /// What keeps an answer from being one, in words for the learner.
  package struct Slip: Error, Hashable { package var text: String }

  /// An answer as it was typed, in the one form in which it is kept and compared.
  package func answer(_ typed: [String]) throws(Slip) -> String {
    if case .words = way {
      let text = Self.plain(typed.joined(separator: " "))
      guard !text.isEmpty else { throw Slip(text: "Answer with a word: answer WORD") }
      return text
    }
    let parts = typed.flatMap { $0.split(whereSeparator: { $0 == "," || $0 == " " }) }
    let numbers = parts.compactMap { Int($0) }
    let wanted = count
    guard numbers.count == parts.count, numbers.count == wanted,
      numbers.allSatisfy({ (1...max(1, options.count)).contains($0) }),
      Set(numbers).count == numbers.count
    else { throw Slip(text: "Answer with \(hint)") }
    return Self.text(way == .several ? numbers.sorted() : numbers)
  }

  package func isRight(_ answer: String?) -> Bool {
    guard let answer else { return false }
    if case .words(let accepted) = way { return accepted.contains(answer) }
    return answer == right
  }

  /// How many numbers answer it.
  private var count: Int {
    switch way {
    case .one: 1
    case .several: options.count(where: \.isRight)
    case .order, .match: options.count
    case .words: 0
    }
  }

  /// How it is answered, as in `a number from 1 to 4: answer 1`.
  private var hint: String {
    let range = "from 1 to \(options.count)"
    return switch way {
    case .one: "a number \(range): answer 1"
    case .several: "\(count) numbers \(range): answer \(Self.text(Array(1...max(1, count))))"
    case .order: "the numbers \(range) in their order: answer \(example)"
    case .match: "a number \(range) for each letter: answer \(example)"
    case .words: "a word: answer WORD"
    }
  }

  private var example: String { Self.text((1...max(1, options.count)).reversed()) }

  /// What is asked and what one may choose, in Markdown; `chosen` is marked.
  package func shown(chosen: String? = nil) -> String {
    var text = "**\(ask)**\n\n"
    if case .match(let subjects) = way {
      for (letter, subject) in zip(Self.letters, subjects) { text += "- \(letter): \(subject)\n" }
      text += "\n"
    }
    let numbers = Set(Self.numbers(chosen ?? ""))
    let marksOptions = way == .one || way == .several
    for (number, option) in options.enumerated() {
      let mark = marksOptions && numbers.contains(number + 1) ? " ← chosen" : ""
      text += "\(number + 1). \(option.text)\(mark)\n"
    }
    if way != .one { text += "\nAnswer with \(Self.code(hint)).\n" }
    if let chosen, !marksOptions { text += "\nYour answer is `\(chosen)`.\n" }
    return text
  }

  private static let letters = "abcdefgh".map(String.init)

  /// `… : answer 1` with the line to type as code.
  private static func code(_ hint: String) -> String {
    guard let colon = hint.lastIndex(of: ":") else { return hint }
    return hint[...colon] + " `" + hint[hint.index(colon, offsetBy: 2)...] + "`"
  }

  /// An answer in words, without a stop.
  package func text(of answer: String) -> String {
    let chosen = Self.numbers(answer).compactMap { number in
      options.indices.contains(number - 1) ? options[number - 1].text : nil
    }
    switch way {
    case .one, .several: return chosen.joined(separator: "; ")
    case .order: return chosen.joined(separator: " → ")
    case .match(let subjects):
      return zip(subjects, chosen).map { "\($0) – \($1)" }.joined(separator: "; ")
    case .words: return answer
    }
  }

  /// Why the right answer is right.
  package var reason: String {
    because.isEmpty
      ? options.filter(\.isRight).map(\.because).joined(separator: " ") : because
  }

  /// What is to be said of an answer, without giving the right one away.
  package func remark(on answer: String) -> String {
    if isRight(answer) { return reason }
    let numbers = Self.numbers(answer)
    switch way {
    case .one, .several:
      return numbers.compactMap { number in
        options.indices.contains(number - 1) && !options[number - 1].isRight
          ? options[number - 1].because : nil
      }.joined(separator: " ")
    case .order, .match:
      let wanted = Self.numbers(right)
      let placed = zip(numbers, wanted).count { $0 == $1 }
      return "In their place: \(placed) of \(wanted.count)."
    case .words: return ""
    }
  }

  /// Words without what does not matter: case, quotes, blanks and a stop.
  static func plain(_ text: String) -> String {
    let words = text.lowercased().filter { !"\"'`“”‘’".contains($0) }
      .split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return words.hasSuffix(".") ? String(words.dropLast()) : words
  }
}
