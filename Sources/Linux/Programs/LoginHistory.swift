import Shell
import Simulation

/// Who has logged in, and when the machine started: `last`.
struct LoginHistory: Program {
  let name: String

  init(_ name: String = "last") { self.name = name }

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments, "n,limit= F,fulltimes a,hostlast i,ip w,fullnames x,system R,nohostname",
      numbers: "n")
    let machine = process.machine
    let form = options.has("F") ? "%a %b %e %H:%M:%S %Y" : "%a %b %e %H:%M"
    let when = Calendar(machine.booted).formatted(form)
    let file = name == "lastb" ? "btmp" : "wtmp"
    let begins = Calendar(machine.booted).formatted("%a %b %e %H:%M:%S %Y")
    var rows: [(user: String, line: String, host: String, end: String)] = []
    if name == "last" {
      rows = [
        ("root", "pts/0", "10.0.2.2", "still logged in"),
        ("reboot", "system boot", machine.kernel, "still running"),
      ]
    }
    let wanted = options.operands
    if !wanted.isEmpty {
      rows = rows.filter { wanted.contains($0.user) || wanted.contains($0.line) }
    }
    if let most = options["n"].flatMap({ Int($0) }), most >= 0 { rows = Array(rows.prefix(most)) }
    func pad(_ text: String, _ width: Int) -> String {
      let cut = text.prefix(width)
      return cut + String(repeating: " ", count: width - cut.count)
    }
    for row in rows {
      let host = options.has("R") || options.has("a") ? "" : " " + pad(row.host, 16)
      let tail = options.has("a") ? "     \(row.host)" : ""
      try await process.write(
        "\(pad(row.user, 8)) \(pad(row.line, 12))\(host) \(when)   \(row.end)\(tail)\n")
    }
    try await process.write("\n\(file) begins \(begins)\n")
    return 0
  }
}
