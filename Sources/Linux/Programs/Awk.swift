import Shell

/// Runs awk programs.
struct Awk: Program {
  let name: String

  init(_ name: String = "awk") { self.name = name }

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments, "F,field-separator= v,assign= f,file= version", stopsEarly: true, status: 2
    )
    var operands = options.operands[...]
    var text: [UInt8] = []
    for path in options.values("f") { text += try await process.contents(of: path) + [.newline] }
    if !options.has("f") {
      guard let first = operands.popFirst() else {
        if process.isBusyBox { throw UsageError("no program") }
        try await process.writeError(
          "usage: awk [-F fs][-v var=value][prog | -f progfile][file ...]\n")
        return 2
      }
      text = Array(first.utf8)
    }
    var parser = AwkParser(text)
    let program = try parser.parse()
    let runtime = AwkRuntime(program, process)
    if let separator = options["F"] {
      let plain = separator == "t" ? "\t" : separator
      runtime.globals[AwkRuntime.Slot.fieldSeparator] = .string(
        BackslashEscapes.expand(Array(plain.utf8)).0)
    }
    for assignment in options.values("v") {
      guard runtime.assign(assignment) else {
        throw UsageError("invalid variable assignment: \(assignment)", hint: false, status: 2)
      }
    }
    let arguments = AwkArray(runtime.ledger)
    for (index, word) in ([name] + operands).enumerated() {
      arguments[Array("\(index)".utf8)] = .input(Array(word.utf8))
    }
    runtime.globals[AwkRuntime.Slot.arguments] = .array(arguments)
    runtime.globals[AwkRuntime.Slot.argumentCount] = .number(Double(operands.count + 1))
    return try await runtime.run(Array(operands))
  }
}

extension AwkRuntime {
  /// `name=value` as an operand or of -v; false when it is none.
  func assign(_ text: String) -> Bool {
    guard let equals = text.firstIndex(of: "="), equals != text.startIndex else { return false }
    let name = text[..<equals]
    guard name.utf8.allSatisfy(\.isWord), name.utf8.first?.isDigit == false else { return false }
    if let slot = program.slots[String(name)] {
      let value = Array(text[text.index(after: equals)...].utf8)
      globals[slot] = .input(BackslashEscapes.expand(value).0)
    }
    return true
  }

  func run(_ operands: [String]) async throws -> ExitStatus {
    var flow = try await perform(program.begin)
    if flow != .exit, !program.rules.isEmpty || program.hasEnd {
      let input = AwkInput(self, operands)
      self.input = input
      var active = Array(repeating: false, count: program.rules.count)
      let isPlain = !program.rules.contains { AwkHostCalls.isIn($0) }
      while flow != .exit, let record = try await input.next() {
        begin(record)
        for (index, rule) in program.rules.enumerated() {
          flow =
            isPlain
            ? try apply(rule, &active[index]) : try await applyWithHost(rule, &active[index])
          if flow == .next || flow == .exit { break }
        }
        turns.rest()
        if out.count > 1 << 15 || input.isInteractive { try await flush() }
      }
      if input.failed { exitStatus = 2 }
    }
    if flow != .exit || program.hasEnd { _ = try await perform(program.end) }
    try await finish()
    return exitStatus
  }

  func begin(_ record: [UInt8]) {
    for slot in [Slot.recordNumber, Slot.fileRecordNumber] {
      globals[slot] = .number(globals[slot].number + 1)
    }
    setRecord(record)
  }

  private func apply(_ rule: AwkRule, _ isActive: inout Bool) throws -> Flow {
    guard try selects(rule, &isActive) else { return .on }
    guard let body = rule.body else {
      out += currentRecord + bytes(ofSlot: Slot.outputRecordSeparator)
      return .on
    }
    return try execute(body)
  }

  private func applyWithHost(_ rule: AwkRule, _ isActive: inout Bool) async throws -> Flow {
    guard try selects(rule, &isActive) else { return .on }
    guard let body = rule.body else {
      out += currentRecord + bytes(ofSlot: Slot.outputRecordSeparator)
      return .on
    }
    return try await perform(body)
  }

