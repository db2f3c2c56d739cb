import Documents
import KubeObjects
import Simulation

/// The taints that a node's conditions call for.
struct NodeTaints {
  private let present: [Value]
  private let wantedSchedule: [String]
  private let wantedExecute: String?
  private let empties: Bool

  static let notReady = "node.kubernetes.io/not-ready"
  static let unreachable = "node.kubernetes.io/unreachable"

  // The keys that follow conditions, and the status that calls for them.
  private static let keys: [String: [String: String]] = [
    "Ready": ["False": notReady, "Unknown": unreachable],
    "MemoryPressure": ["True": "node.kubernetes.io/memory-pressure"],
    "DiskPressure": ["True": "node.kubernetes.io/disk-pressure"],
    "NetworkUnavailable": ["True": "node.kubernetes.io/network-unavailable"],
    "PIDPressure": ["True": "node.kubernetes.io/pid-pressure"],
  ]
  private static let unschedulable = "node.kubernetes.io/unschedulable"
  private static let managed: Set<String> = Set(
    keys.values.flatMap(\.values) + [unschedulable])

  /// `empties`: whether the taints that empty the node are looked at, too; else they stay.
  /// `isAlone`: all nodes are down alike, so none is emptied.
  init(_ node: Value, empties: Bool, isAlone: Bool = false) {
    self.empties = empties
    present = node[path: "spec", "taints"]?.array ?? []
    // In the order of the conditions.
    var keys = (node[path: "status", "conditions"]?.array ?? []).compactMap { condition in
      Self.keys[condition["type"]?.string ?? ""]?[condition["status"]?.string ?? ""]
    }
    if node[path: "spec", "unschedulable"]?.bool == true { keys.append(Self.unschedulable) }
    wantedSchedule = keys
    wantedExecute =
      isAlone
      ? nil : node.condition("Ready")?["status"]?.string.flatMap { Self.keys["Ready"]?[$0] }
  }

  /// All taints as they should be, or nil when they are.
  func wanted(now: Moment) -> [Value]? {
    var taints = present.filter { taint in
      let key = taint["key"]?.string ?? ""
      switch taint["effect"]?.string {
      case "NoSchedule": return !Self.managed.contains(key) || wantedSchedule.contains(key)
      case "NoExecute":
        return !empties || key != Self.notReady && key != Self.unreachable || key == wantedExecute
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
    if empties, let key = wantedExecute { add(key, "NoExecute") }
    return taints == present ? nil : taints
  }
}
