import Shell

/// What an executable file turned out to be.
enum Executable {
  case program(any Program)
  /// `#!` with an interpreter and at most one argument, or a text that sh is to run.
  case script(interpreter: String, argument: String?)
  /// A program of a name that drydock knows nothing of.
  case unknown(String)

  private static let magic: [UInt8] = Array("\u{7F}ELF".utf8) + [2, 1, 1, 0]

  /// The contents of a program's file: `size` bytes that name the program.
  static func contents(_ program: String, size: Int = 65_536) -> FileBytes {
    FileBytes(magic + Array(program.utf8) + [0], size: size)
  }

  init(_ bytes: FileBytes, called name: String, _ programs: [String: any Program]) {
    let head = bytes.read(at: 0, upTo: 256)
    if head.starts(with: Self.magic) {
      let own = String(decoding: head.dropFirst(8).prefix { $0 != 0 }, as: UTF8.self)
      // A multi-call binary such as busybox is what it is called.
      let wanted = own == "busybox" && name != "busybox" ? name : own
      // What a toolchain built runs wherever it was copied to.
      let built = wanted == CompiledServer.programName ? CompiledServer() : nil
      self = (programs[wanted] ?? built).map { .program($0) } ?? .unknown(wanted)
      return
    }
    guard head.starts(with: Array("#!".utf8)) else {
      self = .script(interpreter: "/bin/sh", argument: nil)
      return
    }
    let line = String(decoding: head.dropFirst(2).prefix { $0 != 10 }, as: UTF8.self)
    let words = line.split(maxSplits: 1) { $0 == " " || $0 == "\t" || $0 == "\r" }.map(String.init)
    let argument = words.dropFirst().first.flatMap { text in
      let end = text.lastIndex { $0 != " " && $0 != "\t" && $0 != "\r" }
      return end.map { String(text[...$0]) }
    }
    self = .script(interpreter: words.first ?? "/bin/sh", argument: argument)
  }
}
