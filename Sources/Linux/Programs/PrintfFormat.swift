import Shell

/// C's printf over texts, for printf, awk and seq.
enum PrintfFormat {
  struct Result {
    var bytes: [UInt8] = []
    var stops = false
    var problem: String?
  }

  /// One pass over the format. `isAwk` leaves backslashes alone and prints numbers for %c.
  static func render(
    _ format: [UInt8], _ values: inout FormatArguments, isAwk: Bool = false
  ) -> Result {
    var result = Result()
    var index = 0
    while index < format.count {
      let byte = format[index]
      if byte == UInt8(ascii: "\\"), !isAwk {
        var end = index + 2
        if end <= format.count {
          while end < format.count, end < index + 5, BackslashEscapes.hex(format[end]) != nil {
            end += 1
          }
        }
        let (bytes, length, stops) = escape(format, index)
        result.bytes += bytes
        if stops {
          result.stops = true
          return result
        }
        index += length
        continue
      }
      guard byte == UInt8(ascii: "%") else {
        result.bytes.append(byte)
        index += 1
        continue
      }
      index += 1
      if index < format.count, format[index] == UInt8(ascii: "%") {
        result.bytes.append(byte)
        index += 1
        continue
      }
      var directive = FormatDirective()
      index = directive.read(format, index, &values)
      guard index < format.count else {
        result.problem = "%: missing conversion"
        return result
      }
      let conversion = format[index]
      index += 1
      let (bytes, stops, isKnown) = directive.render(conversion, &values)
      guard isKnown else {
        result.problem =
          "%\(String(decoding: [conversion], as: UTF8.self)): invalid conversion specification"
        return result
      }
      result.bytes += bytes
      if stops {
        result.stops = true
        return result
      }
    }
    return result
  }

  /// One escape at a place: its bytes, how long it is, whether it ends all output.
  private static func escape(_ text: [UInt8], _ start: Int) -> ([UInt8], Int, Bool) {
    for length in stride(from: min(4, text.count - start), through: 2, by: -1) {
      let part = Array(text[start..<start + length])
      let (bytes, stops) = BackslashEscapes.expand(part)
      if stops, length == 2 { return (bytes, 2, true) }
      if bytes.count == 1, !stops { return (bytes, length, false) }
    }
    return ([text[start]], 1, false)
  }
}
