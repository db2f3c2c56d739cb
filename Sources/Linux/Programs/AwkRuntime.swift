import Shell
import Simulation

/// The state of a running awk program: variables, record and fields.
final class AwkRuntime {
  /// Slots of the special variables, in the order of `AwkParser.special`.
  enum Slot {
    static let recordNumber = 0
    static let fieldCount = 1
    static let fileRecordNumber = 2
    static let fieldSeparator = 3
    static let outputFieldSeparator = 4
    static let outputRecordSeparator = 5
    static let recordSeparator = 6
    static let fileName = 7
    static let subscriptSeparator = 8
    static let matchStart = 9
    static let matchLength = 10
    static let conversionFormat = 11
    static let outputFormat = 12
    static let environment = 13
    static let argumentCount = 14
    static let arguments = 15
  }

  enum Flow { case on, next, exit, `break`, `continue`, `return` }

  let program: AwkProgram
  let process: Process
  var globals: [AwkValue]
  var frames: [[AwkValue]] = []
  var returned = AwkValue.unset
  var exitStatus: Int32 = 0
  var out: [UInt8] = []
  /// Output to files and commands, by target.
  var files: [[UInt8]: [UInt8]] = [:]
  var appended: Set<[UInt8]> = []
  var pipes: [(command: [UInt8], bytes: [UInt8])] = []
  /// What getline reads, by file or command.
  var sources: [[UInt8]: LineSource] = [:]
  var input: AwkInput?
  var expressions: [[UInt8]: RegularExpression] = [:]
  var random = SeededRandom(seed: 0)
  var turns = Turns()
  let conversion = Array("%.6g".utf8)

  /// Lines left of the files that getline reads.
  var readFiles: [[UInt8]: ArraySlice<ArraySlice<UInt8>>] = [:]
  /// A break just ended the innermost loop.
  var isBroken = false

  private var record: [UInt8] = []
  private var isRecordStale = false
  private var fields: [AwkValue] = []
  private var isSplit = true

  var limits: Budgets { process.machine.budgets }
  let ledger = AwkArray.Ledger()

  init(_ program: AwkProgram, _ process: Process) {
    self.program = program
    self.process = process
    globals = Array(repeating: .unset, count: program.globals)
    let text: [(Int, String)] = [
      (Slot.fieldSeparator, " "), (Slot.outputFieldSeparator, " "),
      (Slot.outputRecordSeparator, "\n"), (Slot.recordSeparator, "\n"),
      (Slot.subscriptSeparator, "\u{1C}"),
      (Slot.conversionFormat, "%.6g"), (Slot.outputFormat, "%.6g"), (Slot.fileName, ""),
    ]
    for (slot, value) in text { globals[slot] = .string(Array(value.utf8)) }
    for slot in [Slot.recordNumber, Slot.fieldCount, Slot.fileRecordNumber, Slot.matchStart] {
      globals[slot] = .number(0)
    }
    globals[Slot.matchLength] = .number(-1)
    let environment = AwkArray(ledger)
    for name in process.environment.keys.sorted() {
      environment[Array(name.utf8)] = .input(Array((process.environment[name] ?? "").utf8))
    }
    globals[Slot.environment] = .array(environment)
  }

  func step() throws {
    try turns.take(by: process, within: limits)
    try limits.check(output: out.count)
    guard ledger.bytes < limits.memory else { throw fullArrays }
  }

  var fullArrays: HostError { .budget("drydock: the arrays exceed \(limits.memory >> 20) MiB") }

  /// A text that was put together.
  func made(_ bytes: [UInt8]) throws -> AwkValue {
    guard bytes.count <= limits.text else {
      throw HostError.budget("drydock: a string exceeds \(limits.text >> 20) MiB")
    }
    try turns.take(bytes.count / 256, by: process, within: limits)
    return .string(bytes)
  }

  func bytes(_ value: AwkValue) -> [UInt8] {
    switch value {
    case .string(let bytes), .input(let bytes): bytes
    case .number(let number): AwkNumber.text(number, conversion)
    case .unset, .array: []
    }
  }

  func bytes(ofSlot slot: Int) -> [UInt8] { bytes(globals[slot]) }

  func expression(_ pattern: [UInt8]) throws -> RegularExpression {
    if let known = expressions[pattern] { return known }
    do {
      let made = try RegularExpression(pattern, .awk)
      if expressions.count > 200 { expressions = [:] }
      expressions[pattern] = made
      return made
    } catch {
      throw UsageError(
        "\(error.text): /\(String(decoding: pattern, as: UTF8.self))/", hint: false, status: 2)
    }
  }

