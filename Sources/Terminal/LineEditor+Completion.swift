import CLibedit

extension LineEditor {
  /// More candidates than this are counted instead of listed.
  private static let listed = 400

  func complete() -> UInt8 {
    guard let line = el_line(editor)?.pointee, let start = line.buffer else {
      return UInt8(CC_ERROR)
    }
    let typed = UnsafeRawBufferPointer(start: start, count: line.lastchar - start)
    let completion = completer(String(decoding: typed, as: UTF8.self), line.cursor - start)
    if let insertion = completion.insertion {
      _ = el_insertstr(editor, insertion)
      return UInt8(CC_REFRESH)
    }
    guard completion.candidates.count > 1 else { return UInt8(CC_REFRESH_BEEP) }
    // Of paths only the last part is shown, as shells do.
    let shown = completion.candidates.prefix(Self.listed).map { whole in
      let candidate = whole.hasSuffix(" ") ? String(whole.dropLast()) : whole
      let isFolder = candidate.hasSuffix("/")
      let parts = candidate.split(separator: "/")
      return completion.word.contains("/")
        ? (parts.last.map(String.init) ?? candidate) + (isFolder ? "/" : "") : candidate
    }
    var text = "\n"
    for row in ColumnLayout.lines(shown, width: Int(ce_columns())) { text += row + "\n" }
    let rest = completion.candidates.count - shown.count
    if rest > 0 { text += "… and \(rest) more\n" }
    write(text)
    return UInt8(CC_REDISPLAY)
  }
}
