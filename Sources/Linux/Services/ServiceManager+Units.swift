import Simulation

/// Units that are no services: sockets, targets and timers.
extension ServiceManager {
  private static let folder = "/etc/systemd/system"

  /// The folders of links that targets want, in the order in which they are reached.
  var wantsFolders: [String] {
    ((try? machine.files.names(in: Self.folder)) ?? []).filter { $0.hasSuffix(".wants") }.sorted()
      .map { "\(Self.folder)/\($0)" }
  }

  package func isEnabled(_ name: String) -> Bool {
    wantsFolders.contains {
      machine.files.status("\($0)/\(name)", followingLinks: false) != nil
    }
  }

  /// Makes the link that starts the unit at boot; returns what systemctl prints.
  package func enable(_ unit: UnitFile) -> String {
    guard !isEnabled(unit.name), let path = unit.paths.first else { return "" }
    let target = unit["Install", "WantedBy"]?.split(separator: " ").first ?? "multi-user.target"
    let folder = "\(Self.folder)/\(target).wants"
    try? machine.files.makeDirectories(folder)
    try? machine.files.makeLink("\(folder)/\(unit.name)", to: path)
    return "Created symlink \(folder)/\(unit.name) \u{2192} \(path).\n"
  }

  package func disable(_ unit: UnitFile) -> String {
    wantsFolders.map { "\($0)/\(unit.name)" }.filter {
      machine.files.status($0, followingLinks: false) != nil
    }.map { path in
      try? machine.files.remove(path)
      return "Removed \"\(path)\".\n"
    }.joined()
  }

  /// Starts a unit without a process of its own.
  func activate(_ unit: UnitFile) -> Bool {
    let verb =
      unit.name.hasSuffix(".socket")
      ? "Listening on" : unit.name.hasSuffix(".target") ? "Reached target" : "Started"
    say(unit.name, "\(verb) \(unit.title).")
    change(unit.name) {
      $0.activity = .active
      $0.since = machine.timeline.now
    }
    if unit.name.hasSuffix(".timer") { schedule(unit) }
    return true
  }

  /// What a timer starts.
  func target(of unit: UnitFile) -> String {
    unit["Timer", "Unit"] ?? String(unit.name.dropLast(".timer".count)) + ".service"
  }

  private func schedule(_ unit: UnitFile) {
    let now = machine.timeline.now
    let state = states[unit.name] ?? State()
    func spans(_ key: String) -> [Span] { unit.all("Timer", key).compactMap(JournalText.span) }
    var moments: [Moment] = []
    for span in spans("OnBootSec") + spans("OnStartupSec") { moments.append(machine.booted + span) }
    for span in spans("OnActiveSec") { moments.append((state.since ?? now) + span) }
    if let last = state.elapsed {
      for span in spans("OnUnitActiveSec") + spans("OnUnitInactiveSec") {
        moments.append(last + span)
      }
    }
    moments = moments.filter { now < $0 }
    moments += unit.all("Timer", "OnCalendar").compactMap {
      CalendarRule($0)?.next(after: machine.now).map { $0 + -machine.clockOffset }
    }
    guard let next = moments.min() else { return change(unit.name) { $0.next = nil } }
    let timer = machine.timeline.at(next) { [weak self] in self?.elapsed(unit) }
    change(unit.name) {
      $0.next = next
      $0.timer = timer
    }
  }

  private func elapsed(_ unit: UnitFile) {
    guard states[unit.name]?.activity == .active else { return }
    change(unit.name) {
      $0.elapsed = machine.timeline.now
      $0.timer = nil
    }
    if let target = self.unit(target(of: unit)) { start(target) }
    schedule(unit)
  }
}
