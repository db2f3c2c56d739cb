import Glibc
import Terminal

/// Standard output and error, written at once and whole.
enum Output {
  static func write(_ text: String, toError: Bool = false) {
    write(Array(text.utf8), toError: toError)
  }

  /// Ends the program quietly when nobody reads any more.
  static func write(_ bytes: [UInt8], toError: Bool = false) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(toError ? 2 : 1, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR || errno == EAGAIN { continue }
        Glibc.exit(141)
      }
      rest = rest.dropFirst(count)
    }
  }

  /// Words of drydock's own, in which names and texts of others may stand.
  static func tell(_ text: String, toError: Bool = false) {
    write(text.printable, toError: toError)
  }

  /// A number with its noun, such as `1 exam` and `2 exams`.
  static func counted(_ number: Int, _ noun: String) -> String {
    "\(number) \(number == 1 ? noun : noun + "s")"
  }

  static func complain(_ message: String) { tell("drydock: \(message)\n", toError: true) }
}
