import Shell

/// Prints its arguments.
struct Echo: Program {
  let name = "echo"

  func run(_ process: Process) async throws -> ExitStatus {
    var words = process.arguments[...]
    var newline = true
    var escapes = false
    while let word = words.first, word.count > 1, word.hasPrefix("-"),
      word.dropFirst().allSatisfy({ "neE".contains($0) })
    {
      for letter in word.dropFirst() {
        if letter == "n" { newline = false } else { escapes = letter == "e" }
      }
      words = words.dropFirst()
    }
    var out: [UInt8] = []
    for (index, word) in words.enumerated() {
      if index > 0 { out.append(.blank) }
      guard escapes else {
        out += Array(word.utf8)
        continue
      }
      let (bytes, stops) = BackslashEscapes.expand(Array(word.utf8), octalNeedsZero: true)
      out += bytes
      if stops { return try await finish(out, process) }
    }
    if newline { out.append(.newline) }
    return try await finish(out, process)
  }

  private func finish(_ out: [UInt8], _ process: Process) async throws -> ExitStatus {
    try await process.write(out)
    return 0
  }
}

/// The backslash escapes of echo -e, printf, tr and date.
enum BackslashEscapes {
  /// The bytes meant, and whether `\c` ends all output.
  static func expand(_ text: [UInt8], octalNeedsZero: Bool = false) -> ([UInt8], stops: Bool) {
    var out: [UInt8] = []
    var index = 0
    while index < text.count {
      let byte = text[index]
      index += 1
      guard byte == UInt8(ascii: "\\"), index < text.count else {
        out.append(byte)
        continue
      }
      let letter = text[index]
      index += 1
      if let plain = simple[letter] {
        out.append(plain)
      } else if letter == UInt8(ascii: "c") {
        return (out, true)
      } else if letter == UInt8(ascii: "x"), index < text.count, hex(text[index]) != nil {
        var value = 0
        for _ in 0..<2 where index < text.count {
          guard let digit = hex(text[index]) else { break }
          value = value * 16 + digit
          index += 1
        }
        out.append(UInt8(truncatingIfNeeded: value))
      } else if (48...55).contains(letter), !octalNeedsZero || letter == 48 {
        var value = octalNeedsZero ? 0 : Int(letter - 48)
        var digits = octalNeedsZero ? 0 : 1
        while digits < 3, index < text.count, (48...55).contains(text[index]) {
          value = value * 8 + Int(text[index] - 48)
          index += 1
          digits += 1
        }
        out.append(UInt8(truncatingIfNeeded: value))
      } else {
        out += [byte, letter]
      }
    }
    return (out, false)
  }

  static func hex(_ byte: UInt8) -> Int? {
    switch byte {
    case 48...57: Int(byte) - 48
    case 65...70: Int(byte) - 55
    case 97...102: Int(byte) - 87
    default: nil
    }
  }

  static let simple: [UInt8: UInt8] = [
    UInt8(ascii: "a"): 7, UInt8(ascii: "b"): 8, UInt8(ascii: "e"): 27, UInt8(ascii: "f"): 12,
    UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13, UInt8(ascii: "t"): 9, UInt8(ascii: "v"): 11,
    UInt8(ascii: "\\"): 92,
  ]
}
