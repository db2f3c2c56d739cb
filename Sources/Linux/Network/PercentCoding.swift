import Shell

/// Percent-encoding of URLs.
package enum PercentCoding {
  package static func decode(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "%")) else { return text }
    let bytes = Array(text.utf8)
    var out: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
        let high = BackslashEscapes.hex(bytes[index + 1]),
        let low = BackslashEscapes.hex(bytes[index + 2])
      {
        out.append(UInt8(truncatingIfNeeded: high * 16 + low))
        index += 3
      } else {
        out.append(bytes[index])
        index += 1
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  package static func encode(_ text: String, keeping kept: String = "") -> String {
    text.utf8.map { byte in
      if byte.isWord || kept.utf8.contains(byte) || byte == 45 || byte == 46 || byte == 126 {
        return String(decoding: [byte], as: UTF8.self)
      }
      let hex = String(byte, radix: 16, uppercase: true)
      return "%" + (hex.count < 2 ? "0" : "") + hex
    }.joined()
  }
}

extension StringProtocol {
  var trimmedSides: SubSequence {
    var rest = self[...]
    while let first = rest.first, first == " " || first == "\t" { rest = rest.dropFirst() }
    while let last = rest.last, last == " " || last == "\t" || last == "\r" {
      rest = rest.dropLast()
    }
    return rest
  }
}
