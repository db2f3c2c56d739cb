import KubeObjects
import Linux

/// An expression of tcpdump (pcap-filter(7)): `host 10.0.0.1 and tcp port 80`.
indirect enum CaptureFilter {
  case all
  case not(CaptureFilter)
  case and(CaptureFilter, CaptureFilter)
  case or(CaptureFilter, CaptureFilter)
  case transport([Transport])
  case address(IPPrefix, Side)
  case ports(ClosedRange<Int>, Side)
  /// TCP flags, any of which is set; only them with `isExact`.
  case flags(Set<Character>, isExact: Bool)

  enum Side { case either, source, destination }

  /// Its words are no expression.
  struct Problem: Error { var text: String }

  func takes(_ packet: Sighting) -> Bool {
    func ends(_ side: Side) -> [PacketEnd] {
      switch side {
      case .either: [packet.outerSource, packet.outerDestination]
      case .source: [packet.outerSource]
      case .destination: [packet.outerDestination]
      }
    }
    switch self {
    case .all: return true
    case .not(let one): return !one.takes(packet)
    case .and(let one, let other): return one.takes(packet) && other.takes(packet)
    case .or(let one, let other): return one.takes(packet) || other.takes(packet)
    case .transport(let wanted): return wanted.contains(packet.shownTransport)
    case .address(let range, let side):
      return ends(side).contains { IPAddress($0.address).map(range.contains) ?? false }
    case .ports(let range, let side):
      return packet.shownTransport != .icmp && ends(side).contains { range ~= $0.port }
    case .flags(let wanted, let isExact):
      guard packet.tunnel == nil, case .segment(let flags, _, _, _) = packet.content else {
        return false
      }
      let set = Set(flags)
      return isExact ? set == wanted : !set.isDisjoint(with: wanted)
    }
  }

  init(_ words: [String]) throws(Problem) {
    let spaced = words.joined(separator: " ").flatMap { "()!".contains($0) ? " \($0) " : "\($0)" }
    let text = String(spaced).replacing("! =", with: "!=")
    var parser = Parser(words: text.split(separator: " ").map(String.init)[...])
    self = parser.words.isEmpty ? .all : try parser.alternatives(0)
    guard parser.words.isEmpty else { throw Problem(text: "syntax error") }
  }

  private struct Parser {
    var words: ArraySlice<String>
    private static let mostDepth = 100
    /// What the last primitive was about, for `port 80 or 443`.
    private var kind = ""

    init(words: ArraySlice<String>) { self.words = words }

    mutating func alternatives(_ depth: Int) throws(Problem) -> CaptureFilter {
      var left = try factors(depth)
      while let word = words.first, ["or", "||"].contains(word) {
        words.removeFirst()
        left = .or(left, try factors(depth))
      }
      return left
    }

    private mutating func factors(_ depth: Int) throws(Problem) -> CaptureFilter {
      var left = try factor(depth)
      while let word = words.first, ["and", "&&"].contains(word) {
        words.removeFirst()
        left = .and(left, try factor(depth))
      }
      return left
    }

    private mutating func factor(_ depth: Int) throws(Problem) -> CaptureFilter {
      guard depth < Self.mostDepth else { throw Problem(text: "syntax error") }
      switch words.first {
      case "not", "!":
        words.removeFirst()
        return .not(try factor(depth + 1))
      case "(":
        words.removeFirst()
        let inner = try alternatives(depth + 1)
        guard words.popFirst() == ")" else { throw Problem(text: "syntax error") }
        return inner
      case "tcp[tcpflags]", "tcp[13]": return try flags()
      default: return try primitive()
      }
    }

    /// `tcp[tcpflags] & (tcp-syn|tcp-fin) != 0`, and `== tcp-syn`.
    private mutating func flags() throws(Problem) -> CaptureFilter {
      words.removeFirst()
      let names: [String: Character] = [
        "tcp-syn": "S", "tcp-fin": "F", "tcp-rst": "R", "tcp-push": "P", "tcp-ack": ".",
      ]
      var rest = ""
      while let word = words.first, !["and", "or", "&&", "||"].contains(word) {
        rest += words.removeFirst()
      }
      let isExact = rest.hasPrefix("=")
      let found = rest.split { "&()|=! ".contains($0) }.compactMap { names[String($0)] }
      guard !found.isEmpty, isExact || rest.hasPrefix("&") && rest.hasSuffix("!=0") else {
        throw Problem(text: "syntax error")
      }
      return .flags(Set(found), isExact: isExact)
    }

    private mutating func primitive() throws(Problem) -> CaptureFilter {
      var side = Side.either
      var transport: Transport?
      while let word = words.first {
        switch word {
        case "src": side = .source
        case "dst": side = .destination
        case "tcp": transport = .tcp
        case "udp": transport = .udp
        case "icmp": transport = .icmp
        case "sctp": transport = .sctp
        case "ip": break
        default:
          let own = try value(side)
          return transport.map { .and(.transport([$0]), own) } ?? own
        }
        words.removeFirst()
        let next = words.first ?? ""
        let isQualified = ["port", "portrange", "host", "net", "src", "dst"].contains(next)
        if word == "ip", !isQualified { return .all }
        if let transport, !isQualified { return .transport([transport]) }
      }
      throw Problem(text: "syntax error")
    }

    private mutating func value(_ side: Side) throws(Problem) -> CaptureFilter {
      let first = words.removeFirst()
      let named = ["host", "net", "port", "portrange"].contains(first)
      if named { kind = first }
      guard let text = named ? words.popFirst() : first else {
        throw Problem(text: "syntax error")
      }
      switch named ? first : IPPrefix(text) != nil || IPAddress(text) != nil ? "host" : kind {
      case "port":
        guard let port = ServiceNames.port(text), 0...65535 ~= port else {
          throw Problem(text: "port '\(text)' is invalid")
        }
        return .ports(port...port, side)
      case "portrange":
        let parts = text.split(separator: "-").compactMap { ServiceNames.port($0) }
        guard parts.count == 2, parts[0] <= parts[1] else {
          throw Problem(text: "illegal port range '\(text)'")
        }
        return .ports(parts[0]...parts[1], side)
      case "host", "net":
        if let range = IPPrefix(text) { return .address(range, side) }
        guard let range = IPAddress(text).flatMap({ IPPrefix("\(text)/\($0.width)") }) else {
          throw Problem(text: "unknown host '\(text)'")
        }
        return .address(range, side)
      default: throw Problem(text: "syntax error")
      }
    }
  }
}

extension Sighting {
  /// Its ends, or those of the nodes' packet around it.
  var outerSource: PacketEnd {
    // The port tells flows apart, as the kernel's hash of the inner packet does.
    tunnel.map {
      PacketEnd(
        address: $0.source, port: 32_768 + (source.port &* 31 &+ destination.port) % 28_232)
    } ?? source
  }
  var outerDestination: PacketEnd {
    tunnel.map { PacketEnd(address: $0.destination, port: $0.port) } ?? destination
  }
  /// What is seen of it: another protocol than the connection's where it tells of a failure.
  var shownTransport: Transport {
    if tunnel != nil { return .udp }
    if case .unreachable = content { return .icmp }
    return transport
  }
}
