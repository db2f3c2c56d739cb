import Shell

/// Prints the beginnings of files.
struct Head: Program {
  let name = "head"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments, "n,lines= c,bytes= q,quiet,silent v,verbose z,zero-terminated",
      numbers: "n")
    let countsBytes = options.last(of: "n", "c") == "c"
    let text = (countsBytes ? options["c"] : options["n"]) ?? "10"
    let isAllBut = text.hasPrefix("-")
    guard let count = ByteCount.parse(isAllBut ? text.dropFirst() : text[...]) else {
      throw UsageError(
        "invalid number of \(countsBytes ? "bytes" : "lines"): '\(text)'", hint: false,
        busyBox: "invalid number '\(text)'")
    }
    let separator: UInt8 = options.has("z") ? 0 : .newline
    var isFirst = true
    return try await process.forEachInput(options.operands) { path, file in
      try await Headline.write(path, options, &isFirst, process)
      if isAllBut {
        let bytes = try await process.readAll(file)
        let end =
          countsBytes
          ? max(0, bytes.count - count) : Self.end(of: bytes, allBut: count, separator)
        try await process.write(Array(bytes[..<end]))
        return
      }
      var left = count
      while left > 0 {
        // Takes no more than it prints, so that the next program finds the rest.
        let chunk =
          countsBytes
          ? try await file.read(upTo: min(left, 1 << 16))
          : try await file.read(through: separator, upTo: 1 << 20)
        if chunk.isEmpty { break }
        left -= countsBytes ? chunk.count : chunk.last == separator ? 1 : 0
        try await process.write(chunk)
      }
    }
  }

  private static func end(of bytes: [UInt8], allBut count: Int, _ separator: UInt8) -> Int {
    var left = count
    var index = bytes.count
    if bytes.last != separator, !bytes.isEmpty {
      if left == 0 { return index }
      left -= 1
      while index > 0, bytes[index - 1] != separator { index -= 1 }
    }
    while left > 0, index > 0 {
      index -= 1
      while index > 0, bytes[index - 1] != separator { index -= 1 }
      left -= 1
    }
    return index
  }
}

/// The `==> name <==` lines of head and tail.
enum Headline {
  static func write(
    _ path: String, _ options: Options, _ isFirst: inout Bool, _ process: Process
  ) async throws {
    guard options.has("v") || (options.operands.count > 1 && !options.has("q")) else { return }
    let shown = path == "-" ? "standard input" : path
    try await process.write((isFirst ? "" : "\n") + "==> \(shown) <==\n")
    isFirst = false
  }
}

/// Numbers with the multiplier suffixes of GNU: K, M, G, kB, MB, b.
enum ByteCount {
  static func parse(_ text: Substring) -> Int? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let value = Int(digits) else { return digits.count > 18 ? .max : nil }
    let factor: Int
    switch text.dropFirst(digits.count) {
    case "": factor = 1
    case "b": factor = 512
    case "c": factor = 1
    case "w": factor = 2
    case "k", "K", "KiB": factor = 1 << 10
    case "m", "M", "MiB": factor = 1 << 20
    case "g", "G", "GiB": factor = 1 << 30
    case "T", "TiB": factor = 1 << 40
    case "kB", "KB": factor = 1000
    case "MB": factor = 1_000_000
    case "GB": factor = 1_000_000_000
    default: return nil
    }
    let (product, overflow) = value.multipliedReportingOverflow(by: factor)
    return overflow ? .max : product
  }
}
