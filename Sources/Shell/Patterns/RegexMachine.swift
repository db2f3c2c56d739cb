/// Follows all ways through a program at once: time is text times program, whatever the pattern.
struct RegexMachine {
  private struct Thread {
    var pc: Int
    var start: Int
    var slots: [Int]
  }

  private let program: RegexProgram
  private let bytes: UnsafeBufferPointer<UInt8>
  private let end: Int
  private let slotCount: Int
  private let keepsGroups: Bool
  private var current: [Thread] = []
  private var next: [Thread] = []
  private var marks: [Int]
  private var generation = 0

  init(program: RegexProgram, bytes: UnsafeBufferPointer<UInt8>, end: Int, keepsGroups: Bool) {
    self.program = program
    self.bytes = bytes
    self.end = end
    self.keepsGroups = keepsGroups
    slotCount = keepsGroups ? (program.groupCount + 1) * 2 : 0
    marks = [Int](repeating: 0, count: program.instructions.count)
  }

  mutating func search(from start: Int) -> RegularExpression.Match? {
    var best: Thread?
    var bestEnd = -1
    var place = start
    while true {
      if current.isEmpty {
        if best != nil { break }
        guard let candidate = nextCandidate(from: place) else { break }
        place = candidate
      }
      if best == nil, place == start || !program.isAnchored || place == 0 {
        if current.isEmpty { generation += 1 }
        add(
          Thread(pc: 0, start: place, slots: [Int](repeating: -1, count: slotCount)), at: place,
          toNext: false)
      }
      let (value, length) = scalar(at: place)
      generation += 1
      next.removeAll(keepingCapacity: true)
      for thread in current {
        if let best, thread.start > best.start { continue }
        let isAccepted: Bool
        switch program.instructions[thread.pc] {
        case .scalar(let wanted): isAccepted = length > 0 && value == wanted
        case .any: isAccepted = length > 0
        case .set(let index): isAccepted = length > 0 && program.sets[index].contains(value)
        case .match:
          if best == nil || thread.start < (best?.start ?? 0)
            || thread.start == best?.start && place > bestEnd
          {
            best = thread
            bestEnd = place
            if !keepsGroups { return RegularExpression.Match(groups: [thread.start..<place]) }
          }
          isAccepted = false
        default: isAccepted = false
        }
        guard isAccepted else { continue }
        add(
          Thread(pc: thread.pc + 1, start: thread.start, slots: thread.slots),
          at: place + length, toNext: true)
      }
      swap(&current, &next)
      if length == 0 { break }
      place += length
    }
    return best.map { match($0, bestEnd) }
  }

  private func match(_ thread: Thread, _ end: Int) -> RegularExpression.Match {
    var groups: [Range<Int>?] = [thread.start..<end]
    for group in 1..<max(1, slotCount / 2) {
      let (low, high) = (thread.slots[group * 2], thread.slots[group * 2 + 1])
      groups.append(low >= 0 && high >= low ? low..<high : nil)
    }
    return RegularExpression.Match(groups: groups)
  }

  /// Where a match could begin, when all begin with the same bytes.
  private func nextCandidate(from start: Int) -> Int? {
    if program.isAnchored { return start == 0 ? 0 : nil }
    guard let first = program.prefix.first else { return start <= end ? start : nil }
    var place = start
    while place < end {
      if bytes[place] == first { return place }
      place += 1
    }
    return nil
  }

  @inline(__always) private func scalar(at place: Int) -> (value: UInt32, length: Int) {
    guard place < end else { return (0, 0) }
    let first = bytes[place]
    if first < 0x80 { return (UInt32(first), 1) }
    return RegexMachine.decode(bytes, place, end)
  }

  /// A whole UTF-8 character, or a stray byte by itself.
  static func decode(_ bytes: UnsafeBufferPointer<UInt8>, _ place: Int, _ end: Int) -> (
    value: UInt32, length: Int
  ) {
    let first = bytes[place]
    let length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 1
    guard length > 1, place + length <= end else { return (UInt32(first) | 0x110000, 1) }
    var value = UInt32(first) & (0x7f >> UInt32(length))
    for offset in 1..<length {
      let byte = bytes[place + offset]
      guard byte & 0xc0 == 0x80 else { return (UInt32(first) | 0x110000, 1) }
      value = value << 6 | UInt32(byte & 0x3f)
    }
    return (value, length)
  }

