package import Linux
package import Shell
import Simulation

/// Shows the packets that pass interfaces of a Pod or node: `tcpdump`.
package struct PacketCapture: Program {
  package let name = "tcpdump"
  // Used on the cluster's one thread only.
  nonisolated(unsafe) private unowned let network: ClusterNetwork

  package init(network: ClusterNetwork) { self.network = network }

  package func run(_ process: Process) async throws -> ExitStatus {
    let call: CaptureCall
    do { call = try CaptureCall(process.arguments) } catch let refusal as CaptureCall.Refusal {
      try await process.writeError(refusal.text)
      return refusal.status
    }
    let machine = process.machine
    guard let place = (machine.network ?? machine.wires) as? NetworkNamespace else {
      try await process.writeError("drydock: not simulated: tcpdump in a namespace of one's own\n")
      return 1
    }
    return try await CaptureRun(network, place, process, call).run()
  }
}

/// What one call of tcpdump asks for.
struct CaptureCall {
  struct Refusal: Error {
    var text: String
    var status: ExitStatus = 1
  }

  var interface: String?
  var count: Int?
  var isNumeric = false
  var showsText = false
  var dump: Character?
  var isVerbose = false
  var isQuiet = false
  var stamps = 0
  var listsInterfaces = false
  var asksVersion = false
  var length = 262_144
  var direction: Bool?
  var filter = CaptureFilter.all

  init(_ arguments: [String]) throws {
    var words: [String] = []
    var rest = arguments[...]
    while let word = rest.popFirst() {
      switch word {
      case "--interface": interface = rest.popFirst()
      case "--version": asksVersion = true
      case "--list-interfaces": listsInterfaces = true
      case _ where word.hasPrefix("--interface="): interface = String(word.dropFirst(12))
      case "--immediate-mode", "--number": break
      case _ where word.hasPrefix("-") && word.count > 1 && words.isEmpty:
        try take(word.dropFirst(), &rest)
      default: words.append(word)
      }
    }
    do throws(CaptureFilter.Problem) { filter = try CaptureFilter(words) } catch {
      throw Refusal(text: "tcpdump: can't parse filter expression: \(error.text)\n")
    }
  }

  private mutating func take(_ letters: Substring, _ rest: inout ArraySlice<String>) throws {
    var letters = letters
    while let letter = letters.popFirst() {
      func value() throws -> String {
        let own = String(letters)
        letters = ""
        guard let found = own.isEmpty ? rest.popFirst() : own else {
          throw Refusal(
            text: "tcpdump: option requires an argument -- '\(letter)'\n\(Self.usage)")
        }
        return found
      }
      switch letter {
      case "i": interface = try value()
      case "c":
        let text = try value()
        guard let number = Int(text), number > 0 else {
          throw Refusal(text: "tcpdump: invalid packet count \(text)\n")
        }
        count = number
      case "s": length = max(0, Int(try value()) ?? length)
      case "Q": direction = try value() == "in"
      case "n": isNumeric = true
      case "A": showsText = true
      case "x", "X": dump = letter
      case "v": isVerbose = true
      case "q": isQuiet = true
      case "t": stamps += 1
      case "D": listsInterfaces = true
      case "h": throw Refusal(text: Self.usage, status: 0)
      case "l", "U", "p", "K", "N", "S", "#": break
      default:
        if "wrCGWFEezBTyYMjJOILbdfgHmRVZ".contains(letter) {
          throw Refusal(text: "drydock: not simulated: tcpdump -\(letter)\n")
        }
        throw Refusal(text: "tcpdump: invalid option -- '\(letter)'\n\(Self.usage)")
      }
    }
  }

  static let version =
    "tcpdump version 4.99.4\nlibpcap version 1.10.4 (with TPACKET_V3)\n"
    + "OpenSSL 3.0.13 30 Jan 2024\n"
  static let usage =
    version
    + "Usage: tcpdump [-AnqStvxXD] [ -c count ] [ -i interface ] [ -Q in|out ] [ -s snaplen ] "
    + "[ expression ]\n"
}

/// One capture until its end.
private final class CaptureRun {
  private let network: ClusterNetwork
  private let place: NetworkNamespace
  private let process: Process
  private let call: CaptureCall
  private var waiting: [Sighting] = []
  private var taken = 0
  private var names: [String: String] = [:]
  /// Packets that may wait to be shown.
  private static let most = 10_000

  init(
    _ network: ClusterNetwork, _ place: NetworkNamespace, _ process: Process, _ call: CaptureCall
  ) {
    self.network = network
    self.place = place
    self.process = process
    self.call = call
  }

