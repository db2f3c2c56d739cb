import CLibedit
import Glibc

/// The terminal, file or pipe behind standard output.
package struct Screen: Sendable {
  package let styling: Styling
  /// Whether both ends are a person's terminal.
  package let isInteractive: Bool

  /// NO_COLOR and TERM=dumb take colours away; a pipe or `plain` takes everything.
  package init(environment: [String: String], plain: Bool) {
    let isTerminal = isatty(1) == 1
    isInteractive = isTerminal && isatty(0) == 1
    if plain || !isTerminal || environment["TERM"] == "dumb" {
      styling = .plain
    } else {
      styling = environment["NO_COLOR", default: ""].isEmpty ? .colour : .monochrome
    }
  }

  /// Columns; 80 where nobody knows.
  package var width: Int { Int(ce_columns()) }

  /// With 24 rows where nobody knows.
  package var size: (columns: Int, rows: Int) { (width, Int(ce_rows())) }

  /// Whether the terminal shows what is typed while no line is edited.
  package static func echo(_ isOn: Bool) { ce_echo(isOn ? 1 : 0) }

  /// Writes all of it at once; false when nobody reads any more.
  @discardableResult
  package func write(_ bytes: [UInt8], toError: Bool = false) -> Bool {
    fflush(nil)
    return bytes.withUnsafeBytes { raw in
      guard let start = raw.bindMemory(to: CChar.self).baseAddress else { return true }
      return ce_write_all(toError ? 2 : 1, start, raw.count) == 0
    }
  }

  @discardableResult
  package func write(_ text: String, toError: Bool = false) -> Bool {
    write(Array(text.utf8), toError: toError)
  }
}
