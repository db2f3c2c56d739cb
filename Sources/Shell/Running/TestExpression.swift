/// The operators that `test` and `[[ ]]` share.
extension Interpreter {
  func unaryTest(_ op: String, _ operand: String) throws -> Bool {
    switch op {
    case "-z": return operand.isEmpty
    case "-n": return !operand.isEmpty
    case "-v": return isSet(operand)
    case "-R": return variables[operand]?.attributes.contains(.reference) ?? false
    case "-o": return ShellOptions.named(operand).map { options.contains($0) } ?? false
    case "-t": return Int(operand).flatMap { files[$0]?.isTerminal } ?? false
    case "-r": return host.may(.read, operand, in: directory)
    case "-w": return host.may(.write, operand, in: directory)
    case "-x": return host.may(.execute, operand, in: directory)
    case "-h", "-L":
      return host.status(operand, in: directory, followingLinks: false)?.kind == .link
    default: break
    }
    guard !operand.isEmpty else { return false }
    if operand.hasPrefix("/dev/fd/"), let number = Int(operand.dropFirst(8)) {
      return files[number] != nil && (op == "-e" || op == "-p")
    }
    guard let found = host.status(operand, in: directory, followingLinks: true) else {
      return false
    }
    switch op {
    case "-e", "-a": return true
    case "-f": return found.kind == .file
    case "-d": return found.kind == .directory
    case "-p": return found.kind == .pipe
    case "-S": return found.kind == .socket
    case "-c": return found.kind == .characterDevice
    case "-b": return false
    case "-s": return found.size > 0
    case "-u": return found.mode & 0o4000 != 0
    case "-g": return found.mode & 0o2000 != 0
    case "-k": return found.mode & 0o1000 != 0
    case "-O": return found.owner == host.userID
    case "-G": return found.group == host.userID
    case "-N": return false
    default: return false
    }
  }

  func isSet(_ text: String) -> Bool {
    guard let open = text.firstIndex(of: "["), text.hasSuffix("]") else {
      return parameter(text) != nil
    }
    let name = String(text[..<open])
    let inner = String(text[text.index(after: open)...].dropLast())
    if inner == "@" || inner == "*" { return !arrayElements(name).isEmpty }
    let found = try? element(of: name, ArithmeticExpansion(Word([.quoted(inner)])))
    return (found ?? nil) != nil
  }

  func fileTest(_ left: String, _ op: String, _ right: String) -> Bool {
    let first = host.status(left, in: directory, followingLinks: true)
    let second = host.status(right, in: directory, followingLinks: true)
    switch op {
    case "-nt": return (first?.modified ?? .min) > (second?.modified ?? .min)
    case "-ot": return (first?.modified ?? .min) < (second?.modified ?? .min)
    default:
      guard let first, let second else { return false }
      return first.identity == second.identity
    }
  }

  static func compare(_ left: Int64, _ op: String, _ right: Int64) -> Bool {
    switch op {
    case "-eq": left == right
    case "-ne": left != right
    case "-lt": left < right
    case "-le": left <= right
    case "-gt": left > right
    default: left >= right
    }
  }

  static let numericTests: Set<String> = ["-eq", "-ne", "-lt", "-le", "-gt", "-ge"]

  // MARK: [[ ]]

  func evaluate(_ expression: ConditionalExpression) async throws -> Bool {
    switch expression {
    case .word(let word): return try await !stringWaiting(word).isEmpty
    case .not(let inner): return try await !evaluate(inner)
    case .and(let left, let right):
      guard try await evaluate(left) else { return false }
      return try await evaluate(right)
    case .or(let left, let right):
      if try await evaluate(left) { return true }
      return try await evaluate(right)
    case .unary(let op, let word): return try unaryTest(op, try await stringWaiting(word))
    case .binary(let op, let left, let right):
      return try await compare(try await stringWaiting(left), op, right)
    }
  }

  private func compare(_ left: String, _ op: String, _ word: Word) async throws -> Bool {
    let right = word.hasCommands ? try await resolve(word) : word
    switch op {
    case "=", "==": return matches(try pattern(right), left, extended: true)
    case "!=": return try !matches(pattern(right), left, extended: true)
    case "<": return left.utf8.lexicographicallyPrecedes(try string(right).utf8)
    case ">": return try string(right).utf8.lexicographicallyPrecedes(left.utf8)
    case "=~": return try matchRegex(left, right)
    case "-nt", "-ot", "-ef": return fileTest(left, op, try string(right))
    default:
      let first = try evaluate(text: left)
      let second = try evaluate(text: try string(right))
      try checkInterruption()
      return Interpreter.compare(first, op, second)
    }
  }

  private func matchRegex(_ text: String, _ word: Word) throws -> Bool {
    var source = ""
    for part in word.parts {
      switch part {
      case .literal, .parameter, .captured, .arithmetic: source += try string(Word([part]))
      default: source += RegularExpression.escape(try string(Word([part])))
      }
    }
    let expression: RegularExpression
    do {
      expression = try RegularExpression(
        source, syntax: .extended, ignoringCase: shopt.contains("nocasematch"))
    } catch {
      throw Interruption.abandoned(2)
    }
    let bytes = Array(text.utf8)
    guard let match = expression.firstMatch(in: bytes) else {
      variables["BASH_REMATCH"] = Variable(content: .indexed(IndexedArray()))
      return false
    }
    let groups = match.groups.map { range in
      range.map { String(decoding: bytes[$0], as: UTF8.self) } ?? ""
    }
    variables["BASH_REMATCH"] = Variable(content: .indexed(IndexedArray(groups)))
    return true
  }
}
