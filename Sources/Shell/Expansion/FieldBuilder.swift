/// Collects the fields that a command's words expand to, splitting what is to be split.
struct FieldBuilder {
  struct Field {
    var text: String
    /// The text as a pattern, its quoted characters escaped; nil when no file can be meant.
    var pattern: String?
  }

  private(set) var fields: [Field] = []
  private var text = ""
  private var pattern: String?
  private var isOpen = false
  private let separators: FieldSeparators
  let extended: Bool

  init(separators: FieldSeparators, extended: Bool) {
    self.separators = separators
    self.extended = extended
  }

  /// Quoted text, even when empty, makes a field.
  mutating func append(quoted more: String) {
    isOpen = true
    text += more
    if pattern != nil { pattern? += GlobPattern.escape(more) }
  }

  /// Unquoted text of the script: it may be a pattern but is not split.
  mutating func append(literal more: String) {
    if more.utf8.isEmpty { return }
    isOpen = true
    appendPattern(more)
  }

  /// An unquoted expansion's text.
  mutating func append(splitting more: String) {
    if more.utf8.isEmpty { return }
    if !more.utf8.contains(where: separators.contains) {
      isOpen = true
      appendPattern(more)
      return
    }
    var piece: [UInt8] = []
    var endedByMark = false
    for byte in more.utf8 {
      guard separators.contains(byte) else {
        piece.append(byte)
        endedByMark = false
        continue
      }
      if !piece.isEmpty {
        isOpen = true
        appendPattern(String(decoding: piece, as: UTF8.self))
        piece.removeAll(keepingCapacity: true)
      }
      if separators.isWhite(byte) {
        if isOpen {
          endField()
          endedByMark = false
          absorbsMark = true
        }
      } else {
        if absorbsMark {
          absorbsMark = false
        } else {
          isOpen = true
          endField()
        }
        endedByMark = true
      }
      if !separators.isWhite(byte) { absorbsMark = false }
    }
    _ = endedByMark
    if !piece.isEmpty {
      isOpen = true
      appendPattern(String(decoding: piece, as: UTF8.self))
    }
  }

  /// The field just ended was ended by a blank, so that a following mark belongs to the same gap.
  private var absorbsMark = false

  private mutating func appendPattern(_ more: String) {
    absorbsMark = false
    if pattern == nil, more.utf8.contains(where: mayGlob) { pattern = GlobPattern.escape(text) }
    text += more
    if pattern != nil { pattern? += more }
  }

  private func mayGlob(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "*") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "[")
      || extended && byte == UInt8(ascii: "(")
  }

  mutating func endField() {
    guard isOpen else { return }
    fields.append(Field(text: text, pattern: pattern))
    text = ""
    pattern = nil
    isOpen = false
  }

  /// The end of a word: nothing of it is left open.
  mutating func endWord() {
    endField()
    absorbsMark = false
  }
}

/// `$IFS` as a table.
struct FieldSeparators {
  private let marks: [UInt8]
  let joiner: String

  init(_ value: String?) {
    let value = value ?? " \t\n"
    marks = Array(value.utf8)
    joiner = value.unicodeScalars.first.map { String($0) } ?? ""
  }

  func contains(_ byte: UInt8) -> Bool { marks.contains(byte) }
  func isWhite(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0a }
}
