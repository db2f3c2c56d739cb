import Shell

/// Prints parts of lines.
struct Cut: Program {
  let name = "cut"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments,
      "b,bytes= c,characters= f,fields= d,delimiter= s,only-delimited n complement "
        + "output-delimiter= z,zero-terminated")
    let modes = ["b", "c", "f"].filter(options.has)
    guard modes.count <= 1 else { throw UsageError("only one list may be specified") }
    guard let mode = modes.first, let list = options[mode] else {
      throw UsageError(
        "you must specify a list of bytes, characters, or fields",
        busyBox: "expected a list of bytes, characters, or fields")
    }
    let what = mode == "f" ? "fields" : "byte/character positions"
    let ranges = try Self.ranges(list, mode, what)
    let delimiter = options["d"] ?? "\t"
    guard delimiter.utf8.count <= 1 || process.isBusyBox else {
      throw UsageError("the delimiter must be a single character")
    }
    if options.has("d"), mode != "f" {
      throw UsageError(
        "an input delimiter may be specified only\n\twhen operating on fields")
    }
    let picker = Picker(
      ranges: ranges, isComplement: options.has("complement"),
      delimiter: delimiter.utf8.first ?? 0,
      between: options["output-delimiter"].map { Array($0.utf8) },
      onlyDelimited: options.has("s"))
    let separator: UInt8 = options.has("z") ? 0 : .newline
    return try await process.forEachInput(options.operands) { _, file in
      let reader = LineReader(file, process, separator: separator)
      while let chunk = try await reader.next() {
        var out: [UInt8] = []
        out.reserveCapacity(chunk.count)
        forEachLine(in: chunk, separator: separator) { line in
          switch mode {
          case "f": guard picker.fields(line, &out) else { return }
          case "c": picker.characters(line, &out)
          default: picker.bytes(line, &out)
          }
          out.append(separator)
        }
        try await process.write(out)
      }
    }
  }

  private static func ranges(_ list: String, _ mode: String, _ what: String) throws
    -> [ClosedRange<Int>]
  {
    let single = mode == "f" ? "field" : "byte/character position"
    var ranges: [ClosedRange<Int>] = []
    for item in list.split(whereSeparator: { $0 == "," || $0 == " " }) {
      let ends = item.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
      let low = ends[0].isEmpty ? 1 : Int(ends[0])
      let high = ends.count == 1 ? low : ends[1].isEmpty ? .max : Int(ends[1])
      guard let low, let high, item != "-" else {
        if item == "-" { throw UsageError("invalid range with no endpoint: -") }
        throw UsageError(
          "invalid \(single) value '\(item)'", busyBox: "invalid number '\(item)'")
      }
      guard low > 0 else { throw UsageError("\(what) are numbered from 1") }
      guard low <= high else { throw UsageError("invalid decreasing range") }
      ranges.append(low...high)
    }
    if ranges.isEmpty { throw UsageError("\(what) are numbered from 1") }
    return ranges
  }

  private struct Picker {
    let ranges: [ClosedRange<Int>]
    let isComplement: Bool
    let delimiter: UInt8
    let between: [UInt8]?
    let onlyDelimited: Bool

    func selects(_ number: Int) -> Bool {
      ranges.contains { $0.contains(number) } != isComplement
    }

    /// False when the line is to be dropped.
    func fields(_ line: ArraySlice<UInt8>, _ out: inout [UInt8]) -> Bool {
      guard line.contains(delimiter) else {
        if onlyDelimited { return false }
        out += line
        return true
      }
      var number = 1
      var start = line.startIndex
      var isFirst = true
      while start <= line.endIndex {
        let end = line[start...].firstIndex(of: delimiter) ?? line.endIndex
        if selects(number) {
          if !isFirst { out += between ?? [delimiter] }
          out += line[start..<end]
          isFirst = false
        }
        number += 1
        start = end + 1
      }
      return true
    }

    func bytes(_ line: ArraySlice<UInt8>, _ out: inout [UInt8]) {
      var last = 0
      for (index, byte) in line.enumerated() where selects(index + 1) {
        if let between, last > 0, last != index { out += between }
        out.append(byte)
        last = index + 1
      }
    }

    func characters(_ line: ArraySlice<UInt8>, _ out: inout [UInt8]) {
      var number = 0
      for byte in line {
        if byte & 0xC0 != 0x80 { number += 1 }
        if selects(number) { out.append(byte) }
      }
    }
  }
}
