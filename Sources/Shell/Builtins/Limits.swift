extension Builtin {
  static let umask = Builtin("umask") { call in
    let scanner = OptionScanner(call.arguments, "Sp")
    let mask = call.shell.host.fileMask
    guard let text = scanner.operands.first else {
      if scanner.flags.contains("S") {
        func letters(_ bits: Int) -> String {
          (bits & 4 == 0 ? "r" : "") + (bits & 2 == 0 ? "w" : "") + (bits & 1 == 0 ? "x" : "")
        }
        let parts = "u=\(letters(mask >> 6)),g=\(letters(mask >> 3)),o=\(letters(mask))\n"
        try await call.print(parts)
      } else {
        let octal = String(mask, radix: 8)
        let zeros = String(repeating: "0", count: max(0, 4 - octal.utf8.count))
        try await call.print("\(scanner.flags.contains("p") ? "umask " : "")\(zeros)\(octal)\n")
      }
      return 0
    }
    guard let value = Int(text, radix: 8), value >= 0, value <= 0o777 else {
      guard let symbolic = SymbolicMask.apply(text, to: mask) else {
        switch call.shell.dialect.family {
        case .bash:
          let isNumber = text.first?.isNumber ?? false
          await call.complain(
            isNumber
              ? "\(text): octal number out of range"
              : "`\(text.prefix(1))': invalid symbolic mode operator")
          return 1
        case .dash:
          let isNumber = text.first?.isNumber ?? false
          await call.complain("Illegal \(isNumber ? "number" : "mode"): \(text)")
        case .ash: await call.complain("illegal mode: \(text)")
        }
        return 2
      }
      call.shell.host.fileMask = symbolic
      return 0
    }
    call.shell.host.fileMask = value
    return 0
  }

  static let ulimit = Builtin("ulimit") { call in
    let known: [(letter: Character, label: String, value: String)] = [
      ("c", "core file size              (blocks, -c) ", "0"),
      ("d", "data seg size               (kbytes, -d) ", "unlimited"),
      ("f", "file size                   (blocks, -f) ", "unlimited"),
      ("l", "max locked memory           (kbytes, -l) ", "8192"),
      ("m", "max memory size             (kbytes, -m) ", "unlimited"),
      ("n", "open files                          (-n) ", "1048576"),
      ("s", "stack size                  (kbytes, -s) ", "8192"),
      ("t", "cpu time                   (seconds, -t) ", "unlimited"),
      ("u", "max user processes                  (-u) ", "unlimited"),
      ("v", "virtual memory              (kbytes, -v) ", "unlimited"),
    ]
    let scanner = OptionScanner(call.arguments, "HSacdflmnstuv")
    if let bad = scanner.invalid {
      return await call.refuse(option: bad, usage: "ulimit [-SHacdflmnstuv] [limit]")
    }
    if scanner.flags.contains("a") {
      for limit in known {
        let value = call.shell.limits[limit.letter] ?? limit.value
        try await call.print("\(limit.label)\(value)\n")
      }
      return 0
    }
    let letter = scanner.flags.first { $0 != "H" && $0 != "S" } ?? "f"
    guard let limit = known.first(where: { $0.letter == letter }) else {
      return await call.refuse(option: "-\(letter)", usage: "ulimit [-SHacdflmnstuv] [limit]")
    }
    guard let value = scanner.operands.first else {
      try await call.print("\(call.shell.limits[letter] ?? limit.value)\n")
      return 0
    }
    guard value == "unlimited" || Int(value) != nil else {
      await call.complain("\(value): invalid number")
      return 1
    }
    call.shell.limits[letter] = value
    return 0
  }

  static let times = Builtin("times", isSpecial: true) { call in
    try await call.print("0m0.000s 0m0.000s\n0m0.000s 0m0.000s\n")
    return 0
  }
}

/// `u=rwx,g=rx,o=` as `umask` reads it.
private enum SymbolicMask {
  static func apply(_ text: String, to mask: Int) -> Int? {
    var allowed = ~mask & 0o777
    for clause in text.split(separator: ",") {
      guard let at = clause.firstIndex(where: { "=+-".contains($0) }) else { return nil }
      var who = 0
      for letter in clause[..<at] {
        switch letter {
        case "u": who |= 0o700
        case "g": who |= 0o070
        case "o": who |= 0o007
        case "a": who |= 0o777
        default: return nil
        }
      }
      if who == 0 { who = 0o777 }
      var bits = 0
      for letter in clause[clause.index(after: at)...] {
        switch letter {
        case "r": bits |= 0o444
        case "w": bits |= 0o222
        case "x": bits |= 0o111
        default: return nil
        }
      }
      switch clause[at] {
      case "=": allowed = allowed & ~who | bits & who
      case "+": allowed |= bits & who
      default: allowed &= ~(bits & who)
      }
    }
    return ~allowed & 0o777
  }
}
