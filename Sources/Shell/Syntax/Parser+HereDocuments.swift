extension Parser {
  /// Reads the bodies of the here-documents that the finished line began.
  func readDocuments() throws(SyntaxProblem) {
    let documents = pendingDocuments
    pendingDocuments = []
    for (redirection, stripsTabs) in documents {
      let delimiter = redirection.target
      let wanted = Array(delimiter.unexpandedText.utf8)
      let startLine = line
      var body: [UInt8] = []
      var isClosed = false
      while position < bytes.count {
        var end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
        var start = position
        let isLast = end == bytes.count
        if stripsTabs { while start < end, bytes[start] == 0x09 { start += 1 } }
        if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        let text = bytes[start..<end]
        position = isLast ? bytes.count : (bytes[position...].firstIndex(of: 0x0a) ?? end) + 1
        line += 1
        if text.elementsEqual(wanted) {
          isClosed = true
          break
        }
        body += text
        if !isLast || !text.isEmpty { body.append(UInt8(ascii: "\n")) }
      }
      if !isClosed {
        endsOpen = true
        warnings.append(
          (
            max(1, line - 1),
            "warning: here-document at line \(max(1, startLine - 1)) delimited by end-of-file "
              + "(wanted `\(delimiter.unexpandedText)')"
          ))
      }
      redirection.document = try documentWord(body, isQuoted: delimiter.isQuoted, startLine)
    }
  }

  private func documentWord(_ body: [UInt8], isQuoted: Bool, _ startLine: Int)
    throws(SyntaxProblem) -> Word
  {
    let text = String(decoding: body, as: UTF8.self)
    if isQuoted { return Word(text: text) }
    let inner = Parser(text, dialect: dialect, line: startLine, depth: depth, alias: alias)
    return Word([.doubleQuoted(try inner.readWholeText(quotes: .document).parts)])
  }
}

extension Word {
  /// The text with the quotes taken off and nothing expanded, as a delimiter is compared.
  var unexpandedText: String { WordPart.unexpandedText(of: parts) }
}

extension WordPart {
  static func unexpandedText(of parts: [WordPart]) -> String {
    var text = ""
    for part in parts {
      switch part {
      case .literal(let plain), .quoted(let plain), .captured(let plain): text += plain
      case .doubleQuoted(let inner): text += unexpandedText(of: inner)
      case .parameter(let parameter): text += "$" + parameter.name
      case .arithmetic, .command, .process: text += "$"
      }
    }
    return text
  }
}
