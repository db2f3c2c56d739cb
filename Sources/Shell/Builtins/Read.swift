extension Builtin {
  static let read = Builtin("read") { call in
    let known =
      switch call.shell.dialect.family {
      case .bash: "rsep:d:n:N:t:a:u:i:"
      case .dash: "rp:"
      case .ash: "rsp:d:n:t:u:"
      }
    let scanner = OptionScanner(call.arguments, known)
    if call.shell.dialect.family == .dash, scanner.invalid == nil, scanner.operands.isEmpty {
      await call.complain("arg count")
      return 2
    }
    if let bad = scanner.invalid {
      return await call.refuse(
        option: bad,
        usage:
          "read [-ers] [-a array] [-d delim] [-i text] [-n nchars] [-N nchars] [-p prompt] [-t timeout] [-u fd] [name ...]"
      )
    }
    for name in scanner.operands where !name.isShellName && !name.hasSuffix("]") {
      if call.shell.dialect.family == .ash {
        await call.complainAsApplet("read: '\(name)': bad variable name")
        return 1
      }
      await call.complain(
        call.shell.dialect.isBash
          ? "`\(name)': not a valid identifier" : "\(name): bad variable name")
      return call.shell.dialect.isBash ? 1 : 2
    }
    return try await call.read(scanner)
  }

  static let mapfile = Builtin("mapfile") { try await $0.readLines() }
  static let readarray = Builtin("readarray") { try await $0.readLines() }
}

extension BuiltinCall {
  fileprivate func read(_ scanner: OptionScanner) async throws -> ExitStatus {
    let descriptor = scanner.values["u"].flatMap { Int($0) } ?? 0
    guard let file = shell.files[descriptor] else {
      await complain("\(descriptor): invalid file descriptor: Bad file descriptor")
      return 1
    }
    let echoed = file.echoes
    if scanner.flags.contains("s") { file.echoes = false }
    defer { file.echoes = echoed }
    if let prompt = scanner.values["p"], file.isTerminal { await shell.writeError(prompt) }
    if let limit = scanner.values["t"] {
      let seconds = Double(limit) ?? 0
      let nanoseconds = Int64(max(0, min(seconds, 1e9)) * 1e9)
      guard try await file.waitReadable(nanoseconds: nanoseconds) else {
        return seconds == 0 ? 1 : 142
      }
      if seconds == 0 { return 0 }
    }
    let exact = scanner.values["N"].flatMap { Int($0) }
    let limit = exact ?? scanner.values["n"].flatMap { Int($0) }
    let delimiter = scanner.values["d"].map { $0.utf8.first ?? 0 } ?? UInt8(ascii: "\n")
    let line = try await readLine(
      file, delimiter: exact == nil ? delimiter : nil, limit: limit,
      isRaw: scanner.flags.contains("r"))
    let ended = line.ended || limit != nil && line.count >= (limit ?? 0)
    if let array = scanner.values["a"] {
      let fields = LineSplitter(shell.separators, line.bytes).all()
      shell.variables.remove(array)
      try shell.assign(array, list: [(nil, false, fields)], appending: false)
      return ended ? 0 : 1
    }
    if scanner.operands.isEmpty {
      let text = LineSplitter(shell.separators, line.bytes).untouched()
      try shell.assign("REPLY", text)
      return ended ? 0 : 1
    }
    if exact != nil {
      try shell.assign(
        reference: scanner.operands[0], LineSplitter(shell.separators, line.bytes).untouched())
      for name in scanner.operands.dropFirst() { try shell.assign(reference: name, "") }
      return ended ? 0 : 1
    }
    var splitter = LineSplitter(shell.separators, line.bytes)
    for (index, name) in scanner.operands.enumerated() {
      let isLast = index + 1 == scanner.operands.count
      try shell.assign(reference: name, isLast ? splitter.rest() : splitter.next() ?? "")
    }
    return ended ? 0 : 1
  }

