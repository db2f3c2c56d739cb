import Shell
import Simulation

/// Small tools of the text and the house: `whereis`, `uuidgen`, `sync`, `cal`, `telnet`.
struct SmallTool: Program {
  let name: String

  init(_ name: String) { self.name = name }

  func run(_ process: Process) async throws -> ExitStatus {
    switch name {
    case "sync": return 0
    case "uuidgen":
      var digits = Array(
        (0..<4).map { _ in
          let part = String(process.machine.randomBits() & 0xFFFF_FFFF, radix: 16)
          return String(repeating: "0", count: 8 - part.count) + part
        }.joined())
      digits[12] = "4"
      digits[16] = "a"
      let parts = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }
      try await process.write(parts.joined(separator: "-") + "\n")
      return 0
    case "whereis":
      for word in process.arguments where !word.hasPrefix("-") {
        let found = ["/usr/bin/", "/usr/sbin/", "/usr/local/bin/"].map { $0 + word }.filter {
          process.status($0) != nil
        }
        try await process.write("\(word):\(found.map { " " + $0 }.joined())\n")
      }
      return 0
    case "cal": return try await calendar(process)
    default: return try await telnet(process)
    }
  }

  private func calendar(_ process: Process) async throws -> ExitStatus {
    let today = Calendar(process.machine.now)
    let numbers = process.arguments.filter { !$0.hasPrefix("-") }.map { Int($0) }
    guard numbers.count <= 2, !numbers.contains(nil) else {
      throw UsageError("not a valid year \(process.arguments.last ?? "")", hint: false)
    }
    guard numbers.count != 1 else {
      throw UsageError("drydock: not simulated: a whole year of cal", hint: false)
    }
    let month = numbers.first.flatMap { $0 } ?? today.month
    let year = numbers.last.flatMap { $0 } ?? today.year
    guard (1...12).contains(month), (1...9999).contains(year) else {
      throw UsageError("illegal month value: use 1-12", hint: false)
    }
    let first = Calendar(year: year, month: month, day: 1)
    let next = Calendar(
      year: month == 12 ? year + 1 : year, month: month == 12 ? 1 : month + 1, day: 1)
    let days = Int((next.moment.seconds - first.moment.seconds) / 86400)
    let title = "\(Calendar.months[month - 1]) \(year)"
    var text = String(repeating: " ", count: max(0, (20 - title.count) / 2)) + title + "\n"
    text += "Su Mo Tu We Th Fr Sa\n" + String(repeating: "   ", count: first.weekday)
    for day in 1...days {
      text += (day < 10 ? " " : "") + "\(day)"
      text += (first.weekday + day) % 7 == 0 || day == days ? "\n" : " "
    }
    try await process.write(text)
    return 0
  }

  /// Connects, and passes lines until the far side ends.
  private func telnet(_ process: Process) async throws -> ExitStatus {
    let words = process.arguments.filter { !$0.hasPrefix("-") }
    guard let host = words.first else {
      if process.isBusyBox { throw UsageError("no host") }
      try await process.writeError("drydock: not simulated: telnet's own prompt\n")
      return 1
    }
    let port = words.dropFirst().first.flatMap { Int($0) } ?? 23
    let addresses = (try? Resolver(process.machine).lookUp(host).addresses) ?? []
    guard let address = addresses.first, let network = process.machine.network else {
      try await process.writeError(
        "telnet: could not resolve \(host)/\(port): Name or service not known\n")
      return 1
    }
    try await process.write("Trying \(address)...\n")
    let connection: any Connection
    do {
      connection = try await network.connect(
        from: process.machine, to: address, port: port, transport: .tcp, timeout: .seconds(127))
    } catch let failure as NetworkFailure {
      try await process.writeError(
        "telnet: Unable to connect to remote host: "
          + (failure == .refused ? "Connection refused\n" : "Connection timed out\n"))
      return 1
    }
    defer { connection.close() }
    try await process.write("Connected to \(host).\nEscape character is '^]'.\n")
    while let line = try await process.readLine() {
      do {
        try await connection.write(Array((line + "\r\n").utf8))
        connection.deadline = process.machine.timeline.now + .milliseconds(500)
        while true {
          let answer = try await connection.read(upTo: 1 << 16)
          if answer.isEmpty {
            try await process.write("Connection closed by foreign host.\n")
            return 1
          }
          try await process.write(answer)
        }
      } catch NetworkFailure.timedOut {
        continue
      } catch is NetworkFailure {
        try await process.write("Connection closed by foreign host.\n")
        return 1
      }
    }
    return 0
  }
}

