import Shell

/// Permission bits in the forms that people write and read.
enum FileMode {
  /// What an octal or symbolic change (`u+x,go-w`, `755`) makes of a mode; nil when malformed.
  static func change(_ text: String, _ mode: Int, isDirectory: Bool, mask: Int) -> Int? {
    if let first = text.utf8.first, first.isDigit {
      guard let octal = Int(text, radix: 8), octal <= 0o7777 else { return nil }
      return octal
    }
    var mode = mode
    for clause in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let changed = apply(clause, mode, isDirectory: isDirectory, mask: mask) else {
        return nil
      }
      mode = changed
    }
    return mode
  }

  private static func apply(
    _ clause: Substring, _ start: Int, isDirectory: Bool, mask: Int
  ) -> Int? {
    var rest = clause
    var who = 0
    while let letter = rest.first, "ugoa".contains(letter) {
      switch letter {
      case "u": who |= 0o4700
      case "g": who |= 0o2070
      case "o": who |= 0o1007
      default: who |= 0o7777
      }
      rest = rest.dropFirst()
    }
    guard let operation = rest.first, "+-=".contains(operation) else { return nil }
    var mode = start
    while let operation = rest.popFirst() {
      guard "+-=".contains(operation) else { return nil }
      var bits = 0
      while let letter = rest.first, !"+-=".contains(letter) {
        rest = rest.dropFirst()
        switch letter {
        case "r": bits |= 0o444
        case "w": bits |= 0o222
        case "x": bits |= 0o111
        case "X": if isDirectory || start & 0o111 != 0 { bits |= 0o111 }
        case "s": bits |= 0o6000
        case "t": bits |= 0o1000
        case "u": bits |= spread(start >> 6)
        case "g": bits |= spread(start >> 3)
        case "o": bits |= spread(start)
        default: return nil
        }
      }
      let affected = who == 0 ? 0o7777 & ~mask : who
      switch operation {
      case "+": mode |= bits & affected
      case "-": mode &= ~(bits & affected)
      default: mode = mode & ~(who == 0 ? 0o777 : who & 0o777) | bits & affected
      }
    }
    return mode
  }

  private static func spread(_ bits: Int) -> Int { (bits & 7) * 0o111 }

  /// As `ls -l` shows it.
  static func text(_ status: FileStatus) -> String {
    let kind =
      switch status.kind {
      case .file: "-"
      case .directory: "d"
      case .link: "l"
      case .pipe: "p"
      case .characterDevice: "c"
      case .socket: "s"
      }
    let mode = status.mode
    func three(_ shift: Int, _ special: Int, _ letters: (String, String)) -> String {
      let bits = mode >> shift
      let execute = bits & 1 != 0
      let last = mode & special != 0 ? (execute ? letters.0 : letters.1) : execute ? "x" : "-"
      return (bits & 4 != 0 ? "r" : "-") + (bits & 2 != 0 ? "w" : "-") + last
    }
    return kind + three(6, 0o4000, ("s", "S")) + three(3, 0o2000, ("s", "S"))
      + three(0, 0o1000, ("t", "T"))
  }
}
