import Documents
import KubeObjects

/// How the fields of a Service about its addresses and ports follow each other.
enum ServiceAddresses {
  /// clusterIP and the first of clusterIPs are one.
  static func normalize(_ service: inout Value, old: Value?) {
    guard let spec = service["spec"] else { return }
    let (address, list) = (spec.text("clusterIP"), spec.texts("clusterIPs"))
    if let before = old?["spec"] {
      let (oldAddress, oldList) = (before.text("clusterIP"), before.texts("clusterIPs"))
      // Whoever knows only one of the fields changes the other with it.
      if address.isEmpty, !oldAddress.isEmpty, list == oldList {
        service["spec"]?["clusterIPs"] = nil
      } else if address != oldAddress, list == oldList || list.isEmpty {
        service["spec"]?["clusterIPs"] = address.isEmpty ? nil : [.string(address)]
      }
    } else if !address.isEmpty, list.isEmpty {
      service["spec"]?["clusterIPs"] = [.string(address)]
    }
  }

  /// What an update leaves out but the Service has already, it keeps.
  static func patchAllocated(_ service: inout Value, old: Value) {
    let (spec, before) = (service["spec"] ?? [:], old["spec"] ?? [:])
    let keeps = needsAddress(spec) && needsAddress(before)
    if keeps, spec.text("clusterIP").isEmpty,
      spec.texts("clusterIPs").isEmpty
        || spec.texts("clusterIPs") == before.texts("clusterIPs")
    {
      service["spec"]?["clusterIP"] = before["clusterIP"]
      service["spec"]?["clusterIPs"] = before["clusterIPs"]
    }
    if keeps {
      for field in ["ipFamilies", "ipFamilyPolicy"] where !spec.has(field) {
        service["spec"]?[field] = before[field]
      }
    }
    guard needsNodePort(spec), needsNodePort(before) else { return }
    var known: [String: Value] = [:]
    for port in before.items("ports") {
      known["\(port.text("protocol"))/\(port.number("port"))"] = port["nodePort"]
    }
    let taken = Set(spec.items("ports").map { $0.number("nodePort") })
    service["spec"]?.updateEach("ports") { port in
      guard port.number("nodePort") == 0,
        let node = known["\(port.text("protocol"))/\(port.number("port"))"],
        !taken.contains(node.int ?? 0)
      else { return }
      port["nodePort"] = node
    }
    if spec.number("healthCheckNodePort") == 0, needsHealthCheck(spec) {
      service["spec"]?["healthCheckNodePort"] = before["healthCheckNodePort"]
    }
  }

  /// What a change of type makes meaningless goes, unless the writer changed it too.
  static func dropUnused(_ service: inout Value, old: Value) {
    let (spec, before) = (service["spec"] ?? [:], old["spec"] ?? [:])
    guard spec["type"] != before["type"] else { return }
    if needsAddress(before), !needsAddress(spec) {
      for field in [
        "clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy",
      ] where spec[field] == before[field] {
        service["spec"]?[field] = nil
      }
    }
    if needsNodePort(before), !needsNodePort(spec) {
      let ports = before.items("ports").map { $0.number("nodePort") }
      service["spec"]?.updateEach("ports") { port in
        if ports.contains(port.number("nodePort")) { port["nodePort"] = nil }
      }
    }
    if isExternal(before), !isExternal(spec),
      spec["externalTrafficPolicy"] == before["externalTrafficPolicy"]
    {
      service["spec"]?["externalTrafficPolicy"] = nil
    }
    if needsHealthCheck(before), !needsHealthCheck(service["spec"] ?? [:]) {
      service["spec"]?["healthCheckNodePort"] = nil
    }
    if before.text("type") == "LoadBalancer" {
      for field in ["allocateLoadBalancerNodePorts", "loadBalancerClass"]
      where spec[field] == before[field] {
        service["spec"]?[field] = nil
      }
    }
  }

  static func needsAddress(_ spec: Value) -> Bool { spec.text("type") != "ExternalName" }

  static func isHeadlessWithoutSelector(_ spec: Value) -> Bool {
    let isHeadless = spec.text("clusterIP") == "None" || spec.texts("clusterIPs").first == "None"
    return isHeadless && spec.members("selector").isEmpty
  }

  static func isExternal(_ spec: Value) -> Bool {
    ["NodePort", "LoadBalancer"].contains(spec.text("type"))
      || spec.text("type") == "ClusterIP" && !spec.items("externalIPs").isEmpty
  }

  static func needsNodePort(_ spec: Value) -> Bool {
    switch spec.text("type") {
    case "NodePort": true
    case "LoadBalancer": spec["allocateLoadBalancerNodePorts"]?.bool ?? true
    default: false
    }
  }

  static func needsHealthCheck(_ spec: Value) -> Bool {
    spec.text("type") == "LoadBalancer" && spec.text("externalTrafficPolicy") == "Local"
  }
}
