import Documents
import KubeAPIServer
import KubeObjects

/// Holds Pods to nodes whose devices satisfy what they claim.
struct DynamicResources: FilterPlugin {
  let name = "DynamicResources"

  /// Why a Pod may not be tried yet: a claim that it needs is not there; nil: all are.
  static func missing(_ pod: PodInfo, _ storage: StorageCache) -> String? {
    for wanted in pod.deviceClaims {
      guard wanted.isMade else {
        return "pod \"\(pod.namespace)/\(pod.name)\": ResourceClaim not created yet"
      }
      guard let name = wanted.name else { continue }
      guard let claim = storage.deviceClaims["\(pod.namespace)/\(name)"] else {
        return "could not find v1.ResourceClaim \"\(pod.namespace)/\(name)\""
      }
      if claim.isBeingDeleted { return "resourceclaim \"\(name)\" is being deleted" }
      if wanted.isOfTemplate, claim.controllerReference?.uid != pod.uid {
        return "ResourceClaim \(claim.namespacedName) was not created for pod \(pod.namespace)/"
          + "\(pod.name) (pod is not owner)"
      }
    }
    return nil
  }

  static func claims(of pod: PodInfo, _ storage: StorageCache) -> [Value] {
    pod.deviceClaims.compactMap { wanted in
      wanted.name.flatMap { storage.deviceClaims["\(pod.namespace)/\($0)"] }
    }
  }

  static func isAllocated(_ claim: Value) -> Bool {
    claim[path: "status", "allocation"].map { !$0.isNull } ?? false
  }

  static func isReserved(_ claim: Value, for pod: PodInfo) -> Bool {
    (claim[path: "status", "reservedFor"]?.array ?? []).contains { $0.name(in: "uid") == pod.uid }
  }

  static let unavailable = "resourceclaim not available on the node"

  /// At most so many Pods share a claim.
  private static let mostConsumers = 256

  func prepare(_ pod: PodInfo, _ cluster: ClusterCache) -> FilterPreparation {
    guard !pod.deviceClaims.isEmpty else { return .skip }
    let storage = cluster.storage
    if let missing = Self.missing(pod, storage) { return .rejected(unresolvable(missing)) }
    let claims = Self.claims(of: pod, storage)
    if claims.isEmpty { return .skip }
    var allocated: [NodeSelector] = []
    var open: [Value] = []
    for claim in claims {
      guard Self.isAllocated(claim) else {
        if let refusal = unknownClass(claim, storage) { return .rejected(refusal) }
        open.append(claim)
        continue
      }
      let users = claim[path: "status", "reservedFor"]?.array?.count ?? 0
      if users >= Self.mostConsumers, !Self.isReserved(claim, for: pod) {
        return .rejected(unresolvable("resourceclaim in use"))
      }
      if let selector = NodeSelector(claim[path: "status", "allocation", "nodeSelector"]) {
        allocated.append(selector)
      }
    }
    return .filter(Filter(allocated: allocated, open: open, storage: storage, plugin: self))
  }

  private func unknownClass(_ claim: Value, _ storage: StorageCache) -> Rejection? {
    for request in claim[path: "spec", "devices", "requests"]?.array ?? [] {
      let name = request.name(in: "name")
      let choices = request["firstAvailable"]?.array ?? []
      let forms =
        choices.isEmpty
        ? [(name, request["exactly"] ?? .emptyObject)]
        : choices.map { ("\(name)/\($0.name(in: "name"))", $0) }
      for (label, form) in forms {
        let className = form.name(in: "deviceClassName")
        if storage.deviceClasses[className] == nil {
          return unresolvable("request \(label): device class \(className) does not exist")
        }
      }
    }
    return nil
  }

  func mayHelp(_ event: ClusterEvent, _ pod: PodInfo, _ cluster: ClusterCache) -> Bool {
    switch event.subject {
    case .devices, .node, .ownUpdate: true
    case .deviceClaim(let old, let new):
      // Devices of other claims came free, or a claim of its own changed.
      old.map(Self.isAllocated) == true && new.map(Self.isAllocated) != true
        || new.map { claim in
          claim.namespace == pod.namespace && pod.deviceClaims.contains { $0.name == claim.name }
            && claim["status"] != old?["status"]
        } ?? false
    default: false
    }
  }

  /// How a Pod's open claims would be allocated on a node; nil: they cannot.
  static func allocations(
    of open: [Value], on node: NodeInfo.Facts, _ storage: StorageCache
  ) throws(DeviceAllocator.Failure) -> [Value]? {
    var allocator = try DeviceAllocator(
      open, classes: storage.deviceClasses, slices: Array(storage.deviceSlices.values),
      taken: storage.takenDevices, node: node)
    return try allocator.allocate()
  }

  private struct Filter: NodeFilter {
    let allocated: [NodeSelector]
    let open: [Value]
    let storage: StorageCache
    let plugin: DynamicResources

    func check(_ node: NodeInfo) -> Rejection? {
      if !open.isEmpty {
        do throws(DeviceAllocator.Failure) {
          if try DynamicResources.allocations(of: open, on: node.facts, storage) == nil {
            return plugin.unresolvable("cannot allocate all claims")
          }
        } catch { return plugin.unresolvable(error.message) }
      }
      return allocated.allSatisfy { $0.matches(labels: node.labels, name: node.name) }
        ? nil : plugin.unresolvable(DynamicResources.unavailable)
    }
  }
}

extension StorageCache {
  /// Devices that allocated claims hold, but for those that only look after them.
  var takenDevices: Set<Device.ID> {
    var taken: Set<Device.ID> = []
    for claim in deviceClaims.values {
      for result in claim[path: "status", "allocation", "devices", "results"]?.array ?? []
      where result["adminAccess"]?.bool != true {
        taken.insert(
          Device.ID(
            driver: result.name(in: "driver"), pool: result.name(in: "pool"),
            name: result.name(in: "device")))
      }
    }
    return taken
  }
}
