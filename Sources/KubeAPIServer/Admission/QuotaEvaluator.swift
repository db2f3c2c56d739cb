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
    let group = resource.group.isEmpty ? "" : "." + resource.group
    if resource.resource != "pods" || !Self.hasEnded(object) {
      found["count/\(resource.resource)\(group)"] = one
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

  private func addService(_ spec: Value, _ found: inout PodResources.Amounts) {
    found["services"] = Quantity(1)
    let type = spec.text("type")
    let ports = spec.items("ports")
    let isBalanced = type == "LoadBalancer"
    found["services.loadbalancers"] = Quantity(isBalanced ? 1 : 0)
    let hasNodePorts =
      type == "NodePort"
      || isBalanced && spec["allocateLoadBalancerNodePorts"]?.bool != false
    found["services.nodeports"] = Quantity(hasNodePorts ? Int64(ports.count) : 0)
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
    guard let amount = PodResources.amounts(spec["resources"]?["requests"])["storage"] else {
      return
    }
    found["requests.storage"] = amount
    if !storageClass.isEmpty { found["\(storageClass)\(suffix)requests.storage"] = amount }
  }

  /// `cpu for: a,b`: what a quota counts and some containers of a Pod do not say.
  func missing(_ object: Value, _ counted: [String]) -> [String] {
    guard resource == .pods else { return [] }
    let spec = object["spec"] ?? [:]
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
      if spec["resources"]?[list]?[plain] != nil { return nil }
      let silent = containers.filter { $0["resources"]?[list]?[plain] == nil }
        .map { $0.text("name") }
      return silent.isEmpty ? nil : "\(name) for: \(silent.sorted().joined(separator: ","))"
    }
  }
}
