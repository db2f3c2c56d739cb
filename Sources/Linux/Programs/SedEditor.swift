import Shell

/// Runs a sed script over lines.
struct SedEditor {
  /// Where lines come from: bytes at hand or an open file.
  struct Source {
    let file: any OpenFile
    init(_ file: any OpenFile) { self.file = file }
    init(_ bytes: [UInt8]) { file = MemoryFile(bytes) }
  }

  private let commands: [SedCommand]
  private let isSilent: Bool
  private let process: Process
  private let separator: UInt8
  private(set) var status: Int32?
  private var space: [UInt8] = []
  private var hold: [UInt8] = []
  private var number = 0
  private var isReplaced = false
  private var last: RegularExpression?
  /// For each command with two addresses: the line that its range ends at, or -1 until a pattern.
  private var ranges: [Int?]
  private var appended: [[UInt8]] = []
  private var out: [UInt8] = []
  private var input: LineSource?
  private var written: [String: [UInt8]] = [:]
  private var lacksNewline = false

  init(_ commands: [SedCommand], isSilent: Bool, process: Process, isNull: Bool) {
    self.commands = commands
    self.isSilent = isSilent
    self.process = process
    separator = isNull ? 0 : .newline
    ranges = Array(repeating: nil, count: commands.count)
  }

  mutating func begin() {
    number = 0
    ranges = Array(repeating: nil, count: commands.count)
  }

  mutating func edit(_ sources: [Source], to output: any OpenFile) async throws {
    let lines = LineSource(sources.map(\.file), process, separator)
    input = lines
    var restarts = false
    while status == nil {
      if !restarts {
        guard let (line, lacks) = try await lines.next() else { break }
        (space, lacksNewline) = (line, lacks)
        number += 1
      }
      restarts = try await cycle()
      if out.count > 1 << 15 || lines.isInteractive {
        try await flush(output)
      }
    }
    try await flush(output)
    for path in written.keys.sorted() { try process.replace(path, with: written[path] ?? []) }
  }

  private mutating func flush(_ output: any OpenFile) async throws {
    guard !out.isEmpty else { return }
    try await output.write(out)
    out = []
  }

  private mutating func print(_ bytes: some Sequence<UInt8>, lacksNewline: Bool = false) {
    out += bytes
    if !lacksNewline { out.append(separator) }
  }

  private mutating func endOfCycle(prints: Bool = true) {
    if prints, !isSilent { print(space, lacksNewline: lacksNewline && appended.isEmpty) }
    for text in appended { out += text }
    appended = []
  }

  /// One line's run through the script; true when D starts it again without reading.
  private mutating func cycle() async throws -> Bool {
    var index = 0
    isReplaced = false
    var steps = 0
    while index < commands.count {
      steps += 1
      if steps & 255 == 0 { try await process.step(256) }
      let command = commands[index]
      guard try await selects(command, index) != command.isNegated else {
        if case .open(let end) = command.action { index = end + 1 } else { index += 1 }
        continue
      }
      switch command.action {
      case .simple(let letter):
        switch try await simple(letter) {
        case .next: break
        case .end: return false
        case .restart: return true
        }
      case .branch(let target):
        index = target ?? commands.count
        continue
      case .branchIf(let target):
        if isReplaced {
          isReplaced = false
          index = target ?? commands.count
          continue
        }
      case .branchUnless(let target):
        if !isReplaced {
          index = target ?? commands.count
          continue
        }
        isReplaced = false
      case .quit(let status):
        endOfCycle()
        self.status = status
        return false
      case .quitSilently(let status):
        self.status = status
        return false
      case .change(let text):
        let isInRange = command.second != nil && !command.isNegated
        if !isInRange || ranges[index] == nil { out += text }
        endOfCycle(prints: false)
        return false
      default: try await perform(command.action)
      }
      // Large spaces cost as much as many small ones.
      if space.count > 1 << 14 { try await process.step(space.count >> 8) }
      let limit = process.machine.budgets.text
      guard max(space.count, hold.count) <= limit else {
        throw HostError.budget("drydock: the pattern space exceeds \(limit >> 20) MiB")
      }
      index += 1
    }
    endOfCycle()
    return false
  }

  private enum Way { case next, end, restart }

  private mutating func simple(_ letter: UInt8) async throws -> Way {
    switch letter {
    case UInt8(ascii: "p"): print(space)
    case UInt8(ascii: "d"):
      endOfCycle(prints: false)
      return .end
    case UInt8(ascii: "D"):
      guard let end = space.firstIndex(of: .newline) else {
        endOfCycle(prints: false)
        return .end
      }
      space.removeFirst(end + 1)
      endOfCycle(prints: false)
      return .restart
    case UInt8(ascii: "P"): print(space.prefix { $0 != .newline })
    case UInt8(ascii: "h"): hold = space
    case UInt8(ascii: "H"): hold += [.newline] + space
    case UInt8(ascii: "g"): space = hold
    case UInt8(ascii: "G"): space += [.newline] + hold
    case UInt8(ascii: "x"): swap(&space, &hold)
    case UInt8(ascii: "z"): space = []
    case UInt8(ascii: "="): print("\(number)".utf8)
    case UInt8(ascii: "F"): print("-".utf8)
    case UInt8(ascii: "n"), UInt8(ascii: "N"):
      let joins = letter == UInt8(ascii: "N")
      if let isLast = try await input?.isAtEnd(), isLast {
        // GNU prints the pattern space when there is no next line.
        endOfCycle()
        status = 0
        return .end
      }
      if !joins { endOfCycle() }
      guard let (line, lacks) = try await input?.next() else { return .end }
      number += 1
      lacksNewline = lacks
      if joins { space += [.newline] + line } else { space = line }
    default: break
    }
    return .next
  }

