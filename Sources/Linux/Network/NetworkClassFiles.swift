/// /sys/class/net: what the kernel tells of the interfaces of whoever asks.
struct NetworkClassFiles {
  private unowned let machine: Machine

  init(_ machine: Machine) { self.machine = machine }

  var root: Inode {
    let machine = Weakly(machine)
    return Inode(
      .generatedDirectory(
        names: { (machine.value?.allInterfaces ?? []).map(\.name).sorted() },
        find: { name, _ in
          guard let all = machine.value?.allInterfaces,
            let place = all.firstIndex(where: { $0.name == name })
          else { return nil }
          return Self.folder(of: all[place], at: place)
        }), identity: 1, mode: 0o555)
  }

  private static func folder(of interface: NetworkInterface, at place: Int) -> Inode {
    let texts = texts(of: interface, at: place)
    return Inode(
      .generatedDirectory(
        names: { texts.keys.sorted() },
        find: { name, _ in texts[name].map { text in .generated { _ in Array((text + "\n").utf8) } }
        }), identity: 2, mode: 0o555)
  }

  private static func texts(of interface: NetworkInterface, at place: Int) -> [String: String] {
    let index = interface.number(at: place)
    let isLoopback = interface.name == "lo"
    return [
      "address": interface.hardwareAddress, "mtu": "\(interface.mtu)", "ifindex": "\(index)",
      "iflink": interface.peer?.hasPrefix("if") == true
        ? String(interface.peer?.dropFirst(2) ?? "") : "\(index)",
      "operstate": !interface.isUp ? "down" : isLoopback ? "unknown" : "up",
      "carrier": interface.isUp && interface.hasCarrier ? "1" : "0",
      "type": isLoopback ? "772" : "1",
    ]
  }
}

extension NetworkInterface {
  /// Its number in its namespace, where it is the one at a place of the list.
  func number(at place: Int) -> Int { index ?? place + 1 }
}