  func setRecord(_ bytes: [UInt8]) {
    record = bytes
    isSplit = false
    isRecordStale = false
  }

  var currentRecord: [UInt8] {
    if isRecordStale {
      let separator = bytes(ofSlot: Slot.outputFieldSeparator)
      record = []
      for (index, field) in fields.enumerated() {
        if index > 0 { record += separator }
        record += bytes(field)
      }
      isRecordStale = false
    }
    return record
  }

  func split() throws {
    guard !isSplit else { return }
    isSplit = true
    fields = try parts(record, bytes(ofSlot: Slot.fieldSeparator)).map { .input(Array($0)) }
    globals[Slot.fieldCount] = .number(Double(fields.count))
  }

  /// A text cut by a field separator, as FS and split() do it.
  func parts(_ text: [UInt8], _ separator: [UInt8]) throws -> [ArraySlice<UInt8>] {
    if text.isEmpty { return [] }
    var found: [ArraySlice<UInt8>] = []
    if separator == [.blank] {
      var index = 0
      while index < text.count {
        while index < text.count, text[index].isSpace { index += 1 }
        let start = index
        while index < text.count, !text[index].isSpace { index += 1 }
        if index > start { found.append(text[start..<index]) }
      }
      return found
    }
    if separator.isEmpty {
      return String(decoding: text, as: UTF8.self).map { Array(String($0).utf8)[...] }
    }
    if separator.count == 1, let byte = separator.first, byte != UInt8(ascii: "\\") {
      return text.split(separator: byte, omittingEmptySubsequences: false)
    }
    let pattern = try expression(separator)
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
    found.append(text[start...])
    return found
  }

  func field(_ number: Int) throws -> AwkValue {
    guard number >= 0 else {
      throw UsageError("attempt to access field \(number)", hint: false, status: 2)
    }
    if number == 0 { return .input(currentRecord) }
    try split()
    return number <= fields.count ? fields[number - 1] : .unset
  }

  func setField(_ number: Int, _ value: AwkValue) throws {
    guard number >= 0, number <= 100_000 else {
      throw UsageError("attempt to access field \(number)", hint: false, status: 2)
    }
    if number == 0 {
      setRecord(bytes(value))
      return
    }
    try split()
    while fields.count < number { fields.append(.unset) }
    fields[number - 1] = value
    globals[Slot.fieldCount] = .number(Double(fields.count))
    isRecordStale = true
  }

  /// NF was assigned: fields go or come.
  func setFieldCount(_ count: Int) throws {
    try split()
    let count = min(max(0, count), 100_000)
    if count < fields.count { fields.removeLast(fields.count - count) }
    while fields.count < count { fields.append(.unset) }
    isRecordStale = true
  }

  func value(_ variable: AwkVariable) throws -> AwkValue {
    switch variable {
    case .global(let slot):
      if slot == Slot.fieldCount { try split() }
      return globals[slot]
    case .local(let slot): return frames[frames.count - 1][slot]
    }
  }

  func set(_ variable: AwkVariable, _ value: AwkValue) throws {
    switch variable {
    case .global(let slot):
      if slot == Slot.fieldCount { try setFieldCount(Int(clamped: value.number)) }
      globals[slot] = value
    case .local(let slot): frames[frames.count - 1][slot] = value
    }
  }

  func array(_ variable: AwkVariable) throws -> AwkArray {
    switch try value(variable) {
    case .array(let array): return array
    case .unset:
      let array = AwkArray(ledger)
      try set(variable, .array(array))
      return array
    default:
      throw UsageError("attempt to use scalar as an array", hint: false, status: 2)
    }
  }

  func key(_ parts: [AwkExpression]) throws -> [UInt8] {
    var key: [UInt8] = []
    for (index, part) in parts.enumerated() {
      if index > 0 { key += bytes(ofSlot: Slot.subscriptSeparator) }
      key += bytes(try evaluate(part))
    }
    return key
  }
}

extension Int {
  /// The nearest integer towards zero; the ends of the range for what lies beyond.
  init(clamped value: Double) {
    if value.isNaN {
      self = 0
    } else {
      self = value >= 9.2e18 ? .max : value <= -9.2e18 ? .min : Int(value)
    }
  }
}
