import Shell

/// Counts lines, words and bytes.
struct WordCount: Program {
  let name = "wc"

  private struct Counts {
    var lines = 0
    var words = 0
    var characters = 0
    var bytes = 0
    var longest = 0
  }

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments, "l,lines w,words c,bytes m,chars L,max-line-length total= files0-from=")
    var total = Counts()
    var rows: [(Counts, String)] = []
    var isRegular = !options.operands.isEmpty
    let status = try await process.forEachInput(options.operands) { path, file in
      var counts = Counts()
      var isInWord = false
      var length = 0
      while true {
        let chunk = try await file.read(upTo: 1 << 16)
        if chunk.isEmpty { break }
        try await process.step(1 + chunk.count / 256)
        try process.charge(chunk.count / 64)
        counts.bytes += chunk.count
        for byte in chunk {
          if byte == .newline {
            counts.lines += 1
            counts.longest = max(counts.longest, length)
            length = 0
          } else {
            length += byte & 0xC0 == 0x80 ? 0 : 1
          }
          if byte & 0xC0 != 0x80 { counts.characters += 1 }
          if byte.isSpace {
            isInWord = false
          } else if !isInWord {
            isInWord = true
            counts.words += 1
          }
        }
      }
      counts.longest = max(counts.longest, length)
      if path == "-" { isRegular = false }
      rows.append((counts, options.operands.isEmpty ? "" : path))
      total.lines += counts.lines
      total.words += counts.words
      total.bytes += counts.bytes
      total.characters += counts.characters
      total.longest = max(total.longest, counts.longest)
    }
    if options.operands.count > 1 { rows.append((total, "total")) }
    let chosen = ["l", "w", "m", "c", "L"].filter(options.has)
    let fields = chosen.isEmpty ? ["l", "w", "c"] : chosen
    // GNU: as wide as the total of bytes for files; 7 for streams; no padding for a single number.
    var width = isRegular ? "\(total.bytes)".count : 7
    if rows.count == 1, fields.count == 1 { width = 1 }
    if process.isBusyBox, rows.count > 1 || fields.count > 1 { width = 9 }
    for (counts, name) in rows {
      let numbers = fields.map { field in
        let value =
          switch field {
          case "l": counts.lines
          case "w": counts.words
          case "m": counts.characters
          case "c": counts.bytes
          default: counts.longest
          }
        let text = "\(value)"
        return String(repeating: " ", count: max(0, width - text.count)) + text
      }
      try await process.write(
        numbers.joined(separator: " ") + (name.isEmpty ? "" : " \(name)") + "\n")
    }
    return status
  }
}
