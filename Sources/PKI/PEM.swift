import FoundationEssentials

/// Blocks of RFC 7468 text encoding.
package struct PEM: Hashable, Sendable {
  /// CERTIFICATE, PRIVATE KEY, …
  package var label: String
  /// The DER that it carries.
  package var bytes: [UInt8]

  package init(label: String, bytes: [UInt8]) {
    self.label = label
    self.bytes = bytes
  }

  /// With the closing newline.
  package var text: String {
    let body = Array(Data(bytes).base64EncodedString().utf8)
    var lines = "-----BEGIN \(label)-----\n"
    var start = 0
    while start < body.count {
      let end = min(start + 64, body.count)
      lines += String(decoding: body[start..<end], as: UTF8.self) + "\n"
      start = end
    }
    return lines + "-----END \(label)-----\n"
  }

  /// Every well-formed block of a text; what stands between them is skipped, as OpenSSL does.
  package static func blocks(in text: String) -> [PEM] {
    var found: [PEM] = []
    var label: String?
    var body = ""
    for line in text.split(whereSeparator: \.isNewline) {
      let line = trimmed(line)
      if line.hasPrefix("-----BEGIN "), line.hasSuffix("-----") {
        label = String(line.dropFirst(11).dropLast(5))
        body = ""
      } else if let open = label {
        if line == "-----END \(open)-----" {
          if let bytes = Data(base64Encoded: body) {
            found.append(PEM(label: open, bytes: Array(bytes)))
          }
          label = nil
        } else {
          body += line
        }
      }
    }
    return found
  }

  private static func trimmed(_ line: Substring) -> Substring {
    var line = line.drop { $0 == " " || $0 == "\t" }
    while let last = line.last, last == " " || last == "\t" { line.removeLast() }
    return line
  }
}
