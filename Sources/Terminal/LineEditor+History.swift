import CLibedit

extension LineEditor {
  static let historyLength = 2000

  /// The lines that the arrows and Ctrl-R find, oldest first; no two equal.
  package var history: [String] {
    var lines: [String] = []
    walk { lines.append($1) }
    return lines.reversed()
  }

  /// Adds a line as the newest; an equal older one goes.
  package func remember(_ line: String) {
    // H_SETUNIQUE only compares with the newest.
    var equal: [Int32] = []
    walk { number, text in if text == line { equal.append(number) } }
    for number in equal { _ = ce_hist_del(past, number) }
    _ = ce_hist_enter(past, line)
  }

  /// Takes over lines of earlier runs, oldest first, known to be unlike each other.
  package func recall(_ lines: [String]) {
    for line in lines.suffix(Self.historyLength) { _ = ce_hist_enter(past, line) }
  }

  /// Newest first.
  private func walk(_ body: (Int32, String) -> Void) {
    var number: Int32 = 0
    var text: UnsafePointer<CChar>?
    var result = ce_hist_first(past, &number, &text)
    while result != -1 {
      if let text { body(number, String(cString: text)) }
      result = ce_hist_next(past, &number, &text)
    }
  }
}
