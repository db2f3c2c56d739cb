import Shell

/// Open files and sockets: `lsof`.
struct OpenFiles: Program {
  let name = "lsof"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(process.arguments, "i? n P p= u= t c= a s?")
    let machine = process.machine
    var rows: [Row]
    if options.has("i") {
      let filter = SocketFilter(options["i"] ?? options.operands.first ?? "")
      rows = (machine.network?.listeners(on: machine) ?? []).filter(filter.takes).compactMap {
        Row($0, namesPorts: !options.has("P"), namesHosts: !options.has("n"))
      }
    } else {
      rows = machine.processes.keys.sorted().flatMap { id in
        machine.processes[id].map { Self.rows(of: $0, on: machine) } ?? []
      }
    }
    if let ids = options["p"]?.split(separator: ",") {
      rows.removeAll { row in !ids.contains { $0 == "\(row.process)" } }
    }
    if let command = options["c"] { rows.removeAll { !$0.command.hasPrefix(command) } }
    if let user = options["u"] { rows.removeAll { $0.user != user } }
    // Only root sees what is not its own.
    if process.caller.user != 0 {
      let own = machine.accounts.userName(process.caller.user)
      rows.removeAll { $0.user != own }
    }
    guard !rows.isEmpty else { return 1 }
    if options.has("t") {
      let ids = Set(rows.map(\.process)).sorted()
      try await process.write(ids.map { "\($0)\n" }.joined())
      return 0
    }
    rows.sort { $0.process < $1.process }
    try await process.write(Self.table(rows))
    return 0
  }

  /// lsof's columns: numbers to the right, the command cut at nine characters.
  private static func table(_ rows: [Row]) -> String {
    let head = [
      "COMMAND", "PID", "USER", "FD", "TYPE", "DEVICE", "SIZE/OFF", "NODE", "NAME",
    ]
    let cells = rows.map(\.cells)
    let widths = head.indices.map { column in
      max(column == 3 ? 4 : head[column].count, cells.map { $0[column].count }.max() ?? 0)
    }
    func line(_ row: [String], _ access: String) -> String {
      let spaced = row.indices.dropLast().map { column in
        let gap = String(repeating: " ", count: max(0, widths[column] - row[column].count))
        return column == 0 ? row[column] + gap : gap + row[column] + (column == 3 ? access : "")
      }
      return spaced.joined(separator: " ") + " " + (row.last ?? "") + "\n"
    }
    return line(head, "  ") + zip(cells, rows).map { line($0, $1.access) }.joined()
  }

  private static func rows(of other: Process, on machine: Machine) -> [Row] {
    let user = machine.accounts.userName(other.caller.user)
    var row = Row(command: other.called, process: other.id, user: user)
    row.name = other.directory
    return [row]
      + other.files.keys.sorted().map { number in
        var row = Row(command: other.called, process: other.id, user: user)
        (row.descriptor, row.access, row.type) = ("\(number)", "u ", "CHR")
        (row.device, row.size, row.node, row.name) = ("136,0", "0t0", "3", "/dev/pts/0")
        return row
      }
  }

  /// One open file.
  private struct Row {
    var command: String
    var process: Int
    var user: String
    var descriptor = "cwd"
    var access = "  "
    var type = "DIR"
    var device = "253,1"
    var size = "4096"
    var node = "2"
    var name = "/"

    init(command: String, process: Int, user: String) {
      self.command = command
      self.process = process
      self.user = user
    }

    /// A socket; nil when nobody here holds it.
    init?(_ socket: ListeningSocket, namesPorts: Bool, namesHosts: Bool) {
      guard let process = socket.processID else { return nil }
      self.init(command: socket.program ?? "-", process: process, user: "root")
      (descriptor, access, type) = ("3", "u ", socket.isDual ? "IPv6" : "IPv4")
      (device, size, node) = ("\(20_000 + socket.port)", "0t0", socket.transport.rawValue)
      let port = (namesPorts ? ServiceNames.name(of: socket.port) : nil) ?? "\(socket.port)"
      let isAny = socket.isDual || socket.address == "0.0.0.0"
      let host = namesHosts && socket.address == "127.0.0.1" ? "localhost" : socket.address
      name = "\(isAny ? "*" : host):\(port)" + (socket.transport == .tcp ? " (LISTEN)" : "")
    }

    var cells: [String] {
      [
        String(command.prefix(9)), "\(process)", user, descriptor, type, device, size, node, name,
      ]
    }
  }
}

/// Which sockets an Internet address of lsof means: `[4|6][tcp|udp][@host][:ports]`.
private struct SocketFilter {
  private var isDual: Bool?
  private var transport: Transport?
  private var ports: [ClosedRange<Int>] = []

  init(_ text: String) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    var kind = parts[0].prefix { $0 != "@" }.lowercased()
    if let first = kind.first, "46".contains(first) {
      isDual = first == "6"
      kind.removeFirst()
    }
    transport = Transport(rawValue: kind.uppercased())
    guard parts.count == 2 else { return }
    ports = parts[1].split(separator: ",").map { part in
      let ends = part.split(separator: "-").map { ServiceNames.port($0) ?? -1 }
      let low = ends.first ?? -1
      return low...max(low, ends.last ?? low)
    }
  }

  func takes(_ socket: ListeningSocket) -> Bool {
    (isDual.map { $0 == socket.isDual } ?? true)
      && (transport.map { $0 == socket.transport } ?? true)
      && (ports.isEmpty || ports.contains { $0.contains(socket.port) })
  }
}
