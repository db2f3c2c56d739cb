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
    case "-a", "-r", "-w", "-n": return 0
    case "-s":
      shell.history.add(arguments.dropFirst().joined(separator: " "))
      return 0
    default: break
    }
    var entries = shell.history.numbered[...]
    if let text = arguments.first {
      guard let count = Int(text) else {
        await call.complain("\(text): numeric argument required")
        return 1
      }
      entries = entries.suffix(max(0, count))
    }
    let lines = entries.map { entry in
      let number = String(entry.number)
      return String(repeating: " ", count: max(0, 5 - number.utf8.count)) + number
        + "  \(entry.line)\n"
    }
    try await call.print(lines.joined())
    return 0
  }
}
