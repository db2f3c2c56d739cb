import Shell

/// Replaces, squeezes or deletes bytes.
struct Translate: Program {
  let name = "tr"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments, "c,complement,C d,delete s,squeeze-repeats t,truncate-set1",
      stopsEarly: true)
    let sets = options.operands
    guard let first = sets.first else { throw UsageError("missing operand") }
    let deletes = options.has("d")
    let squeezes = options.has("s")
    if sets.count < 2, !deletes, !squeezes {
      throw UsageError(
        "missing operand after '\(first)'\nTwo strings must be given when translating.")
    }
    if deletes, !squeezes, sets.count > 1 {
      throw UsageError(
        "extra operand '\(sets[1])'\nOnly one string may be given when deleting without squeezing "
          + "repeats.")
    }
    var from = try TranslationSet(first).bytes(filling: nil)
    if options.has("c") {
      let known = Set(from)
      from = (0...255).filter { !known.contains($0) }
    }
    let second = try sets.dropFirst().first.map {
      try TranslationSet($0).bytes(filling: from.count)
    }
    var map = [UInt8](0...255)
    if !deletes, let second, let last = second.last {
      for (index, byte) in from.enumerated() {
        if index >= second.count, options.has("t") { break }
        map[Int(byte)] = index < second.count ? second[index] : last
      }
    }
    let drops = deletes ? ByteSet(from) : ByteSet()
    let squeezed = squeezes ? ByteSet(second ?? from) : ByteSet()
    var previous: UInt8?
    while true {
      let chunk = try await process.standardInput.read(upTo: 1 << 16)
      if chunk.isEmpty { return 0 }
      try await process.step(1 + chunk.count / 128)
      var out: [UInt8] = []
      out.reserveCapacity(chunk.count)
      for byte in chunk where !drops.contains(byte) {
        let new = map[Int(byte)]
        if squeezes, new == previous, squeezed.contains(new) { continue }
        out.append(new)
        previous = new
      }
      try await process.write(out)
    }
  }
}

/// A set of `tr`: bytes, ranges, classes, escapes and repeats.
private struct TranslationSet {
  private let text: [UInt8]

  init(_ text: String) { self.text = Array(text.utf8) }

  /// The bytes in order; `[x*]` fills up to a length.
  func bytes(filling length: Int?) throws -> [UInt8] {
    var found: [UInt8] = []
    var index = 0
    while index < text.count {
      if text[index] == UInt8(ascii: "["),
        let (bytes, next) = try special(index, found.count, length)
      {
        found += bytes
        index = next
        continue
      }
      let (low, next) = one(index)
      index = next
      if index + 1 < text.count, text[index] == UInt8(ascii: "-") {
        let (high, end) = one(index + 1)
        guard low <= high else {
          let range = String(decoding: [low, 45, high], as: UTF8.self)
          throw UsageError(
            "range-endpoints of '\(range)' are in reverse collating sequence order", hint: false)
        }
        found += low...high
        index = end
      } else {
        found.append(low)
      }
    }
    return found
  }

  private func one(_ index: Int) -> (UInt8, Int) {
    guard text[index] == UInt8(ascii: "\\"), index + 1 < text.count else {
      return (text[index], index + 1)
    }
    let letter = text[index + 1]
    if (48...55).contains(letter) {
      var value = 0
      var end = index + 1
      while end < min(text.count, index + 4), (48...55).contains(text[end]) {
        value = value * 8 + Int(text[end] - 48)
        end += 1
      }
      return (UInt8(truncatingIfNeeded: value), end)
    }
    return (BackslashEscapes.simple[letter] ?? letter, index + 2)
  }

  private func special(_ index: Int, _ count: Int, _ length: Int?) throws -> ([UInt8], Int)? {
    let rest = text[index...]
    if rest.dropFirst().first == UInt8(ascii: ":"),
      let end = rest.dropFirst(2).firstIndex(of: UInt8(ascii: ":")), end + 1 < text.count,
      text[end + 1] == UInt8(ascii: "]")
    {
      let name = String(decoding: text[(index + 2)..<end], as: UTF8.self)
      guard let set = ScalarSet.named(name) else {
        throw UsageError("invalid character class '\(name)'", hint: false)
      }
      return (set.ranges.flatMap { $0.map { UInt8($0) } }, end + 2)
    }
    guard index + 2 < text.count else { return nil }
    let (byte, next) = one(index + 1)
    guard next < text.count, text[next] == UInt8(ascii: "*"),
      let end = text[next...].firstIndex(of: UInt8(ascii: "]"))
    else { return nil }
    let digits = String(decoding: text[(next + 1)..<end], as: UTF8.self)
    let times = digits.isEmpty ? max(0, (length ?? count) - count) : Int(digits) ?? 0
    return ([UInt8](repeating: byte, count: min(times, 65_536)), end + 1)
  }
}
