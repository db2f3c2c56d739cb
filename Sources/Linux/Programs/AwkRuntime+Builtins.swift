import Shell
import Simulation

extension AwkRuntime {
  func builtin(_ name: String, _ arguments: [AwkExpression]) throws -> AwkValue {
    switch name {
    case "length", "substr", "index", "split", "tolower", "toupper", "sprintf":
      return try text(name, arguments)
    case "sub", "gsub", "gensub", "match": return try matching(name, arguments)
    case "close", "fflush": return .number(0)
    case "system":
      throw UsageError("drydock: not simulated: system() here", hint: false, status: 2)
    case "systime": return .number(Double(process.machine.now.seconds))
    case "strftime":
      let format = try arguments.first.map { bytes(try evaluate($0)) }
      let seconds =
        arguments.count > 1
        ? Int64(Int(clamped: try evaluate(arguments[1]).number)) : process.machine.now.seconds
      let text = format.map { String(decoding: $0, as: UTF8.self) } ?? "%a %b %e %H:%M:%S %Z %Y"
      return .string(Array(Calendar(Moment(seconds: seconds)).formatted(text).utf8))
    case "asort", "asorti": return try sort(name, arguments)
    default: return try arithmetic(name, arguments.map { try evaluate($0).number })
    }
  }

  private func arithmetic(_ name: String, _ values: [Double]) throws -> AwkValue {
    let first = values.first ?? 0
    let second = values.dropFirst().first ?? 0
    switch name {
    case "int": return .number(first.rounded(.towardZero))
    case "sqrt": return .number(first.squareRoot())
    case "sin": return .number(AwkMath.sine(first))
    case "cos": return .number(AwkMath.cosine(first))
    case "atan2": return .number(AwkMath.arcTangent(first, second))
    case "exp": return .number(AwkMath.exponential(first))
    case "log": return .number(AwkMath.logarithm(first))
    case "rand": return .number(Double(random.next() >> 11) / Double(1 << 53))
    case "srand":
      let seed = values.isEmpty ? Double(process.machine.now.seconds) : first
      random = SeededRandom(seed: UInt64(bitPattern: Int64(Int(clamped: seed))))
      return .number(0)
    case "and": return .number(Double(Int(clamped: first) & Int(clamped: second)))
    case "or": return .number(Double(Int(clamped: first) | Int(clamped: second)))
    case "xor": return .number(Double(Int(clamped: first) ^ Int(clamped: second)))
    case "lshift": return .number(Double(Int(clamped: first) << min(62, Int(clamped: second))))
    case "rshift": return .number(Double(Int(clamped: first) >> min(62, Int(clamped: second))))
    default: throw UsageError("function \(name) never defined", hint: false, status: 2)
    }
  }

  private func sort(_ name: String, _ arguments: [AwkExpression]) throws -> AwkValue {
    guard case .variable(let variable)? = arguments.first else { return .number(0) }
    let source = try array(variable)
    var values: [AwkValue] =
      name == "asorti" ? source.keys.map { .string($0) } : source.keys.compactMap { source[$0] }
    values.sort { a, b in
      if let x = a.comparedNumber, let y = b.comparedNumber { return x < y }
      return bytes(a).lexicographicallyPrecedes(bytes(b))
    }
    var target = source
    if arguments.count > 1, case .variable(let other) = arguments[1] { target = try array(other) }
    target.removeAll()
    for (index, value) in values.enumerated() { target[Array("\(index + 1)".utf8)] = value }
    return .number(Double(values.count))
  }

