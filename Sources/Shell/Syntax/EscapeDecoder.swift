/// Decodes backslash escapes as `$'…'`, `echo -e` and `printf` write them.
package struct EscapeDecoder {
  package enum Style {
    case dollarQuotes, echo, printf
    /// `%b`: like echo, `\c` ends all output.
    case argument
  }
  let style: Style

  package init(style: Style) { self.style = style }

  /// The bytes, and whether `\c` asked to stop the output.
  package func decode(_ text: ArraySlice<UInt8>) -> (bytes: [UInt8], stops: Bool) {
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    var index = text.startIndex
    while index < text.endIndex {
      let byte = text[index]
      guard byte == UInt8(ascii: "\\"), index + 1 < text.endIndex else {
        result.append(byte)
        index += 1
        continue
      }
      index += 1
      if decodeEscape(text, &index, &result) { return (result, true) }
    }
    return (result, false)
  }

  /// Decodes the escape whose letter is at `index`; true for `\c`.
  func decodeEscape(_ text: ArraySlice<UInt8>, _ index: inout Int, _ result: inout [UInt8])
    -> Bool
  {
    let letter = text[index]
    index += 1
    switch letter {
    case UInt8(ascii: "a"): result.append(7)
    case UInt8(ascii: "b"): result.append(8)
    case UInt8(ascii: "e"), UInt8(ascii: "E"): result.append(27)
    case UInt8(ascii: "f"): result.append(12)
    case UInt8(ascii: "n"): result.append(10)
    case UInt8(ascii: "r"): result.append(13)
    case UInt8(ascii: "t"): result.append(9)
    case UInt8(ascii: "v"): result.append(11)
    case UInt8(ascii: "\\"): result.append(letter)
    case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "?"):
      if style != .dollarQuotes, !(style == .printf && letter == UInt8(ascii: "\"")) {
        result.append(UInt8(ascii: "\\"))
      }
      result.append(letter)
    case UInt8(ascii: "c"):
      if style == .echo || style == .argument { return true }
      if style == .dollarQuotes, index < text.endIndex {
        result.append(text[index] & 0x1f)
        index += 1
      } else {
        result += [UInt8(ascii: "\\"), letter]
      }
    case UInt8(ascii: "x"): decodeHexadecimal(text, &index, &result, letter, digits: 2)
    case UInt8(ascii: "u"): decodeHexadecimal(text, &index, &result, letter, digits: 4)
    case UInt8(ascii: "U"): decodeHexadecimal(text, &index, &result, letter, digits: 8)
    case UInt8(ascii: "0")...UInt8(ascii: "7"):
      decodeOctal(text, &index, &result, letter)
    default: result += [UInt8(ascii: "\\"), letter]
    }
    return false
  }

  private func decodeHexadecimal(
    _ text: ArraySlice<UInt8>, _ index: inout Int, _ result: inout [UInt8], _ letter: UInt8,
    digits: Int
  ) {
    var value: UInt32 = 0
    var count = 0
    while count < digits, index < text.endIndex, let digit = text[index].hexadecimalValue {
      value = value << 4 | UInt32(digit)
      index += 1
      count += 1
    }
    guard count > 0 else {
      result += [UInt8(ascii: "\\"), letter]
      return
    }
    if letter == UInt8(ascii: "x") {
      result.append(UInt8(truncatingIfNeeded: value))
    } else if let scalar = UnicodeScalar(value) {
      result += Array(String(scalar).utf8)
    }
  }

  private func decodeOctal(
    _ text: ArraySlice<UInt8>, _ index: inout Int, _ result: inout [UInt8], _ letter: UInt8
  ) {
    // echo wants \0nnn and leaves \1 alone; the others take \nnn, and %b both.
    if style == .echo, letter != UInt8(ascii: "0") {
      result += [UInt8(ascii: "\\"), letter]
      return
    }
    let leading = letter == UInt8(ascii: "0") && (style == .echo || style == .argument)
    var value = leading ? 0 : Int(letter - 0x30)
    var count = leading ? 0 : 1
    while count < 3, index < text.endIndex, text[index] >= 0x30, text[index] <= 0x37 {
      value = value * 8 + Int(text[index] - 0x30)
      index += 1
      count += 1
    }
    result.append(UInt8(truncatingIfNeeded: value))
  }
}

extension UInt8 {
  package var hexadecimalValue: UInt8? {
    switch self {
    case 0x30...0x39: self - 0x30
    case 0x41...0x46: self - 0x41 + 10
    case 0x61...0x66: self - 0x61 + 10
    default: nil
    }
  }
}
