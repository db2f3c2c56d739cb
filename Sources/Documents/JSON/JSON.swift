/// Value trees as JSON text, read and written as Go's `encoding/json` does.
package enum JSON {
  /// Reads one value; the problem's message is Go's, such as `unexpected end of JSON input`.
  package static func parse(_ bytes: [UInt8]) throws(Problem) -> Value {
    var duplicates: [String] = []
    return try parse(bytes, duplicates: &duplicates)
  }

  package static func parse(_ text: String) throws(Problem) -> Value {
    try parse(Array(text.utf8))
  }

  /// Reads one value; of equal names the last counts, and each that is given twice is added to
  /// `duplicates` once as a path: `spec.containers[0].image`.
  package static func parse(_ bytes: [UInt8], duplicates: inout [String]) throws(Problem) -> Value {
    let outcome = bytes.withUnsafeBufferPointer { buffer -> Result<Value, Problem> in
      var reader = JSONReader(buffer)
      defer { duplicates += reader.duplicates }
      do throws(JSONReader.Failure) {
        let value = try reader.read()
        try reader.expectEnd()
        return .success(value)
      } catch {
        return .failure(Problem(error.message, at: error.offset, in: buffer))
      }
    }
    return try outcome.get()
  }

  /// Reads the next of several values that follow one another; nil when only white space is left.
  /// `offset` moves behind the value.
  package static func next(in bytes: [UInt8], from offset: inout Int) throws(Problem) -> Value? {
    let start = offset
    let outcome = bytes.withUnsafeBufferPointer { buffer -> Result<(Value?, Int), Problem> in
      var reader = JSONReader(buffer, from: start)
      if reader.isAtEnd { return .success((nil, buffer.count)) }
      do throws(JSONReader.Failure) {
        let value = try reader.read()
        return .success((value, reader.offset))
      } catch {
        return .failure(Problem(error.message, at: error.offset, in: buffer))
      }
    }
    let (value, end) = try outcome.get()
    offset = end
    return value
  }
}

extension Problem {
  /// A problem at a byte of a text.
  init(_ message: String, at offset: Int, in bytes: UnsafeBufferPointer<UInt8>) {
    var line = 1
    var column = 1
    for byte in bytes.prefix(offset) {
      if byte == UInt8(ascii: "\n") {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {  // continuation bytes are no columns
        column += 1
      }
    }
    self.init(message, line: line, column: column)
  }
}
