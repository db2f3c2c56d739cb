import CLibedit
import Glibc

/// Reads lines from a person at a terminal, with editing, history and completion by libedit.
package final class LineEditor {
  package enum Event: Equatable, Sendable {
    case line(String)
    /// Ctrl-C: the line is dropped.
    case interrupted
    /// `giveUp` was called.
    case givenUp
    /// Ctrl-D on an empty line, or the terminal went away.
    case end
  }

  let editor: OpaquePointer
  /// The lines of the shell that is typed to.
  package var past: LineHistory {
    didSet { _ = ce_set_history(editor, past.handle) }
  }
  /// Answers Tab: the whole line and the cursor's place in it, in bytes.
  package var completer: (String, Int) -> Completion = { _, _ in
    Completion(word: "", candidates: [])
  }
  /// Called while no key is pressed; what it returns is written above the line being typed.
  package var onIdle: () -> String? = { nil }
  package var idleMilliseconds: Int32 = 200

  var prompt = Prompt(StyledText(), .plain)
  private var promptBytes: UnsafeMutablePointer<CChar>?
  // libedit takes no null for a text.
  private var rightBytes: UnsafeMutablePointer<CChar>? = strdup("")
  /// Whether something beside the typed line is not shown yet.
  var isOutdated = false
  var wasInterrupted = false
  /// Whether nobody waits for the line any more.
  var isGivenUp = false
  /// Bytes read and not yet given to libedit.
  var pending: [UInt8] = []

  /// nil when libedit cannot work with this terminal.
  package init?(program: String) {
    guard ce_utf8_locale() == 1, let editor = ce_init(program) else { return nil }
    guard let past = LineHistory() else {
      el_end(editor)
      return nil
    }
    self.editor = editor
    self.past = past
    _ = ce_set_client(editor, Unmanaged.passUnretained(self).toOpaque())
    _ = ce_set_prompt(editor, { LineEditor.of($0)?.promptPointer() }, 1)
    _ = ce_set_rprompt(editor, { LineEditor.of($0)?.rightBytes }, 1)
    _ = ce_set_history(editor, past.handle)
    _ = ce_set_signal(editor, 0)
    _ = ce_set_getc(editor, { LineEditor.of($0)?.nextCharacter($1) ?? -1 })
    _ = ce_add_fn(editor, "drydock-complete", "complete the word") { editor, _ in
      LineEditor.of(editor)?.complete() ?? UInt8(CC_ERROR)
    }
    _ = ce_add_fn(editor, "drydock-interrupt", "drop the line") { editor, _ in
      LineEditor.of(editor)?.interrupt() ?? UInt8(CC_ERROR)
    }
    _ = ce_set_editor(editor, "emacs")
    bindDefaults()
    _ = el_source(editor, nil)
    bindOwn()
    // ^C is a signal always, so that none is lost while the terminal changes its mode.
    _ = ce_setty(editor, "-d", "+isig")
    Interrupts.watch()
  }

  deinit {
    el_end(editor)
    free(promptBytes)
    free(rightBytes)
  }

  /// What stands at the right end of the line being typed, such as a clock.
  package var rightPrompt = "" {
    didSet {
      guard rightPrompt != oldValue else { return }
      free(rightBytes)
      rightBytes = strdup(rightPrompt)
      isOutdated = true
    }
  }

  private static func of(_ editor: OpaquePointer?) -> LineEditor? {
    guard let editor, let client = ce_get_client(editor) else { return nil }
    return Unmanaged<LineEditor>.fromOpaque(client).takeUnretainedValue()
  }

  /// Reads one line; the newline is not part of it.
  package func read(_ prompt: Prompt) -> Event {
    self.prompt = prompt
    wasInterrupted = false
    isGivenUp = false
    // Raw before the prompt shows: libedit itself prints first, and keys in the gap would echo.
    _ = ce_prep_term(editor, 1)
    var count: Int32 = 0
    let start = el_gets(editor, &count)
    if isGivenUp { return .givenUp }
    if wasInterrupted { return .interrupted }
    guard let start, count > 0 else { return .end }
    let bytes = UnsafeRawBufferPointer(start: start, count: Int(count))
    var line = String(decoding: bytes, as: UTF8.self)
    if line.last == "\n" || line.last == "\r\n" { line.removeLast() }
    return .line(line)
  }

  /// The same in place of a prompt that a program wrote already.
  package func read(inPlaceOf written: UnfinishedLine) -> Event {
    let prompt = written.prompt
    let rows = max(0, prompt.width - 1) / max(1, Int(ce_columns()))
    write((rows > 0 ? "\u{1B}[\(rows)A" : "") + "\r\u{1B}[J")
    return read(prompt)
  }

  /// Ends the reading from `onIdle`: whoever waited for the line is gone.
  package func giveUp() { isGivenUp = true }

  private func promptPointer() -> UnsafeMutablePointer<CChar>? {
    free(promptBytes)
    promptBytes = strdup(prompt.marked)
    return promptBytes
  }

  private func bindDefaults() {
    let keys = [
      ("^R", "em-inc-search-prev"), ("^S", "em-inc-search-next"),
      ("\\e[1~", "ed-move-to-beg"), ("\\e[4~", "ed-move-to-end"),
      ("\\e[3~", "ed-delete-next-char"),
      ("\\e[1;5C", "em-next-word"), ("\\e[1;5D", "ed-prev-word"),
    ]
    for (key, function) in keys { _ = ce_bind(editor, key, function) }
  }

  /// After ~/.editrc, whose `bind -v` and `bind -e` wipe the keys.
  private func bindOwn() {
    _ = ce_bind(editor, "^I", "drydock-complete")
    _ = ce_bind(editor, "^C", "drydock-interrupt")
    if let mode = ce_get_editor(editor), String(cString: mode) == "vi" {
      _ = ce_bind(editor, "^R", "em-inc-search-prev")
    }
  }

  private func interrupt() -> UInt8 {
    wasInterrupted = true
    if !isGivenUp { write("^C\n") }
    return UInt8(CC_NEWLINE)
  }

  func write(_ text: String) {
    fflush(nil)
    Array(text.utf8).withUnsafeBytes { raw in
      if let start = raw.bindMemory(to: CChar.self).baseAddress {
        _ = ce_write_all(1, start, raw.count)
      }
    }
  }
}
