import KubeObjects
import Linux
import Simulation

/// A packet as tcpdump prints it.
struct PacketText {
  /// How addresses are shown: by name, where one is known.
  var name: (String) -> String = { $0 }
  var namesPorts = false
  var isVerbose = false
  var isQuiet = false
  /// Whether the interface is told (`-i any`).
  var showsInterface = false
  var stamp = ""

  func line(_ packet: Sighting) -> String {
    var text = stamp.isEmpty ? "" : stamp + " "
    if showsInterface {
      text += Self.pad(packet.interface, 5) + " " + (packet.isIncoming ? "In " : "Out") + " "
    }
    guard let tunnel = packet.tunnel else { return text + inner(packet) + "\n" }
    let outside = end(packet.outerSource, .udp) + " > " + end(packet.outerDestination, .udp)
    let kind =
      tunnel.port == 4789
      ? "VXLAN, flags [I] (0x08), vni \(tunnel.network)"
      : "OTV, flags [I] (0x08), overlay 0, instance \(tunnel.network)"
    return text + "IP \(outside): \(kind)\n" + inner(packet) + "\n"
  }

  private static func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private func end(_ end: PacketEnd, _ transport: Transport) -> String {
    let name = namesPorts ? ServiceNames.name(of: end.port) : nil
    return self.name(end.address) + "." + (name ?? "\(end.port)")
  }

  private func inner(_ packet: Sighting) -> String {
    let bytes = PacketBytes(packet)
    var head = "IP "
    if isVerbose {
      let number = ["TCP": 6, "UDP": 17, "ICMP": 1, "SCTP": 132][bytes.transport.rawValue] ?? 0
      head +=
        "(tos 0x0, ttl 64, id \(bytes.identifier), offset 0, flags [DF], proto "
        + "\(bytes.transport.rawValue) (\(number)), length \(bytes.all.count))\n    "
    }
    let (source, target) = (packet.source, packet.destination)
    if bytes.transport == .icmp {
      return head + "\(name(source.address)) > \(name(target.address)): " + told(packet, bytes)
    }
    return head + "\(end(source, packet.transport)) > \(end(target, packet.transport)): "
      + told(packet, bytes)
  }

  private func told(_ packet: Sighting, _ bytes: PacketBytes) -> String {
    switch packet.content {
    case .segment(let flags, let sequence, let acknowledged, let data):
      if isQuiet { return "tcp \(data.count)" }
      return segment(packet, flags, sequence, acknowledged, data, bytes)
    case .datagram(let data):
      return isQuiet || packet.transport == .udp
        ? "UDP, length \(data.count)" : "\(packet.transport.rawValue.lowercased())"
    case .question(let id, let question):
      let end = question.name.hasSuffix(".") ? question.name : question.name + "."
      return "\(id)+ \(question.type)? \(end) (\(bytes.payload.count))"
    case .answer(let id, let question, let answer): return self.answer(id, question, answer, bytes)
    case .echo(let isReply, let id, let sequence):
      return "ICMP echo \(isReply ? "reply" : "request"), id \(id), seq \(sequence), length 64"
    case .unreachable(let end, let transport):
      return "ICMP \(name(end.address)) \(transport.rawValue.lowercased()) port \(end.port) "
        + "unreachable, length \(transport == .tcp ? 68 : 73)"
    }
  }

  private func segment(
    _ packet: Sighting, _ flags: String, _ sequence: Int, _ acknowledged: Int, _ data: [UInt8],
    _ bytes: PacketBytes
  ) -> String {
    var text = "Flags [\(flags)]"
    if isVerbose {
      text += ", cksum 0x" + Self.hexadecimal(bytes.checksum, 4) + " (correct)"
    }
    let stamp = "TS val \(bytes.clock) ecr \(flags == "S" ? 0 : bytes.echoedClock)"
    if flags.hasPrefix("S") {
      text += ", seq \(bytes.first)"
      if flags == "S." { text += ", ack \(bytes.otherFirst &+ 1)" }
      text += ", win \(flags == "S" ? (packet.mtu - 40) * 46 : 64308)"
      text += ", options [mss \(packet.mtu - 40),sackOK,\(stamp),nop,wscale 7], length 0"
      return text
    }
    if flags.hasPrefix("R") {
      // Before anything was agreed there are no numbers but the client's.
      return text + ", seq 0, ack \(bytes.otherFirst &+ 1), win 0, length 0"
    }
    if !data.isEmpty {
      text += ", seq \(sequence):\(sequence + data.count)"
    } else if flags.contains("F") {
      text += ", seq \(sequence)"
    }
    text += ", ack \(acknowledged), win 507, options [nop,nop,\(stamp)], length \(data.count)"
    let isWeb = [packet.source.port, packet.destination.port].contains { [80, 8080].contains($0) }
    if isWeb, !data.isEmpty { text += ": HTTP" + webLine(data) }
    return text
  }