  func run() async throws -> ExitStatus {
    if call.asksVersion {
      try await process.writeError(CaptureCall.version)
      return 0
    }
    let all = place.interfaces(of: process.machine)
    if call.listsInterfaces {
      let shown = all.filter { $0.name != "lo" && $0.isUp } + all.filter { $0.name == "lo" }
      var lines = shown.map {
        "\($0.name) [Up, Running, \($0.name == "lo" ? "Loopback" : "Connected")]"
      }
      lines.insert(
        "any (Pseudo-device that captures on all interfaces) [Up, Running]",
        at: max(0, lines.count - 1))
      try await process.write(
        lines.enumerated().map { "\($0.offset + 1).\($0.element)\n" }.joined())
      return 0
    }
    let interface = call.interface ?? all.first { $0.name != "lo" && $0.isUp }?.name ?? "lo"
    let card = all.first { $0.name == interface }
    guard interface == "any" || card != nil else {
      try await process.writeError(
        "tcpdump: \(interface): No such device exists\n(No such device exists)\n")
      return 1
    }
    guard process.caller.capabilities.contains(.netRaw) else {
      try await process.writeError(
        "tcpdump: \(interface): You don't have permission to perform this capture on that device\n"
          + "(socket: Operation not permitted)\n")
      return 1
    }
    let kind =
      interface == "any" ? "LINUX_SLL2 (Linux cooked v2)" : "EN10MB (Ethernet)"
    try await process.writeError(
      (interface == "any" ? "tcpdump: data link type LINUX_SLL2\n" : "")
        + "tcpdump: "
        + (call.isVerbose
          ? "" : "verbose output suppressed, use -v[v]... for full protocol decode\n")
        + "listening on \(interface), link-type \(kind), snapshot length \(call.length) bytes\n")
    process.handle([2, 15])
    let tap = PacketTap(place) { [weak self] in self?.see($0, interface) }
    network.taps.append(tap)
    defer { network.taps.removeAll { $0 === tap } }
    try await show(interface)
    try await process.writeError(
      "\n\(taken) packet\(taken == 1 ? "" : "s") captured\n"
        + "\(taken + waiting.count) packet\(taken + waiting.count == 1 ? "" : "s") received by filter\n"
        + "0 packets dropped by kernel\n")
    return 0
  }

  private func see(_ packet: Sighting, _ interface: String) {
    guard interface == "any" || packet.interface == interface,
      call.direction.map({ $0 == packet.isIncoming }) ?? true, call.filter.takes(packet),
      waiting.count < Self.most
    else { return }
    waiting.append(packet)
    process.waiter.wake()
  }

  private func show(_ interface: String) async throws {
    while true {
      while !waiting.isEmpty {
        if let count = call.count, taken >= count { return }
        let packet = waiting.removeFirst()
        taken += 1
        try await process.write(text(packet, interface))
      }
      if let count = call.count, taken >= count { return }
      if !process.takeSignals().isEmpty { return }
      try await process.wait()
    }
  }

  private func text(_ packet: Sighting, _ interface: String) -> String {
    let form = PacketText(
      name: { self.name($0) }, namesPorts: !call.isNumeric, isVerbose: call.isVerbose,
      isQuiet: call.isQuiet, showsInterface: interface == "any", stamp: stamp(packet.moment))
    var text = form.line(packet)
    let bytes = PacketBytes(packet)
    if let dump = call.dump { text += bytes.dump(withText: dump == "X") }
    if call.showsText { text += bytes.text + "\n" }
    return text
  }

  private func stamp(_ moment: Moment) -> String {
    let micro = String(1_000_000 + moment.nanoseconds / 1000 % 1_000_000).dropFirst()
    switch call.stamps {
    case 1: return ""
    case 2: return "\(moment.seconds).\(micro)"
    case 4: return Calendar(moment).formatted("%Y-%m-%d %H:%M:%S") + ".\(micro)"
    default: return Calendar(moment).formatted("%H:%M:%S") + ".\(micro)"
    }
  }

  /// An address's name, as /etc/hosts and the name server have it.
  private func name(_ address: String) -> String {
    if call.isNumeric { return address }
    if let known = names[address] { return known }
    let found = network.quietly { Self.look(address, process.machine) }
    names[address] = found ?? address
    return found ?? address
  }

  private static func look(_ address: String, _ machine: Machine) -> String? {
    for line in (machine.files.text("/etc/hosts") ?? "").split(separator: "\n") {
      let words = line.split(whereSeparator: \.isWhitespace)
      if words.count > 1, words[0] == address { return String(words[1]) }
    }
    let resolver = Resolver(machine)
    guard let name = Resolver.reverseName(address), let server = resolver.servers.first,
      let answer = try? machine.network?.ask(
        NameQuestion(name, type: "PTR"), of: server, from: machine),
      let record = answer.records.first(where: { $0.type == "PTR" })
    else { return nil }
    return record.data.hasSuffix(".") ? String(record.data.dropLast()) : record.data
  }
}
