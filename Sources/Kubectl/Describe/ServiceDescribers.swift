import Documents

/// Describes Services.
struct ServiceDescriber: Describer {
  func describe(_ object: Value, _ out: DescribeWriter, _ context: DescribeContext) async throws {
    let spec = object["spec"] ?? .emptyObject
    let type = spec["type"]?.string ?? ""
    let slices = await context.list(
      .endpointSlices, namespace: DescribeText.namespace(object),
      labels: "kubernetes.io/service-name=\(DescribeText.name(object))")
    DescribeText.head(object, out)
    out.field("Selector", DescribeText.labels(spec["selector"]))
    out.field("Type", type)
    if let policy = spec["ipFamilyPolicy"]?.string { out.field("IP Family Policy", policy) }
    let families = (spec["ipFamilies"]?.array ?? []).compactMap(\.string)
    out.field("IP Families", families.isEmpty ? "<none>" : families.joined(separator: ","))
    out.field("IP", spec["clusterIP"]?.string ?? "")
    let addresses = (spec["clusterIPs"]?.array ?? []).compactMap(\.string)
    out.field("IPs", addresses.isEmpty ? "<none>" : addresses.joined(separator: ","))
    if let external = spec["externalIPs"]?.array, !external.isEmpty {
      out.field("External IPs", external.compactMap(\.string).joined(separator: ","))
    }
    if let wanted = spec["loadBalancerIP"]?.string, !wanted.isEmpty {
      out.field("Desired LoadBalancer IP", wanted)
    }
    if let name = spec["externalName"]?.string, !name.isEmpty { out.field("External Name", name) }
    let given = object[path: "status", "loadBalancer", "ingress"]?.array ?? []
    if !given.isEmpty { out.field("LoadBalancer Ingress", Self.ingress(given)) }
    for port in spec["ports"]?.array ?? [] { self.port(port, slices, out) }
    out.field("Session Affinity", spec["sessionAffinity"]?.string ?? "")
    if let policy = spec["externalTrafficPolicy"]?.string {
      out.field("External Traffic Policy", policy)
    }
    if let policy = spec["internalTrafficPolicy"]?.string {
      out.field("Internal Traffic Policy", policy)
    }
    if let port = spec["healthCheckNodePort"]?.int, port != 0 {
      out.field("HealthCheck NodePort", "\(port)")
    }
    if let ranges = spec["loadBalancerSourceRanges"]?.array, !ranges.isEmpty {
      out.field("LoadBalancer Source Ranges", ranges.compactMap(\.string).joined(separator: ","))
    }
    await context.events(of: object, out)
  }

  static func ingress(_ list: [Value]) -> String {
    list.map { item in
      let address = item["ip"]?.string ?? item["hostname"]?.string ?? ""
      return item["ipMode"]?.string.map { "\(address) (\($0))" } ?? address
    }.joined(separator: ", ")
  }

  private func port(_ port: Value, _ slices: [Value], _ out: DescribeWriter) {
    let name = port["name"]?.string ?? ""
    let shown = name.isEmpty ? "<unset>" : name
    let transport = port["protocol"]?.string ?? "TCP"
    out.line(0, "Port:\t\(shown)\t\(port["port"]?.int ?? 0)/\(transport)")
    out.line(0, "TargetPort:\t\(DescribeText.text(port["targetPort"]))/\(transport)")
    if let number = port["nodePort"]?.int, number != 0 {
      out.line(0, "NodePort:\t\(shown)\t\(number)/\(transport)")
    }
    out.field("Endpoints", EndpointText.ready(slices, port: name))
  }
}

