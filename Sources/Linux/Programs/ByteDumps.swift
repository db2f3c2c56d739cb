import Shell

/// Shows bytes as numbers: `xxd`, `hexdump` and `od`.
struct ByteDump: Program {
  let name: String

  init(_ name: String) { self.name = name }

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments,
      name == "xxd"
        ? "p,ps,plain r,revert l,len= s,seek= c,cols= u b"
        : "C,canonical c v n,length= s,skip= e,format= x A,address-radix= t,format= N,read-bytes= "
          + "w,width? b d")
    var bytes: [UInt8] = []
    for path in options.operands.isEmpty ? ["-"] : options.operands {
      do { bytes += try await process.contents(of: path) } catch let error as HostError
        where !error.isBudget
      {
        try await process.complain("\(path): \(error.text)")
        return 1
      }
    }
    if let skip = (options["s"]).flatMap({ Int($0) }) {
      bytes = Array(bytes.dropFirst(max(0, skip)))
    }
    let length = options["l"] ?? options["n"] ?? options["N"]
    if let length = length.flatMap({ Int($0) }) { bytes = Array(bytes.prefix(max(0, length))) }
    switch name {
    case "xxd": try await process.write(xxd(bytes, options))
    case "hexdump" where options["e"] != nil:
      // The famous format of one hexadecimal pair per byte.
      try await process.write(Array(bytes.map { Self.hex(Int($0), 2) }.joined().utf8))
    case "hexdump", "hd": try await process.write(hexdump(bytes, options))
    default: try await process.write(octal(bytes, options))
    }
    return 0
  }

  static func hex(_ number: Int, _ width: Int) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  private static func shown(_ byte: UInt8) -> String {
    (0x20..<0x7F).contains(byte) ? String(UnicodeScalar(byte)) : "."
  }

  private func rows(_ bytes: [UInt8], _ width: Int) -> [(Int, ArraySlice<UInt8>)] {
    stride(from: 0, to: bytes.count, by: width).map { start in
      (start, bytes[start..<min(start + width, bytes.count)])
    }
  }

  private func xxd(_ bytes: [UInt8], _ options: Options) -> [UInt8] {
    if options.has("r") {
      let text = String(decoding: bytes, as: UTF8.self)
      var digits: [UInt8] = []
      for line in text.split(separator: "\n") {
        let body =
          options.has("p")
          ? line : line.drop { $0 != ":" }.dropFirst().prefix(while: { _ in true })
        let part = options.has("p") ? body : body.prefix(41)
        digits += part.utf8.compactMap { UInt8(String(UnicodeScalar($0)), radix: 16) }
      }
      return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
    if options.has("p") {
      return Array(
        rows(bytes, 30).map { $0.1.map { Self.hex(Int($0), 2) }.joined() + "\n" }.joined().utf8)
    }
    let width = options["c"].flatMap { Int($0) }.map { min(max(1, $0), 256) } ?? 16
    let text = rows(bytes, width).map { start, row in
      var cells = ""
      for (index, byte) in row.enumerated() {
        cells += Self.hex(Int(byte), 2) + (index % 2 == 1 ? " " : "")
      }
      let full = width * 2 + (width + 1) / 2
      let pad = String(repeating: " ", count: max(0, full - cells.count))
      return "\(Self.hex(start, 8)): \(cells)\(pad) \(row.map(Self.shown).joined())\n"
    }.joined()
    return Array(text.utf8)
  }

  private func hexdump(_ bytes: [UInt8], _ options: Options) -> String {
    var text = ""
    let isCanonical = name == "hd" || options.has("C")
    for (start, row) in rows(bytes, 16) {
      if isCanonical {
        let cells = row.enumerated().map { index, byte in
          Self.hex(Int(byte), 2) + (index == 7 ? "  " : " ")
        }.joined()
        let pad = String(repeating: " ", count: max(0, 50 - cells.count))
        text += "\(Self.hex(start, 8))  \(cells)\(pad)|\(row.map(Self.shown).joined())|\n"
      } else {
        let words = stride(from: row.startIndex, to: row.endIndex, by: 2).map { place in
          let high = place + 1 < row.endIndex ? Int(row[place + 1]) : 0
          return " " + Self.hex(high << 8 | Int(row[place]), 4)
        }.joined()
        let pad = String(repeating: " ", count: max(0, 40 - words.count))
        text += Self.hex(start, 7) + words + pad + "\n"
      }
    }
    return text + (bytes.isEmpty ? "" : Self.hex(bytes.count, isCanonical ? 8 : 7) + "\n")
  }

  private func octal(_ bytes: [UInt8], _ options: Options) -> String {
    let isCharacters = options.has("c") || options["t"] == "c"
    let kind = options["t"] ?? (options.has("x") ? "x2" : isCharacters ? "c" : "o2")
    func address(_ number: Int) -> String {
      switch options["A"] {
      case "n": return ""
      case "x": return Self.hex(number, 6)
      case "d":
        return String(repeating: "0", count: max(0, 7 - "\(number)".count)) + "\(number)"
      default:
        let digits = String(number, radix: 8)
        return String(repeating: "0", count: max(0, 7 - digits.count)) + digits
      }
    }
    func cell(_ row: ArraySlice<UInt8>, _ place: Int) -> String {
      let byte = row[place]
      switch kind.first {
      case "c":
        let names: [UInt8: String] = [0: "\\0", 9: "\\t", 10: "\\n", 13: "\\r"]
        let octal = String(byte, radix: 8)
        let text =
          names[byte]
          ?? ((0x20..<0x7F).contains(byte)
            ? String(UnicodeScalar(byte)) : String(repeating: "0", count: 3 - octal.count) + octal)
        return String(repeating: " ", count: 4 - text.count) + text
      case "x" where kind == "x1" || kind == "x": return " " + Self.hex(Int(byte), 2)
      case "u", "d":
        let text = "\(byte)"
        return String(repeating: " ", count: 4 - text.count) + text
      default: return " " + Self.hex(Int(byte), 2)
      }
    }
    var text = ""
    for (start, row) in rows(bytes, 16) {
      let isWords = kind == "o2" || kind == "x2"
      let cells = stride(from: row.startIndex, to: row.endIndex, by: isWords ? 2 : 1).map { place in
        guard isWords else { return cell(row, place) }
        let high = place + 1 < row.endIndex ? Int(row[place + 1]) : 0
        let word = high << 8 | Int(row[place])
        if kind == "x2" { return " " + Self.hex(word, 4) }
        let digits = String(word, radix: 8)
        return " " + String(repeating: "0", count: 6 - digits.count) + digits
      }.joined()
      text += address(start) + cells + "\n"
    }
    let end = address(bytes.count)
    return text + (end.isEmpty ? "" : end + "\n")
  }
}

/// Shows the texts in a file of bytes: `strings`.
struct PrintableTexts: Program {
  let name = "strings"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(process.arguments, "n,bytes= a,all t,radix=", numbers: "n")
    let least = options["n"].flatMap { Int($0) } ?? 4
    return try await process.forEachInput(options.operands) { _, file in
      var found: [UInt8] = []
      var run: [UInt8] = []
      func finish() {
        if run.count >= least { found += run + [.newline] }
        run = []
      }
      for byte in try await process.readAll(file) {
        if (0x20..<0x7F).contains(byte) || byte == .tab { run.append(byte) } else { finish() }
      }
      finish()
      try await process.write(found)
    }
  }
}
