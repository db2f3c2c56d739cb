import Shell

/// Evaluates a condition: `test` and `[`.
struct Test: Program {
  let name: String

  init(_ name: String = "test") { self.name = name }

  func run(_ process: Process) async throws -> ExitStatus {
    var words = process.arguments
    if name == "[" {
      guard words.last == "]" else {
        throw UsageError("missing ']'", hint: false, status: 2)
      }
      words.removeLast()
    }
    var condition = Condition(words: words[...], process: process)
    return try condition.evaluate() ? 0 : 1
  }

  private struct Condition {
    var words: ArraySlice<String>
    let process: Process

    /// POSIX decides by the count of words; more than four follow precedence.
    mutating func evaluate() throws -> Bool {
      let all = Array(words)
      switch all.count {
      case 0: return false
      case 1: return !all[0].isEmpty
      case 2 where all[0] == "!": return all[1].isEmpty
      case 3 where Self.binary.contains(all[1]): return try compare(all[0], all[1], all[2])
      default: break
      }
      let result = try or()
      if let extra = words.first {
        throw UsageError("extra argument '\(extra)'", hint: false, status: 2)
      }
      return result
    }

    private static let binary: Set<String> = [
      "=", "==", "!=", "<", ">", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef",
    ]

    private mutating func or() throws -> Bool {
      var result = try and()
      while words.first == "-o" {
        words.removeFirst()
        let right = try and()
        result = result || right
      }
      return result
    }

    private mutating func and() throws -> Bool {
      var result = try primary()
      while words.first == "-a" {
        words.removeFirst()
        let right = try primary()
        result = result && right
      }
      return result
    }

    private mutating func primary() throws -> Bool {
      guard let word = words.popFirst() else {
        throw UsageError("argument expected", hint: false, status: 2)
      }
      if let operation = words.first, Self.binary.contains(operation), words.count >= 2 {
        words.removeFirst()
        return try compare(word, operation, words.removeFirst())
      }
      if word == "!" { return try !primary() }
      if word == "(" {
        let result = try or()
        guard words.popFirst() == ")" else {
          throw UsageError("')' expected", hint: false, status: 2)
        }
        return result
      }
      if word.count == 2, word.hasPrefix("-"), let operand = words.first,
        let letter = word.last, "bcdefgGhkLnOprsStuwxz".contains(letter)
      {
        words.removeFirst()
        return unary(letter, operand)
      }
      return !word.isEmpty
    }

    private func unary(_ letter: Character, _ operand: String) -> Bool {
      let files = process.machine.files
      let status = process.status(operand)
      switch letter {
      case "n": return !operand.isEmpty
      case "z": return operand.isEmpty
      case "e": return status != nil
      case "f": return status?.kind == .file
      case "d": return status?.kind == .directory
      case "c": return status?.kind == .characterDevice
      case "p": return status?.kind == .pipe
      case "S": return status?.kind == .socket
      case "h", "L": return process.status(operand, followingLinks: false)?.kind == .link
      case "s": return (status?.size ?? 0) > 0
      case "r": return files.may(.read, operand, in: process.directory, process.caller)
      case "w": return files.may(.write, operand, in: process.directory, process.caller)
      case "x": return files.may(.execute, operand, in: process.directory, process.caller)
      case "u": return (status?.mode ?? 0) & 0o4000 != 0
      case "g": return (status?.mode ?? 0) & 0o2000 != 0
      case "k": return (status?.mode ?? 0) & 0o1000 != 0
      case "O": return status?.owner == process.caller.user
      case "G": return status?.group == process.caller.group
      case "t": return Int(operand).flatMap { process.files[$0]?.isTerminal } ?? false
      default: return false
      }
    }

    private func compare(_ a: String, _ operation: String, _ b: String) throws -> Bool {
      switch operation {
      case "=", "==": return a == b
      case "!=": return a != b
      case "<": return a < b
      case ">": return a > b
      case "-nt", "-ot", "-ef":
        let (x, y) = (process.status(a), process.status(b))
        if operation == "-ef" { return x != nil && x?.identity == y?.identity }
        let (left, right) = (x?.modified ?? .min, y?.modified ?? .min)
        return operation == "-nt" ? left > right : left < right
      default: break
      }
      func number(_ text: String) throws -> Int {
        guard let value = Int(text.trimmedBlanks) else {
          throw UsageError("invalid integer '\(text)'", hint: false, status: 2)
        }
        return value
      }
      let (x, y) = (try number(a), try number(b))
      switch operation {
      case "-eq": return x == y
      case "-ne": return x != y
      case "-lt": return x < y
      case "-le": return x <= y
      case "-gt": return x > y
      default: return x >= y
      }
    }
  }
}

extension String {
  var trimmedBlanks: Substring {
    var rest = self[...]
    while let first = rest.first, first == " " || first == "\t" || first == "\n" {
      rest.removeFirst()
    }
    while let last = rest.last, last == " " || last == "\t" || last == "\n" { rest.removeLast() }
    return rest
  }
}
