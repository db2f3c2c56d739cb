/// The lines that were typed, and the `!` words that call them back.
package struct History {
  package private(set) var lines: [String] = []
  /// How many older lines have been forgotten.
  private var forgotten = 0
  package var limit = 1000
  /// How many of the last lines the history's file does not have yet.
  private var unsavedCount = 0
  /// How many lines that file had when it was last read or written.
  var linesInFile = 0

  package init() {}

  var nextNumber: Int { forgotten + lines.count + 1 }

  /// The lines with their numbers.
  var numbered: [(number: Int, line: String)] {
    lines.enumerated().map { (forgotten + $0.offset + 1, $0.element) }
  }

  package mutating func add(_ line: String) {
    guard !line.isEmpty else { return }
    lines.append(line)
    unsavedCount += 1
    if lines.count > limit {
      lines.removeFirst()
      forgotten += 1
    }
  }

  /// Adds lines that come from the file.
  mutating func take(_ earlier: [String]) {
    let unsaved = unsavedCount
    for line in earlier { add(line) }
    unsavedCount = unsaved
  }

  var unsaved: ArraySlice<String> { lines.suffix(unsavedCount) }
  mutating func markSaved() { unsavedCount = 0 }

  package mutating func clear() {
    lines = []
    forgotten = 0
    unsavedCount = 0
  }

  mutating func remove(number: Int) -> Bool {
    let index = number - forgotten - 1
    guard lines.indices.contains(index) else { return false }
    lines.remove(at: index)
    return true
  }

  /// A word of history that means no line.
  struct NotFound: Error { let event: String }

  /// The line with `!!`, `!$`, `!n`, `!-n`, `!prefix`, `!?text?`, `!*`, `!^` and a leading `^a^b^`
  /// replaced; nil when there is nothing to replace. Comments and the bodies of here-documents are
  /// left alone, as bash leaves them.
  func expand(_ line: String) throws(NotFound) -> String? {
    let bytes = Array(line.utf8)
    if bytes.first == UInt8(ascii: "^") { return try quickSubstitution(line) }
    var result: [UInt8] = []
    var changed = false
    var inDouble = false
    var marks: [[UInt8]] = []
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      if !inDouble, let end = Self.endOfQuietPart(bytes, from: index, marks: &marks) {
        result += bytes[index..<end]
        index = end
        continue
      }
      if byte == UInt8(ascii: "\\"), index + 1 < bytes.count {
        result += bytes[index...index + 1]
        index += 2
        continue
      }
      if byte == UInt8(ascii: "\"") { inDouble.toggle() }
      if byte == UInt8(ascii: "'"), !inDouble {
        let end = bytes[(index + 1)...].firstIndex(of: byte) ?? bytes.count - 1
        result += bytes[index...end]
        index = end + 1
        continue
      }
      if byte == UInt8(ascii: "!"), index + 1 < bytes.count,
        !History.isInert(bytes[index + 1], inDouble: inDouble),
        !(result.last == UInt8(ascii: "$")), !(result.last == UInt8(ascii: "["))
      {
        var designator = HistoryDesignator(bytes: bytes, position: index + 1)
        result += Array(try designator.expand(in: self).utf8)
        index = designator.position
        changed = true
        continue
      }
      result.append(byte)
      index += 1
    }
    return changed ? String(decoding: result, as: UTF8.self) : nil
  }

  /// Behind the comment that begins here, behind the `<<` and its word, or behind the bodies of
  /// the here-documents that were announced (`marks`) when the line ends here.
  private static func endOfQuietPart(
    _ bytes: [UInt8], from index: Int, marks: inout [[UInt8]]
  ) -> Int? {
    let rest = bytes[index...]
    switch bytes[index] {
    case UInt8(ascii: "#"):
      guard index == 0 || bytes[index - 1].isBlank || bytes[index - 1] == 0x0a else { return nil }
      return rest.firstIndex(of: 0x0a) ?? bytes.count
    case UInt8(ascii: "<"):
      let signs = rest.prefix { $0 == UInt8(ascii: "<") }
      guard signs.count == 2 else { return signs.endIndex }
      let word = rest.dropFirst(2).drop { $0 == UInt8(ascii: "-") || $0.isBlank }
        .prefix { !$0.isBlank && !Array(";|&<>)\n".utf8).contains($0) }
      marks.append(word.filter { !Array("'\"\\".utf8).contains($0) })
      return word.endIndex
    case 0x0a where !marks.isEmpty:
      var lines = rest.dropFirst()
      while let mark = marks.first, !lines.isEmpty {
        let line = lines.prefix { $0 != 0x0a }
        if line.drop(while: { $0 == UInt8(ascii: "\t") }).elementsEqual(mark) {
          marks.removeFirst()
        }
        lines = lines[line.endIndex...].dropFirst()
      }
      return lines.startIndex
    default: return nil
    }
  }

  private static func isInert(_ byte: UInt8, inDouble: Bool) -> Bool {
    byte.isBlank || byte == 0x0a || byte == UInt8(ascii: "=") || byte == UInt8(ascii: "(")
      || inDouble && byte == UInt8(ascii: "\"")
  }

  private func quickSubstitution(_ line: String) throws(NotFound) -> String? {
    let parts = line.dropFirst().split(separator: "^", omittingEmptySubsequences: false)
    guard parts.count >= 2, let last = lines.last else { throw NotFound(event: ":s\(line)") }
    let bytes = last.components(splitBy: String(parts[0]))
    guard bytes.count > 1, !parts[0].isEmpty else {
      throw NotFound(event: ":s\(line): substitution failed")
    }
    return bytes[0] + parts[1] + bytes.dropFirst().joined(separator: String(parts[0]))
  }

  func line(numbered number: Int) -> String? {
    let index = number - forgotten - 1
    return lines.indices.contains(index) ? lines[index] : nil
  }
}

