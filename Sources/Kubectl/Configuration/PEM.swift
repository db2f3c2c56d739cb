import Documents

/// Certificates and keys in the text form of files.
enum PEM {
  /// The bytes of the first block of a PEM text.
  static func decode(_ text: [UInt8]) -> [UInt8]? {
    var body = ""
    var inside = false
    for line in String(decoding: text, as: UTF8.self).split(whereSeparator: \.isNewline) {
      if line.hasPrefix("-----BEGIN") {
        inside = true
      } else if line.hasPrefix("-----END") {
        return Base64.decode(body)
      } else if inside {
        body += line.filter { !$0.isWhitespace }
      }
    }
    return nil
  }
}
