package import Documents
package import KubeObjects

/// How much of each counted resource an object takes; quota admission and its controller agree.
package struct QuotaEvaluator {
  package let resource: GroupVersionResource

  package init(_ resource: GroupVersionResource) { self.resource = resource }

  /// Amounts by the names that a quota's spec.hard uses.
  package func usage(_ object: Value) -> PodResources.Amounts {
    var found: PodResources.Amounts = [:]
    let one = Quantity(1)
    found[objects] = one
    if resource.group == "resource.k8s.io", resource.resource == "resourceclaims" {
      addDevices(object["spec"] ?? [:], &found)
    }
    guard resource.group.isEmpty else { return found }
    switch resource.resource {
    case "pods": if !Self.hasEnded(object) { addPod(object["spec"] ?? [:], &found) }
    case "services": addService(object["spec"] ?? [:], &found)
    case "persistentvolumeclaims": addClaim(object, &found)
    case "configmaps", "secrets", "replicationcontrollers", "resourcequotas":
      found[resource.resource] = one
    default: break
    }
    return found
  }

  /// How objects of the kind are counted, whatever they are like.
  private var objects: String {
    "count/\(resource.resource)\(resource.group.isEmpty ? "" : "." + resource.group)"
  }

  /// Whether a name in a quota is about this kind (MatchingResources).
  func counts(_ name: String) -> Bool {
    if name == objects { return true }
    if resource.group == "resource.k8s.io", resource.resource == "resourceclaims" {
      return name.hasSuffix(Self.devices)
    }
    guard resource.group.isEmpty else { return false }
    switch resource.resource {
    case "pods":
      return [
        "pods", "cpu", "memory", "ephemeral-storage", "requests.cpu", "requests.memory",
        "requests.ephemeral-storage", "limits.cpu", "limits.memory", "limits.ephemeral-storage",
      ].contains(name)
        || ["hugepages-", "requests.hugepages-"].contains(where: name.hasPrefix)
        || name.hasPrefix("requests.") && name.contains("/")
    case "services":
      return ["services", "services.nodeports", "services.loadbalancers"].contains(name)
    case "persistentvolumeclaims":
      return ["persistentvolumeclaims", "requests.storage"].contains(name)
        || name.contains(".storageclass.storage.k8s.io/")
    case "configmaps", "secrets", "replicationcontrollers", "resourcequotas":
      return name == resource.resource
    default: return false
    }
  }

  // What has ended takes nothing any more.
  private static func hasEnded(_ pod: Value) -> Bool {
    ["Failed", "Succeeded"].contains(pod["status"]?.text("phase") ?? "")
  }

  private func addPod(_ spec: Value, _ found: inout PodResources.Amounts) {
    found["pods"] = Quantity(1)
    for (name, amount) in PodResources.requests(spec) {
      found["requests.\(name)"] = amount
      if ["cpu", "memory", "ephemeral-storage"].contains(name)
        || name.hasPrefix("hugepages-")
      {
        found[name] = amount
      }
    }
    for (name, amount) in PodResources.limits(spec) {
      if ["cpu", "memory", "ephemeral-storage"].contains(name) {
        found["limits.\(name)"] = amount
      }
    }
  }

  /// How the devices of a class are counted.
  package static let devices = ".deviceclass.resource.k8s.io/devices"

  // claimEvaluator.Usage: the most that a claim may be given. All that there are count as the most
  // that one can hold (AllocationResultsMaxSize); of alternatives the largest of each class.
  private func addDevices(_ spec: Value, _ found: inout PodResources.Amounts) {
    func most(_ request: Value) -> Quantity {
      request.text("allocationMode") == "All" ? Quantity(32) : Quantity(request.number("count"))
    }
    for request in spec["devices"]?.items("requests") ?? [] {
      var own: PodResources.Amounts = [:]
      let alternatives = request.items("firstAvailable")
      for one in alternatives.isEmpty ? [request["exactly"] ?? [:]] : alternatives {
        let name = one.text("deviceClassName") + Self.devices
        own[name] = max(own[name] ?? .zero, most(one))
      }
      for (name, amount) in own { found[name, default: .zero] += amount }
    }
  }

  private func addService(_ spec: Value, _ found: inout PodResources.Amounts) {
    found["services"] = Quantity(1)
    let type = spec.text("type")
    let ports = spec.items("ports")
    let isBalanced = type == "LoadBalancer"
    found["services.loadbalancers"] = Quantity(isBalanced ? 1 : 0)
    var nodePorts = type == "NodePort" || isBalanced ? ports.count : 0
    // A load balancer without node ports has those that it names.
    if isBalanced, spec["allocateLoadBalancerNodePorts"]?.bool == false {
      nodePorts = ports.count { $0.number("nodePort") != 0 }
    }
    found["services.nodeports"] = Quantity(Int64(nodePorts))
  }

  private func addClaim(_ claim: Value, _ found: inout PodResources.Amounts) {
    let spec = claim["spec"] ?? [:]
    let storageClass =
      claim.annotation("volume.beta.kubernetes.io/storage-class")
      ?? spec.text("storageClassName")
    let suffix = ".storageclass.storage.k8s.io/"
    found["persistentvolumeclaims"] = Quantity(1)
    if !storageClass.isEmpty {
      found["\(storageClass)\(suffix)persistentvolumeclaims"] = Quantity(1)
    }
    guard var amount = PodResources.amounts(spec["resources"]?["requests"])["storage"] else {
      return
    }
    if !amount.isInteger { amount = Quantity(amount.value) }
    found["requests.storage"] = amount
    if !storageClass.isEmpty { found["\(storageClass)\(suffix)requests.storage"] = amount }
  }

  /// `cpu for: a,b`: what a quota counts and some containers of a Pod do not say.
  func missing(_ object: Value, _ counted: [String]) -> [String] {
    guard resource == .pods else { return [] }
    let spec = object["spec"] ?? [:]
    // What the Pod says as a whole is enough.
    if ["requests", "limits"].contains(where: {
      !(spec["resources"]?.members($0).isEmpty ?? true)
    }) {
      return []
    }
    let containers = spec.items("containers") + spec.items("initContainers")
    return counted.compactMap { name in
      let (list, plain): (String, String)
      switch name {
      case "cpu", "memory": (list, plain) = ("requests", name)
      case "requests.cpu", "requests.memory":
        (list, plain) = ("requests", String(name.dropFirst(9)))
      case "limits.cpu", "limits.memory": (list, plain) = ("limits", String(name.dropFirst(7)))
      default: return nil
      }
      let silent = containers.filter { $0["resources"]?[list]?[plain] == nil }
        .map { $0.text("name") }
      return silent.isEmpty ? nil : "\(name) for: \(silent.sorted().joined(separator: ","))"
    }
  }
}