/// Addresses of EndpointSlices in a line.
enum EndpointText {
  /// `address:port` of the ready endpoints of one named port; after three the number of the rest.
  static func ready(_ slices: [Value], port name: String) -> String {
    if slices.isEmpty { return "<none>" }
    var found: [String] = []
    for slice in slices {
      let port = (slice["ports"]?.array ?? []).first { ($0["name"]?.string ?? "") == name }
      guard let number = port?["port"]?.int else { continue }
      for endpoint in slice["endpoints"]?.array ?? []
      where endpoint[path: "conditions", "ready"]?.bool ?? true {
        for address in endpoint["addresses"]?.array ?? [] {
          let text = address.string ?? ""
          found.append(text.contains(":") ? "[\(text)]:\(number)" : "\(text):\(number)")
        }
      }
    }
    if found.count <= 3 { return found.joined(separator: ",") }
    return found.prefix(3).joined(separator: ",") + " + \(found.count - 3) more..."
  }
}

/// Describes Endpoints.
struct EndpointsDescriber: Describer {
  func describe(_ object: Value, _ out: DescribeWriter, _ context: DescribeContext) async throws {
    DescribeText.head(object, out)
    out.line(0, "Subsets:")
    for subset in object["subsets"]?.array ?? [] {
      for (label, member) in [
        ("Addresses", "addresses"), ("NotReadyAddresses", "notReadyAddresses"),
      ] {
        let list = (subset[member]?.array ?? []).compactMap { $0["ip"]?.string }
        out.field(1, label, list.isEmpty ? "<none>" : list.joined(separator: ","))
      }
      let ports = subset["ports"]?.array ?? []
      if !ports.isEmpty {
        out.line(1, "Ports:")
        out.line(2, "Name\tPort\tProtocol")
        out.line(2, "----\t----\t--------")
        for port in ports {
          let name = port["name"]?.string ?? ""
          out.line(
            2,
            "\(name.isEmpty ? "<unset>" : name)\t\(port["port"]?.int ?? 0)\t"
              + (port["protocol"]?.string ?? "TCP"))
        }
      }
      out.line(0, "")
    }
    await context.events(of: object, out)
  }
}

/// Describes EndpointSlices.
struct EndpointSliceDescriber: Describer {
  func describe(_ object: Value, _ out: DescribeWriter, _ context: DescribeContext) async throws {
    DescribeText.head(object, out)
    out.field("AddressType", object["addressType"]?.string ?? "")
    let ports = object["ports"]?.array ?? []
    if ports.isEmpty {
      out.line(0, "Ports: <unset>")
    } else {
      out.line(0, "Ports:")
      out.line(1, "Name\tPort\tProtocol")
      out.line(1, "----\t----\t--------")
      for port in ports {
        let name = port["name"]?.string ?? ""
        out.line(
          1,
          "\(name.isEmpty ? "<unset>" : name)\t"
            + "\(port["port"].map(DescribeText.text) ?? "<unset>")\t"
            + (port["protocol"]?.string ?? "TCP"))
      }
    }
    let endpoints = object["endpoints"]?.array ?? []
    if endpoints.isEmpty {
      out.line(0, "Endpoints: <none>")
    } else {
      out.line(0, "Endpoints:")
      for endpoint in endpoints { self.endpoint(endpoint, out) }
    }
    await context.events(of: object, out)
  }

  private func endpoint(_ endpoint: Value, _ out: DescribeWriter) {
    let addresses = (endpoint["addresses"]?.array ?? []).compactMap(\.string)
    out.field(1, "- Addresses", addresses.joined(separator: ", "))
    out.line(2, "Conditions:")
    let ready = endpoint[path: "conditions", "ready"]?.bool
    out.field(3, "Ready", ready.map { "\($0)" } ?? "<unset>")
    out.field(2, "Hostname", endpoint["hostname"]?.string ?? "<unset>")
    if let target = endpoint["targetRef"] {
      out.field(
        2, "TargetRef", "\(target["kind"]?.string ?? "")/\(target["name"]?.string ?? "")")
    }
    out.field(2, "NodeName", endpoint["nodeName"]?.string ?? "<unset>")
    out.field(2, "Zone", endpoint["zone"]?.string ?? "<unset>")
  }
}