  private func text(_ name: String, _ arguments: [AwkExpression]) throws -> AwkValue {
    guard let first = arguments.first else {
      return .number(Double(Self.characters(currentRecord)))
    }
    switch name {
    case "length":
      if case .variable(let variable) = first, case .array(let array) = try value(variable) {
        return .number(Double(array.count))
      }
      return .number(Double(Self.characters(bytes(try evaluate(first)))))
    case "substr": return try substring(arguments)
    case "index":
      let text = bytes(try evaluate(first))
      let wanted = arguments.count > 1 ? bytes(try evaluate(arguments[1])) : []
      let found = text.withUnsafeBufferPointer { $0.firstRange(of: wanted, from: 0) }
      guard let found else { return .number(0) }
      return .number(Double(Self.characters(Array(text[..<found.lowerBound])) + 1))
    case "split":
      guard arguments.count > 1, case .variable(let variable) = arguments[1] else {
        throw UsageError("split: second argument is not an array", hint: false, status: 2)
      }
      let text = bytes(try evaluate(first))
      let parts: [ArraySlice<UInt8>]
      if arguments.count > 2, case .pattern(let pattern) = arguments[2] {
        parts = Self.cut(text, pattern)
      } else {
        let separator =
          arguments.count > 2
          ? bytes(try evaluate(arguments[2])) : bytes(ofSlot: Slot.fieldSeparator)
        parts = try self.parts(text, separator)
      }
      guard parts.count < limits.memory / 128 else { throw fullArrays }
      let array = try self.array(variable)
      array.removeAll()
      for (index, part) in parts.enumerated() {
        array[Array("\(index + 1)".utf8)] = .input(Array(part))
      }
      return .number(Double(parts.count))
    case "sprintf":
      return .string(try formatted(arguments))
    default:
      let text = bytes(try evaluate(first))
      return .string(text.map { name == "tolower" ? $0.lowered : $0.raised })
    }
  }

  func formatted(_ arguments: [AwkExpression]) throws -> [UInt8] {
    guard let first = arguments.first else { return [] }
    let format = bytes(try evaluate(first))
    var values: [String] = []
    var index = 0
    // A number printed with %c is a character, with %s a text: the conversion decides.
    let conversions = Self.conversions(format)
    for argument in arguments.dropFirst() {
      let value = try evaluate(argument)
      let conversion = index < conversions.count ? conversions[index] : 0
      index += 1
      switch (conversion, value) {
      case (UInt8(ascii: "c"), .number(let number)):
        let scalar = Unicode.Scalar(UInt32(clamping: Int(clamped: number))) ?? " "
        values.append(String(Character(scalar)))
      case (UInt8(ascii: "s"), _), (UInt8(ascii: "c"), _):
        values.append(String(decoding: bytes(value), as: UTF8.self))
      case (UInt8(ascii: "d"), _), (UInt8(ascii: "i"), _), (UInt8(ascii: "x"), _),
        (UInt8(ascii: "o"), _), (UInt8(ascii: "X"), _), (UInt8(ascii: "u"), _):
        values.append("\(Int(clamped: value.number))")
      default: values.append("\(value.number)")
      }
    }
    var source = FormatArguments(values)
    let made = PrintfFormat.render(format, &source, isAwk: true)
    if let excess = source.excess { throw HostError.budget(excess) }
    return made.bytes
  }

  private static func conversions(_ format: [UInt8]) -> [UInt8] {
    var found: [UInt8] = []
    var index = 0
    while index < format.count {
      index += 1
      guard format[index - 1] == UInt8(ascii: "%") else { continue }
      while index < format.count, !format[index].isLetter, format[index] != UInt8(ascii: "%") {
        if format[index] == UInt8(ascii: "*") { found.append(UInt8(ascii: "d")) }
        index += 1
      }
      guard index < format.count else { break }
      if format[index] != UInt8(ascii: "%") { found.append(format[index]) }
      index += 1
    }
    return found
  }

  static func characters(_ text: [UInt8]) -> Int {
    text.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
  }

  private static func cut(_ text: [UInt8], _ pattern: RegularExpression) -> [ArraySlice<UInt8>] {
    if text.isEmpty { return [] }
    var found: [ArraySlice<UInt8>] = []
    var start = 0
    var from = 0
    while from <= text.count, let match = pattern.find(in: text[...], from: from) {
      if match.range.isEmpty {
        from = match.range.upperBound + 1
        continue
      }
      found.append(text[start..<match.range.lowerBound])
      start = match.range.upperBound
      from = start
    }
    return found + [text[start...]]
  }

  private func substring(_ arguments: [AwkExpression]) throws -> AwkValue {
    let text = bytes(try evaluate(arguments[0]))
    guard arguments.count > 1 else { return .string(text) }
    let start = try evaluate(arguments[1]).number.rounded(.toNearestOrEven)
    var end = Double.infinity
    if arguments.count > 2 {
      end = start + (try evaluate(arguments[2]).number.rounded(.toNearestOrEven))
    }
    let low = Int(clamped: max(start, 1))
    let high = Int(clamped: min(end, Double(text.count) + 1))
    guard low < high else { return .string([]) }
    if text.allSatisfy({ $0 < 0x80 }) {
      return .string(Array(text[min(text.count, low - 1)..<min(text.count, high - 1)]))
    }
    let characters = String(decoding: text, as: UTF8.self).unicodeScalars
    let part = characters.dropFirst(low - 1).prefix(high - low)
    return .string(Array(String(String.UnicodeScalarView(part)).utf8))
  }

