import Shell
import Simulation

/// What `systemctl list-timers` and `list-sockets` show.
extension SystemControlRun {
  func listOther(_ verb: String) async throws -> ExitStatus {
    let kind = verb == "list-timers" ? "timers" : "sockets"
    let units = services.allNames(".\(kind.dropLast())").compactMap { services.unit($0) }.filter {
      options.has("a") || services.states[$0.name]?.activity == .active
    }
    var rows = units.map { verb == "list-timers" ? timer($0) : socket($0) }
    if verb == "list-timers" { rows.sort { $0.order < $1.order } }
    let head =
      verb == "list-timers"
      ? ["NEXT", "LEFT", "LAST", "PASSED", "UNIT", "ACTIVATES"] : ["LISTEN", "UNIT", "ACTIVATES"]
    let table = ColumnText.text([head] + rows.map(\.cells))
    try await process.write(
      "\(table)\n\(rows.count) \(kind) listed.\n"
        + (options.has("a") ? "" : "Pass --all to see loaded but inactive \(kind), too.\n"))
    return 0
  }

  private func timer(_ unit: UnitFile) -> (order: Moment, cells: [String]) {
    let machine = process.machine
    let state = services.states[unit.name] ?? .init()
    func date(_ moment: Moment) -> String {
      Calendar(moment + machine.clockOffset).formatted("%a %Y-%m-%d %H:%M:%S UTC")
    }
    let now = machine.timeline.now
    return (
      state.next ?? Moment(seconds: .max / 1_000_000_000),
      [
        state.next.map(date) ?? "-", state.next.map { JournalText.age($0 - now) } ?? "-",
        state.elapsed.map(date) ?? "-",
        state.elapsed.map { JournalText.age(now - $0) + " ago" } ?? "-", unit.name,
        services.target(of: unit),
      ]
    )
  }

  private func socket(_ unit: UnitFile) -> (order: Moment, cells: [String]) {
    let ends = ["ListenStream", "ListenDatagram"].flatMap { unit.all("Socket", $0) }
    let service =
      unit["Socket", "Service"] ?? String(unit.name.dropLast(".socket".count)) + ".service"
    return (Moment(seconds: 0), [ends.joined(separator: ", "), unit.name, service])
  }
}
