extension Builtin {
  static let getopts = Builtin("getopts") { call in
    guard call.arguments.count >= 2 else {
      if call.shell.dialect.isBash {
        await call.shell.writeError("getopts: usage: getopts optstring name [arg ...]\n")
      } else {
        let isDash = call.shell.dialect.family == .dash
        await call.complain(
          "\(isDash ? "Usage" : "usage"): getopts optstring var [arg\(isDash ? "..." : "")]")
      }
      return 2
    }
    let shell = call.shell
    var letters = call.arguments[0]
    let name = call.arguments[1]
    let words = call.arguments.count > 2 ? Array(call.arguments.dropFirst(2)) : shell.positional
    let isQuiet = letters.hasPrefix(":")
    if isQuiet { letters.removeFirst() }
    var index = max(1, shell.parameter("OPTIND").flatMap { Int($0) } ?? 1)
    func end(_ index: Int) throws -> ExitStatus {
      try shell.assign("OPTIND", String(index))
      try shell.assign(name, "?")
      shell.variables.remove("OPTARG")
      return 1
    }
    guard index <= words.count else { return try end(index) }
    let word = Array(words[index - 1])
    guard word.count > 1, word[0] == "-" else { return try end(index) }
    if words[index - 1] == "--" { return try end(index + 1) }
    let place = min(shell.getoptsPlace, word.count - 1)
    let letter = word[place]
    let isLastOfWord = place + 1 >= word.count
    var nextPlace = isLastOfWord ? 1 : place + 1
    if isLastOfWord { index += 1 }
    let spec = Array(letters)
    var found = String(letter)
    shell.variables.remove("OPTARG")
    if letter == ":" || !spec.contains(letter) {
      found = "?"
      if isQuiet {
        try shell.assign("OPTARG", String(letter))
      } else {
        await shell.writeError(
          shell.dialect.isBash
            ? call.prefix + "illegal option -- \(letter)\n" : "Illegal option -\(letter)\n")
      }
    } else if let at = spec.firstIndex(of: letter), at + 1 < spec.count, spec[at + 1] == ":" {
      if !isLastOfWord {
        try shell.assign("OPTARG", String(word[(place + 1)...]))
        index += 1
      } else if index <= words.count {
        try shell.assign("OPTARG", words[index - 1])
        index += 1
      } else {
        found = isQuiet ? ":" : "?"
        if isQuiet {
          try shell.assign("OPTARG", String(letter))
        } else {
          await shell.writeError(
            shell.dialect.isBash
              ? call.prefix + "option requires an argument -- \(letter)\n"
              : "No arg for -\(letter) option\n")
        }
      }
      nextPlace = 1
    }
    try shell.assign(name, found)
    try shell.assign("OPTIND", String(index))
    shell.getoptsPlace = nextPlace
    return 0
  }
}

extension BuiltinCall {
  fileprivate var prefix: String { "\(shell.name): " }
}
