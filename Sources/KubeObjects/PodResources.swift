package import Documents

/// How much a Pod asks for and may use, by upstream's arithmetic.
package enum PodResources {
  package typealias Amounts = [String: Quantity]

  /// A list of amounts as an API object has it.
  package static func amounts(_ list: Value?) -> Amounts {
    guard case .object(let mapping)? = list else { return [:] }
    var found = Amounts(minimumCapacity: mapping.count)
    for (name, amount) in mapping {
      if let quantity = try? Quantity(parsing: amount) { found[name] = quantity }
    }
    return found
  }

  /// What may be asked for by the Pod as a whole.
  package static func isSupportedAtPodLevel(_ resource: String) -> Bool {
    resource == "cpu" || resource == "memory" || resource.hasPrefix("hugepages-")
  }

  /// The requests of a Pod's spec: containers together, or the largest init container if that is
  /// more, then what the Pod itself asks for, then overhead.
  package static func requests(_ spec: Value) -> Amounts {
    total(spec, "requests")
  }

  package static func limits(_ spec: Value) -> Amounts {
    total(spec, "limits")
  }

  /// Without overhead and the Pod's own resources.
  package static func aggregateContainerRequests(_ spec: Value) -> Amounts {
    containers(spec, "requests")
  }

  package static func aggregateContainerLimits(_ spec: Value) -> Amounts {
    containers(spec, "limits")
  }

  private static func total(_ spec: Value, _ list: String) -> Amounts {
    var sum = containers(spec, list)
    for (name, amount) in amounts(spec["resources"]?[list]) where isSupportedAtPodLevel(name) {
      sum[name] = amount
    }
    for (name, amount) in amounts(spec["overhead"]) {
      if list == "requests" {
        sum[name, default: .zero] += amount
      } else if let limit = sum[name], !limit.isZero {
        sum[name] = limit + amount
      }
    }
    return sum
  }

  private static func containers(_ spec: Value, _ list: String) -> Amounts {
    var sum: Amounts = [:]
    for container in spec["containers"]?.array ?? [] {
      add(amounts(container["resources"]?[list]), to: &sum)
    }
    // Sidecars run beside everything that starts after them.
    var sidecars: Amounts = [:]
    var peak: Amounts = [:]
    for container in spec["initContainers"]?.array ?? [] {
      var own = amounts(container["resources"]?[list])
      if container["restartPolicy"]?.string == "Always" {
        add(own, to: &sum)
        add(own, to: &sidecars)
        own = sidecars
      } else {
        add(sidecars, to: &own)
      }
      raise(&peak, to: own)
    }
    raise(&sum, to: peak)
    return sum
  }

  private static func add(_ amounts: Amounts, to sum: inout Amounts) {
    for (name, amount) in amounts {
      sum[name, default: Quantity(0, format: amount.format)] += amount
    }
  }

  private static func raise(_ sum: inout Amounts, to floor: Amounts) {
    for (name, amount) in floor {
      if let own = sum[name], own >= amount { continue }
      sum[name] = amount
    }
  }

  /// Guaranteed, Burstable or BestEffort.
  package static func qosClass(_ spec: Value) -> String {
    var requests: Amounts = [:]
    var limits: Amounts = [:]
    var isGuaranteed = true
    let own = spec["resources"]
    let lists: [Value?]
    if let own, own["requests"] != nil || own["limits"] != nil {
      lists = [own]
    } else {
      lists = ["containers", "initContainers"].flatMap { spec[$0]?.array ?? [] }
        .map { $0["resources"] }
    }
    for list in lists {
      var limited: Set<String> = []
      for (name, amount) in amounts(list?["requests"])
      where (name == "cpu" || name == "memory") && amount.sign > 0 {
        requests[name, default: .zero] += amount
      }
      for (name, amount) in amounts(list?["limits"])
      where (name == "cpu" || name == "memory") && amount.sign > 0 {
        limited.insert(name)
        limits[name, default: .zero] += amount
      }
      if limited.count < 2 { isGuaranteed = false }
    }
    if requests.isEmpty && limits.isEmpty { return "BestEffort" }
    guard isGuaranteed, requests.count == limits.count,
      requests.allSatisfy({ limits[$0.key] == $0.value })
    else { return "Burstable" }
    return "Guaranteed"
  }
}
