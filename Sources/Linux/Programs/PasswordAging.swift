import Shell
import Simulation

/// Shows and changes when a password has to be changed: `chage`.
struct PasswordAging: Program {
  let name = "chage"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments,
      "l,list M,maxdays= m,mindays= W,warndays= E,expiredate= I,inactive= d,lastday=", status: 2)
    guard let user = options.operands.first else {
      throw UsageError("Usage: chage [options] LOGIN", hint: false, status: 2)
    }
    guard process.caller.user == 0 else {
      try await process.complain("Permission denied.")
      return 1
    }
    var rows = (process.machine.files.text("/etc/shadow") ?? "").split(separator: "\n").map {
      $0.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    }
    guard process.machine.accounts.user(user) != nil,
      let place = rows.firstIndex(where: { $0.first == user && $0.count >= 8 })
    else {
      try await process.complain("user '\(user)' does not exist in /etc/passwd")
      return 1
    }
    if options.has("l") {
      try await process.write(Self.text(rows[place]))
      return 0
    }
    for (option, column) in [("d", 2), ("m", 3), ("M", 4), ("W", 5), ("I", 6), ("E", 7)] {
      guard let value = options[option] else { continue }
      guard let days = Self.days(value) else {
        try await process.complain("invalid date '\(value)'")
        return 2
      }
      rows[place][column] = days < 0 ? "" : String(days)
    }
    try process.machine.files.write(
      rows.map { $0.joined(separator: ":") + "\n" }.joined(), to: "/etc/shadow")
    return 0
  }

  /// Days since the epoch: a number, or a date as 2027-01-31.
  private static func days(_ text: String) -> Int? {
    if let number = Int(text) { return number }
    let parts = text.split(separator: "-").compactMap { Int($0) }
    guard parts.count == 3, (1...9999).contains(parts[0]), (1...12).contains(parts[1]),
      (1...31).contains(parts[2])
    else { return nil }
    return Int(Calendar(year: parts[0], month: parts[1], day: parts[2]).moment.seconds / 86400)
  }

  private static func text(_ row: [String]) -> String {
    func date(_ days: Int?) -> String {
      guard let days, (0...1_000_000).contains(days) else { return "never" }
      return Calendar(Moment(seconds: Int64(days) * 86400)).formatted("%b %d, %Y")
    }
    // Anybody who is root may have written anything there.
    func number(_ column: Int) -> Int? { Int(row[column]).map { min(max($0, -1), 1 << 30) } }
    let (last, most) = (number(2), number(4) ?? 99_999)
    let end = most >= 99_999 ? nil : last.map { $0 + most }
    let idle = number(6).flatMap { idle in end.map { $0 + idle } }
    return """
      Last password change\t\t\t\t\t: \(last == 0 ? "password must be changed" : date(last))
      Password expires\t\t\t\t\t: \(date(end))
      Password inactive\t\t\t\t\t: \(date(idle))
      Account expires\t\t\t\t\t\t: \(date(Int(row[7])))
      Minimum number of days between password change\t\t: \(Int(row[3]) ?? 0)
      Maximum number of days between password change\t\t: \(most)
      Number of days of warning before password expires\t: \(Int(row[5]) ?? 7)

      """
  }
}
