extension Builtin {
  static let trap = Builtin("trap", isSpecial: true) { call in
    let shell = call.shell
    var arguments = call.arguments[...]
    if arguments.first == "--" { arguments.removeFirst() }
    if arguments.first == "-l" {
      try await call.print(SignalList.text)
      return 0
    }
    let shows = arguments.first == "-p"
    if shows { arguments.removeFirst() }
    if arguments.isEmpty || shows {
      let wanted = arguments.compactMap { TrapCondition($0) }
      for (condition, action) in shell.traps.sorted(by: { $0.key.order < $1.key.order })
      where wanted.isEmpty || wanted.contains(condition) {
        let name = shell.dialect.isBash ? condition.name : condition.name.withoutSignalPrefix
        try await call.print("trap -- \(ShellQuoting.single(action)) \(name)\n")
      }
      return 0
    }
    var action: String?
    if arguments.count == 1 || arguments.first.map({ Int($0) != nil }) ?? false {
      action = nil
    } else {
      let first = arguments.removeFirst()
      action = first == "-" ? nil : first
    }
    var result: ExitStatus = 0
    for text in arguments {
      guard let condition = TrapCondition(text),
        shell.dialect.isBash || !["ERR", "DEBUG", "RETURN"].contains(condition.name)
      else {
        if shell.dialect.family == .dash {
          await shell.flushComplaints()
          await shell.writeError("trap: \(text): bad trap\n")
          result = 1
          continue
        }
        await call.complain(
          "\(text): invalid signal specification")
        result = 1
        continue
      }
      shell.traps[condition] = action
    }
    shell.host.setTrapped(shell.trappedSignals)
    return result
  }
}

extension String {
  fileprivate var withoutSignalPrefix: String { hasPrefix("SIG") ? String(dropFirst(3)) : self }
}

/// The table of `kill -l`.
enum SignalList {
  /// BusyBox numbers the names, dash only lists them, as many as are no real-time signals.
  static func plain(isNumbered: Bool) -> String {
    (isNumbered ? "" : "0\n")
      + Signals.names.filter { $0.number < 32 }.map { name, number in
        isNumbered ? "\(number < 10 ? " " : "")\(number)) \(name)\n" : "\(name)\n"
      }.joined()
  }

  static var text: String {
    var output = ""
    var column = 0
    for (name, number) in Signals.names {
      let padding = number < 10 ? " " : ""
      output += "\(padding)\(number)) SIG\(name)"
      column += 1
      output += column % 5 == 0 ? "\n" : "\t"
    }
    if output.hasSuffix("\t") { output = output.dropLast() + "\n" }
    return output
  }
}
