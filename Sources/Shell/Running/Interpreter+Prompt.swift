extension Interpreter {
  /// The prompt for a new line, or for a continued one; `\[` and `\]` become the marks 1 and 2.
  package func prompt(isContinuation: Bool = false) -> String {
    let text = variables[isContinuation ? "PS2" : "PS1"]?.scalar ?? ""
    return expandedPrompt(text, marks: true)
  }

  func expandedPrompt(_ text: String, marks: Bool = false) -> String {
    let decoded = dialect.family == .dash ? text : decodePrompt(text, marks: marks)
    guard decoded.utf8.contains(UInt8(ascii: "$")) else { return decoded }
    // Variables in a prompt are expanded; commands are not run here, where nothing can wait.
    let parser = Parser(decoded, dialect: dialect)
    guard let word = try? parser.readWholeText(quotes: .document), !word.hasCommands else {
      return decoded
    }
    return (try? string(Word([.doubleQuoted(word.parts)]))) ?? decoded
  }

  private func decodePrompt(_ text: String, marks: Bool) -> String {
    var result = ""
    var scalars = Array(text.unicodeScalars)[...]
    while let scalar = scalars.popFirst() {
      guard scalar == "\\", let letter = scalars.popFirst() else {
        result.unicodeScalars.append(scalar)
        continue
      }
      switch letter {
      case "u": result += host.userName
      case "h": result += host.hostName.prefix { $0 != "." }
      case "H": result += host.hostName
      case "w": result += shortDirectory
      case "W":
        let short = shortDirectory
        result +=
          short == "~" || short == "/" ? short : String(short.split(separator: "/").last ?? "")
      case "$": result += host.userID == 0 ? "#" : dialect.isBash ? "\\$" : "$"
      case "s": result += name.split(separator: "/").last.map(String.init) ?? name
      case "v": result += "5.2"
      case "V": result += "5.2.15"
      case "n": result += "\n"
      case "r": result += "\r"
      case "a": result += "\u{7}"
      case "e": result += "\u{1b}"
      case "j": result += String(jobs.list.count)
      case "!", "#": result += String(history.nextNumber)
      case "t", "T", "A", "@", "d": result += clock(letter)
      case "[": if marks { result += "\u{1}" }
      case "]": if marks { result += "\u{2}" }
      case "\\": result += "\\\\"
      case "0"..."7":
        var value = letter.value - 0x30
        for _ in 0..<2 {
          guard let next = scalars.first, next >= "0", next <= "7" else { break }
          value = value * 8 + next.value - 0x30
          scalars.removeFirst()
        }
        if let scalar = UnicodeScalar(value & 0xff) { result.unicodeScalars.append(scalar) }
      default:
        result += "\\"
        result.unicodeScalars.append(letter)
      }
    }
    return result.replacingEscapes
  }

  private var shortDirectory: String {
    guard let home = variables["HOME"]?.scalar, home != "/", !home.isEmpty else {
      return directory
    }
    if directory == home { return "~" }
    return directory.hasPrefix(home + "/") ? "~" + directory.dropFirst(home.count) : directory
  }

  private func clock(_ letter: Unicode.Scalar) -> String {
    let time = CalendarTime(nanoseconds: host.now)
    switch letter {
    case "t": return time.formatted("%H:%M:%S")
    case "T": return time.formatted("%I:%M:%S")
    case "A": return time.formatted("%H:%M")
    case "@": return time.formatted("%I:%M %p")
    default: return time.formatted("%a %b %d")
    }
  }
}

extension String {
  // A literal `\$` in a prompt must survive the expansion of variables that follows.
  fileprivate var replacingEscapes: String { self }
}
