/// A command that the shell runs itself.
package struct Builtin: Sendable {
  package let name: String
  /// One of POSIX's special builtins: in a plain sh its faults end the script.
  package let isSpecial: Bool
  package let run: @Sendable (BuiltinCall) async throws -> ExitStatus
  /// The same without waiting; nil when the call has something to say and must go the other way.
  let immediate: (@Sendable (Interpreter, [String]) throws -> ExitStatus?)?

  package init(
    _ name: String, isSpecial: Bool = false,
    run: @escaping @Sendable (BuiltinCall) async throws -> ExitStatus
  ) {
    self.name = name
    self.isSpecial = isSpecial
    self.run = run
    immediate = nil
  }

  init(
    _ name: String, isSpecial: Bool = false,
    immediate: @escaping @Sendable (Interpreter, [String]) throws -> ExitStatus?,
    run: @escaping @Sendable (BuiltinCall) async throws -> ExitStatus
  ) {
    self.name = name
    self.isSpecial = isSpecial
    self.run = run
    self.immediate = immediate
  }
}

/// One call of a builtin.
package struct BuiltinCall {
  package let shell: Interpreter
  package let name: String
  package let arguments: [String]

  package func print(_ text: String) async throws { try await write(Array(text.utf8)) }

  package func write(_ bytes: [UInt8]) async throws {
    guard !bytes.isEmpty else { return }
    guard let file = shell.files[1] else {
      await complain("write error: Bad file descriptor")
      throw Interruption.writeFailed
    }
    do {
      try await file.write(bytes)
    } catch let error as HostError {
      switch error {
      case .brokenPipe, .budget: throw error
      default:
        await complain("write error: \(error.text)")
        throw Interruption.writeFailed
      }
    }
  }

  /// `bash: line 1: cd: …` on standard error.
  package func complain(_ text: String) async {
    guard shell.dialect.family == .ash else { return await shell.complain("\(name): \(text)") }
    await shell.flushComplaints()
    await shell.writeError(shell.ashPrefix(of: name) + text + "\n")
  }

  /// What BusyBox's own `echo`, `printf`, `test`, `kill` and their like say inside its shell.
  func complainAsApplet(_ text: String) async {
    await shell.flushComplaints()
    await shell.writeError("\(shell.name): \(text)\n")
  }

  /// The complaint about an option, and bash's usage line; the status of wrong usage.
  func refuse(option: String, usage: String) async -> ExitStatus {
    switch shell.dialect.family {
    case .bash:
      await complain("\(option): invalid option")
      await shell.writeError("\(name): usage: \(usage)\n")
    case .dash: await complain("Illegal option \(option)")
    case .ash: await complain("illegal option \(option)")
    }
    return 2
  }
}

extension Interruption {
  /// A builtin could not write, and said so.
  static let writeFailed = Interruption.builtinFailed(1)
}

/// Reads a builtin's options from its arguments.
struct OptionScanner {
  private(set) var operands: [String]
  private(set) var flags: Set<Character> = []
  private(set) var values: [Character: String] = [:]
  private(set) var invalid: String?
  private(set) var lacksValue: Character?

  /// Letters followed by a colon take a value.
  init(_ arguments: [String], _ letters: String, allowsPlus: Bool = false) {
    var known: [Character: Bool] = [:]
    var previous: Character?
    for letter in letters {
      if letter == ":" { if let previous { known[previous] = true } } else { known[letter] = false }
      previous = letter
    }
    var rest = arguments[...]
    scan: while let first = rest.first, first.utf8.count > 1,
      first.utf8.first == UInt8(ascii: "-")
    {
      rest.removeFirst()
      if first == "--" { break }
      var cluster = first.dropFirst()
      while let letter = cluster.popFirst() {
        guard let takesValue = known[letter] else {
          invalid = "-\(letter)"
          break scan
        }
        flags.insert(letter)
        guard takesValue else { continue }
        if !cluster.isEmpty {
          values[letter] = String(cluster)
          break
        }
        guard let value = rest.popFirst() else {
          lacksValue = letter
          break scan
        }
        values[letter] = value
      }
    }
    operands = Array(rest)
  }
}
