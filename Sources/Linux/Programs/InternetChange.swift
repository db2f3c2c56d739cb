import Shell

/// One change that `ip` makes. The wires that a machine was plugged in with stay as they are.
struct InternetChange {
  let process: Process
  let object: String
  let verb: String
  let words: [String]

  private typealias Refusal = LocalNetwork.Refusal
  private var machine: Machine { process.machine }
  private var local: LocalNetwork { machine.localNetwork }
  private var space: String { local.space(of: process) }

  func run() async throws -> ExitStatus {
    guard process.caller.capabilities.contains(.netAdmin) else {
      let isBusyBox = machine.isBusyBox("ip")
      try await process.writeError(
        "\(isBusyBox ? "ip: " : "")RTNETLINK answers: Operation not permitted\n")
      return isBusyBox ? 1 : 2
    }
    do throws(LocalNetwork.Refusal) {
      switch object.first {
      case "l": try changeLink()
      case "a": try changeAddress()
      case "r": try changeRoute()
      default: throw unknown
      }
      return 0
    } catch {
      try await process.writeError(error.text + "\n")
      return error.status
    }
  }

  private var unknown: Refusal {
    Refusal(
      text: "drydock: not simulated: ip \(([object, verb] + words).joined(separator: " "))")
  }

  private func link(_ name: String) throws(Refusal) -> LocalNetwork.Link {
    if let found = local.link(name, in: space) { return found }
    // Wires of the machine's own are there and cannot be changed.
    guard machine.allInterfaces.contains(where: { $0.name == name }) else {
      throw Refusal(text: "Cannot find device \"\(name)\"", status: 1)
    }
    throw unknown
  }

  // MARK: links

  private func changeLink() throws(Refusal) {
    switch verb {
    case "add": try addLink()
    case "del", "delete":
      let name = words.first { $0 != "dev" && $0 != "name" } ?? ""
      local.remove(try link(name))
    case "set": try setLink()
    default: throw unknown
    }
  }

  private func addLink() throws(Refusal) {
    guard let place = words.firstIndex(of: "type"), let kind = words.dropFirst(place + 1).first
    else {
      throw Refusal(text: "Not enough information: \"type\" argument is required", status: 255)
    }
    let name = words[..<place].last { $0 != "name" && $0 != "dev" } ?? ""
    guard !machine.allInterfaces.contains(where: { $0.name == name }) else {
      throw Refusal(text: "RTNETLINK answers: File exists")
    }
    switch kind {
    case "dummy": try local.add(name, .dummy, in: space)
    case "bridge": try local.add(name, .bridge, in: space)
    case "veth":
      let more = words.dropFirst(place + 2).filter { $0 != "peer" && $0 != "name" }
      guard let other = more.first else { throw unknown }
      let target = more.firstIndex(of: "netns").flatMap { more.dropFirst($0 + 1).first }
      if let target, !local.names.contains(target) {
        throw Refusal(
          text: "Error: argument \"\(target)\" is wrong: Invalid \"netns\" value", status: 255)
      }
      // The second end has the lower number, and is named first.
      let peer = try local.add(other, .veth, in: target ?? space)
      do throws(Refusal) {
        let near = try local.add(name, .veth, in: space)
        (near.peer, peer.peer) = (peer, near)
      } catch {
        local.remove(peer)
        throw error
      }
    default: throw unknown
    }
  }

  private func setLink() throws(Refusal) {
    var rest = words[...]
    if rest.first == "dev" { rest = rest.dropFirst() }
    let name = rest.popFirst() ?? ""
    if name == "lo", rest.last == "up" || rest.last == "down" {
      return local.change(space) { $0.isLoopbackUp = rest.last == "up" }
    }
    // An own wire that is up already needs nothing.
    if local.link(name, in: space) == nil, Array(rest) == ["up"],
      machine.allInterfaces.contains(where: { $0.name == name })
    {
      return
    }
    let link = try link(name)
    while let word = rest.popFirst() {
      switch word {
      case "up": link.isUp = true
      case "down": link.isUp = false
      case "nomaster": link.master = nil
      case "netns": try local.move(link, to: rest.popFirst() ?? "")
      case "master":
        let name = rest.popFirst() ?? ""
        guard let bridge = local.link(name, in: space), bridge.kind == .bridge else {
          throw Refusal(
            text: "Error: argument \"\(name)\" is wrong: Device does not exist", status: 255)
        }
        link.master = bridge
      case "mtu":
        link.mtu = rest.popFirst().flatMap { Int($0) }.map { min(max($0, 68), 65_535) } ?? link.mtu
      case "address": link.hardwareAddress = rest.popFirst() ?? link.hardwareAddress
      case "name":
        let new = rest.popFirst() ?? ""
        guard !link.isUp else { throw Refusal(text: "RTNETLINK answers: Device or resource busy") }
        guard local.link(new, in: space) == nil, !new.isEmpty, new.utf8.count <= 15 else {
          throw Refusal(text: "RTNETLINK answers: File exists")
        }
        link.name = new
      default: throw unknown
      }
    }
  }

