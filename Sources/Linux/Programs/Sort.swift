import Shell

/// Sorts lines.
struct Sort: Program {
  let name = "sort"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments,
      "n,numeric-sort g,general-numeric-sort h,human-numeric-sort V,version-sort M,month-sort "
        + "r,reverse u,unique f,ignore-case b,ignore-leading-blanks d,dictionary-order "
        + "i,ignore-nonprinting k,key= t,field-separator= o,output= s,stable c,check? C "
        + "z,zero-terminated m,merge R,random-sort S,buffer-size= T= parallel=", status: 2)
    let separator: UInt8 = options.has("z") ? 0 : .newline
    let order: LineOrder
    do { order = try LineOrder(options) } catch let error as UsageError { throw error }
    var bytes: [UInt8] = []
    for path in options.operands.isEmpty ? ["-"] : options.operands {
      do {
        bytes += try await process.contents(of: path)
      } catch let error as HostError where !error.isBudget && error != .brokenPipe {
        let what = error == .isDirectory ? "read failed" : "cannot read"
        try await process.complain(
          "\(what): \(path): \(error.text)", busyBox: "\(path): \(error.text)")
        return 2
      }
      if let last = bytes.last, last != separator { bytes.append(separator) }
    }
    var found = lines(of: bytes, separator: separator)
    try await process.step(1 + found.count / 8)
    if options.has("c") || options.has("C") {
      return try await check(found, order, options, process)
    }
    if options.has("R") {
      var random = SortShuffle(process.machine.randomBits())
      found.shuffle(using: &random)
    } else {
      let keyed = found.map { (line: $0, keys: order.keys(of: $0)) }
      let sorted = keyed.enumerated().sorted { a, b in
        let way = order.compare(a.element, b.element)
        return way == 0 ? a.offset < b.offset : way < 0
      }
      found = sorted.map(\.element.line)
    }
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    var previous: ArraySlice<UInt8>?
    for line in found {
      if options.has("u"), let previous, order.isEqual(previous, line) { continue }
      out += line
      out.append(separator)
      previous = line
    }
    if let path = options["o"] {
      try process.replace(path, with: out)
    } else {
      try await process.write(out)
    }
    return 0
  }

  private func check(
    _ found: [ArraySlice<UInt8>], _ order: LineOrder, _ options: Options, _ process: Process
  ) async throws -> ExitStatus {
    for index in found.indices.dropFirst() {
      let a = (line: found[index - 1], keys: order.keys(of: found[index - 1]))
      let b = (line: found[index], keys: order.keys(of: found[index]))
      let way = order.compare(a, b)
      guard way > 0 || (options.has("u") && way == 0) else { continue }
      if process.isBusyBox {
        try await process.writeError("Check line \(index)\n")
      } else if !options.has("C") {
        let text = String(decoding: b.line, as: UTF8.self)
        try await process.complain(
          "\(options.operands.first ?? "-"):\(index + 1): disorder: \(text)")
      }
      return 1
    }
    return 0
  }
}

private struct SortShuffle: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed | 1 }
  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ (state >> 29)
  }
}
