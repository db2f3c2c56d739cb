/// The signals' names and numbers.
package enum Signals {
  package static let names: [(name: String, number: Int32)] = [
    ("HUP", 1), ("INT", 2), ("QUIT", 3), ("ILL", 4), ("TRAP", 5), ("ABRT", 6), ("BUS", 7),
    ("FPE", 8), ("KILL", 9), ("USR1", 10), ("SEGV", 11), ("USR2", 12), ("PIPE", 13),
    ("ALRM", 14), ("TERM", 15), ("STKFLT", 16), ("CHLD", 17), ("CONT", 18), ("STOP", 19),
    ("TSTP", 20), ("TTIN", 21), ("TTOU", 22), ("URG", 23), ("XCPU", 24), ("XFSZ", 25),
    ("VTALRM", 26), ("PROF", 27), ("WINCH", 28), ("IO", 29), ("PWR", 30), ("SYS", 31),
  ]

  /// `TERM`, `SIGTERM`, `term` or `15`.
  package static func number(of text: String) -> Int32? {
    if let number = Int32(text) { return number >= 0 && number < 65 ? number : nil }
    var name = text.uppercased()
    if name.hasPrefix("SIG") { name.removeFirst(3) }
    return names.first { $0.name == name }?.number
  }

  package static func name(of number: Int32) -> String? {
    names.first { $0.number == number }?.name
  }

  /// How a shell says that a signal ended a process.
  package static func description(of number: Int32) -> String {
    switch number {
    case 1: "Hangup"
    case 2: "Interrupt"
    case 3: "Quit"
    case 4: "Illegal instruction"
    case 6: "Aborted"
    case 8: "Floating point exception"
    case 9: "Killed"
    case 10: "User defined signal 1"
    case 11: "Segmentation fault"
    case 12: "User defined signal 2"
    case 13: "Broken pipe"
    case 14: "Alarm clock"
    case 15: "Terminated"
    default: "Signal \(number)"
    }
  }
}

/// What a trap waits for.
enum TrapCondition: Hashable {
  case exit, error, debug, leave
  case signal(Int32)

  init?(_ text: String) {
    switch text.uppercased() {
    case "EXIT", "0", "SIGEXIT": self = .exit
    case "ERR": self = .error
    case "DEBUG": self = .debug
    case "RETURN": self = .leave
    default:
      guard let number = Signals.number(of: text) else { return nil }
      self = .signal(number)
    }
  }

  var name: String {
    switch self {
    case .exit: "EXIT"
    case .error: "ERR"
    case .debug: "DEBUG"
    case .leave: "RETURN"
    case .signal(let number): "SIG" + (Signals.name(of: number) ?? String(number))
    }
  }

  /// The place in `trap -p`'s listing.
  var order: Int32 {
    switch self {
    case .exit: 0
    case .signal(let number): number
    case .debug: 100
    case .error: 101
    case .leave: 102
    }
  }
}