/// Reads what follows a `!`.
struct HistoryDesignator {
  let bytes: [UInt8]
  var position: Int

  mutating func expand(in history: History) throws(History.NotFound) -> String {
    let start = position
    let line: String?
    let first = bytes[position]
    var needsColon = true
    switch first {
    case UInt8(ascii: "!"):
      position += 1
      line = history.lines.last
    case UInt8(ascii: "$"), UInt8(ascii: "*"), UInt8(ascii: "^"), UInt8(ascii: ":"):
      line = history.lines.last
      needsColon = first == UInt8(ascii: ":")
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      let isBack = first == UInt8(ascii: "-")
      if isBack { position += 1 }
      var number = 0
      while position < bytes.count, bytes[position].isDigit {
        number = min(number * 10 + Int(bytes[position] - 0x30), 1 << 40)
        position += 1
      }
      line = history.line(numbered: isBack ? history.nextNumber - number : number)
    case UInt8(ascii: "?"):
      let end = bytes[(position + 1)...].firstIndex(of: first) ?? bytes.count
      let text = String(decoding: bytes[(position + 1)..<end], as: UTF8.self)
      position = min(end + 1, bytes.count)
      line = history.lines.last { $0.contains(text) }
    default:
      while position < bytes.count, !bytes[position].isMeta, bytes[position] != UInt8(ascii: ":"),
        bytes[position] != UInt8(ascii: "\"")
      {
        position += 1
      }
      let prefix = String(decoding: bytes[start..<position], as: UTF8.self)
      line = history.lines.last { $0.hasPrefix(prefix) }
    }
    guard let line else {
      throw History.NotFound(event: "!" + String(decoding: bytes[start..<position], as: UTF8.self))
    }
    return selectWords(of: line, needsColon: needsColon)
  }

  private mutating func selectWords(of line: String, needsColon: Bool) -> String {
    var place = position
    if needsColon {
      guard place < bytes.count else { return line }
      if bytes[place] == UInt8(ascii: ":") {
        place += 1
      } else if bytes[place] != UInt8(ascii: "$"), bytes[place] != UInt8(ascii: "*"),
        bytes[place] != UInt8(ascii: "^")
      {
        return line
      }
    }
    guard place < bytes.count else { return line }
    let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
    switch bytes[place] {
    case UInt8(ascii: "$"):
      position = place + 1
      return words.last ?? ""
    case UInt8(ascii: "^"):
      position = place + 1
      return words.count > 1 ? words[1] : ""
    case UInt8(ascii: "*"):
      position = place + 1
      return words.dropFirst().joined(separator: " ")
    case UInt8(ascii: "p"):
      position = place + 1
      return line
    case let digit where digit.isDigit:
      var number = 0
      while place < bytes.count, bytes[place].isDigit {
        number = min(number * 10 + Int(bytes[place] - 0x30), 1 << 40)
        place += 1
      }
      position = place
      return words.indices.contains(number) ? words[number] : ""
    default: return line
    }
  }
}
