import Documents
import KubeObjects
import Simulation

/// The taints that a node's conditions call for.
struct NodeTaints {
  private let present: [Value]
  private let wantedSchedule: [String]
  private let wantedExecute: String?

  static let notReady = "node.kubernetes.io/not-ready"
  static let unreachable = "node.kubernetes.io/unreachable"

  // The keys that follow conditions, and the status that calls for them.
  private static let pressures = [
    ("MemoryPressure", "node.kubernetes.io/memory-pressure"),
    ("DiskPressure", "node.kubernetes.io/disk-pressure"),
    ("NetworkUnavailable", "node.kubernetes.io/network-unavailable"),
    ("PIDPressure", "node.kubernetes.io/pid-pressure"),
  ]
  private static let unschedulable = "node.kubernetes.io/unschedulable"
  private static let managed: Set<String> = Set(
    pressures.map(\.1) + [notReady, unreachable, unschedulable])

  /// `isAlone`: all nodes are down alike, so none is emptied.
  init(_ node: Value, isAlone: Bool) {
    present = node[path: "spec", "taints"]?.array ?? []
    var keys: [String] = []
    let ready = node.condition("Ready")?["status"]?.string
    switch ready {
    case "False": keys.append(Self.notReady)
    case "Unknown": keys.append(Self.unreachable)
    default: break
    }
    for (type, key) in Self.pressures where node.isConditionTrue(type) { keys.append(key) }
    if node[path: "spec", "unschedulable"]?.bool == true { keys.append(Self.unschedulable) }
    wantedSchedule = keys
    switch ready {
    case "False" where !isAlone: wantedExecute = Self.notReady
    case "Unknown" where !isAlone: wantedExecute = Self.unreachable
    default: wantedExecute = nil
    }
  }

  /// All taints as they should be, or nil when they are.
  func wanted(now: Moment) -> [Value]? {
    var taints = present.filter { taint in
      let key = taint["key"]?.string ?? ""
      switch taint["effect"]?.string {
      case "NoSchedule": return !Self.managed.contains(key) || wantedSchedule.contains(key)
      case "NoExecute":
        return key != Self.notReady && key != Self.unreachable || key == wantedExecute
      default: return true
      }
    }
    func add(_ key: String, _ effect: String) {
      let isThere = taints.contains {
        $0["key"]?.string == key && $0["effect"]?.string == effect
      }
      guard !isThere else { return }
      taints.append([
        "key": .string(key), "effect": .string(effect), "timeAdded": .string(now.rfc3339),
      ])
    }
    for key in wantedSchedule { add(key, "NoSchedule") }
    if let key = wantedExecute { add(key, "NoExecute") }
    return taints == present ? nil : taints
  }
}
