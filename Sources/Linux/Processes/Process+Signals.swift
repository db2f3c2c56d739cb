import Shell
import Simulation

extension Process {
  /// Sends a signal. From outside (`byMachine`) even process 1 of a container obeys SIGKILL.
  package func signal(_ number: Int32, byMachine: Bool = false) {
    guard status == nil, number != 0 else { return }
    if trapped.contains(number), number != Signal.kill {
      pendingSignals.append(number)
      waiter.wake()
      return
    }
    guard Signal.ends(number) else { return }
    // The kernel's rule: the first process of a namespace gets only signals it has a handler for.
    if isInteractiveShell {
      if number == Signal.terminate || number == Signal.quit { return }
    } else if id == 1, !(byMachine && number == Signal.kill) {
      return
    }
    killedBy = number
    waiter.cancel()
  }

  /// The process and all that it started, directly or not, oldest first.
  package var family: [Process] {
    var ids: Set<Int> = [id]
    var found = [self]
    for other in machine.processes.keys.sorted() {
      guard let process = machine.processes[other], ids.contains(process.parentID),
        ids.insert(other).inserted
      else { continue }
      found.append(process)
    }
    return found
  }

  /// What a terminal does to the processes in front of it.
  package func signalFamily(_ number: Int32) {
    for member in foreground.reversed() { member.signal(number) }
  }

  /// The process group in front: an interactive shell gives what it runs a group of its own, so that
  /// a key reaches the innermost one and what that runs, none of those around it.
  package var foreground: [Process] {
    let family = family
    guard let inner = family.dropFirst().last(where: \.isInteractiveShell) else { return family }
    return inner.family
  }

  /// Which signals the program handles itself (`takeSignals`), instead of being ended.
  package func handle(_ signals: Set<Int32>) { trapped = signals }

  package var hasNoSignals: Bool { pendingSignals.isEmpty }

  /// Handled signals that came since the last call.
  package func takeSignals() -> [Int32] {
    defer { pendingSignals = [] }
    return pendingSignals
  }
}

/// Signal numbers and names of Linux.
package enum Signal {
  package static let hangUp: Int32 = 1
  package static let interrupt: Int32 = 2
  package static let quit: Int32 = 3
  package static let kill: Int32 = 9
  package static let pipe: Int32 = 13
  package static let terminate: Int32 = 15
  package static let windowChange: Int32 = 28

  /// Names by number, from 1.
  package static let names = [
    "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
    "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG",
    "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
  ]

  /// A number or a name, with or without `SIG`; nil when there is none such.
  package static func number(_ text: String) -> Int32? {
    if let number = Int32(text) { return (0...64).contains(number) ? number : nil }
    let upper = text.uppercased()
    let plain = upper.hasPrefix("SIG") ? String(upper.dropFirst(3)) : upper
    return names.firstIndex(of: plain).map { Int32($0 + 1) }
  }

  /// Whether a process without a handler ends.
  static func ends(_ number: Int32) -> Bool {
    ![17, 18, 19, 20, 21, 22, 23, 28].contains(number)
  }
}

extension Process {
  /// An interactive shell lives on after the Ctrl-C that ended its line.
  package func surviveSignal() {
    killedBy = nil
    waiter.clearCancellation()
  }
}
