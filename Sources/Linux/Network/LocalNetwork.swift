/// Interfaces, bridges and network namespaces that somebody made on a machine with `ip`, beside the
/// wires that it was plugged in with.
package final class LocalNetwork {
  /// One end of a wire, a bridge, or an interface that leads nowhere.
  final class Link {
    enum Kind: String { case dummy, veth, bridge }

    var name: String
    let kind: Kind
    let index: Int
    var hardwareAddress: String
    var mtu = 1500
    var isUp = false
    var addresses: [Address] = []
    /// The bridge that it belongs to.
    weak var master: Link?
    /// The other end of its wire.
    weak var peer: Link?
    var space: String

    init(_ name: String, _ kind: Kind, index: Int, in space: String) {
      self.name = name
      self.kind = kind
      self.index = index
      self.space = space
      let low = "\(10 + index % 90)"
      hardwareAddress = "3e:8f:5a:\(10 + index / 90 % 90):c1:\(low)"
    }
  }

  struct Address: Hashable {
    var text: String
    var length: Int
    var network: String { IPv4.network(text, length) }
  }

  struct Route: Hashable {
    /// nil: the default.
    var target: Address?
    var gateway: String?
    var device: String?
  }

  /// A namespace of its own; "" is the machine's.
  struct Space {
    var routes: [Route] = []
    var isLoopbackUp = false
  }

  struct Refusal: Error {
    var text: String
    var status: Int32 = 2
  }

  private(set) var links: [Link] = []
  private(set) var spaces: [String: Space] = ["": Space(isLoopbackUp: true)]
  /// Processes that were started in a namespace, by their ids.
  private var members: [Int: String] = [:]
  private var nextIndex = 20
  /// Sockets that wait for connections in namespaces.
  var sockets: [LocalSocket] = []
  /// Whom a namespace has spoken with: link's name and address.
  var neighbours: [String: [(device: String, address: String, hardware: String)]] = [:]

  static let most = 64

  var names: [String] { spaces.keys.filter { !$0.isEmpty }.sorted() }

  // MARK: processes

  func enter(_ process: Process, _ space: String) { members[process.id] = space }
  func leave(_ process: Process) { members[process.id] = nil }

  /// The namespace that a process or the nearest of its forebears was started in.
  func space(of process: Process) -> String {
    guard !members.isEmpty else { return "" }
    var id = process.id
    for _ in 0..<64 {
      if let found = members[id] { return found }
      guard let parent = process.machine.processes[id]?.parentID, parent != id else { break }
      id = parent
    }
    return ""
  }

  // MARK: changing

  func addSpace(_ name: String) throws(Refusal) {
    guard spaces[name] == nil else {
      throw Refusal(
        text: "Cannot create namespace file \"/run/netns/\(name)\": File exists", status: 1)
    }
    guard spaces.count < Self.most else {
      throw Refusal(text: "No space left on device", status: 1)
    }
    spaces[name] = Space()
  }

  func removeSpace(_ name: String) throws(Refusal) {
    guard !name.isEmpty, spaces[name] != nil else {
      throw Refusal(
        text: "Cannot remove namespace file \"/run/netns/\(name)\": No such file or directory",
        status: 1)
    }
    for link in links where link.space == name { remove(link) }
    spaces[name] = nil
    neighbours[name] = nil
  }

  func link(_ name: String, in space: String) -> Link? {
    links.first { $0.name == name && $0.space == space }
  }

  @discardableResult
  func add(_ name: String, _ kind: Link.Kind, in space: String) throws(Refusal) -> Link {
    guard link(name, in: space) == nil else {
      throw Refusal(text: "RTNETLINK answers: File exists")
    }
    guard name.utf8.count <= 15, !name.isEmpty else {
      throw Refusal(
        text: "Error: argument \"\(name)\" is wrong: \"name\" not a valid ifname", status: 255)
    }
    guard links.count < 4 * Self.most else {
      throw Refusal(text: "RTNETLINK answers: Cannot allocate memory")
    }
    nextIndex += 1
    let made = Link(name, kind, index: nextIndex, in: space)
    links.append(made)
    return made
  }

  /// A wire goes with either of its ends.
  func remove(_ link: Link) {
    let other = link.peer
    links.removeAll { $0 === link || $0 === other }
  }

  /// Settings of an interface do not go with it into another namespace.
  func move(_ link: Link, to space: String) throws(Refusal) {
    guard spaces[space] != nil else {
      throw Refusal(
        text: "Error: argument \"\(space)\" is wrong: Invalid \"netns\" value", status: 255)
    }
    guard self.link(link.name, in: space) == nil else {
      throw Refusal(text: "RTNETLINK answers: File exists")
    }
    link.space = space
    link.isUp = false
    link.addresses = []
    link.master = nil
  }

  func change(_ space: String, _ body: (inout Space) -> Void) {
    if spaces[space] != nil { body(&spaces[space, default: Space()]) }
  }
}

/// A socket of a process in a namespace.
final class LocalSocket: Listener {
  let space: String
  let listening: ListeningSocket
  let accept: (any Connection) -> Void
  private weak var network: LocalNetwork?

  init(
    _ network: LocalNetwork, _ space: String, _ listening: ListeningSocket,
    _ accept: @escaping (any Connection) -> Void
  ) {
    self.network = network
    self.space = space
    self.listening = listening
    self.accept = accept
  }

  func close() { network?.sockets.removeAll { $0 === self } }
}
