import Shell

/// Shows and changes a terminal's settings: `stty`.
struct TerminalSettings: Program {
  let name = "stty"

  private static let speed = "speed 38400 baud; "
  /// What stands in `-a` after the size, as a fresh pseudo-terminal of Linux has it.
  private static let all = """
    line = 0;
    intr = ^C; quit = ^\\; erase = ^?; kill = ^U; eof = ^D; eol = <undef>;
    eol2 = <undef>; swtch = <undef>; start = ^Q; stop = ^S; susp = ^Z; rprnt = ^R;
    werase = ^W; lnext = ^V; discard = ^O; min = 1; time = 0;
    -parenb -parodd -cmspar cs8 -hupcl -cstopb cread -clocal -crtscts
    -ignbrk -brkint -ignpar -parmrk -inpck -istrip -inlcr -igncr icrnl ixon -ixoff
    -iuclc -ixany -imaxbel -iutf8
    opost -olcuc -ocrnl onlcr -onocr -onlret -ofill -ofdel nl0 cr0 tab0 bs0 vt0 ff0
    isig icanon iexten echo echoe echok -echonl -noflsh -xcase -tostop -echoprt
    echoctl echoke -flusho -extproc

    """
  /// The modes that a terminal here always has.
  private static let modes = Set(
    all.split { " \n".contains($0) }.map(String.init).filter { word in
      !word.contains { ";=<^".contains($0) }
    })

  func run(_ process: Process) async throws -> ExitStatus {
    guard let terminal = process.standardInput as? any ControllingTerminal, terminal.isTerminal
    else {
      try await process.complain(
        "'standard input': Inappropriate ioctl for device",
        busyBox: "standard input: Inappropriate ioctl for device")
      return 1
    }
    var words = process.arguments[...]
    if words.isEmpty {
      try await process.write(Self.speed + "line = 0;\n-brkint -imaxbel\n")
      if !terminal.echoes { try await process.write("-echo\n") }
    }
    while let word = words.popFirst() {
      switch word {
      case "size": try await process.write("\(terminal.size.rows) \(terminal.size.columns)\n")
      case "-a", "--all":
        let echo = !terminal.echoes ? "iexten -echo" : "iexten echo"
        let (rows, columns) = (terminal.size.rows, terminal.size.columns)
        try await process.write(
          Self.speed + "rows \(rows); columns \(columns); "
            + Self.all.replacing("iexten echo", with: echo, maxReplacements: 1))
      case "cols", "columns", "rows":
        guard let text = words.popFirst() else {
          throw UsageError("missing argument to '\(word)'", hint: true)
        }
        guard let number = Int(text), (0...65535).contains(number) else {
          throw UsageError("invalid integer argument: '\(text)'", hint: false)
        }
        if word == "rows" { terminal.size.rows = number } else { terminal.size.columns = number }
      case "echo", "-echo", "sane", "cooked":
        terminal.echoes = word != "-echo"
      case _ where Self.modes.contains(word): break
      case "raw", "cbreak", "-g", "--save",
        _ where Self.modes.contains(word.hasPrefix("-") ? String(word.dropFirst()) : "-\(word)"):
        try await notSimulated(word, process)
        return 1
      default: throw UsageError("invalid argument '\(word)'", hint: true)
      }
    }
    return 0
  }

  private func notSimulated(_ word: String, _ process: Process) async throws {
    try await process.writeError("drydock: not simulated: stty \(word)\n")
  }
}