  /// Follows the instructions that take no text, from a thread's place on.
  private mutating func add(_ thread: Thread, at place: Int, toNext: Bool) {
    var stack = [thread]
    while var thread = stack.popLast() {
      guard marks[thread.pc] != generation else { continue }
      marks[thread.pc] = generation
      switch program.instructions[thread.pc] {
      case .jump(let target):
        thread.pc = target
        stack.append(thread)
      case .split(let first, let second):
        var other = thread
        other.pc = second
        stack.append(other)
        thread.pc = first
        stack.append(thread)
      case .save(let slot):
        if slot < slotCount { thread.slots[slot] = place }
        thread.pc += 1
        stack.append(thread)
      case .assertion(let assertion):
        if RegexMachine.holds(assertion, at: place, bytes, end) {
          thread.pc += 1
          stack.append(thread)
        }
      default:
        if toNext { next.append(thread) } else { current.append(thread) }
      }
    }
  }

  static func holds(
    _ assertion: RegexAssertion, at place: Int, _ bytes: UnsafeBufferPointer<UInt8>, _ end: Int
  ) -> Bool {
    func isWord(_ index: Int) -> Bool {
      index >= 0 && index < end && (bytes[index].isNameByte || bytes[index] >= 0x80)
    }
    switch assertion {
    case .start: return place == 0
    case .end: return place == end
    case .wordBoundary: return isWord(place - 1) != isWord(place)
    case .noWordBoundary: return isWord(place - 1) == isWord(place)
    case .wordStart: return !isWord(place - 1) && isWord(place)
    case .wordEnd: return isWord(place - 1) && !isWord(place)
    }
  }
}

/// Tries one way after another, as back-references need, until its steps run out.
struct RegexBacktracker {
  let program: RegexProgram

  static let stepLimit = 2_000_000

  func firstMatch(in bytes: [UInt8], _ start: Int, _ end: Int) -> RegularExpression.Match? {
    bytes.withUnsafeBufferPointer { buffer in
      var steps = 0
      for place in start...end {
        if let found = match(buffer, at: place, end, &steps) { return found }
        if steps > RegexBacktracker.stepLimit { return nil }
      }
      return nil
    }
  }

  private func match(
    _ bytes: UnsafeBufferPointer<UInt8>, at start: Int, _ end: Int, _ steps: inout Int
  ) -> RegularExpression.Match? {
    var stack = [
      (pc: 0, place: start, slots: [Int](repeating: -1, count: (program.groupCount + 1) * 2))
    ]
    while var (pc, place, slots) = stack.popLast() {
      follow: while steps <= RegexBacktracker.stepLimit {
        steps += 1
        let (value, length) = place < end ? RegexMachine.decode(bytes, place, end) : (0, 0)
        switch program.instructions[pc] {
        case .scalar(let wanted):
          guard length > 0, value == wanted || bytes[place] < 0x80 && UInt32(bytes[place]) == wanted
          else { break follow }
          place += length
        case .any:
          guard length > 0 else { break follow }
          place += length
        case .set(let index):
          let ascii = length > 0 && bytes[place] < 0x80 ? UInt32(bytes[place]) : value
          guard length > 0, program.sets[index].contains(ascii) else { break follow }
          place += length
        case .jump(let target):
          pc = target
          continue
        case .split(let first, let second):
          if stack.count < 100_000 { stack.append((second, place, slots)) }
          pc = first
          continue
        case .save(let slot): slots[slot] = place
        case .assertion(let assertion):
          guard RegexMachine.holds(assertion, at: place, bytes, end) else { break follow }
        case .backReference(let group):
          let (low, high) = (slots[group * 2], slots[group * 2 + 1])
          guard low >= 0, high >= low, place + high - low <= end,
            (0..<(high - low)).allSatisfy({ bytes[low + $0] == bytes[place + $0] })
          else { break follow }
          place += high - low
        case .match:
          var groups: [Range<Int>?] = []
          for group in 0...program.groupCount {
            let (low, high) = (slots[group * 2], slots[group * 2 + 1])
            groups.append(low >= 0 && high >= low ? low..<high : nil)
          }
          return RegularExpression.Match(groups: groups)
        }
        pc += 1
      }
    }
    return nil
  }
}
