import Shell

/// Turns every line around: `rev`.
struct ReverseLines: Program {
  let name = "rev"

  func run(_ process: Process) async throws -> ExitStatus {
    try await process.forEachInput(process.arguments) { _, file in
      let reader = LineReader(file, process)
      while let chunk = try await reader.next() {
        var out: [UInt8] = []
        forEachLine(in: chunk) { line in
          out += Array(String(String(decoding: line, as: UTF8.self).reversed()).utf8) + [.newline]
        }
        try await process.write(out)
      }
    }
  }
}

/// Prints lines from the last to the first: `tac`.
struct LastToFirst: Program {
  let name = "tac"

  func run(_ process: Process) async throws -> ExitStatus {
    try await process.forEachInput(process.arguments) { _, file in
      let bytes = try await process.readAll(file)
      var out: [UInt8] = []
      for line in lines(of: bytes).reversed() { out += line + [.newline] }
      try await process.write(out)
    }
  }
}

/// Numbers lines: `nl`.
struct NumberLines: Program {
  let name = "nl"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(process.arguments, "b= w= s= v= n= i=")
    let width = max(0, min(options["w"].flatMap { Int($0) } ?? 6, 100))
    var number = options["v"].flatMap { Int($0) } ?? 1
    let separator = options["s"] ?? "\t"
    return try await process.forEachInput(options.operands) { _, file in
      let reader = LineReader(file, process)
      while let chunk = try await reader.next() {
        var out = ""
        forEachLine(in: chunk) { line in
          let text = String(decoding: line, as: UTF8.self)
          guard !line.isEmpty || options["b"] == "a" else {
            out += String(repeating: " ", count: width + separator.count) + "\n"
            return
          }
          let shown = "\(number)"
          out += String(repeating: " ", count: max(0, width - shown.count)) + shown
          out += separator + text + "\n"
          number &+= 1
        }
        try await process.write(out)
      }
    }
  }
}

/// Joins lines of files side by side: `paste`.
struct Paste: Program {
  let name = "paste"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(process.arguments, "d,delimiters= s,serial z,zero-terminated")
    let between = BackslashEscapes.expand(Array((options["d"] ?? "\t").utf8)).0
    func delimiter(_ index: Int) -> [UInt8] {
      between.isEmpty ? [] : [between[index % between.count]]
    }
    let paths = options.operands.isEmpty ? ["-"] : options.operands
    let input = paths.contains("-") ? lines(of: try await process.contents(of: "-")) : []
    // Those who read standard input side by side take its lines in turn; one after another, the
    // first takes all.
    let readers = options.has("s") ? 1 : paths.count { $0 == "-" }
    var columns: [[ArraySlice<UInt8>]] = []
    var turn = 0
    for path in paths {
      guard path == "-" else {
        columns.append(lines(of: try await process.contents(of: path)))
        continue
      }
      let own = turn < readers ? stride(from: turn, to: input.count, by: readers) : nil
      columns.append(own.map { $0.map { input[$0] } } ?? [])
      turn += 1
    }
    var out: [UInt8] = []
    if options.has("s") {
      for column in columns {
        for (index, line) in column.enumerated() {
          if index > 0 { out += delimiter(index - 1) }
          out += line
        }
        out.append(.newline)
      }
    } else {
      for row in 0..<(columns.map(\.count).max() ?? 0) {
        for (index, column) in columns.enumerated() {
          if index > 0 { out += delimiter(index - 1) }
          if row < column.count { out += column[row] }
        }
        out.append(.newline)
      }
    }
    try await process.write(out)
    return 0
  }
}

/// Puts lines in a random order: `shuf`.
struct Shuffle: Program {
  let name = "shuf"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(process.arguments, "n,head-count= e,echo i,input-range= r,repeat")
    var items: [[UInt8]]
    if options.has("e") {
      items = options.operands.map { Array($0.utf8) }
    } else if let range = options["i"] {
      let ends = range.split(separator: "-").compactMap { Int($0) }
      guard ends.count == 2, ends[0] <= ends[1], ends[1] - ends[0] < 10_000_000 else {
        throw UsageError("invalid input range: '\(range)'")
      }
      items = (ends[0]...ends[1]).map { Array("\($0)".utf8) }
    } else {
      items = lines(of: try await process.contents(of: options.operands.first ?? "-")).map(
        Array.init)
    }
    var random = MachineChance(machine: process.machine)
    items.shuffle(using: &random)
    let count = options["n"].flatMap { Int($0) } ?? items.count
    try await process.write(Array(items.prefix(max(0, count)).map { $0 + [.newline] }.joined()))
    return 0
  }
}

/// The machine's own chance, for the library's algorithms.
struct MachineChance: RandomNumberGenerator {
  let machine: Machine
  mutating func next() -> UInt64 { machine.randomBits() }
}
