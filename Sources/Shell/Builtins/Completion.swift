extension Builtin {
  static let complete = Builtin("complete") { call in
    let scanner = OptionScanner(call.arguments, "abcdefgjkprsuvDEIo:A:G:W:F:C:X:P:S:")
    if let bad = scanner.invalid {
      return await call.refuse(
        option: bad,
        usage:
          "complete [-abcdefgjksuv] [-pr] [-DEI] [-o option] [-A action] [-G globpat] [-W wordlist] [-F function] [-C command] [-X filterpat] [-P prefix] [-S suffix] [name ...]"
      )
    }
    for name in scanner.operands {
      if scanner.flags.contains("r") {
        call.shell.completions[name] = nil
      } else if !scanner.flags.contains("p") {
        call.shell.completions[name] = CompletionSpecification(
          function: scanner.values["F"], words: scanner.values["W"])
      }
    }
    return 0
  }

  static let compgen = Builtin("compgen") { call in
    let scanner = OptionScanner(call.arguments, "abcdefgjksuvo:A:G:W:F:C:X:P:S:")
    if let bad = scanner.invalid {
      return await call.refuse(option: bad, usage: "compgen [option] [word]")
    }
    let prefix = scanner.operands.first ?? ""
    var found: [String] = []
    if let words = scanner.values["W"] {
      found += words.split { $0 == " " || $0 == "\t" || $0 == "\n" }.map(String.init)
    }
    let action = scanner.values["A"]
    if scanner.flags.contains("v") || action == "variable" { found += call.shell.variables.names }
    if scanner.flags.contains("a") || action == "alias" {
      found += call.shell.aliases.keys.sorted()
    }
    if scanner.flags.contains("b") || action == "builtin" {
      found += call.shell.builtins.keys.sorted()
    }
    if action == "function" { found += call.shell.functions.keys.sorted() }
    if scanner.flags.contains("f") || action == "file" {
      found += PathExpansion(
        host: call.shell.host, directory: call.shell.directory, options: []
      ).names(matching: GlobPattern.escape(prefix) + "*")
    }
    let matching = found.filter { $0.hasPrefix(prefix) }
    try await call.print(matching.map { $0 + "\n" }.joined())
    return matching.isEmpty ? 1 : 0
  }

  static let compopt = Builtin("compopt") { _ in 0 }
  static let bind = Builtin("bind") { _ in 0 }

  static let enable = Builtin("enable") { call in
    let scanner = OptionScanner(call.arguments, "anps")
    var result: ExitStatus = 0
    if scanner.operands.isEmpty {
      let names = call.shell.builtins.keys.sorted()
      try await call.print(names.map { "enable \($0)\n" }.joined())
    }
    for name in scanner.operands {
      if scanner.flags.contains("n") {
        call.shell.builtins[name] = nil
      } else if let builtin = Builtin.all.first(where: { $0.name == name }) {
        call.shell.builtins[name] = builtin
      } else {
        await call.complain("\(name): not a shell builtin")
        result = 1
      }
    }
    return result
  }

  static let help = Builtin("help") { call in
    guard let name = call.arguments.first(where: { !$0.hasPrefix("-") }) else {
      let names = call.shell.builtins.keys.sorted()
      try await call.print("These shell commands are defined internally:\n")
      try await call.print(names.map { " \($0)\n" }.joined())
      return 0
    }
    guard call.shell.builtins[name] != nil else {
      await call.complain(
        "no help topics match `\(name)'.  Try `help help' or `man -k \(name)' or `info \(name)'.")
      return 1
    }
    try await call.print("\(name): \(name) is a shell builtin\n")
    return 0
  }
}

/// What `complete` said of a command's arguments.
package struct CompletionSpecification: Hashable, Sendable {
  /// The function that fills COMPREPLY.
  package var function: String?
  package var words: String?
}
