import Documents
import KubeObjects

/// Topology-aware routing (topologycache.go): which zone each endpoint is for, so that a zone has as
/// large a part of the endpoints as its nodes have of the cluster's cores.
struct TopologyHints {
  /// Why there are no hints.
  struct Refusal: Error, Hashable { let message: String }

  /// A zone's part of all cores; nil: some node does not tell its zone or its cores.
  let ratios: [String: Double]?

  /// How much more than its part a zone's endpoints may have to do.
  private static let overload = 0.2

  /// Whether a node's change matters.
  static func differ(_ old: Value?, _ new: Value?) -> Bool {
    guard let old, let new else { return true }
    return old.labels != new.labels
      || old.isConditionTrue("Ready") != new.isConditionTrue("Ready")
      || old[path: "status", "allocatable"] != new[path: "status", "allocatable"]
  }

  init(nodes: [Value]) {
    var cores: [String: Int64] = [:]
    for node in nodes {
      // Control plane nodes do not count, nor do those that are not ready.
      let isPlane = ["control-plane", "master"].contains {
        node.label("node-role.kubernetes.io/\($0)") != nil
      }
      guard !isPlane, node.isConditionTrue("Ready") else { continue }
      let cpu = node[path: "status", "allocatable", "cpu"].flatMap { try? Quantity(parsing: $0) }
      guard let zone = node.label("topology.kubernetes.io/zone"),
        let milli = cpu?.milliValue, milli > 0
      else {
        ratios = nil
        return
      }
      let (sum, overflow) = cores[zone, default: 0].addingReportingOverflow(milli)
      cores[zone] = overflow ? .max : sum
    }
    let total = cores.values.reduce(0.0) { $0 + Double($1) }
    ratios = total > 0 ? cores.mapValues { Double($0) / total } : nil
  }

  /// Gives each ready endpoint of one form its hint.
  func assign(_ endpoints: inout [Value]) throws(Refusal) {
    let ready = endpoints.indices.filter {
      endpoints[$0][path: "conditions", "ready"]?.bool == true
    }
    let desired = try wanted(count: ready.count)
    var zones: [Int: String] = [:]
    for index in ready {
      guard let zone = endpoints[index]["zone"]?.string else {
        throw Refusal(message: "One or more endpoints do not have a zone specified")
      }
      zones[index] = zone
    }
    redistribute(&zones, desired)
    for (index, zone) in zones {
      endpoints[index]["hints"] = ["forZones": [["name": .string(zone)]]]
    }
  }

  /// How many endpoints each zone should have (getAllocations).
  private func wanted(count: Int) throws(Refusal) -> [String: Double] {
    guard let ratios else {
      throw Refusal(
        message: "Insufficient Node information: allocatable CPU or zone not specified on one or "
          + "more nodes")
    }
    guard ratios.count >= 2 else { throw Refusal(message: "Nodes only ready in one zone") }
    let scale = "(\(count) endpoints, \(ratios.count) zones)"
    guard ratios.count <= count else {
      throw Refusal(message: "Insufficient number of endpoints \(scale)")
    }
    var left = count
    var desired: [String: Double] = [:]
    for (zone, ratio) in ratios {
      let wish = ratio * Double(count)
      let minimum = (wish / (1 + Self.overload)).rounded(.up)
      desired[zone] = max(wish, minimum)
      left -= Int(minimum)
    }
    guard left >= 0 else {
      throw Refusal(
        message: "Unable to allocate minimum required endpoints to each zone without exceeding "
          + "overload threshold \(scale)")
    }
    return desired
  }

  /// Zones that have too many endpoints give to those that have too few
  /// (getGivingAndReceivingZones, redistributeHints).
  private func redistribute(_ zones: inout [Int: String], _ desired: [String: Double]) {
    var surplus: [String: Double] = [:]
    for zone in Set(desired.keys).union(zones.values) {
      surplus[zone] = Double(zones.values.count { $0 == zone }) - (desired[zone] ?? 0)
    }
    for _ in zones {
      let sorted = surplus.sorted { $0.key < $1.key }
      guard let giver = sorted.max(by: { $0.value < $1.value }),
        let taker = sorted.min(by: { $0.value < $1.value }),
        giver.value >= 1 || taker.value <= -1, giver.value > 0, taker.value < 0,
        let index = zones.keys.sorted().first(where: { zones[$0] == giver.key })
      else { return }
      zones[index] = taker.key
      surplus[giver.key] = giver.value - 1
      surplus[taker.key] = taker.value + 1
    }
  }
}
