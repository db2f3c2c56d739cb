extension Builtin {
  static let history = Builtin("history") { call in
    let shell = call.shell
    var arguments = call.arguments[...]
    switch arguments.first {
    case "-c":
      shell.history.clear()
      return 0
    case "-d":
      arguments.removeFirst()
      let text = arguments.first ?? ""
      guard let number = Int(text), shell.history.remove(number: number) else {
        await call.complain("\(text): history position out of range")
        return 1
      }
      return 0
    case "-a": await shell.appendHistory(to: arguments.dropFirst().first)
    case "-w": await shell.writeHistory(to: arguments.dropFirst().first)
    case "-r": await shell.readHistory(from: 0, in: arguments.dropFirst().first)
    case "-n":
      await shell.readHistory(from: shell.history.linesInFile, in: arguments.dropFirst().first)
    case "-s":
      shell.history.add(arguments.dropFirst().joined(separator: " "))
    default: return try await call.listHistory(arguments.first)
    }
    return 0
  }
}

extension BuiltinCall {
  fileprivate func listHistory(_ last: String?) async throws -> ExitStatus {
    var entries = shell.history.numbered[...]
    if let text = last {
      guard let count = Int(text) else {
        await complain("\(text): numeric argument required")
        return 1
      }
      entries = entries.suffix(max(0, count))
    }
    let lines = entries.map { entry in
      let number = String(entry.number)
      return String(repeating: " ", count: max(0, 5 - number.utf8.count)) + number
        + "  \(entry.line)\n"
    }
    try await print(lines.joined())
    return 0
  }
}
