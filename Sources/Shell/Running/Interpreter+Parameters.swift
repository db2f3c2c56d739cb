extension Interpreter {
  /// The value of a variable or special parameter; nil when it is not set.
  package func parameter(_ name: String) -> String? {
    if let variable = variables[name] {
      if variable.attributes.contains(.reference) {
        guard let target = variable.scalar, target != name else { return nil }
        return referencedValue(target)
      }
      return variable.scalar
    }
    guard let first = name.utf8.first else { return nil }
    if first.isNameStart { return dynamicVariable(name) }
    if first.isDigit {
      guard let index = Int(name) else { return nil }
      if index == 0 { return self.name }
      return index <= positional.count ? positional[index - 1] : nil
    }
    switch name {
    case "?": return String(status)
    case "#": return String(positional.count)
    case "$": return String(mainProcessID)
    case "!": return lastBackgroundID.map { String($0) }
    case "-": return flagLetters
    case "@", "*": return positional.isEmpty ? nil : positional.joined(separator: " ")
    default: return nil
    }
  }

  /// The value of `name` or `name[index]`.
  func referencedValue(_ target: String) -> String? {
    guard let open = target.firstIndex(of: "["), target.hasSuffix("]") else {
      return variables[target]?.scalar
    }
    let inner = String(target[target.index(after: open)...].dropLast())
    return
      (try? element(
        of: String(target[..<open]), ArithmeticExpansion(Word([.quoted(inner)])))) ?? nil
  }

  private var mainProcessID: Int { shellProcessID ?? host.processID }

  private var flagLetters: String {
    var letters = options.letters
    if isInteractive { letters += "i" }
    if source == .session { letters += "s" }
    if source == .commandString, dialect.family != .dash { letters += "c" }
    return letters
  }

  private func dynamicVariable(_ name: String) -> String? {
    switch name {
    // Debian's dash is built without it; BusyBox counts a command string's lines from 0.
    case "LINENO" where dialect.family == .dash: return nil
    case "LINENO" where dialect.family == .ash && source == .commandString:
      return String(max(0, line - 1))
    case "LINENO": return String(line)
    case "PPID": return String(host.parentID)
    case "_": return lastArgument
    default: break
    }
    guard dialect.isBash || name == "RANDOM" && dialect.family == .ash else { return nil }
    switch name {
    case "RANDOM": return String(nextRandom())
    case "SRANDOM": return String(host.random())
    case "SECONDS": return String((host.now - startTime) / 1_000_000_000)
    case "EPOCHSECONDS": return String(host.now / 1_000_000_000)
    case "EPOCHREALTIME":
      let micros = String(host.now / 1000 % 1_000_000)
      let zeros = String(repeating: "0", count: 6 - micros.utf8.count)
      return "\(host.now / 1_000_000_000).\(zeros)\(micros)"
    case "BASHPID": return String(host.processID)
    case "UID", "EUID": return String(host.userID)
    case "HOSTNAME": return host.hostName
    case "HOSTTYPE": return "x86_64"
    case "OSTYPE": return "linux-gnu"
    case "MACHTYPE": return "x86_64-pc-linux-gnu"
    case "BASH": return "/bin/bash"
    case "BASH_VERSION": return "5.2.15(1)-release"
    case "SHELLOPTS":
      return ShellOptions.all.filter { options.contains($0.option) }.map(\.name)
        .joined(separator: ":")
    case "BASHOPTS": return shopt.sorted().joined(separator: ":")
    case "BASH_SUBSHELL": return String(subshellLevel)
    case "SHELL": return "/bin/bash"
    case "HISTCMD": return String(history.nextNumber)
    case "FUNCNAME", "PIPESTATUS", "BASH_SOURCE", "GROUPS", "BASH_VERSINFO", "DIRSTACK",
      "BASH_LINENO":
      return arrayElements(name).first?.value
    default: return nil
    }
  }

  /// The elements of an array, computed ones included.
  func arrayElements(_ name: String) -> [(key: String, value: String)] {
    let name = referenced(name)
    if let variable = variables[name] { return variable.elements }
    let values: [String]
    switch name {
    case "PIPESTATUS": values = pipeStatuses.map { String($0) }
    case "FUNCNAME":
      values = callStack.isEmpty ? [] : callStack.reversed() + (source == .script ? ["main"] : [])
    case "BASH_SOURCE":
      values =
        callStack.isEmpty && source != .script ? [] : (callStack + [name]).map { _ in self.name }
    case "BASH_LINENO": values = callStack.map { _ in String(line) }
    case "GROUPS": values = [String(host.userID)]
    case "BASH_VERSINFO": values = ["5", "2", "15", "1", "release", "x86_64-pc-linux-gnu"]
    case "DIRSTACK": values = [directory] + directoryStack
    default: return dynamicVariable(name).map { [("0", $0)] } ?? []
    }
    return values.enumerated().map { (String($0.offset), $0.element) }
  }

  private func nextRandom() -> UInt32 {
    guard let state = randomState else { return host.random() % 32768 }
    // Park and Miller's generator with bash 5.1's mixing of the halves.
    let next = UInt32((UInt64(state == 0 ? 123_459_876 : state) * 16807) % 2_147_483_647)
    randomState = next
    return ((next >> 16) ^ (next & 0xffff)) & 0x7fff
  }

  /// The variable that a name reference stands for.
  func referenced(_ name: String) -> String {
    var name = name
    for _ in 0..<8 {
      guard let variable = variables[name], variable.attributes.contains(.reference),
        let target = variable.scalar, target.isShellName
      else { return name }
      name = target
    }
    return name
  }
}
