import Shell

/// Drops lines that repeat the one before.
struct Uniq: Program {
  let name = "uniq"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments,
      "c,count d,repeated D u,unique i,ignore-case f,skip-fields= s,skip-chars= w,check-chars= "
        + "z,zero-terminated")
    let separator: UInt8 = options.has("z") ? 0 : .newline
    let fields = options["f"].flatMap { Int($0) } ?? 0
    let characters = options["s"].flatMap { Int($0) } ?? 0
    let checked = max(0, options["w"].flatMap { Int($0) } ?? .max)
    func key(_ line: ArraySlice<UInt8>) -> [UInt8] {
      var rest = line
      for _ in 0..<max(0, fields) {
        rest = rest.drop { $0.isBlank }.drop { !$0.isBlank }
      }
      let part = rest.dropFirst(max(0, characters)).prefix(checked)
      return options.has("i") ? part.map(\.lowered) : Array(part)
    }
    var current: (line: [UInt8], key: [UInt8], count: Int)?
    var out: [UInt8] = []
    func end() {
      guard let (line, _, count) = current else { return }
      if options.has("d") || options.has("D"), count < 2 { return }
      if options.has("u"), count > 1 { return }
      if options.has("c") {
        let text = "\(count)"
        out += [UInt8](repeating: .blank, count: max(0, 7 - text.utf8.count)) + Array(text.utf8)
        out.append(.blank)
      }
      for _ in 0..<(options.has("D") ? count : 1) {
        out += line
        out.append(separator)
      }
    }
    let input = options.operands.first.map { [$0] } ?? []
    let status = try await process.forEachInput(input) { _, file in
      let reader = LineReader(file, process, separator: separator)
      while let chunk = try await reader.next() {
        forEachLine(in: chunk, separator: separator) { line in
          let own = key(line)
          if current?.key == own {
            current?.count += 1
          } else {
            end()
            current = (Array(line), own, 1)
          }
        }
        if options.operands.count < 2 {
          try await process.write(out)
          out = []
        }
      }
    }
    end()
    if options.operands.count > 1 {
      try process.replace(options.operands[1], with: out)
    } else {
      try await process.write(out)
    }
    return status
  }
}
