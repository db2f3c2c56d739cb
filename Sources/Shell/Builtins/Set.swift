extension Builtin {
  static let set = Builtin("set", isSpecial: true) { call in
    let shell = call.shell
    guard !call.arguments.isEmpty else {
      try await call.print(shell.settings)
      return 0
    }
    var rest = call.arguments[...]
    while let first = rest.first, let sign = first.utf8.first,
      sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+")
    {
      rest.removeFirst()
      if first == "--" {
        shell.positional = Array(rest)
        return 0
      }
      if first == "-" {
        shell.options.subtract([.xtrace, .verbose])
        break
      }
      let isOn = sign == UInt8(ascii: "-")
      for letter in first.dropFirst() {
        if letter == "o" {
          guard let name = rest.popFirst() else {
            try await call.print(call.optionList(reusable: !isOn))
            return 0
          }
          guard let option = ShellOptions.named(name, in: shell.dialect) else {
            if shell.dialect.family == .ash {
              await call.complain("illegal option \(isOn ? "-" : "+")o \(name)")
              return 1
            }
            await call.complain(
              shell.dialect.isBash
                ? "\(name): invalid option name" : "Illegal option \(isOn ? "-" : "+")o \(name)")
            if !shell.dialect.isBash { throw Interruption.exit(2) }
            return 2
          }
          shell.turn(option, isOn)
        } else if let option = ShellOptions.lettered(letter) {
          shell.turn(option, isOn)
        } else {
          let code = await call.refuse(
            option: "\(isOn ? "-" : "+")\(letter)",
            usage: "set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]")
          if !shell.dialect.isBash { throw Interruption.exit(2) }
          return code
        }
      }
    }
    if !rest.isEmpty { shell.positional = Array(rest) }
    return 0
  }

  static let shopt = Builtin("shopt") { call in
    let scanner = OptionScanner(call.arguments, "supqo")
    if let bad = scanner.invalid {
      return await call.refuse(option: bad, usage: "shopt [-pqsu] [-o] [optname ...]")
    }
    let isChange = scanner.flags.contains("s") || scanner.flags.contains("u")
    var result: ExitStatus = 0
    for name in scanner.operands.isEmpty && !isChange ? ShoptNames.all : scanner.operands {
      if scanner.flags.contains("o"), let option = ShellOptions.named(name) {
        if isChange {
          call.shell.turn(option, scanner.flags.contains("s"))
        } else if !call.shell.options.contains(option) {
          result = 1
        }
        continue
      }
      guard ShoptNames.all.contains(name) else {
        await call.complain("\(name): invalid shell option name")
        result = 1
        continue
      }
      if scanner.flags.contains("s") {
        call.shell.shopt.insert(name)
        call.shell.patterns = [:]
      } else if scanner.flags.contains("u") {
        call.shell.shopt.remove(name)
        call.shell.patterns = [:]
      } else {
        let isOn = call.shell.shopt.contains(name)
        if !isOn, !scanner.operands.isEmpty { result = 1 }
        if scanner.flags.contains("q") { continue }
        if scanner.flags.contains("p") {
          try await call.print("shopt -\(isOn ? "s" : "u") \(name)\n")
        } else {
          let padding = String(repeating: " ", count: max(0, 15 - name.utf8.count))
          try await call.print("\(name)\(padding)\t\(isOn ? "on" : "off")\n")
        }
      }
    }
    return result
  }

  static let unset = Builtin("unset", isSpecial: true) { call in
    let shell = call.shell
    let scanner = OptionScanner(call.arguments, "fvn")
    if let bad = scanner.invalid {
      return await call.refuse(option: bad, usage: "unset [-f] [-v] [-n] [name ...]")
    }
    var result: ExitStatus = 0
    for name in scanner.operands {
      if scanner.flags.contains("f") {
        shell.functions[name] = nil
        continue
      }
      if let open = name.firstIndex(of: "["), name.hasSuffix("]") {
        let index = String(name[name.index(after: open)...].dropLast())
        try shell.unset(String(name[..<open]), index: index)
        continue
      }
      guard name.isShellName else {
        if shell.dialect.isBash, !scanner.flags.contains("v") { continue }
        await call.complain(
          shell.dialect.isBash ? "`\(name)': not a valid identifier" : "\(name): bad variable name")
        result = 1
        continue
      }
      let target = scanner.flags.contains("n") ? name : shell.referenced(name)
      if shell.variables[target]?.attributes.contains(.readonly) ?? false {
        await call.complain(
          shell.dialect.isBash
            ? "\(name): cannot unset: readonly variable" : "\(name): is read only")
        if !shell.dialect.isBash { throw Interruption.exit(2) }
        result = 1
      } else if shell.variables[target] != nil {
        shell.variables.remove(target)
      } else if !scanner.flags.contains("v") {
        shell.functions[name] = nil
      }
    }
    return result
  }
}

/// The options of `shopt` that are accepted.
enum ShoptNames {
  static let all = [
    "autocd", "cdable_vars", "cdspell", "checkhash", "checkjobs", "checkwinsize", "cmdhist",
    "direxpand", "dotglob", "execfail", "expand_aliases", "extglob", "extquote", "failglob",
    "globasciiranges", "globskipdots", "globstar", "histappend", "histverify", "huponexit",
    "inherit_errexit", "interactive_comments", "lastpipe", "localvar_inherit", "login_shell",
    "nocaseglob", "nocasematch", "nullglob", "patsub_replacement", "progcomp", "promptvars",
    "restricted_shell", "sourcepath", "xpg_echo",
  ]
}

extension Interpreter {
  func turn(_ option: ShellOptions, _ isOn: Bool) {
    if isOn { options.insert(option) } else { options.remove(option) }
  }

  func unset(_ name: String, index: String) throws {
    let name = referenced(name)
    try checkWritable(name)
    guard var variable = variables[name] else { return }
    switch variable.content {
    case .associative(var elements):
      elements[index] = nil
      variable.content = .associative(elements)
    case .indexed(var array):
      if index == "@" || index == "*" {
        variables.remove(name)
        return
      }
      let place = Int(truncatingIfNeeded: try evaluate(text: index))
      array[place < 0 ? max(0, array.end) + place : place] = nil
      variable.content = .indexed(array)
    default:
      if index == "0" { variables.remove(name) }
      return
    }
    variables[name] = variable
  }
}

extension BuiltinCall {
  fileprivate func optionList(reusable: Bool) -> String {
    guard shell.dialect.isBash || reusable else {
      return "Current option settings\n"
        + ShellOptions.plain(in: shell.dialect).map { name in
          let isOn = ShellOptions.named(name).map(shell.options.contains) ?? false
          return name + String(repeating: " ", count: max(1, 16 - name.count))
            + (isOn ? "on\n" : "off\n")
        }.joined()
    }
    return ShellOptions.all.map { entry in
      let isOn = shell.options.contains(entry.option)
      if reusable { return "set \(isOn ? "-" : "+")o \(entry.name)\n" }
      let padding = String(repeating: " ", count: max(0, 15 - entry.name.utf8.count))
      return "\(entry.name)\(padding)\t\(isOn ? "on" : "off")\n"
    }.joined()
  }
}
