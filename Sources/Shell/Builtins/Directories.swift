extension Builtin {
  static let cd = Builtin("cd") { call in
    let shell = call.shell
    let scanner = OptionScanner(call.arguments, "LPe@")
    if let bad = scanner.invalid, bad != "-" {
      return await call.refuse(option: bad, usage: "cd [-L|[-P [-e]] [-@]] [dir]")
    }
    guard scanner.operands.count <= 1 || !shell.dialect.isBash else {
      await call.complain("too many arguments")
      return 1
    }
    var target = scanner.operands.first
    var shows = false
    if target == nil {
      target = shell.variables["HOME"]?.scalar
      guard target != nil else {
        await call.complain("HOME not set")
        return 1
      }
    } else if target == "-" {
      target = shell.variables["OLDPWD"]?.scalar
      guard target != nil else {
        await call.complain("OLDPWD not set")
        return 1
      }
      shows = true
    }
    guard let path = target else { return 1 }
    let physically = scanner.flags.contains("P") || shell.options.contains(.physical)
    if let found = call.alongPath(path) {
      shows = true
      return try await call.enter(found, physically: physically, shows: shows, shown: path)
    }
    return try await call.enter(path, physically: physically, shows: shows, shown: path)
  }

  static let pwd = Builtin("pwd") { call in
    let scanner = OptionScanner(call.arguments, "LP")
    if let bad = scanner.invalid { return await call.refuse(option: bad, usage: "pwd [-LP]") }
    var path = call.shell.directory
    if scanner.flags.contains("P") {
      path = (try? call.shell.host.canonical(".", in: path, physically: true)) ?? path
    }
    try await call.print(path + "\n")
    return 0
  }

  static let pushd = Builtin("pushd") { call in
    let shell = call.shell
    guard let first = call.arguments.first else {
      guard let top = shell.directoryStack.first else {
        await call.complain("no other directory")
        return 1
      }
      let old = shell.directory
      let code = try await call.enter(top, physically: false, shows: false, shown: top)
      guard code == 0 else { return code }
      shell.directoryStack[0] = old
      return try await call.showStack()
    }
    if let sign = first.utf8.first, sign == UInt8(ascii: "+"), let count = Int(first.dropFirst()) {
      var all = [shell.directory] + shell.directoryStack
      guard all.indices.contains(count) else {
        await call.complain("\(first): directory stack index out of range")
        return 1
      }
      all = Array(all[count...] + all[..<count])
      let code = try await call.enter(all[0], physically: false, shows: false, shown: all[0])
      guard code == 0 else { return code }
      shell.directoryStack = Array(all.dropFirst())
      return try await call.showStack()
    }
    let old = shell.directory
    let code = try await call.enter(first, physically: false, shows: false, shown: first)
    guard code == 0 else { return code }
    shell.directoryStack.insert(old, at: 0)
    return try await call.showStack()
  }

  static let popd = Builtin("popd") { call in
    guard let top = call.shell.directoryStack.first else {
      await call.complain("directory stack empty")
      return 1
    }
    let code = try await call.enter(top, physically: false, shows: false, shown: top)
    guard code == 0 else { return code }
    call.shell.directoryStack.removeFirst()
    return try await call.showStack()
  }

  static let dirs = Builtin("dirs") { call in
    let scanner = OptionScanner(call.arguments, "clpv")
    if scanner.flags.contains("c") {
      call.shell.directoryStack = []
      return 0
    }
    let all = [call.shell.directory] + call.shell.directoryStack
    let shown = scanner.flags.contains("l") ? all : all.map(call.shortened)
    if scanner.flags.contains("v") {
      let lines = shown.enumerated().map { " \($0.offset)  \($0.element)\n" }
      try await call.print(lines.joined())
    } else {
      let separator = scanner.flags.contains("p") ? "\n" : " "
      try await call.print(shown.joined(separator: separator) + "\n")
    }
    return 0
  }
}

extension BuiltinCall {
  /// The directory of CDPATH in which a relative path is found, unless that is here.
  fileprivate func alongPath(_ path: String) -> String? {
    guard let list = shell.variables["CDPATH"]?.scalar, !path.hasPrefix("/"),
      !path.hasPrefix("./"), !path.hasPrefix("../"), path != ".", path != ".."
    else { return nil }
    for base in list.split(separator: ":", omittingEmptySubsequences: false) {
      if base.isEmpty || base == "." { return nil }
      let candidate = "\(base)/\(path)"
      if shell.host.status(candidate, in: shell.directory, followingLinks: true)?.kind
        == .directory
      {
        return candidate
      }
    }
    return nil
  }

  fileprivate func enter(_ path: String, physically: Bool, shows: Bool, shown: String) async throws
    -> ExitStatus
  {
    do {
      let target = path.isEmpty ? "." : path
      let found = try shell.host.canonical(target, in: shell.directory, physically: physically)
      guard
        let status = shell.host.status(found, in: shell.directory, followingLinks: true)
      else { throw HostError.notFound }
      guard status.kind == .directory else { throw HostError.notDirectory }
      guard shell.host.may(.execute, found, in: shell.directory) else {
        throw HostError.permissionDenied
      }
      let old = shell.directory
      shell.directory = found
      try shell.assign("OLDPWD", old)
      try shell.assign("PWD", found)
      // Almquist's shells hand both on (setpwd).
      for name in shell.dialect.isBash ? [] : ["OLDPWD", "PWD"] {
        shell.variables.setGlobal(name) { $0?.attributes.insert(.exported) }
      }
      if shows { try await print(found + "\n") }
      return 0
    } catch let error as HostError {
      switch shell.dialect.family {
      case .bash: await complain("\(shown): \(error.text)")
      case .dash: await complain("can't cd to \(shown)")
      case .ash: await complain("can't cd to \(shown): \(error.text)")
      }
      return shell.dialect.isBash ? 1 : 2
    }
  }

  fileprivate func shortened(_ path: String) -> String {
    guard let home = shell.variables["HOME"]?.scalar, home != "/", !home.isEmpty else {
      return path
    }
    return path == home ? "~" : path.hasPrefix(home + "/") ? "~" + path.dropFirst(home.count) : path
  }

  fileprivate func showStack() async throws -> ExitStatus {
    let all = [shell.directory] + shell.directoryStack
    try await print(all.map(shortened).joined(separator: " ") + "\n")
    return 0
  }
}
