extension Builtin {
  static let printf = Builtin("printf") { call in
    var arguments = call.arguments[...]
    var variable: String?
    if call.shell.dialect.isBash, arguments.first == "-v" {
      arguments.removeFirst()
      variable = arguments.popFirst()
    }
    if arguments.first == "--" { arguments.removeFirst() }
    guard let format = arguments.popFirst() else {
      await call.shell.writeError("printf: usage: printf [-v var] format [arguments]\n")
      return 2
    }
    var formatter = PrintfFormatter(Array(format.utf8), now: call.shell.host.now)
    let bytes = formatter.format(Array(arguments))
    if let excess = formatter.excess { throw HostError.budget(excess) }
    // The complaints come first: the output is only flushed at the end.
    for complaint in formatter.complaints { await call.complain(complaint) }
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
    return formatter.complaints.isEmpty ? 0 : 1
  }
}