  private func selects(_ rule: AwkRule, _ isActive: inout Bool) throws -> Bool {
    guard let first = rule.first else { return true }
    guard let second = rule.second else { return try evaluate(first).isTrue }
    if !isActive {
      guard try evaluate(first).isTrue else { return false }
      isActive = true
    }
    if try evaluate(second).isTrue { isActive = false }
    return true
  }

  func flush() async throws {
    try await process.write(out)
    out = []
  }

  private func finish() async throws {
    try await flush()
    for name in files.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      try await close(file: name)
    }
    while let first = pipes.first { try await close(command: first.command) }
  }

  func close(file name: [UInt8]) async throws {
    guard let bytes = files.removeValue(forKey: name) else { return }
    let path = String(decoding: name, as: UTF8.self)
    if path == "/dev/stderr" { return try await process.standardError.write(bytes) }
    let file = try process.open(path, appended.contains(name) ? .append : .write)
    defer { file.release() }
    try await file.write(bytes)
    appended.insert(name)
  }

  /// Runs the command that output was piped to, with that output.
  func close(command: [UInt8]) async throws {
    guard let index = pipes.firstIndex(where: { $0.command == command }) else { return }
    let input = MemoryFile(pipes.remove(at: index).bytes)
    try await flush()
    var files = process.files
    files[0] = input
    _ = try await process.run(
      ["sh", "-c", String(decoding: command, as: UTF8.self)], files: files)
  }
}

/// The records of an awk program's operands, one after another.
final class AwkInput {
  private let runtime: AwkRuntime
  private var operands: ArraySlice<String>
  private var source: LineSource?
  private var paragraphs: ArraySlice<[UInt8]>?
  private var hasFile = false
  private(set) var failed = false

  init(_ runtime: AwkRuntime, _ operands: [String]) {
    self.runtime = runtime
    self.operands = operands[...]
  }

  var isInteractive: Bool { source?.isInteractive ?? true }

  private func openNext() async throws -> Bool {
    while let operand = operands.popFirst() {
      if runtime.assign(operand) { continue }
      hasFile = true
      do {
        try await open(operand)
        return true
      } catch let error as HostError {
        try await runtime.process.complain(
          "cannot open \"\(operand)\" (\(error.text))", busyBox: "\(operand): \(error.text)")
        failed = true
      }
    }
    if hasFile { return false }
    hasFile = true
    try await open("-")
    return true
  }

  private func open(_ path: String) async throws {
    let process = runtime.process
    if path != "-" {
      runtime.globals[AwkRuntime.Slot.fileName] = .string(Array(path.utf8))
      if process.status(path)?.kind == .directory { throw HostError.isDirectory }
    }
    runtime.globals[AwkRuntime.Slot.fileRecordNumber] = .number(0)
    let file = path == "-" ? process.standardInput : try process.open(path)
    let separator = runtime.bytes(ofSlot: AwkRuntime.Slot.recordSeparator)
    if separator.count == 1, let byte = separator.first {
      source = LineSource([file], process, byte)
      return
    }
    var bytes = try await process.readAll(file)
    if separator.isEmpty {
      // Paragraphs: blank lines part records, newlines part fields.
      paragraphs = AwkInput.paragraphs(bytes)[...]
    } else {
      if bytes.last == .newline { bytes.removeLast() }
      paragraphs = try runtime.parts(bytes, separator).map(Array.init)[...]
    }
  }

  private static func paragraphs(_ bytes: [UInt8]) -> [[UInt8]] {
    var found: [[UInt8]] = []
    var current: [UInt8] = []
    forEachLine(in: bytes) { line in
      if line.isEmpty {
        if !current.isEmpty { found.append(current) }
        current = []
      } else {
        if !current.isEmpty { current.append(.newline) }
        current += line
      }
    }
    if !current.isEmpty { found.append(current) }
    return found
  }

  func next() async throws -> [UInt8]? {
    while true {
      if let record = paragraphs?.popFirst() { return record }
      if paragraphs == nil, let source, let (line, _) = try await source.next() { return line }
      paragraphs = nil
      source = nil
      guard try await openNext() else { return nil }
    }
  }
}