/// The capabilities of a shell: `capsh --print`, `getpcaps`.
struct CapabilityShell: Program {
  let name: String

  init(_ name: String) { self.name = name }

  static func names(_ set: Capabilities) -> String {
    Capabilities.names.enumerated().filter { set.rawValue & 1 << UInt64($0.offset) != 0 }
      .map { "cap_" + $0.element.lowercased() }.joined(separator: ",")
  }

  func run(_ process: Process) async throws -> ExitStatus {
    if name == "getpcaps" {
      for word in process.arguments {
        guard let id = Int(word), let other = process.machine.table.processes[id] else {
          try await process.writeError("Failed to get cap's for process \(word)\n")
          return 1
        }
        let names = Self.names(other.caller.capabilities)
        try await process.write("\(id): \(names.isEmpty ? "=" : names + "=ep")\n")
      }
      return 0
    }
    let caller = process.caller
    let names = Self.names(caller.capabilities)
    let user = process.machine.accounts.userName(caller.user)
    if let decode = process.arguments.first(where: { $0.hasPrefix("--decode=") }) {
      let digits = decode.dropFirst(9)
      let bits = UInt64(digits.hasPrefix("0x") ? digits.dropFirst(2) : digits, radix: 16) ?? 0
      let padded = String(bits, radix: 16)
      try await process.write(
        "0x\(String(repeating: "0", count: 16 - padded.count))\(padded)="
          + "\(Self.names(Capabilities(rawValue: bits)))\n")
      return 0
    }
    try await process.write(
      """
      Current: \(names.isEmpty ? "=" : names + "=ep")
      Bounding set =\(Self.names(process.machine.confinement.bounding))
      Ambient set =
      Securebits: 00/0x0/1'b0 (no-new-privs=\(process.machine.confinement.forbidsNewPrivileges ? 1 : 0))
       secure-noroot: no (unlocked)
       secure-no-suid-fixup: no (unlocked)
       secure-keep-caps: no (unlocked)
      uid=\(caller.user)(\(user)) euid=\(caller.user)(\(user))
      gid=\(caller.group)(\(process.machine.accounts.groupName(caller.group)))

      """)
    return 0
  }
}

/// Cuts a file into pieces: `split`; joins sorted files: `join`.
struct FilePieces: Program {
  let name: String

  init(_ name: String) { self.name = name }

  func run(_ process: Process) async throws -> ExitStatus {
    if name == "join" { return try await join(process) }
    let options = try Options(
      process.arguments, "l,lines= b,bytes= d,numeric-suffixes a,suffix-length=", numbers: "l")
    let bytes = try await process.contents(of: options.operands.first ?? "-")
    let prefix = options.operands.dropFirst().first ?? "x"
    var pieces: [[UInt8]] = []
    if let size = options["b"].flatMap({ Int($0.prefix { $0.isNumber }) }) {
      let unit =
        options["b"]?.last == "k" || options["b"]?.last == "K"
        ? 1024 : options["b"]?.last == "M" ? 1 << 20 : 1
      let (product, overflow) = size.multipliedReportingOverflow(by: unit)
      let count = overflow ? Int.max : max(1, product)
      for start in stride(from: 0, to: bytes.count, by: count) {
        pieces.append(Array(bytes[start..<start + min(count, bytes.count - start)]))
      }
    } else {
      let count = max(1, options["l"].flatMap { Int($0) } ?? 1000)
      var current: [UInt8] = []
      var seen = 0
      for line in lines(of: bytes) {
        current += line + [.newline]
        seen += 1
        if seen % count == 0 {
          pieces.append(current)
          current = []
        }
      }
      if !current.isEmpty { pieces.append(current) }
    }
    let length = options["a"].flatMap { Int($0) } ?? 2
    let letters = Array(options.has("d") ? "0123456789" : "abcdefghijklmnopqrstuvwxyz")
    for (index, piece) in pieces.enumerated() {
      var suffix = ""
      var rest = index
      for _ in 0..<max(1, min(length, 8)) {
        suffix = String(letters[rest % letters.count]) + suffix
        rest /= letters.count
      }
      guard rest == 0 else { throw UsageError("output file suffixes exhausted", hint: false) }
      try process.replace(prefix + suffix, with: piece)
    }
    return 0
  }

