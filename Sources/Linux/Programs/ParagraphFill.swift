import Shell

/// Fills paragraphs to a width: `fmt`, with GNU fmt's costs of where a line may end.
struct ParagraphFill: Program {
  let name = "fmt"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments, "w,width= g,goal= s,split-only u,uniform-spacing", numbers: "w")
    let most = try Self.width(options["w"], upTo: 2500)
    let goal = try Self.width(options["g"], upTo: most ?? 75)
    let width = most ?? goal.map { $0 + 10 } ?? 75
    let fill = Filling(
      width: width, goal: goal ?? width * 187 / 200,
      splitsOnly: options.has("s"), isUniform: options.has("u"))
    return try await process.forEachInput(options.operands) { _, file in
      let bytes = try await process.readAll(file)
      try await process.step(bytes.count / 8)
      let all = lines(of: bytes).map { String(decoding: $0, as: UTF8.self) }
      try await process.write(fill.text(all))
    }
  }

  private static func width(_ text: String?, upTo most: Int) throws -> Int? {
    guard let text else { return nil }
    let isNumber = !text.isEmpty && text.utf8.allSatisfy(\.isDigit)
    if isNumber, let width = Int(text), width <= most { return width }
    let why =
      !isNumber
      ? ""
      : Int(text) == nil
        ? ": Value too large for defined data type" : ": Numerical result out of range"
    throw UsageError("invalid width: '\(text)'" + why, hint: false)
  }
}

private struct Filling {
  let width: Int
  let goal: Int
  let splitsOnly: Bool
  let isUniform: Bool
  /// fmt's MAXWORDS: what is longer is several paragraphs.
  private static let most = 1000

  private struct Word {
    var text: String
    /// Blanks that follow it in its line.
    var space = 1
    var isOpening: Bool { text.first.map { "(['`\"".contains($0) } ?? false }
    var isPunctuated: Bool {
      text.last.map { $0.isASCII && ($0.isPunctuation || $0.isSymbol) } ?? false
    }
    /// Whether a sentence may end with it.
    var isPeriod: Bool {
      var rest = text[...]
      while let last = rest.last, ")]'\"".contains(last) { rest.removeLast() }
      return rest.last.map { ".?!".contains($0) } ?? false
    }
    /// Whether one does.
    var isFinal = false
    var lineLength = 0
    var next = 0
    var cost = 0
  }

  func text(_ all: [String]) -> String {
    var out = ""
    var place = 0
    var hasTabs = false
    while place < all.count {
      let start = place
      let indent = all[place].prefix { $0 == " " || $0 == "\t" }.count
      guard indent < all[place].count else {
        out += "\n"
        place += 1
        continue
      }
      var words: [Word] = []
      repeat {
        words += self.words(of: all[place], isLast: place == all.count - 1)
        place += 1
      } while !splitsOnly && words.count < Self.most && place < all.count
        && all[place].prefix { $0 == " " || $0 == "\t" }.count == indent
        && all[place].count > indent
      hasTabs = hasTabs || all[start..<place].contains { $0.contains("\t") }
      out += filled(words, indent: indent, hasTabs: hasTabs)
    }
    return out
  }

  private func words(of line: String, isLast: Bool) -> [Word] {
    var found: [Word] = []
    var column = 0
    func advance(over blanks: Substring) -> Int {
      let start = column
      for letter in blanks { column += letter == "\t" ? 8 - column % 8 : 1 }
      return column - start
    }
    let lead = line.prefix { $0 == " " || $0 == "\t" }
    _ = advance(over: lead)
    var rest = line.dropFirst(lead.count)
    while !rest.isEmpty {
      let text = rest.prefix { $0 != " " && $0 != "\t" }
      column += text.count
      rest = rest.dropFirst(text.count)
      let gap = rest.prefix { $0 == " " || $0 == "\t" }
      let blanks = advance(over: gap)
      rest = rest.dropFirst(gap.count)
      var word = Word(text: String(text), space: blanks)
      let endsLine = rest.isEmpty
      word.isFinal = word.isPeriod && (endsLine || blanks > 1)
      if endsLine || isUniform { word.space = word.isFinal ? 2 : 1 }
      found.append(word)
    }
    return found
  }

  private func filled(_ given: [Word], indent: Int, hasTabs: Bool) -> String {
    var words = given
    let count = words.count
    // A paragraph's end is a sentence's.
    if count > 0 { words[count - 1].isFinal = true }
    for start in (0..<count).reversed() {
      var best = Int.max
      var length = indent + words[start].text.count
      var end = start
      repeat {
        end += 1
        let later = end < count ? words[end].cost : 0
        let cost = lineCost(words, end, length) + later
        if cost < best {
          best = cost
          words[start].next = end
          words[start].lineLength = length
        }
        if end == count { break }
        length += words[end - 1].space + words[end].text.count
      } while length < width
      words[start].cost = best + baseCost(words, start)
    }
    var out = ""
    var place = 0
    while place < count {
      var column = 0
      // fmt's put_space: with tabs where the text had some.
      func put(blanks count: Int) {
        let target = column + count
        let stop = target / 8 * 8
        while hasTabs, column + 1 < stop {
          out += "\t"
          column = (column / 8 + 1) * 8
        }
        out += String(repeating: " ", count: target - column)
        column = target
      }
      put(blanks: indent)
      let end = max(words[place].next, place + 1)
      for index in place..<end {
        out += words[index].text
        column += words[index].text.count
        if index + 1 < end { put(blanks: words[index].space) }
      }
      out += "\n"
      place = end
    }
    return out
  }

  private static func square(_ number: Int) -> Int { number * number }

  private func lineCost(_ words: [Word], _ next: Int, _ length: Int) -> Int {
    guard next < words.count else { return 0 }
    var cost = Self.square((goal - length) * 10)
    if words[next].next != words.count {
      cost += Self.square((length - words[next].lineLength) * 10) / 2
    }
    return cost
  }

  private func baseCost(_ words: [Word], _ place: Int) -> Int {
    var cost = Self.square(70)
    if place > 0 {
      let before = words[place - 1]
      if before.isPeriod {
        cost += before.isFinal ? -Self.square(50) : Self.square(600)
      } else if before.isPunctuated {
        cost -= Self.square(40)
      } else if place > 1, words[place - 2].isFinal {
        cost += Self.square(200) / (before.text.count + 2)
      }
    }
    if words[place].isOpening {
      cost -= Self.square(40)
    } else if words[place].isFinal {
      cost += Self.square(150) / (words[place].text.count + 2)
    }
    return cost
  }
}