  /// A line with its escaped bytes marked, and whether its delimiter was met.
  private func readLine(
    _ file: any OpenFile, delimiter: UInt8?, limit: Int?, isRaw: Bool
  ) async throws -> (bytes: [LineSplitter.Byte], ended: Bool, count: Int) {
    var result: [LineSplitter.Byte] = []
    var count = 0
    while true {
      if let limit, count >= limit { return (result, false, count) }
      let wanted = limit.map { $0 - count } ?? 65536
      let chunk: [UInt8]
      if let delimiter {
        chunk = try await file.read(through: delimiter, upTo: wanted)
      } else {
        chunk = try await file.read(upTo: wanted)
      }
      if chunk.isEmpty { return (result, false, count) }
      var index = 0
      while index < chunk.count {
        let byte = chunk[index]
        index += 1
        if byte == delimiter { return (result, true, count) }
        if byte == UInt8(ascii: "\\"), !isRaw {
          var escaped = index < chunk.count ? chunk[index] : nil
          index += 1
          if escaped == nil { escaped = try await file.read(upTo: 1).first }
          if let escaped, escaped != UInt8(ascii: "\n") {
            result.append(LineSplitter.Byte(value: escaped, isEscaped: true))
            count += 1
          }
          continue
        }
        if byte & 0xc0 != 0x80 { count += 1 }
        if byte != 0 { result.append(LineSplitter.Byte(value: byte, isEscaped: false)) }
      }
      guard result.count <= shell.host.captureLimit else {
        throw HostError.budget("read: line exceeds \(shell.host.captureLimit) bytes")
      }
    }
  }

  fileprivate func readLines() async throws -> ExitStatus {
    let scanner = OptionScanner(arguments, "tn:O:s:d:u:C:c:")
    if let bad = scanner.invalid {
      return await refuse(
        option: bad,
        usage:
          "\(name) [-d delim] [-n count] [-O origin] [-s count] [-t] [-u fd] [-C callback] [-c quantum] [array]"
      )
    }
    let array = scanner.operands.first ?? "MAPFILE"
    guard let file = shell.files[scanner.values["u"].flatMap { Int($0) } ?? 0] else { return 1 }
    let delimiter = scanner.values["d"].map { $0.utf8.first ?? 0 } ?? UInt8(ascii: "\n")
    var skip = scanner.values["s"].flatMap { Int($0) } ?? 0
    let limit = scanner.values["n"].flatMap { Int($0) } ?? 0
    var lines: [String] = []
    var size = 0
    while limit == 0 || lines.count < limit {
      var line: [UInt8] = []
      while line.last != delimiter {
        let chunk = try await file.read(through: delimiter, upTo: 65536)
        if chunk.isEmpty { break }
        line += chunk
      }
      if line.isEmpty { break }
      size += line.count
      guard size <= shell.host.captureLimit else {
        throw HostError.budget("\(name): input exceeds \(shell.host.captureLimit) bytes")
      }
      if skip > 0 {
        skip -= 1
        continue
      }
      if scanner.flags.contains("t"), line.last == delimiter { line.removeLast() }
      lines.append(String(decoding: line, as: UTF8.self))
    }
    if scanner.values["O"] == nil { shell.variables.remove(array) }
    let origin = scanner.values["O"].flatMap { Int($0) } ?? 0
    if origin == 0 {
      try shell.assign(array, list: [(nil, false, lines)], appending: false)
    } else {
      for (index, line) in lines.enumerated() {
        try shell.assign(array, at: origin + index, line, appending: false)
      }
    }
    return 0
  }
}

/// Splits one input line by IFS, as `read` does.
struct LineSplitter {
  struct Byte {
    var value: UInt8
    var isEscaped: Bool
  }

  private let separators: FieldSeparators
  private let bytes: [Byte]
  private var position = 0

  init(_ separators: FieldSeparators, _ bytes: [Byte]) {
    self.separators = separators
    self.bytes = bytes
    skipWhite()
  }

  func untouched() -> String { LineSplitter.text(bytes[...]) }

  private static func text(_ bytes: ArraySlice<Byte>) -> String {
    String(decoding: bytes.map(\.value), as: UTF8.self)
  }

  private func isSeparator(_ index: Int) -> Bool {
    !bytes[index].isEscaped && separators.contains(bytes[index].value)
  }

  private func isWhite(_ index: Int) -> Bool {
    isSeparator(index) && separators.isWhite(bytes[index].value)
  }

  private mutating func skipWhite() {
    while position < bytes.count, isWhite(position) { position += 1 }
  }

  mutating func next() -> String? {
    guard position < bytes.count else { return nil }
    let start = position
    while position < bytes.count, !isSeparator(position) { position += 1 }
    let field = LineSplitter.text(bytes[start..<position])
    skipWhite()
    if position < bytes.count, isSeparator(position), !isWhite(position) {
      position += 1
      skipWhite()
    }
    return field
  }

  /// All that is left, without the blanks at its end; a last lone separator goes too.
  mutating func rest() -> String {
    var end = bytes.count
    while end > position, isWhite(end - 1) { end -= 1 }
    let whole = LineSplitter.text(bytes[position..<end])
    var ahead = self
    guard ahead.next() != nil, ahead.position >= end else { return whole }
    var first = self
    return first.next() ?? whole
  }

  func all() -> [String] {
    var splitter = self
    var fields: [String] = []
    while let field = splitter.next() { fields.append(field) }
    return fields
  }
}
