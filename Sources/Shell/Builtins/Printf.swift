extension Builtin {
  static let printf = Builtin("printf") { call in
    var arguments = call.arguments[...]
    var variable: String?
    if call.shell.dialect.isBash, arguments.first == "-v" {
      arguments.removeFirst()
      variable = arguments.popFirst()
    }
    if arguments.first == "--" { arguments.removeFirst() }
    if call.shell.dialect.family == .dash, let first = arguments.first, first.hasPrefix("-"),
      let letter = first.dropFirst().first
    {
      await call.complain("Illegal option -\(letter)")
      return 2
    }
    guard let format = arguments.popFirst() else {
      switch call.shell.dialect.family {
      case .bash:
        await call.shell.writeError("printf: usage: printf [-v var] format [arguments]\n")
      case .dash: await call.complain("usage: printf format [arg ...]")
      case .ash:
        await call.complainAsApplet("usage: printf FORMAT [ARGUMENT...]")
      }
      return 2
    }
    var formatter = PrintfFormatter(
      Array(format.utf8), now: call.shell.host.now, dialect: call.shell.dialect)
    let bytes = formatter.format(Array(arguments))
    if let excess = formatter.excess { throw HostError.budget(excess) }
    // The complaints come first: the output is only flushed at the end.
    for complaint in formatter.complaints {
      if call.shell.dialect.family == .ash {
        await call.complainAsApplet(complaint)
      } else {
        await call.complain(complaint)
      }
    }
    if let variable {
      let text = String(decoding: bytes, as: UTF8.self)
      if let open = variable.firstIndex(of: "["), variable.hasSuffix("]") {
        let inner = String(variable[variable.index(after: open)...].dropLast())
        let index = ArithmeticExpansion(Word([.quoted(inner)]))
        try call.shell.assign(
          String(variable[..<open]), index: index, text, appending: false)
      } else {
        try call.shell.assign(variable, text)
      }
    } else {
      try await call.write(bytes)
    }
    let refused = formatter.complaints.last?.hasSuffix("invalid directive") ?? false
    return refused ? 2 : formatter.complaints.isEmpty ? 0 : 1
  }
}
