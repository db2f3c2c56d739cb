import Documents
import KubeObjects
import Simulation

extension ObjectTable {
  package static let services = ObjectTable("services") { service, now in
    let spec = service["spec"] ?? [:]
    let type = spec.text("type")
    let ports = spec.items("ports").map { port in
      let node = port.number("nodePort")
      let shown = node > 0 ? "\(port.number("port")):\(node)" : "\(port.number("port"))"
      return "\(shown)/\(port.text("protocol"))"
    }
    return [
      Cell.name(service), .string(type), Cell.orNone(spec.texts("clusterIPs").first ?? ""),
      .string(external(service, spec, type)), Cell.orNone(ports.joined(separator: ",")),
      Cell.age(service, now), Cell.labels(spec["selector"]),
    ]
  }

  private static func external(_ service: Value, _ spec: Value, _ type: String) -> String {
    let own = spec.texts("externalIPs")
    switch type {
    case "ExternalName": return spec.text("externalName")
    case "LoadBalancer":
      let points = (service["status"]?["loadBalancer"]?.items("ingress") ?? []).map {
        $0.text("ip").isEmpty ? $0.text("hostname") : $0.text("ip")
      }.filter { !$0.isEmpty }
      let all = Array(Set(points)).sorted() + own
      return all.isEmpty ? "<pending>" : all.joined(separator: ",")
    default: return own.isEmpty ? "<none>" : own.joined(separator: ",")
    }
  }

  package static let endpoints = ObjectTable("endpoints") { object, now in
    var found: [String] = []
    for subset in object.items("subsets") {
      let ports = subset.items("ports")
      if ports.isEmpty { found += subset.items("addresses").map { $0.text("ip") } }
      for port in ports {
        for address in subset.items("addresses") {
          let ip = address.text("ip")
          found.append("\(ip.contains(":") ? "[\(ip)]" : ip):\(port.number("port"))")
        }
      }
    }
    return [
      // Where all addresses are not ready, nothing is shown.
      Cell.name(object),
      .string(object.items("subsets").isEmpty ? "<none>" : Cell.limited(found, 3)),
      Cell.age(object, now),
    ]
  }

  package static let endpointSlices = ObjectTable("endpointslices") { object, now in
    var ports: [String] = []
    for port in object.items("ports") {
      if let number = port["port"]?.int {
        ports.append(String(number))
      } else {
        ports.append(port["name"]?.string ?? "*")
      }
    }
    let addresses = object.items("endpoints").flatMap { $0.texts("addresses") }
    return [
      Cell.name(object), .string(object.text("addressType")),
      .string(ports.allSatisfy(\.isEmpty) && ports.count < 2 ? "<unset>" : Cell.limited(ports, 3)),
      .string(addresses.isEmpty ? "<unset>" : Cell.limited(addresses, 3)),
      Cell.age(object, now),
    ]
  }

  package static let ingresses = ObjectTable("ingresses") { object, now in
    let spec = object["spec"] ?? [:]
    let points = (object["status"]?["loadBalancer"]?.items("ingress") ?? []).map {
      $0.text("ip").isEmpty ? $0.text("hostname") : $0.text("ip")
    }.filter { !$0.isEmpty }
    return [
      Cell.name(object), Cell.orNone(spec.text("ingressClassName")),
      .string(hosts(spec.items("rules").map { $0.text("host") })),
      .string(Set(points).sorted().joined(separator: ",")),
      .string(spec.items("tls").isEmpty ? "80" : "80, 443"), Cell.age(object, now),
    ]
  }

  /// Three at most; upstream counts rules, and looks whether there are more at each (formatHosts).
  private static func hosts(_ hosts: [String]) -> String {
    var shown: [String] = []
    var isMore = false
    for host in hosts {
      if shown.count == 3 { isMore = true }
      if !isMore, !host.isEmpty { shown.append(host) }
    }
    if shown.isEmpty { return "*" }
    return shown.joined(separator: ",") + (isMore ? " + \(hosts.count - 3) more..." : "")
  }

  package static let ingressClasses = ObjectTable("ingressclasses") { object, now in
    let spec = object["spec"] ?? [:]
    var parameters = "<none>"
    if let reference = spec["parameters"], !reference.isNull {
      let group = reference.text("apiGroup")
      parameters =
        reference.text("kind") + (group.isEmpty ? "" : "." + group) + "/"
        + reference.text("name")
    }
    return [
      Cell.name(object), .string(spec.text("controller")), .string(parameters),
      Cell.age(object, now),
    ]
  }

  package static let networkPolicies = ObjectTable("networkpolicies") { object, now in
    [
      Cell.name(object), Cell.selector(object["spec"]?["podSelector"] ?? [:]),
      Cell.age(object, now),
    ]
  }

  package static let serviceCIDRs = ObjectTable("servicecidrs") { object, now in
    [
      Cell.name(object),
      .string((object["spec"]?.texts("cidrs") ?? []).joined(separator: ",")),
      Cell.age(object, now),
    ]
  }

  package static let ipAddresses = ObjectTable("ipaddresses") { object, now in
    let parent = object["spec"]?["parentRef"] ?? [:]
    let (group, resource) = (parent.text("group"), parent.text("resource"))
    let kind = (group.isEmpty ? resource : resource + "." + group).lowercased()
    let parts = [kind, parent.text("namespace"), parent.text("name")].filter { !$0.isEmpty }
    // A cell more than columns, as upstream has it.
    return [Cell.name(object), .string(parts.joined(separator: "/")), Cell.age(object, now)]
  }
}
