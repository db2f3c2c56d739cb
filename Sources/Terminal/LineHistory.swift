import CLibedit

/// The lines that the arrows and Ctrl-R of an editor find.
package final class LineHistory {
  let handle: OpaquePointer
  static let length = 2000

  /// `lines` oldest first, as they are to be found; nil when there is no memory for it.
  package init?(_ lines: [String] = []) {
    guard let handle = history_init() else { return nil }
    self.handle = handle
    _ = ce_hist_size(handle, Int32(Self.length))
    for line in lines.suffix(Self.length) { _ = ce_hist_enter(handle, line) }
  }

  deinit { history_end(handle) }

  /// Adds a line as the newest; an equal older one goes.
  package func remember(_ line: String) {
    // H_SETUNIQUE only compares with the newest.
    var equal: [Int32] = []
    walk { number, text in if text == line { equal.append(number) } }
    for number in equal { _ = ce_hist_del(handle, number) }
    _ = ce_hist_enter(handle, line)
  }

  /// Newest first.
  private func walk(_ body: (Int32, String) -> Void) {
    var number: Int32 = 0
    var text: UnsafePointer<CChar>?
    var result = ce_hist_first(handle, &number, &text)
    while result != -1 {
      if let text { body(number, String(cString: text)) }
      result = ce_hist_next(handle, &number, &text)
    }
  }
}
