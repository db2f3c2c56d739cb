import CLibedit

/// Ctrl-C as a note to be read, instead of the end of the program.
package enum Interrupts {
  package static func watch() { ce_watch_signals() }

  /// Whether one came since the last call.
  package static func take() -> Bool { ce_take_interrupt() != 0 }

  /// Waits until a key is pressed, a signal comes or the time is up; true when a key was pressed.
  package static func waitForInput(milliseconds: Int) -> Bool {
    ce_poll_input(Int32(clamping: milliseconds)) == 1
  }
}
