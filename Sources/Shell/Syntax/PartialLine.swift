/// An unfinished line, cut into words, with the word that the cursor stands in.
package struct PartialLine: Hashable, Sendable {
  package enum Quoting: Sendable { case none, single, double }

  /// The words of the command that the cursor is in, without their quotes, the current one last.
  package let words: [String]
  /// How the current word is open.
  package let quoting: Quoting
  /// Where the current word begins in the line's UTF-8.
  package let wordStart: Int
  /// Whether the current word is a redirection's file.
  package let isRedirectionTarget: Bool

  /// The word to complete; empty after a blank.
  package var current: String { words.last ?? "" }
  /// Whether a command's name is wanted.
  package var isCommandPosition: Bool { words.count <= 1 && !isRedirectionTarget }

  /// `line` up to the cursor.
  package init(_ line: String) {
    var scanner = PartialLineScanner(Array(line.utf8))
    scanner.scan()
    words = scanner.words + [String(decoding: scanner.word, as: UTF8.self)]
    quoting = scanner.quoting
    wordStart = scanner.wordStart
    isRedirectionTarget = scanner.redirects
  }
}

private struct PartialLineScanner {
  let bytes: [UInt8]
  var words: [String] = []
  var word: [UInt8] = []
  var quoting = PartialLine.Quoting.none
  var wordStart = 0
  var redirects = false
  private var isOpen = false

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func scan() {
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      switch quoting {
      case .single:
        if byte == UInt8(ascii: "'") { quoting = .none } else { word.append(byte) }
      case .double:
        if byte == UInt8(ascii: "\"") {
          quoting = .none
        } else if byte == UInt8(ascii: "\\"), index + 1 < bytes.count {
          index += 1
          word.append(bytes[index])
        } else {
          word.append(byte)
        }
      case .none: scanUnquoted(byte, &index)
      }
      index += 1
    }
    if !isOpen { wordStart = bytes.count }
  }

  private mutating func scanUnquoted(_ byte: UInt8, _ index: inout Int) {
    switch byte {
    case UInt8(ascii: " "), UInt8(ascii: "\t"): endWord()
    case UInt8(ascii: "|"), UInt8(ascii: ";"), UInt8(ascii: "&"), UInt8(ascii: "("),
      UInt8(ascii: "\n"), UInt8(ascii: "`"),
      UInt8(ascii: "{") where word.isEmpty || byte != 0x7b:
      word = []
      words = []
      isOpen = false
      redirects = false
    case UInt8(ascii: "<"), UInt8(ascii: ">"):
      if isOpen, !word.allSatisfy(\.isDigit) { endWord() }
      word = []
      isOpen = false
      redirects = true
    default:
      if !isOpen {
        isOpen = true
        wordStart = index
      }
      switch byte {
      case UInt8(ascii: "'"): quoting = .single
      case UInt8(ascii: "\""): quoting = .double
      case UInt8(ascii: "\\") where index + 1 < bytes.count:
        index += 1
        word.append(bytes[index])
      default: word.append(byte)
      }
    }
  }

  private mutating func endWord() {
    guard isOpen else { return }
    let isAssignment =
      words.isEmpty && word.first?.isNameStart == true && word.contains(UInt8(ascii: "="))
      && word.prefix { $0 != UInt8(ascii: "=") }.allSatisfy(\.isNameByte)
    if !redirects, !isAssignment { words.append(String(decoding: word, as: UTF8.self)) }
    redirects = false
    word = []
    isOpen = false
  }
}
