import Documents
import KubeAPIServer
import KubeObjects

/// Gives every node its part of the cluster's Pod addresses.
final class NodeIPAMController: Reconciler {
  static let name = "node-ipam-controller"

  private let context: ControllerContext
  private let client: ComponentClient
  private let events: EventRecorder
  private let nodes: Informer
  private var ranges: AddressRanges?
  private var taken: [String: Int] = [:]
  private var queue: WorkQueue<String>!

  init(_ context: ControllerContext) {
    self.context = context
    client = context.client("node-controller")
    events = context.recorder(client, "cidrAllocator")
    nodes = context.informer(.nodes)
    ranges = AddressRanges(
      context.configuration.clusterCIDR, nodeMask: context.configuration.nodeMaskSize)
  }

  func start() {
    guard ranges != nil else { return }
    queue = WorkQueue(timeline: context.timeline) { [weak self] name throws(StatusError) in
      try self?.reconcile(name)
      return .done
    }
    nodes.onChange { [weak self] old, new in
      guard let self else { return }
      if let new {
        if let range = new[path: "spec", "podCIDR"]?.string {
          if taken[new.name] == nil, let index = ranges?.index(of: range) {
            ranges?.take(index)
            taken[new.name] = index
          }
        } else {
          queue.add(new.name)
        }
      } else if let old, let index = taken.removeValue(forKey: old.name) {
        ranges?.release(index)
      }
    }
  }

  private func reconcile(_ name: String) throws(StatusError) {
    guard let node = nodes["", name], node[path: "spec", "podCIDR"] == nil else { return }
    let index = taken[name] ?? ranges?.takeNext()
    guard let index, let range = ranges?[index] else {
      events.record(
        .normal, node, reason: "CIDRNotAvailable",
        message: "Node \(name) status is now: CIDRNotAvailable")
      throw .plain("failed to allocate cidr: there are no remaining CIDRs left to allocate")
    }
    taken[name] = index
    _ = try client.patch(
      .nodes, name, .merge,
      ["spec": ["podCIDR": .string(range), "podCIDRs": [.string(range)]]])
  }
}

/// The equal parts of an IPv4 range, handed out in order.
struct AddressRanges {
  private let base: UInt32
  private let mask: Int
  private let count: Int
  private var used: Set<Int> = []
  private var next = 0

  /// nil: not an IPv4 range, or too small for even one node.
  init?(_ range: String, nodeMask: Int) {
    let halves = range.split(separator: "/")
    guard halves.count == 2, let prefix = Int(halves[1]), (0...32).contains(prefix),
      (prefix...32).contains(nodeMask), nodeMask - prefix <= 16,
      let address = Self.number(halves[0])
    else { return nil }
    base = prefix == 0 ? 0 : address & (UInt32.max << UInt32(32 - prefix))
    mask = nodeMask
    count = 1 << (nodeMask - prefix)
  }

  private static func number(_ text: Substring) -> UInt32? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var number: UInt32 = 0
    for part in parts {
      guard let byte = UInt8(part) else { return nil }
      number = number << 8 | UInt32(byte)
    }
    return number
  }

  subscript(index: Int) -> String {
    let size = 32 - mask
    let address = base &+ (size >= 32 ? 0 : UInt32(truncatingIfNeeded: index) << UInt32(size))
    let bytes = [24, 16, 8, 0].map { String((address >> UInt32($0)) & 255) }
    return "\(bytes.joined(separator: "."))/\(mask)"
  }

  func index(of range: String) -> Int? {
    let halves = range.split(separator: "/")
    guard halves.count == 2, let address = Self.number(halves[0]), address >= base else {
      return nil
    }
    let size = 32 - mask
    let index = size >= 32 ? 0 : Int((address - base) >> UInt32(size))
    return index < count ? index : nil
  }

  mutating func take(_ index: Int) { used.insert(index) }
  mutating func release(_ index: Int) { used.remove(index) }

  mutating func takeNext() -> Int? {
    for step in 0..<count {
      let index = (next + step) % count
      guard used.insert(index).inserted else { continue }
      next = index + 1
      return index
    }
    return nil
  }
}