  private mutating func perform(_ action: SedCommand.Action) async throws {
    switch action {
    case .substitute(let expression, let replacement, let flags):
      try substitute(expression, replacement, flags)
    case .translate(let map): for index in space.indices { space[index] = map[Int(space[index])] }
    case .append(let text): appended.append(text)
    case .insert(let text): out += text
    case .read(let path):
      if let bytes = try? await process.contents(of: path) {
        appended.append(bytes.last == .newline || bytes.isEmpty ? bytes : bytes + [.newline])
      }
    case .write(let path): try write(path)
    case .list:
      for byte in space {
        if byte == UInt8(ascii: "\\") {
          out += Array("\\\\".utf8)
        } else if byte >= 32, byte < 127 {
          out.append(byte)
        } else if let escape = BackslashEscapes.simple.first(where: { $0.value == byte })?.key {
          out += [92, escape]
        } else {
          let octal = String(byte, radix: 8)
          out += Array("\\\(String(repeating: "0", count: 3 - octal.count))\(octal)".utf8)
        }
      }
      out += Array("$\n".utf8)
    default: break
    }
  }

  private mutating func write(_ path: String) throws {
    if path == "/dev/stdout" { return print(space) }
    written[path, default: []] += space + [.newline]
  }

  private mutating func substitute(
    _ expression: RegularExpression?, _ replacement: [SedCommand.Replacement],
    _ flags: SedCommand.SubstituteFlags
  ) throws {
    guard let pattern = expression ?? last else {
      throw UsageError("-e expression #1, char 0: no previous regular expression", hint: false)
    }
    last = pattern
    guard pattern.contains(space[...]) else { return }
    var result: [UInt8] = []
    var from = 0
    var count = 0
    var isChanged = false
    var previousEnd = -1
    while from <= space.count, let match = pattern.find(in: space[...], from: from) {
      let range = match.range
      if range.isEmpty, range.lowerBound == previousEnd {
        // An empty match right behind another counts for nothing.
        if from < space.count { result.append(space[from]) }
        from += 1
        continue
      }
      result += space[from..<range.lowerBound]
      count += 1
      if count >= flags.number {
        SedReplacement.append(replacement, match, space, to: &result)
        isChanged = true
      } else {
        result += space[range]
      }
      previousEnd = range.upperBound
      from = range.upperBound
      if range.isEmpty {
        if from < space.count { result.append(space[from]) }
        from += 1
      }
      if isChanged, !flags.isGlobal { break }
    }
    guard isChanged else { return }
    if from < space.count { result += space[from...] }
    space = result
    isReplaced = true
    if flags.prints { print(space) }
    if let file = flags.file { try write(file) }
  }

  private mutating func selects(_ command: SedCommand, _ index: Int) async throws -> Bool {
    guard let first = command.first else { return true }
    guard let second = command.second else { return try await matches(first) }
    if let end = ranges[index] {
      if end >= 0 {
        if number >= end { ranges[index] = nil }
        return number <= end
      }
      if try await matches(second) { ranges[index] = nil }
      return true
    }
    if case .line(0) = first {
      // 0,/re/: the pattern may already match in the first line.
      guard number == 1 else { return false }
      ranges[index] = try await matches(second) ? nil : -1
      return true
    }
    guard try await matches(first) else { return false }
    switch second {
    case .line(let line): ranges[index] = line > number ? line : nil
    case .offset(let count): ranges[index] = count > 0 ? number + count : nil
    case .multiple(let factor):
      let rest = factor > 0 ? number % factor : 0
      ranges[index] = rest > 0 ? number + factor - rest : nil
    case .last: ranges[index] = try await input?.isAtEnd() == true ? nil : -1
    default: ranges[index] = -1
    }
    return true
  }

  private mutating func matches(_ address: SedCommand.Address) async throws -> Bool {
    switch address {
    case .line(let line): return line == number
    case .last: return try await input?.isAtEnd() ?? true
    case .step(let first, let step):
      return step <= 0 ? number == first : number >= first && (number - first) % step == 0
    case .pattern(let expression):
      guard let pattern = expression ?? last else {
        throw UsageError("no previous regular expression", hint: false)
      }
      last = pattern
      return pattern.contains(space[...])
    case .offset, .multiple: return false
    }
  }
}
