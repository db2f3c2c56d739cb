import Shell

extension UInt8 {
  static let newline = UInt8(ascii: "\n")
  static let blank = UInt8(ascii: " ")
  static let tab = UInt8(ascii: "\t")

  var isBlank: Bool { self == .blank || self == .tab }
  var isSpace: Bool { self == .blank || (9...13).contains(self) }
  var isDigit: Bool { (48...57).contains(self) }
  var isUpper: Bool { (65...90).contains(self) }
  var isLower: Bool { (97...122).contains(self) }
  var isLetter: Bool { isUpper || isLower }
  var isWord: Bool { isLetter || isDigit || self == 95 }
  var lowered: UInt8 { isUpper ? self + 32 : self }
  var raised: UInt8 { isLower ? self - 32 : self }
}

/// Reads a file in whole lines: as many as a chunk holds at a time, so that work on them is
/// straight code over bytes.
final class LineReader {
  private let file: any OpenFile
  private let process: Process
  private let separator: UInt8
  private var partial: [UInt8] = []
  private var isAtEnd = false

  init(_ file: any OpenFile, _ process: Process, separator: UInt8 = .newline) {
    self.file = file
    self.process = process
    self.separator = separator
  }

  /// One or more lines with their newlines (the file's last may lack it), or nil at the end.
  func next() async throws -> [UInt8]? {
    while !isAtEnd {
      let chunk = try await file.read(upTo: 1 << 16)
      try await process.step(1 + chunk.count / 128)
      if chunk.isEmpty {
        isAtEnd = true
        break
      }
      guard let end = chunk.lastIndex(of: separator) else {
        partial += chunk
        guard partial.count <= process.machine.budgets.memory else {
          throw HostError.budget("drydock: a line is longer than the memory budget")
        }
        continue
      }
      let whole = partial + chunk[...end]
      partial = Array(chunk[(end + 1)...])
      return whole
    }
    defer { partial = [] }
    return partial.isEmpty ? nil : partial
  }
}

/// Calls `body` with every line of a chunk, without its newline.
@inline(__always)
func forEachLine<E: Error>(
  in chunk: [UInt8], separator: UInt8 = .newline, _ body: (ArraySlice<UInt8>) throws(E) -> Void
) throws(E) {
  var start = 0
  while start < chunk.count {
    let end = chunk[start...].firstIndex(of: separator) ?? chunk.count
    try body(chunk[start..<end])
    start = end + 1
  }
}

/// The lines of a text, without their newlines.
func lines(of bytes: [UInt8], separator: UInt8 = .newline) -> [ArraySlice<UInt8>] {
  var found: [ArraySlice<UInt8>] = []
  forEachLine(in: bytes, separator: separator) { found.append($0) }
  return found
}

extension Process {
  /// What a program says of a file that it cannot open; each has its own way.
  private func refusal(of path: String, _ error: HostError) -> String {
    let isSum = called.hasSuffix("sum") && called != "cksum"
    switch called {
    case "cat" where isBusyBox && error == .isDirectory,
      "tail" where isBusyBox && error == .isDirectory,
      _ where isBusyBox && isSum && error == .isDirectory:
      return "read error: \(error.text)"
    case "head" where isBusyBox && error == .isDirectory: return "\(path): Input/output error"
    case _ where isBusyBox && isSum && arguments.contains("-c"): return "\(path): \(error.text)"
    case "cat" where isBusyBox, "tail" where isBusyBox, "more" where isBusyBox,
      "less" where isBusyBox, "uniq" where isBusyBox, _ where isBusyBox && isSum:
      return "can't open '\(path)': \(error.text)"
    case "head" where !isBusyBox, "tail" where !isBusyBox:
      return "cannot open '\(path)' for reading: \(error.text)"
    default: return "\(path): \(error.text)"
    }
  }

  /// Calls `body` with each input in turn: the operands, or the standard input when there are none.
  /// Inputs that cannot be read are told of; returns 1 if there was one, else 0.
  func forEachInput(
    _ operands: [String], _ body: (_ path: String, _ file: any OpenFile) async throws -> Void
  ) async throws -> ExitStatus {
    var status: ExitStatus = 0
    for path in operands.isEmpty ? ["-"] : operands {
      do {
        if path == "-" {
          try await body(path, standardInput)
        } else {
          if self.status(path)?.kind == .directory { throw HostError.isDirectory }
          let file = try open(path)
          defer { file.release() }
          try await body(path, file)
        }
      } catch let error as HostError where error != .brokenPipe && !error.isBudget {
        try await complain(refusal(of: path, error))
        status = 1
      }
    }
    return status
  }
}

extension HostError {
  package var isBudget: Bool { if case .budget = self { true } else { false } }
}