  // MARK: addresses and routes

  private func address(_ text: String) throws(Refusal) -> LocalNetwork.Address {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let bytes = (parts.first ?? "").split(separator: ".", omittingEmptySubsequences: false)
    let length = parts.count == 2 ? Int(parts[1]) : 32
    guard parts.count <= 2, bytes.count == 4, bytes.allSatisfy({ UInt8($0) != nil }),
      let length, (0...32).contains(length)
    else {
      throw Refusal(
        text: "Error: any valid prefix is expected rather than \"\(text)\".", status: 1)
    }
    return .init(text: parts[0], length: length)
  }

  private func value(_ name: String) -> String? {
    words.firstIndex(of: name).flatMap { words.dropFirst($0 + 1).first }
  }

  private func changeAddress() throws(Refusal) {
    guard let device = value("dev") else {
      throw Refusal(text: "Not enough information: \"dev\" argument is required.", status: 255)
    }
    let link = try link(device)
    if verb == "flush" {
      link.addresses = []
      return
    }
    guard let text = words.first else { throw unknown }
    let wanted = try address(text)
    switch verb {
    case "add", "replace":
      if link.addresses.contains(where: { $0.text == wanted.text }) {
        if verb == "replace" { return }
        throw Refusal(text: "Error: ipv4: Address already assigned.")
      }
      guard link.addresses.count < 16 else { throw unknown }
      link.addresses.append(wanted)
    case "del", "delete":
      guard let place = link.addresses.firstIndex(where: { $0.text == wanted.text }) else {
        throw Refusal(text: "Error: ipv4: Address not found.")
      }
      link.addresses.remove(at: place)
    default: throw unknown
    }
  }

  private func changeRoute() throws(Refusal) {
    guard let first = words.first else { throw unknown }
    var route = LocalNetwork.Route(gateway: value("via"), device: value("dev"))
    if first != "default", first != "0.0.0.0/0" { route.target = try address(first) }
    if let target = route.target, target.network != target.text {
      throw Refusal(text: "Error: Invalid prefix for given prefix length.")
    }
    let known = local.spaces[space]?.routes ?? []
    switch verb {
    case "add", "replace":
      if let gateway = route.gateway {
        let isNear = machine.allInterfaces.contains { interface in
          interface.isUp && interface.name != "lo"
            && (["\(interface.address)/\(interface.prefixLength)"] + interface.more).contains {
              text in
              guard let one = try? address(text) else { return false }
              return one.length < 32 && one.network == IPv4.network(gateway, one.length)
            }
        }
        guard isNear else { throw Refusal(text: "Error: Nexthop has invalid gateway.") }
      } else if let device = route.device {
        guard machine.allInterfaces.contains(where: { $0.name == device }) else {
          throw Refusal(text: "Cannot find device \"\(device)\"", status: 1)
        }
      } else {
        throw Refusal(text: "RTNETLINK answers: No such device")
      }
      if known.contains(where: { $0.target == route.target }) {
        guard verb == "replace" else { throw Refusal(text: "RTNETLINK answers: File exists") }
      }
      guard known.count < 64 else { throw unknown }
      local.change(space) {
        $0.routes.removeAll { $0.target == route.target }
        $0.routes.append(route)
      }
    case "del", "delete":
      guard known.contains(where: { $0.target == route.target }) else {
        throw Refusal(text: "RTNETLINK answers: No such process")
      }
      local.change(space) { $0.routes.removeAll { $0.target == route.target } }
    default: throw unknown
    }
  }
}
