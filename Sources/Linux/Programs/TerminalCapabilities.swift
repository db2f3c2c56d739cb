import Shell

/// Prints what a terminal can do, and what makes it do so: `tput`.
struct TerminalCapabilities: Program {
  let name = "tput"

  /// Of xterm and xterm-256color alike.
  private static let texts = [
    "bel": "\u{7}", "blink": "\u{1B}[5m", "bold": "\u{1B}[1m",
    "clear": "\u{1B}[H\u{1B}[2J\u{1B}[3J", "civis": "\u{1B}[?25l",
    "cnorm": "\u{1B}[?12l\u{1B}[?25h", "dim": "\u{1B}[2m", "ed": "\u{1B}[J", "el": "\u{1B}[K",
    "home": "\u{1B}[H", "op": "\u{1B}[39;49m", "rc": "\u{1B}8", "rev": "\u{1B}[7m",
    "rmcup": "\u{1B}[?1049l\u{1B}[23;0;0t", "rmso": "\u{1B}[27m", "rmul": "\u{1B}[24m",
    "sc": "\u{1B}7", "sgr0": "\u{1B}(B\u{1B}[m", "sitm": "\u{1B}[3m",
    "smcup": "\u{1B}[?1049h\u{1B}[22;0;0t", "smso": "\u{1B}[7m", "smul": "\u{1B}[4m",
  ]

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(process.arguments, "T=")
    guard let kind = options["T"] ?? process.environment["TERM"], !kind.isEmpty else {
      try await process.complain("No value for $TERM and no -T specified")
      return 2
    }
    guard ["xterm", "xterm-256color"].contains(kind) else {
      try await process.writeError("drydock: not simulated: tput for the terminal \(kind)\n")
      return 3
    }
    let numbers = options.operands.dropFirst().map { Int($0) ?? 0 }
    let size = process.terminal?.size
    let shown: String
    switch options.operands.first {
    case "cols": shown = "\(size?.columns ?? 80)\n"
    case "lines": shown = "\(size?.rows ?? 24)\n"
    case "colors": shown = kind == "xterm" ? "8\n" : "256\n"
    case "setaf": shown = Self.colour(3, numbers.first ?? 0, kind)
    case "setab": shown = Self.colour(4, numbers.first ?? 0, kind)
    case "cup":
      let place = (numbers + [0, 0]).prefix(2).map { String(min(max(0, $0), 65534) + 1) }
      shown = "\u{1B}[\(place.joined(separator: ";"))H"
    case let capability?:
      guard let text = Self.texts[capability] else {
        try await process.complain("unknown terminfo capability '\(capability)'")
        return 4
      }
      shown = text
    case nil:
      try await process.writeError("Usage: tput [options] [command]\n")
      return 2
    }
    try await process.write(shown)
    return 0
  }

  /// `setaf` (3) and `setab` (4): xterm has eight colours, xterm-256color brighter and finer ones.
  private static func colour(_ ground: Int, _ number: Int, _ kind: String) -> String {
    if kind == "xterm" || number < 8 { return "\u{1B}[\(ground)\(number)m" }
    if number < 16 { return "\u{1B}[\(ground + 6)\(number - 8)m" }
    return "\u{1B}[\(ground)8;5;\(number)m"
  }
}
