import Shell

/// What a grep prints of one file.
struct GrepOutput {
  let name: String
  let showsName: Bool
  let options: Options
  let matcher: LineMatcher
  let before: Int
  let after: Int
  let colors: Bool
  let separator: UInt8
  private(set) var selected = 0
  private(set) var pendingAfter = 0
  private var number = 0
  private var offset = 0
  private var lastPrinted = 0
  private var earlier: [(Int, Int, ArraySlice<UInt8>)] = []
  private var out: [UInt8] = []
  private let only: Bool
  private let numbers: Bool
  private let limit: Int

  init(
    name: String, showsName: Bool, options: Options, matcher: LineMatcher, before: Int, after: Int,
    colors: Bool, separator: UInt8
  ) {
    self.name = name
    self.showsName = showsName
    self.options = options
    self.matcher = matcher
    self.before = before
    self.after = after
    self.colors = colors
    self.separator = separator
    only = options.has("o")
    numbers = options.has("n")
    limit = options["m"].flatMap { Int($0) }.map { $0 < 0 ? .max : $0 } ?? .max
  }

  mutating func flush() -> [UInt8] {
    defer { out = [] }
    return out
  }

  /// Looks for plain bytes in many lines at once.
  mutating func scan(_ chunk: [UInt8], for literal: [UInt8]) {
    chunk.withUnsafeBufferPointer { text in
      var from = 0
      while let found = text.firstRange(of: literal, from: from) {
        var start = found.lowerBound
        while start > from, text[start - 1] != .newline { start -= 1 }
        var end = found.upperBound
        while end < text.count, text[end] != .newline { end += 1 }
        selected += 1
        append(text[start..<end], mark: 58, at: 0, 0)
        from = min(end + 1, text.count)
        if from >= text.count { break }
      }
    }
  }

  mutating func take(_ line: ArraySlice<UInt8>) {
    number += 1
    defer { offset += line.count + 1 }
    if selected < limit, matcher.selects(line) {
      selected += 1
      if options.has("c") || options.has("l") || options.has("q") || options.has("L") { return }
      separate(from: number - earlier.count)
      for (number, offset, text) in earlier { append(text, mark: 45, at: number, offset) }
      earlier = []
      if only { appendMatches(line) } else { append(line, mark: 58, at: number, offset) }
      lastPrinted = number
      pendingAfter = after
    } else if pendingAfter > 0 {
      if !only { append(line, mark: 45, at: number, offset) }
      lastPrinted = number
      pendingAfter -= 1
    } else if before > 0 {
      earlier.append((number, offset, line))
      if earlier.count > before { earlier.removeFirst() }
    }
  }

  private mutating func separate(from first: Int) {
    if before > 0 || after > 0, lastPrinted > 0, first > lastPrinted + 1 {
      out += Array("--\n".utf8)
    }
  }

  private mutating func prefix(mark: UInt8, at number: Int, _ offset: Int) {
    if showsName {
      out += Array(name.utf8)
      out.append(options.has("Z") ? 0 : mark)
    }
    if numbers {
      out += Array("\(number)".utf8)
      out.append(mark)
    }
    if options.has("b") {
      out += Array("\(offset)".utf8)
      out.append(mark)
    }
  }

  private mutating func append(
    _ line: some Collection<UInt8>, mark: UInt8, at number: Int, _ offset: Int
  ) {
    if showsName || numbers || options.has("b") { prefix(mark: mark, at: number, offset) }
    if colors, mark == 58, !matcher.inverts {
      colored(Array(line)[...])
    } else {
      out += line
    }
    out.append(separator)
  }

  private mutating func colored(_ line: ArraySlice<UInt8>) {
    var from = line.startIndex
    while from < line.endIndex, let match = matcher.find(line, from: from), !match.isEmpty {
      out += line[from..<match.lowerBound]
      out += Array("\u{1B}[01;31m\u{1B}[K".utf8) + line[match] + Array("\u{1B}[m\u{1B}[K".utf8)
      from = match.upperBound
    }
    out += line[from...]
  }

  private mutating func appendMatches(_ line: ArraySlice<UInt8>) {
    guard !matcher.inverts else { return }
    var from = line.startIndex
    while from <= line.endIndex, let match = matcher.find(line, from: from) {
      if match.isEmpty {
        from = match.upperBound + 1
        continue
      }
      prefix(mark: 58, at: number, offset + match.lowerBound - line.startIndex)
      out += line[match]
      out.append(separator)
      from = match.upperBound
    }
  }
}