  private func join(_ process: Process) async throws -> ExitStatus {
    let options = try Options(process.arguments, "t= 1= 2= a= i")
    guard options.operands.count == 2 else { throw UsageError("missing operand") }
    let separator = options["t"]?.first
    func fields(_ line: String) -> [String] {
      separator.map { mark in
        line.split(separator: mark, omittingEmptySubsequences: false).map(String.init)
      } ?? line.split { $0 == " " || $0 == "\t" }.map(String.init)
    }
    var tables: [[[String]]] = []
    for path in options.operands {
      tables.append(
        lines(of: try await process.contents(of: path)).map {
          fields(String(decoding: $0, as: UTF8.self))
        })
    }
    let columns = [options["1"], options["2"]].map { max(0, ($0.flatMap { Int($0) } ?? 1) - 1) }
    let mark = separator.map { String($0) } ?? " "
    var text = ""
    for left in tables[0] where columns[0] < left.count {
      for right in tables[1] where columns[1] < right.count && right[columns[1]] == left[columns[0]]
      {
        try await process.step()
        var row = [left[columns[0]]]
        row += left.enumerated().filter { $0.offset != columns[0] }.map(\.element)
        row += right.enumerated().filter { $0.offset != columns[1] }.map(\.element)
        text += row.joined(separator: mark) + "\n"
      }
    }
    try await process.write(text)
    return 0
  }
}

/// A calculator: `bc`, by the shell's own arithmetic and awk's fractions.
struct Calculator: Program {
  let name = "bc"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(process.arguments, "l,mathlib q,quiet")
    var scale = options.has("l") ? 20 : 0
    while let line = try await process.readLine() {
      for part in line.split(separator: ";") {
        let text = part.trimmedSides
        if text == "quit" { return 0 }
        if text.isEmpty { continue }
        if text.hasPrefix("scale=") || text.hasPrefix("scale =") {
          scale = Int(text.split(separator: "=").last?.trimmedSides ?? "") ?? scale
          continue
        }
        var reader = Reader(rest: text)
        guard let value = reader.sum(), reader.isAtEnd else {
          try await process.writeError("(standard_in) 1: syntax error\n")
          continue
        }
        guard value.isFinite else {
          try await process.writeError("Runtime error (func=(main), adr=3): Divide by zero\n")
          continue
        }
        let isWhole = value == value.rounded(.towardZero) && !(scale > 0 && text.contains("/"))
        let scaled = (0..<min(scale, 15)).reduce(1.0) { value, _ in value * 10 }
        let cut = (value * scaled).rounded(.towardZero) / scaled
        var shown = isWhole ? DecimalText.fixed(value, 0) : DecimalText.fixed(cut, min(scale, 15))
        // bc writes no zero before the point.
        if shown.hasPrefix("0.") { shown.removeFirst() }
        if shown.hasPrefix("-0.") { shown = "-" + shown.dropFirst(2) }
        try await process.write(shown + "\n")
      }
    }
    return 0
  }

  /// Sums, products, powers and parentheses.
  private struct Reader {
    var rest: Substring
    private var depth = 0

    init(rest: Substring) { self.rest = rest }

    var isAtEnd: Bool { rest.allSatisfy { $0 == " " } }

    private mutating func take(_ letters: String) -> Character? {
      rest = rest.drop { $0 == " " }
      guard let first = rest.first, letters.contains(first) else { return nil }
      rest.removeFirst()
      return first
    }

    mutating func sum() -> Double? {
      depth += 1
      defer { depth -= 1 }
      guard depth < 100, var value = product() else { return nil }
      while let sign = take("+-") {
        guard let next = product() else { return nil }
        value = sign == "+" ? value + next : value - next
      }
      return value
    }

    private mutating func product() -> Double? {
      guard var value = power() else { return nil }
      while let sign = take("*/%") {
        guard let next = power() else { return nil }
        value =
          sign == "*"
          ? value * next : sign == "/" ? value / next : value.truncatingRemainder(dividingBy: next)
      }
      return value
    }

    private mutating func power() -> Double? {
      guard let value = term() else { return nil }
      guard take("^") != nil else { return value }
      guard let exponent = power(), abs(exponent) <= 1024 else { return nil }
      var result = 1.0
      for _ in 0..<Int(abs(exponent)) { result *= value }
      return exponent < 0 ? 1 / result : result
    }

    private mutating func term() -> Double? {
      if take("(") != nil {
        guard let value = sum(), take(")") != nil else { return nil }
        return value
      }
      if take("-") != nil { return term().map { -$0 } }
      rest = rest.drop { $0 == " " }
      let digits = rest.prefix { $0.isNumber || $0 == "." }
      rest = rest.dropFirst(digits.count)
      return Double(digits.hasPrefix(".") ? "0" + digits : digits[...])
    }
  }
}
