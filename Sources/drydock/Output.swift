import Glibc

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

  static func complain(_ message: String) { write("drydock: \(message)\n", toError: true) }
}
