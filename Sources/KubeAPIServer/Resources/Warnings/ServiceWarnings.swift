import Documents
import KubeObjects

/// What a writer of a Service is warned of.
enum ServiceWarnings {
  static func all(_ object: Value) -> [String] {
    let spec = object["spec"] ?? [:]
    let path = FieldPath("spec")
    let type = spec.text("type")
    let isHeadless = type == "ClusterIP" && spec.text("clusterIP") == "None"
    let outside = spec.texts("externalIPs")
    var found: [String] = []
    if object.annotation("service.kubernetes.io/topology-aware-hints") != nil {
      found.append(
        "annotation service.kubernetes.io/topology-aware-hints is deprecated, please use "
          + "service.kubernetes.io/topology-mode instead")
    }
    for (index, address) in spec.texts("clusterIPs").enumerated() where address != "None" {
      found += AddressWarnings.address(address, path.child("clusterIPs").index(index))
    }
    if isHeadless {
      if !spec.text("loadBalancerIP").isEmpty {
        found.append("spec.loadBalancerIP is ignored for headless services")
      }
      if !outside.isEmpty { found.append("spec.externalIPs is ignored for headless services") }
      if spec.text("sessionAffinity") != "None" {
        found.append("spec.SessionAffinity is ignored for headless services")
      }
    }
    for (index, address) in outside.enumerated() {
      found += AddressWarnings.address(address, path.child("externalIPs").index(index))
    }
    if !outside.isEmpty, !isHeadless, type != "ExternalName" {
      found.append(
        "spec.externalIPs is deprecated and may no longer be implemented in some clusters")
    }
    found += AddressWarnings.address(spec.text("loadBalancerIP"), path.child("loadBalancerIP"))
    for (index, range) in spec.texts("loadBalancerSourceRanges").enumerated() {
      found += AddressWarnings.prefix(range, path.child("loadBalancerSourceRanges").index(index))
    }
    if type == "ExternalName", !outside.isEmpty {
      found.append("spec.externalIPs is ignored when spec.type is \"ExternalName\"")
    }
    if type != "ExternalName", !spec.text("externalName").isEmpty {
      found.append("spec.externalName is ignored when spec.type is not \"ExternalName\"")
    }
    if spec.text("trafficDistribution") == "PreferClose" {
      found.append(
        "spec.trafficDistribution: \"PreferClose\" is deprecated; use \"PreferSameZone\"")
    }
    return found
  }
}
