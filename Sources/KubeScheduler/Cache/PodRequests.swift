import Documents
import KubeObjects

/// What a Pod asks of its node, by the rules of `k8s.io/component-helpers/resource`.
struct PodRequests {
  /// What was asked for.
  var exact: ResourceAmounts
  /// The same with 100m and 200MB for containers that name no CPU or memory: for scoring.
  var assumedMilliCPU: Int64
  var assumedMemory: Int64

  static let defaultMilliCPU: Int64 = 100
  static let defaultMemory: Int64 = 200 * 1024 * 1024

  /// Whether a container's status spoke of other amounts than its specification: it is resized.
  private let isResized: Bool

  init(_ pod: Value) {
    let spec = pod["spec"] ?? .null
    let held = Self.held(pod)
    isResized = !held.isEmpty
    exact = Self.total(spec, held, assuming: false)
    let assumed = Self.total(spec, held, assuming: true)
    assumedMilliCPU = assumed.milliCPU
    assumedMemory = assumed.memory
  }

  /// Whether what a Pod takes may have changed with its status.
  func mayFollow(_ pod: Value) -> Bool {
    isResized || pod.condition("PodResizePending") != nil
      || pod.condition("PodResizeInProgress") != nil
  }

  /// Amounts that containers hold, or were promised, beside those that they ask for, by name.
  private static func held(_ pod: Value) -> [String: Held] {
    var found: [String: Held] = [:]
    let isInfeasible = pod.condition("PodResizePending")?["reason"] == "Infeasible"
    let spec = pod["spec"] ?? .null
    for (statuses, containers) in [
      ("containerStatuses", "containers"), ("initContainerStatuses", "initContainers"),
    ] {
      for status in pod[path: "status", statuses]?.array ?? [] {
        guard let resources = status["resources"], let name = status["name"]?.string,
          let own = spec[containers]?.array?.first(where: { $0["name"]?.string == name })
        else { continue }
        let wanted = ResourceAmounts(own[path: "resources", "requests"])
        var amounts = ResourceAmounts(resources["requests"])
        amounts.raise(to: ResourceAmounts(status["allocatedResources"]))
        if amounts != wanted { found[name] = Held(amounts: amounts, isAll: isInfeasible) }
      }
    }
    return found
  }

  private struct Held {
    var amounts: ResourceAmounts
    /// What is asked for beyond it will never be given.
    var isAll: Bool
  }

  private static func total(
    _ spec: Value, _ held: [String: Held], assuming: Bool
  ) -> ResourceAmounts {
    // The largest of what is asked for, promised and held (determineContainerReqs).
    func requests(_ container: Value) -> ResourceAmounts {
      let own = Self.requests(container, assuming)
      guard let held = held[container["name"]?.string ?? ""] else { return own }
      var amounts = held.amounts
      if !held.isAll { amounts.raise(to: own) }
      return amounts
    }
    var total = ResourceAmounts()
    for container in spec["containers"]?.array ?? [] { total.add(requests(container)) }
    // A sidecar adds to all that runs after it; an ordinary init container runs alone with those.
    var sidecars = ResourceAmounts()
    var peak = ResourceAmounts()
    for container in spec["initContainers"]?.array ?? [] {
      let isSidecar = container["restartPolicy"]?.string == "Always"
      let own = isSidecar ? requests(container) : Self.requests(container, assuming)
      var standing = sidecars
      standing.add(own)
      if isSidecar {
        total.add(own)
        sidecars = standing
      }
      peak.raise(to: standing)
    }
    total.raise(to: peak)
    if case .object(let podLevel)? = spec[path: "resources", "requests"] {
      // Pod-level requests stand for the sum of the containers' (PodLevelResources).
      let stated = ResourceAmounts(.object(podLevel))
      for name in podLevel.keys { total[name] = stated[name] }
    }
    if let overhead = spec["overhead"] { total.add(ResourceAmounts(overhead)) }
    return total
  }

  private static func requests(_ container: Value, _ assuming: Bool) -> ResourceAmounts {
    let list = container[path: "resources", "requests"]
    var amounts = ResourceAmounts(list)
    if assuming {
      if list?["cpu"] == nil { amounts.milliCPU = defaultMilliCPU }
      if list?["memory"] == nil { amounts.memory = defaultMemory }
    }
    return amounts
  }
}
