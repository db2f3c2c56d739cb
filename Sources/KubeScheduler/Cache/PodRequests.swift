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

  init(spec: Value) {
    exact = Self.total(spec, assuming: false)
    let assumed = Self.total(spec, assuming: true)
    assumedMilliCPU = assumed.milliCPU
    assumedMemory = assumed.memory
  }

  private static func total(_ spec: Value, assuming: Bool) -> ResourceAmounts {
    var total = ResourceAmounts()
    for container in spec["containers"]?.array ?? [] {
      total.add(requests(container, assuming))
    }
    // A sidecar adds to all that runs after it; an ordinary init container runs alone with those.
    var sidecars = ResourceAmounts()
    var peak = ResourceAmounts()
    for container in spec["initContainers"]?.array ?? [] {
      let own = requests(container, assuming)
      var standing = sidecars
      standing.add(own)
      if container["restartPolicy"]?.string == "Always" {
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