  private func webLine(_ data: [UInt8]) -> String {
    let line = String(decoding: data.prefix(512).prefix { $0 != 13 && $0 != 10 }, as: UTF8.self)
    let words = ["GET ", "POST ", "PUT ", "HEAD ", "DELETE ", "PATCH ", "OPTIONS ", "HTTP/"]
    guard words.contains(where: line.hasPrefix) else { return "" }
    guard isVerbose else { return ": " + line }
    let all = String(decoding: data.prefix(2048), as: UTF8.self)
    let lines = all.split(separator: "\r\n", omittingEmptySubsequences: false)
      .prefix { !$0.isEmpty }
    return ", length: \(data.count)\n" + lines.map { "\t\($0)\n" }.joined() + "\t"
  }

  private func answer(
    _ id: Int, _ question: NameQuestion, _ answer: NameAnswer, _ bytes: PacketBytes
  ) -> String {
    var text = "\(id)"
    switch answer.status {
    case .noError: break
    case .nameError: text += " NXDomain"
    case .serverFailure: text += " ServFail"
    case .refused: text += " Refused"
    }
    if answer.isAuthoritative { text += "*" }
    if answer.isAuthoritative { text += "-" }
    text += " \(answer.records.count)/\(answer.authority.count)/\(answer.additional.count)"
    text += answer.records.prefix(3).map { " \($0.type) \($0.data)" }.joined(separator: ",")
    return text + " (\(bytes.payload.count))"
  }

  static func hexadecimal(_ number: Int, _ width: Int) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}

/// A packet's bytes from its IP header on, for `-A` and `-X`.
struct PacketBytes {
  let transport: Transport
  let payload: [UInt8]
  let identifier: Int
  /// The numbers that the sender's bytes and the other side's begin with.
  let first: UInt32
  let otherFirst: UInt32
  /// Milliseconds of the sender's clock, and what it heard of the other's.
  let clock: Int64
  let echoedClock: Int64
  private let packet: Sighting

  init(_ packet: Sighting) {
    self.packet = packet
    if case .unreachable = packet.content {
      transport = .icmp
    } else {
      transport = packet.transport
    }
    switch packet.content {
    case .segment(_, _, _, let data), .datagram(let data): payload = data
    case .question(let id, let question): payload = Self.question(id, question, isAnswer: false)
    case .answer(let id, let question, let answer):
      payload =
        Self.question(id, question, isAnswer: true)
        + answer.records.flatMap { [UInt8](repeating: 0, count: 12) + Array($0.data.utf8) }
    case .echo: payload = [UInt8](repeating: 0, count: 56)
    case .unreachable: payload = [UInt8](repeating: 0, count: 40)
    }
    func hash(_ one: PacketEnd, _ other: PacketEnd) -> UInt32 {
      "\(one)\(other.port)".utf8.reduce(UInt32(2_166_136_261)) {
        ($0 ^ UInt32($1)) &* 16_777_619
      }
    }
    // The ports stay as they are on the way; addresses do not.
    let (one, two) = (packet.source.port, packet.destination.port)
    first = hash(.init(address: "", port: one), .init(address: "", port: one))
    otherFirst = hash(.init(address: "", port: two), .init(address: "", port: two))
    let now = packet.moment.seconds &* 1000 &+ Int64(packet.moment.nanoseconds / 1_000_000 % 1000)
    clock = (now &+ Int64(first)) & 0xffff_ffff
    echoedClock = (now &+ Int64(otherFirst)) & 0xffff_ffff
    identifier = Int((first ^ UInt32(truncatingIfNeeded: packet.moment.nanoseconds)) & 0xffff)
  }

  var checksum: Int { Int((first &+ UInt32(truncatingIfNeeded: payload.count)) & 0xffff) }

