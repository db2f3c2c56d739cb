import Shell

/// Shows bytes as numbers: `hexdump`, `hd`, `xxd`.
struct HexDump: Program {
  let name: String

  init(_ name: String = "hexdump") { self.name = name }

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments,
      "C,canonical n,length= s,skip= v,no-squeezing l,len= p,plain u c,cols= g= x")
    let limit = (options["n"] ?? options["l"]).flatMap { Int($0) } ?? .max
    let skip = options["s"].flatMap { Int($0) } ?? 0
    var bytes: [UInt8] = []
    if options.operands.isEmpty {
      bytes = try await process.readAll()
    } else {
      for path in options.operands { bytes += try await process.contents(of: path) }
    }
    bytes = Array(bytes.dropFirst(max(0, skip)).prefix(max(0, limit)))
    if name == "xxd" {
      try await process.write(options.has("p") ? plain(bytes) : pairs(bytes, skip))
    } else {
      let isCanonical = name == "hd" || options.has("C")
      try await process.write(dump(bytes, skip, isCanonical, squeezes: !options.has("v")))
    }
    return 0
  }

  private func hex(_ number: Int, _ width: Int) -> String {
    let text = String(number, radix: 16)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }

  private func shown(_ line: ArraySlice<UInt8>) -> String {
    String(decoding: line.map { (0x20...0x7E).contains($0) ? $0 : 0x2E }, as: UTF8.self)
  }

  private func rows(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    stride(from: 0, to: bytes.count, by: 16).map { bytes[$0..<min($0 + 16, bytes.count)] }
  }

  private func dump(
    _ bytes: [UInt8], _ skip: Int, _ isCanonical: Bool, squeezes: Bool
  ) -> String {
    var out = ""
    var last: ArraySlice<UInt8>?
    var isSqueezed = false
    let width = isCanonical ? 8 : 7
    for row in rows(bytes) {
      if squeezes, let last, last.count == 16, Array(last) == Array(row) {
        if !isSqueezed { out += "*\n" }
        isSqueezed = true
        continue
      }
      isSqueezed = false
      last = row
      out += hex(row.startIndex + skip, width)
      if isCanonical {
        var cells = ""
        for (index, byte) in row.enumerated() {
          cells += (index == 8 ? "  " : " ") + hex(Int(byte), 2)
        }
        out += " " + cells + String(repeating: " ", count: max(0, 50 - cells.count))
        out += " |\(shown(row))|\n"
      } else {
        let list = Array(row)
        for index in stride(from: 0, to: list.count, by: 2) {
          let high = index + 1 < list.count ? Int(list[index + 1]) << 8 : 0
          out += " " + hex(high | Int(list[index]), 4)
        }
        out += "\n"
      }
    }
    return bytes.isEmpty ? "" : out + hex(bytes.count + skip, width) + "\n"
  }

  private func pairs(_ bytes: [UInt8], _ skip: Int) -> String {
    rows(bytes).map { row in
      var cells = ""
      for (index, byte) in row.enumerated() {
        cells += (index > 0 && index % 2 == 0 ? " " : "") + hex(Int(byte), 2)
      }
      return hex(row.startIndex + skip, 8) + ": " + cells
        + String(repeating: " ", count: max(0, 39 - cells.count)) + "  \(shown(row))\n"
    }.joined()
  }

  private func plain(_ bytes: [UInt8]) -> String {
    stride(from: 0, to: bytes.count, by: 30).map { start in
      bytes[start..<min(start + 30, bytes.count)].map { hex(Int($0), 2) }.joined() + "\n"
    }.joined()
  }
}

/// Shows the readable parts of binary files.
struct Strings: Program {
  let name = "strings"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments, "n,bytes= a,all t,radix= f,print-file-name", numbers: "n")
    let least = max(1, options["n"].flatMap { Int($0) } ?? 4)
    return try await process.forEachInput(options.operands) { _, file in
      let bytes = try await process.readAll(file)
      for part in bytes.split(whereSeparator: { !(0x20...0x7E).contains($0) && $0 != 0x09 })
      where part.count >= least {
        try await process.write(Array(part) + [0x0A])
      }
    }
  }
}