  private func matching(_ name: String, _ arguments: [AwkExpression]) throws -> AwkValue {
    guard arguments.count >= 2 else {
      throw UsageError("not enough arguments to \(name)", hint: false, status: 2)
    }
    if name == "match" {
      let text = bytes(try evaluate(arguments[0]))
      guard let match = try pattern(arguments[1]).find(in: text[...]) else {
        globals[Slot.matchStart] = .number(0)
        globals[Slot.matchLength] = .number(-1)
        return .number(0)
      }
      let start = Double(Self.characters(Array(text[..<match.range.lowerBound])) + 1)
      globals[Slot.matchStart] = .number(start)
      globals[Slot.matchLength] = .number(Double(Self.characters(Array(text[match.range]))))
      if arguments.count > 2, case .variable(let variable) = arguments[2] {
        let array = try self.array(variable)
        array.removeAll()
        for (index, group) in match.groups.enumerated() {
          if let group { array[Array("\(index)".utf8)] = .input(Array(text[group])) }
        }
      }
      return .number(start)
    }
    return try substitute(name, arguments)
  }

  private func substitute(_ name: String, _ arguments: [AwkExpression]) throws -> AwkValue {
    let pattern = try pattern(arguments[0])
    let replacement = bytes(try evaluate(arguments[1]))
    var wanted = name == "sub" ? 1 : 0
    var target: AwkExpression? = arguments.count > 2 ? arguments[2] : nil
    if name == "gensub" {
      let how = arguments.count > 2 ? bytes(try evaluate(arguments[2])) : []
      wanted =
        how.first.map { $0 | 32 == UInt8(ascii: "g") } == true
        ? 0 : max(1, Int(AwkNumber.parse(how[...])))
      target = arguments.count > 3 ? arguments[3] : nil
    }
    let text = try target.map { bytes(try evaluate($0)) } ?? currentRecord
    var result: [UInt8] = []
    var count = 0
    var changed = 0
    var from = 0
    var previousEnd = -1
    while from <= text.count, let match = pattern.find(in: text[...], from: from) {
      let range = match.range
      if range.isEmpty, range.lowerBound == previousEnd {
        if from < text.count { result.append(text[from]) }
        from += 1
        continue
      }
      result += text[from..<range.lowerBound]
      count += 1
      if wanted == 0 || count == wanted {
        result += Self.filled(replacement, match, text, knowsGroups: name == "gensub")
        changed += 1
      } else {
        result += text[range]
      }
      previousEnd = range.upperBound
      from = range.upperBound
      if range.isEmpty {
        if from < text.count { result.append(text[from]) }
        from += 1
      }
      if wanted > 0, count >= wanted { break }
    }
    if from < text.count { result += text[from...] }
    _ = try made(result)
    if name == "gensub" { return .string(changed > 0 ? result : text) }
    if changed > 0 {
      if let target { try assign(target, .string(result)) } else { setRecord(result) }
    }
    return .number(Double(changed))
  }

  private static func filled(
    _ replacement: [UInt8], _ match: RegularExpression.Match, _ text: [UInt8], knowsGroups: Bool
  ) -> [UInt8] {
    var found: [UInt8] = []
    var index = 0
    while index < replacement.count {
      let byte = replacement[index]
      index += 1
      if byte == UInt8(ascii: "&") {
        found += text[match.range]
      } else if byte == UInt8(ascii: "\\"), index < replacement.count {
        let next = replacement[index]
        if next == UInt8(ascii: "&") || next == UInt8(ascii: "\\") {
          found.append(next)
          index += 1
        } else if knowsGroups, next.isDigit {
          let number = Int(next - 48)
          if number < match.groups.count, let group = match.groups[number] { found += text[group] }
          index += 1
        } else {
          found.append(byte)
        }
      } else {
        found.append(byte)
      }
    }
    return found
  }
}
