extension Builtin {
  static let type = Builtin("type") { call in
    let scanner = OptionScanner(call.arguments, "afptP")
    var result: ExitStatus = 0
    for name in scanner.operands {
      let meanings = call.shell.meanings(of: name, all: scanner.flags.contains("a"))
      if meanings.isEmpty {
        result = 1
        if !scanner.flags.contains("t"), !scanner.flags.contains("p") {
          if call.shell.dialect.isBash {
            await call.complain("\(name): not found")
          } else {
            try await call.print("\(name): not found\n")
            result = 127
          }
        }
      }
      for meaning in meanings {
        if scanner.flags.contains("t") {
          try await call.print(meaning.word + "\n")
        } else if scanner.flags.contains("p") || scanner.flags.contains("P") {
          if case .file(let path) = meaning { try await call.print(path + "\n") }
        } else {
          try await call.print(meaning.description(of: name, in: call.shell))
        }
      }
    }
    return result
  }

  static let command = Builtin("command") { call in
    let scanner = OptionScanner(call.arguments, "pvV")
    if let bad = scanner.invalid {
      return await call.refuse(option: bad, usage: "command [-pVv] command [arg ...]")
    }
    guard let name = scanner.operands.first else { return 0 }
    guard scanner.flags.contains("v") || scanner.flags.contains("V") else {
      let arguments = Array(scanner.operands.dropFirst())
      try await call.shell.invoke(name, arguments, [], [], skippingFunctions: true)
      return call.shell.status
    }
    var result: ExitStatus = 0
    for name in scanner.operands {
      guard let meaning = call.shell.meanings(of: name, all: false).first else {
        if scanner.flags.contains("V") {
          if call.shell.dialect.isBash {
            await call.complain("\(name): not found")
          } else {
            try await call.print("\(name): not found\n")
          }
        }
        result = call.shell.dialect.isBash ? 1 : 127
        continue
      }
      if scanner.flags.contains("V") {
        try await call.print(meaning.description(of: name, in: call.shell))
      } else {
        switch meaning {
        case .alias(let text):
          try await call.print("alias \(name)=\(ShellQuoting.single(text))\n")
        case .file(let path): try await call.print(path + "\n")
        default: try await call.print(name + "\n")
        }
      }
    }
    return result
  }

  static let builtinCommand = Builtin("builtin") { call in
    guard let name = call.arguments.first else { return 0 }
    guard let builtin = call.shell.builtins[name] else {
      await call.complain("\(name): not a shell builtin")
      return 1
    }
    return try await builtin.run(
      BuiltinCall(shell: call.shell, name: name, arguments: Array(call.arguments.dropFirst())))
  }

  static let hash = Builtin("hash") { call in
    let scanner = OptionScanner(call.arguments, "rdltp:")
    var result: ExitStatus = 0
    if scanner.operands.isEmpty, scanner.flags.isEmpty, call.shell.dialect.isBash {
      try await call.print("hash: hash table empty\n")
    }
    for name in scanner.operands where !scanner.flags.contains("d") {
      guard
        call.shell.host.locate(
          name, path: call.shell.variables["PATH"]?.scalar ?? "", in: call.shell.directory) != nil
          || call.shell.builtins[name] != nil
      else {
        await call.complain("\(name): not found")
        result = 1
        continue
      }
    }
    return result
  }
}

/// What a command's name stands for.
enum CommandMeaning {
  case alias(String)
  case keyword
  case function(FunctionBody)
  case builtin(isSpecial: Bool)
  case file(String)

  var word: String {
    switch self {
    case .alias: "alias"
    case .keyword: "keyword"
    case .function: "function"
    case .builtin: "builtin"
    case .file: "file"
    }
  }

  func description(of name: String, in shell: Interpreter) -> String {
    let isBash = shell.dialect.isBash
    switch self {
    case .alias(let text):
      return isBash
        ? "\(name) is aliased to `\(text)'\n" : "\(name) is an alias for \(text)\n"
    case .keyword: return "\(name) is a shell keyword\n"
    case .function(let body):
      return isBash
        ? "\(name) is a function\n" + FunctionPrinter.text(of: name, body)
        : "\(name) is a \(shell.dialect.family == .dash ? "shell " : "")function\n"
    case .builtin(let isSpecial):
      let kind = isSpecial && !isBash ? "special shell" : "shell"
      return "\(name) is a \(kind) builtin\n"
    case .file(let path): return "\(name) is \(path)\n"
    }
  }
}

extension Interpreter {
  /// The meanings of a name, the one that counts first.
  func meanings(of name: String, all: Bool) -> [CommandMeaning] {
    var found: [CommandMeaning] = []
    let keywords: Set<String> = [
      "if", "then", "else", "elif", "fi", "case", "esac", "for", "while", "until", "do", "done",
      "in", "{", "}", "!",
    ]
    if let alias = aliases[name],
      isInteractive || !dialect.isBash || shopt.contains("expand_aliases")
    {
      found.append(.alias(alias))
    }
    if keywords.contains(name)
      || dialect.hasBashisms && ["function", "[[", "]]"].contains(name)
      || dialect.isBash && ["select", "coproc", "time"].contains(name)
    {
      found.append(.keyword)
    }
    if let function = functions[name] { found.append(.function(function)) }
    if let builtin = builtins[name] { found.append(.builtin(isSpecial: builtin.isSpecial)) }
    if all || found.isEmpty,
      let path = host.locate(name, path: variables["PATH"]?.scalar ?? "", in: directory)
    {
      found.append(.file(path))
    }
    return found
  }
}
