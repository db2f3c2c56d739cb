package import Shell
import Simulation

/// Shows the journal: `journalctl`.
package struct JournalControl: Program {
  package let name = "journalctl"

  package init() {}

  package func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      Self.joined(process.arguments),
      "u,unit= f,follow n,lines= no-pager r,reverse S,since= U,until= e,pager-end x,catalog "
        + "o,output= b,boot? p,priority= k,dmesg g,grep= q,quiet a,all no-hostname t,identifier= "
        + "no-tail list-boots disk-usage vacuum-time= l,full utc case-sensitive")
    guard let services = process.machine.services else {
      try await process.writeError("No journal files were found.\n-- No entries --\n")
      return 1
    }
    let journal = services.journal
    if options.has("list-boots") {
      try await process.write(Self.bootList(journal, process.machine))
      return 0
    }
    let view = View(options, process.machine, journal)
    guard view.knowsBoot else {
      try await process.writeError(
        "Data from the specified boot is not available: No such boot ID in journal\n")
      return 1
    }
    if options.has("k") {
      try await process.write("-- No entries --\n")
      return 0
    }
    var entries = journal.entries.filter(view.shows)
    if options.has("e"), options["n"] == nil { entries = entries.suffix(1000) }
    if let count = options["n"] {
      if count.hasPrefix("+") {
        entries = Array(entries.prefix(Int(count.dropFirst()) ?? 10))
      } else if count != "all" {
        entries = entries.suffix(max(0, Int(count) ?? 10))
      }
    } else if options.has("f"), !options.has("no-tail") {
      entries = entries.suffix(10)
    }
    if options.has("r") { entries.reverse() }
    if entries.isEmpty, !options.has("f") {
      if !options.has("q") { try await process.write("-- No entries --\n") }
      return 0
    }
    for entry in entries { try await process.write(view.text(entry) + "\n") }
    guard options.has("f") else { return 0 }
    var seen = journal.end
    let number = journal.follow { [weak process] in process?.waiter.wake() }
    defer { journal.stopFollowing(number) }
    while true {
      for entry in Array(journal.entries(from: seen)) where view.shows(entry) {
        try await process.write(view.text(entry) + "\n")
      }
      seen = journal.end
      try await process.wait()
    }
  }

  /// `-b -1` as `-b-1`: a number behind -b is its value.
  private static func joined(_ words: [String]) -> [String] {
    var joined: [String] = []
    for word in words {
      if joined.last == "-b", Int(word) != nil {
        joined[joined.count - 1] += word
      } else {
        joined.append(word)
      }
    }
    return joined
  }

  private static func bootList(_ journal: Journal, _ machine: Machine) -> String {
    let rows = journal.boots.enumerated().map { index, boot -> [String] in
      let end = journal.boots.dropFirst(index + 1).first?.moment
      let last = journal.entries.last { entry in end.map { entry.moment < $0 } ?? true }?.moment
      func text(_ moment: Moment) -> String {
        Calendar(moment).formatted("%a %Y-%m-%d %H:%M:%S UTC")
      }
      return [
        "\(index - journal.boots.count + 1)", boot.id.filter { $0 != "-" }, text(boot.moment),
        text(last ?? boot.moment),
      ]
    }
    return ColumnText.text(
      [["IDX", "BOOT ID" + String(repeating: " ", count: 25), "FIRST ENTRY", "LAST ENTRY"]] + rows)
  }

  /// Which entries are shown, and how.
  private struct View {
    let machine: Machine
    let units: [String]
    let identifiers: [String]
    let since: Moment?
    let until: Moment?
    let pattern: String?
    let isPlain: Bool
    let isJSON: Bool
    /// The gravest and the least grave that are shown, from 0 to 7.
    let priorities: ClosedRange<Int>
    /// When the wanted boot began and ended; nil: all of them.
    let boot: (from: Moment, until: Moment?)?
    let knowsBoot: Bool

    init(_ options: Options, _ machine: Machine, _ journal: Journal) {
      self.machine = machine
      units = options.values("u").map(ServiceManager.fullName)
      identifiers = options.values("t")
      since = options["S"].flatMap { JournalText.moment($0, now: machine.timeline.now) }
      until = options["U"].flatMap { JournalText.moment($0, now: machine.timeline.now) }
      pattern = options["g"]?.lowercased()
      isPlain = options["o"] == "cat"
      isJSON = options["o"]?.hasPrefix("json") == true
      priorities = Self.priorities(options["p"] ?? "")
      let number = options.has("b") ? Int(options["b"] ?? "") ?? 0 : nil
      boot = number.flatMap(journal.boot)
      knowsBoot = number == nil || boot != nil
    }

    private static let levels = [
      "emerg", "alert", "crit", "err", "warning", "notice", "info", "debug",
    ]

    /// `err`, `3`, `warning..err`.
    private static func priorities(_ text: String) -> ClosedRange<Int> {
      let ends = text.replacing("..", with: "~").split(separator: "~").compactMap { word in
        Int(word) ?? levels.firstIndex(of: String(word))
      }.map { min(max($0, 0), 7) }
      guard let last = ends.last else { return 0...7 }
      return ends.count > 1 ? min(ends[0], last)...max(ends[0], last) : 0...last
    }

    /// What services print is information; systemd itself says how grave its words are.
    private static func priority(of entry: Journal.Entry) -> Int {
      let text = entry.text
      if text.contains(": Failed at step ") || text.contains(": Failed to locate executable ") {
        return 3
      }
      guard entry.identifier == "systemd" else { return 6 }
      if text.hasPrefix("Failed to start ") { return 3 }
      if text.contains(": Failed with result ") || text.hasSuffix("repeated too quickly.") {
        return 4
      }
      return text.contains(": Main process exited, ") ? 5 : 6
    }

    func shows(_ entry: Journal.Entry) -> Bool {
      if priorities != 0...7, !priorities.contains(Self.priority(of: entry)) { return false }
      if !units.isEmpty, !units.contains(entry.unit) { return false }
      if !identifiers.isEmpty, !identifiers.contains(entry.identifier) { return false }
      if let boot, entry.moment < boot.from || boot.until.map({ $0 <= entry.moment }) == true {
        return false
      }
      if let since, entry.moment < since { return false }
      if let until, until < entry.moment { return false }
      if let pattern, !entry.text.lowercased().contains(pattern) { return false }
      return true
    }

    func text(_ entry: Journal.Entry) -> String {
      if isPlain { return entry.text }
      if isJSON {
        let micro = entry.moment.nanoseconds / 1000
        return "{\"__REALTIME_TIMESTAMP\":\"\(micro)\",\"_HOSTNAME\":\"\(machine.hostName)\","
          + "\"SYSLOG_IDENTIFIER\":\"\(entry.identifier)\",\"_PID\":\"\(entry.processID)\","
          + "\"_SYSTEMD_UNIT\":\"\(entry.unit)\",\"MESSAGE\":\"\(escaped(entry.text))\"}"
      }
      return JournalText.short(entry, machine)
    }

    private func escaped(_ text: String) -> String {
      var out = ""
      for character in text {
        switch character {
        case "\"": out += "\\\""
        case "\\": out += "\\\\"
        case "\t": out += "\\t"
        default: out.append(character)
        }
      }
      return out
    }
  }
}

