import Documents
import KubeAPIServer
import KubeObjects

/// One device that a driver offers.
struct Device {
  struct ID: Hashable {
    var driver: String
    var pool: String
    var name: String
  }

  var id: ID
  var value: Value
  /// Where its slice says that it can be reached from.
  var slice: Value

  /// An attribute by its name with its domain; one without is of the driver's domain.
  func attribute(_ qualified: String) -> Value? {
    if let own = value[path: "attributes", qualified] { return own }
    let parts = qualified.split(separator: "/", maxSplits: 1).map(String.init)
    guard parts.count == 2, parts[0] == id.driver else { return nil }
    return value[path: "attributes", parts[1]]
  }

  /// Untolerated taints keep new claims off.
  func isTainted(_ tolerations: [Toleration]) -> Bool {
    (value["taints"]?.array ?? []).map(Taint.init).contains {
      ($0.effect == "NoSchedule" || $0.effect == "NoExecute") && !tolerations.tolerate($0)
    }
  }
}

/// The devices of one pool that a node can use (structured.GatherPools).
struct DevicePool {
  var name: String
  var devices: [Device] = []
  /// Not all its slices are there yet.
  var isIncomplete = false
  /// Two devices have one name.
  var isInvalid = false

  /// By driver and pool, slices and devices in their order.
  static func gather(_ slices: [Value], for node: NodeInfo.Facts) -> [DevicePool] {
    var byPool: [String: [Value]] = [:]
    for slice in slices {
      let name =
        "\(slice[path: "spec", "driver"]?.string ?? "")/"
        + (slice[path: "spec", "pool", "name"]?.string ?? "")
      byPool[name, default: []].append(slice)
    }
    return byPool.sorted { $0.key < $1.key }.compactMap { pool(of: $0.value, $0.key, node) }
  }

  private static func pool(
    of slices: [Value], _ name: String, _ node: NodeInfo.Facts
  ) -> DevicePool? {
    func generation(_ slice: Value) -> Int64 { slice[path: "spec", "pool", "generation"]?.int ?? 0 }
    // Only the newest generation counts.
    let newest = slices.map(generation).max() ?? 0
    let current = slices.filter { generation($0) == newest }.sorted { $0.name < $1.name }
    var pool = DevicePool(name: name)
    var names: Set<String> = []
    for slice in current {
      let spec = slice["spec"] ?? .null
      for device in spec["devices"]?.array ?? [] {
        if !names.insert(device.name(in: "name")).inserted { pool.isInvalid = true }
        let place = spec["perDeviceNodeSelection"]?.bool == true ? device : spec
        guard reaches(place, node) else { continue }
        pool.devices.append(
          Device(
            id: Device.ID(
              driver: spec.name(in: "driver"), pool: spec["pool"]?.name(in: "name") ?? "",
              name: device.name(in: "name")), value: device, slice: spec))
      }
    }
    pool.isIncomplete =
      Int64(current.count) != current.first?[path: "spec", "pool", "resourceSliceCount"]?.int
    return pool.devices.isEmpty ? nil : pool
  }

  private static func reaches(_ place: Value, _ node: NodeInfo.Facts) -> Bool {
    if let name = place["nodeName"]?.string, !name.isEmpty { return name == node.name }
    if place["allNodes"]?.bool == true { return true }
    return NodeSelector(place["nodeSelector"])?.matches(labels: node.labels, name: node.name)
      ?? false
  }
}

extension Value {
  func name(in key: String) -> String { self[key]?.string ?? "" }
}
