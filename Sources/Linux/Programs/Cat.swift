import Shell

/// Copies files to the standard output.
struct Cat: Program {
  let name = "cat"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments,
      "n,number b,number-nonblank A,show-all E,show-ends T,show-tabs v,show-nonprinting "
        + "s,squeeze-blank e t u")
    var form = Form(options)
    return try await process.forEachInput(options.operands) { _, file in
      while true {
        let chunk = try await file.read(upTo: 1 << 16)
        if chunk.isEmpty { break }
        try await process.write(form.isPlain ? chunk : form.render(chunk))
      }
    }
  }

  /// What `cat` adds to the bytes; remembers the line it is in.
  private struct Form {
    let numbersAll: Bool
    let numbersFilled: Bool
    let ends: Bool
    let tabs: Bool
    let marks: Bool
    let squeezes: Bool
    var line = 0
    var isAtStart = true
    var emptyLines = 0

    init(_ options: Options) {
      let all = options.has("A")
      numbersFilled = options.has("b")
      numbersAll = options.has("n") && !numbersFilled
      ends = all || options.has("E") || options.has("e")
      tabs = all || options.has("T") || options.has("t")
      marks = all || options.has("v") || options.has("e") || options.has("t")
      squeezes = options.has("s")
    }

    var isPlain: Bool { !(numbersAll || numbersFilled || ends || tabs || marks || squeezes) }

    mutating func render(_ bytes: [UInt8]) -> [UInt8] {
      var out: [UInt8] = []
      for byte in bytes {
        if isAtStart {
          emptyLines = byte == .newline ? emptyLines + 1 : 0
          if squeezes, emptyLines > 1 { continue }
          if numbersAll || (numbersFilled && byte != .newline) {
            line += 1
            let text = "\(line)"
            out += [UInt8](repeating: .blank, count: max(0, 6 - text.utf8.count))
            out += Array(text.utf8) + [.tab]
          }
        }
        isAtStart = byte == .newline
        append(byte, to: &out)
      }
      return out
    }

    private func append(_ byte: UInt8, to out: inout [UInt8]) {
      switch byte {
      case .newline: out += ends ? Array("$\n".utf8) : [byte]
      case .tab: out += tabs ? Array("^I".utf8) : [byte]
      case 0..<32 where marks: out += [94, byte + 64]
      case 127 where marks: out += Array("^?".utf8)
      case 128... where marks:
        out += Array("M-".utf8)
        let low = byte & 127
        out += low < 32 ? [94, low + 64] : low == 127 ? Array("^?".utf8) : [low]
      default: out.append(byte)
      }
    }
  }
}