/// How entries and times of the journal read.
enum JournalText {
  static func short(_ entry: Journal.Entry, _ machine: Machine) -> String {
    let date = Calendar(entry.moment + machine.clockOffset).formatted("%b %d %T")
    return "\(date) \(machine.hostName) \(entry.identifier)[\(entry.processID)]: \(entry.text)"
  }

  /// systemd's way to tell how long ago something was: the two greatest units.
  static func age(_ span: Span) -> String {
    let seconds = max(0, span.seconds)
    if seconds < 60 { return "\(seconds)s" }
    if seconds < 600 { return "\(seconds / 60)min \(seconds % 60)s" }
    if seconds < 3600 { return "\(seconds / 60)min" }
    if seconds < 86400 { return "\(seconds / 3600)h \(seconds / 60 % 60)min" }
    return "\(seconds / 86400) day\(seconds < 172_800 ? "" : "s")"
  }

  /// `2026-06-01 09:00:00`, `09:00`, `5 min ago`, `-1h`, `today`, `now`.
  static func moment(_ text: String, now: Moment) -> Moment? {
    let today = Calendar(now)
    let midnight = Calendar(year: today.year, month: today.month, day: today.day).moment
    switch text {
    case "now": return now
    case "today": return midnight
    case "yesterday": return midnight + -Span.hours(24)
    default: break
    }
    var relative = text
    if relative.hasSuffix(" ago") { relative.removeLast(4) }
    if relative.hasPrefix("-") { relative.removeFirst() }
    if relative != text, let span = span(relative) { return now + -span }
    let parts = text.split { $0 == " " || $0 == "T" }.map(String.init)
    guard let last = parts.last else { return nil }
    let date = parts.first.map { $0.split(separator: "-").compactMap { Int($0) } } ?? []
    let clock = last.split(separator: ":").compactMap { Int($0) }
    let hasDate = date.count == 3
    let time = clock.count >= 2 && last.contains(":") ? clock : []
    guard hasDate || !time.isEmpty else { return nil }
    return Calendar(
      year: hasDate ? date[0] : today.year, month: hasDate ? date[1] : today.month,
      day: hasDate ? date[2] : today.day, hour: time.first ?? 0,
      minute: time.count > 1 ? time[1] : 0, second: time.count > 2 ? time[2] : 0
    ).moment
  }

  static func span(_ text: String) -> Span? {
    let digits = text.prefix { $0.isNumber }
    guard let number = Int64(digits) else { return nil }
    let unit = text.dropFirst(digits.count).drop { $0 == " " }
    let scale: Int64
    switch unit.lowercased() {
    case "s", "sec", "second", "seconds", "": scale = 1
    case "m", "min", "minute", "minutes": scale = 60
    case "h", "hr", "hour", "hours": scale = 3600
    case "d", "day", "days": scale = 86_400
    default: return nil
    }
    let (product, overflow) = number.multipliedReportingOverflow(by: scale)
    return overflow ? nil : .seconds(product)
  }
}

/// The older way to control services: `service NAME start`.
package struct ServiceCommand: Program {
  package let name = "service"

  package init() {}

  package func run(_ process: Process) async throws -> ExitStatus {
    let words = process.arguments
    guard let first = words.first, words.count > 1 || first == "--status-all" else {
      try await process.writeError(
        "Usage: service < option > | --status-all | [ service_name [ command | --full-restart ] ]\n"
      )
      return 1
    }
    if first == "--status-all" {
      for unit in process.machine.services?.allNames() ?? [] {
        let isUp = process.machine.services?.states[unit]?.activity == .active
        try await process.write(" [ \(isUp ? "+" : "-") ]  \(unit.dropLast(8))\n")
      }
      return 0
    }
    let child = try process.start(
      ["systemctl", words[1], first], environment: process.environment, directory: nil,
      caller: process.caller)
    return try await process.wait(for: child)
  }
}
