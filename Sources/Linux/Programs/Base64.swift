import Shell

/// Encodes and decodes base64.
struct Base64: Program {
  let name = "base64"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(process.arguments, "d,decode,D i,ignore-garbage w,wrap=")
    let width =
      try options["w"].map { text throws in
        guard let width = Int(text), width >= 0 else {
          throw UsageError("invalid wrap size: '\(text)'", hint: false)
        }
        return width
      } ?? 76
    guard options.operands.count <= 1 else {
      throw UsageError("extra operand '\(options.operands[1])'")
    }
    let path = options.operands.first ?? "-"
    let input: [UInt8]
    do { input = try await process.contents(of: path) } catch let error as HostError
      where !error.isBudget
    {
      try await process.complain("\(path): \(error.text)")
      return 1
    }
    if options.has("d") {
      let (bytes, isWhole) = Self.decode(input, ignoresGarbage: options.has("i"))
      try await process.write(bytes)
      guard isWhole || process.isBusyBox else {
        try await process.complain("invalid input")
        return 1
      }
      return 0
    }
    let text = Array(Self.encode(input).utf8)
    var out: [UInt8] = []
    if width == 0 {
      out = text
    } else {
      for start in stride(from: 0, to: text.count, by: width) {
        out += text[start..<min(text.count, start + width)]
        out.append(.newline)
      }
    }
    try await process.write(out)
    return 0
  }

  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  static func encode(_ bytes: [UInt8]) -> String {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count * 4 / 3 + 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let a = UInt32(bytes[start])
      let b = start + 1 < bytes.count ? UInt32(bytes[start + 1]) : 0
      let c = start + 2 < bytes.count ? UInt32(bytes[start + 2]) : 0
      let value = a << 16 | b << 8 | c
      out.append(alphabet[Int(value >> 18 & 63)])
      out.append(alphabet[Int(value >> 12 & 63)])
      out.append(start + 1 < bytes.count ? alphabet[Int(value >> 6 & 63)] : 61)
      out.append(start + 2 < bytes.count ? alphabet[Int(value & 63)] : 61)
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// The bytes up to the first fault, and whether there was none.
  static func decode(_ text: [UInt8], ignoresGarbage: Bool = false) -> ([UInt8], isWhole: Bool) {
    var out: [UInt8] = []
    var value: UInt32 = 0
    var count = 0
    var padding = 0
    for byte in text {
      if byte == .newline || byte == 13 { continue }
      let digit: UInt32
      switch byte {
      case 65...90: digit = UInt32(byte - 65)
      case 97...122: digit = UInt32(byte - 71)
      case 48...57: digit = UInt32(byte + 4)
      case 43, 45: digit = 62
      case 47, 95: digit = 63
      case 61:
        padding += 1
        continue
      default:
        if ignoresGarbage { continue }
        return (out, false)
      }
      if padding > 0 { return (out, false) }
      value = value << 6 | digit
      count += 1
      if count == 4 {
        out += [UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255)]
        (value, count) = (0, 0)
      }
    }
    switch count {
    case 0: return (out, padding == 0)
    case 2:
      out.append(UInt8(value >> 4 & 255))
      return (out, padding == 2)
    case 3:
      out += [UInt8(value >> 10 & 255), UInt8(value >> 2 & 255)]
      return (out, padding == 1)
    default: return (out, false)
    }
  }
}