  private static func question(_ id: Int, _ question: NameQuestion, isAnswer: Bool) -> [UInt8] {
    var bytes = pair(id) + pair(isAnswer ? 0x8500 : 0x0100) + pair(1) + pair(0) + pair(0) + pair(0)
    for label in question.name.split(separator: ".") {
      bytes += [UInt8(truncatingIfNeeded: label.utf8.count)] + Array(label.utf8)
    }
    return bytes + [0] + pair(1) + pair(1)
  }

  private static func pair(_ number: Int) -> [UInt8] {
    [UInt8(number >> 8 & 255), UInt8(number & 255)]
  }

  private static func quad(_ number: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(number >> $0 & 255) }
  }

  private static func address(_ text: String) -> [UInt8] {
    let parts = text.split(separator: ".").compactMap { UInt8($0) }
    return parts.count == 4 ? parts : [0, 0, 0, 0]
  }

  var all: [UInt8] {
    let header = transportHeader
    let number: UInt8 = [.tcp: 6, .udp: 17, .icmp: 1, .sctp: 132][transport] ?? 0
    return [0x45, 0] + Self.pair(20 + header.count + payload.count) + Self.pair(identifier)
      + [0x40, 0, 64, number] + Self.pair(checksum) + Self.address(packet.source.address)
      + Self.address(packet.destination.address) + header + payload
  }

  private var transportHeader: [UInt8] {
    let ports = Self.pair(packet.source.port) + Self.pair(packet.destination.port)
    switch packet.content {
    case .segment(let flags, let sequence, let acknowledged, _):
      let bits: [Character: UInt8] = ["F": 1, "S": 2, "R": 4, "P": 8, ".": 16]
      let set = flags.reduce(UInt8(0)) { $0 | (bits[$1] ?? 0) }
      let isFirst = flags.hasPrefix("S")
      let own = isFirst ? first : first &+ UInt32(truncatingIfNeeded: sequence)
      let other = flags == "S" ? 0 : otherFirst &+ UInt32(truncatingIfNeeded: acknowledged)
      let options: [UInt8] =
        isFirst
        ? [2, 4, 5, 0x82, 4, 2, 8, 10] + Self.quad(UInt32(truncatingIfNeeded: clock))
          + Self.quad(UInt32(truncatingIfNeeded: echoedClock)) + [1, 3, 3, 7]
        : [1, 1, 8, 10] + Self.quad(UInt32(truncatingIfNeeded: clock))
          + Self.quad(UInt32(truncatingIfNeeded: echoedClock))
      return ports + Self.quad(own) + Self.quad(other)
        + [UInt8(truncatingIfNeeded: (20 + options.count) / 4) << 4, set] + Self.pair(507)
        + Self.pair(checksum) + [0, 0] + options
    case .echo(let isReply, let id, let sequence):
      return [isReply ? 0 : 8, 0] + Self.pair(checksum) + Self.pair(id) + Self.pair(sequence)
    case .unreachable: return [3, 3] + Self.pair(checksum) + [0, 0, 0, 0]
    default: return ports + Self.pair(8 + payload.count) + Self.pair(checksum)
    }
  }

  /// `-A`: what can be printed, dots for the rest.
  var text: String {
    let bytes = all
    var out: [UInt8] = []
    for (index, byte) in bytes.enumerated() {
      let next = index + 1 < bytes.count ? bytes[index + 1] : 0
      switch byte {
      case 13 where next == 10: continue
      case 9, 10, 32...126: out.append(byte)
      default: out.append(46)
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// `-x`, and with the text beside it `-X`.
  func dump(withText: Bool) -> String {
    let bytes = all
    return stride(from: 0, to: bytes.count, by: 16).map { start in
      let row = bytes[start..<min(start + 16, bytes.count)]
      let pairs = stride(from: row.startIndex, to: row.endIndex, by: 2).map { index in
        row[index..<min(index + 2, row.endIndex)].map { PacketText.hexadecimal(Int($0), 2) }
          .joined()
      }.joined(separator: " ")
      let text = row.map { 33...126 ~= $0 ? Character(UnicodeScalar($0)) : "." }
      let gap = String(repeating: " ", count: max(2, 41 - pairs.count))
      return "\t0x\(PacketText.hexadecimal(start, 4)):  \(pairs)"
        + (withText ? gap + String(text) : "") + "\n"
    }.joined()
  }
}
