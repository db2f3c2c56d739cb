extension Builtin {
  static let alias = Builtin("alias") { call in
    var result: ExitStatus = 0
    var operands = call.arguments[...]
    if operands.first == "-p" || operands.first == "--" { operands.removeFirst() }
    if operands.isEmpty {
      for name in call.shell.aliases.keys.sorted() { try await call.showAlias(name) }
    }
    for operand in operands {
      if let equals = operand.firstIndex(of: "="), equals != operand.startIndex {
        let name = String(operand[..<equals])
        call.shell.aliases[name] = String(operand[operand.index(after: equals)...])
      } else if call.shell.aliases[operand] != nil {
        try await call.showAlias(operand)
      } else {
        await call.complainOfAlias(operand)
        result = 1
      }
    }
    return result
  }

  static let unalias = Builtin("unalias") { call in
    if call.arguments.first == "-a" {
      call.shell.aliases = [:]
      return 0
    }
    guard !call.arguments.isEmpty else {
      await call.shell.writeError("unalias: usage: unalias [-a] name [name ...]\n")
      return 2
    }
    var result: ExitStatus = 0
    for name in call.arguments where call.shell.aliases.removeValue(forKey: name) == nil {
      await call.complainOfAlias(name)
      result = 1
    }
    return result
  }
}

extension BuiltinCall {
  fileprivate func complainOfAlias(_ alias: String) async {
    guard !shell.dialect.isBash else { return await complain("\(alias): not found") }
    await shell.flushComplaints()
    await shell.writeError("\(name): \(alias) not found\n")
  }

  fileprivate func showAlias(_ name: String) async throws {
    let value = ShellQuoting.single(shell.aliases[name] ?? "")
    try await print("\(shell.dialect.isBash ? "alias " : "")\(name)=\(value)\n")
  }
}
