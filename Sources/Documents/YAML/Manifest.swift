/// The documents of a file or stream, split and read as kubectl does.
package struct Manifest: Sendable {
  /// One document that is not empty, and where it stands.
  package struct Document: Sendable {
    package var value: Value
    /// The line on which the document begins, counted from 1.
    package var line: Int
    fileprivate var source: [UInt8]
    fileprivate var range: Range<Int>
    fileprivate var truth = YAML.Truth.words

    /// Where the value at a path stands (a member's name, an element's first character), or where
    /// the nearest value above it does.
    package func place(of path: [PathStep]) -> Place {
      // Places are wanted seldom: reading again costs less than keeping them for every value.
      YAML.read(source, range, line: line, truth: truth, target: path).place
        ?? Place(line: line, column: 1)
    }
  }

  package private(set) var documents: [Document] = []
  /// What is wrong; the messages are kubectl's after `error parsing FILE: `. kubectl stops at the
  /// first, having read the documents on the lines before it.
  package private(set) var problems: [Problem] = []

  /// Members given twice, in go-yaml's words; the last counts.
  package private(set) var duplicates: [String] = []
  private let truth: YAML.Truth

  /// Reads JSON values that follow one another, or YAML documents parted by `---` lines.
  package init(_ bytes: [UInt8], truth: YAML.Truth = .words) {
    self.truth = truth
    var start = 0
    if bytes.first(where: { !Self.isSpace($0) }) == UInt8(ascii: "{") {
      guard let rest = readJSON(bytes) else { return }
      start = rest
    }
    readYAML(bytes, from: start)
  }

  package init(_ text: String, truth: YAML.Truth = .words) {
    self.init(Array(text.utf8), truth: truth)
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }

  /// Reads JSON values; returns where YAML may begin when one is no JSON.
  private mutating func readJSON(_ bytes: [UInt8]) -> Int? {
    var offset = 0
    var line = 1
    while true {
      let start = offset
      do throws(Problem) {
        guard let value = try JSON.next(in: bytes, from: &offset) else { return nil }
        append(value, Document(value: value, line: line, source: bytes, range: start..<offset))
        line += bytes[start..<offset].count { $0 == UInt8(ascii: "\n") }
      } catch {
        // The streams stays ambiguous up to the second value: it may be YAML in braces.
        if documents.count > 1 {
          problems.append(error)
          return nil
        }
        if readsAsYAML(bytes, from: start) { return start }
        var problem = error
        if problem.message == "unexpected end of JSON input" {
          problem.message = "unexpected EOF"
        } else if let at = bytes.offset(ofLine: problem.line, column: problem.column) {
          problem.message = "json: offset \(at + 1): \(problem.message)"
        }
        problems.append(problem)
        return nil
      }
    }
  }

  private func readsAsYAML(_ bytes: [UInt8], from start: Int) -> Bool {
    guard let chunk = YAMLChunks(bytes, from: start).first(where: { _ in true }) else {
      return true
    }
    if case .failure = chunk.problem.map({ Result<Value, Problem>.failure($0) })
      ?? YAML.read(bytes, chunk.range, line: chunk.line).outcome
    {
      return false
    }
    return true
  }

  private mutating func readYAML(_ bytes: [UInt8], from start: Int) {
    for chunk in YAMLChunks(bytes, from: start) {
      if let problem = chunk.problem {
        problems.append(problem)
        continue
      }
      let reading = YAML.read(bytes, chunk.range, line: chunk.line, truth: truth)
      duplicates += reading.duplicates
      switch reading.outcome {
      case .success(let value):
        append(
          value,
          Document(
            value: value, line: chunk.line, source: bytes, range: chunk.range, truth: truth))
      case .failure(var problem):
        problem.message = "error converting YAML to JSON: " + problem.message
        problems.append(problem)
      }
    }
  }

  private mutating func append(_ value: Value, _ document: Document) {
    if !value.isNull { documents.append(document) }
  }
}

extension [UInt8] {
  /// The offset of a line and a column of UTF-8 characters.
  fileprivate func offset(ofLine line: Int, column: Int) -> Int? {
    var atLine = 1
    var atColumn = 1
    for (offset, byte) in enumerated() {
      if byte & 0xC0 == 0x80 { continue }
      if atLine == line, atColumn == column { return offset }
      if byte == UInt8(ascii: "\n") {
        atLine += 1
        atColumn = 1
      } else {
        atColumn += 1
      }
    }
    return nil
  }
}
