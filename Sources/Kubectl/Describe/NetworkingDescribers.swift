import Documents

/// Describes Ingresses.
struct IngressDescriber: Describer {
  func describe(_ object: Value, _ out: DescribeWriter, _ context: DescribeContext) async throws {
    let spec = object["spec"] ?? .emptyObject
    out.field("Name", DescribeText.name(object))
    out.labels("Labels", object[path: "metadata", "labels"])
    out.field("Namespace", DescribeText.namespace(object))
    let given = object[path: "status", "loadBalancer", "ingress"]?.array ?? []
    out.field(
      "Address",
      given.map { $0["ip"]?.string ?? $0["hostname"]?.string ?? "" }.joined(separator: ","))
    out.field("Ingress Class", spec["ingressClassName"]?.string ?? "<none>")
    if let backend = spec["defaultBackend"], backend.object != nil {
      out.field("Default backend", await self.backend(backend, object, context))
    } else {
      out.field("Default backend", "<default>")
    }
    certificates(spec["tls"], out)
    out.write(0, "Rules:\n  Host\tPath\tBackends\n")
    out.line(1, "----\t----\t--------")
    var count = 0
    for rule in spec["rules"]?.array ?? [] {
      guard let paths = rule[path: "http", "paths"]?.array else { continue }
      count += 1
      let host = rule["host"]?.string ?? ""
      out.line(1, "\(host.isEmpty ? "*" : host)\t")
      for path in paths {
        let target = await backend(path["backend"] ?? .null, object, context)
        out.line(2, "\t\(path["path"]?.string ?? "") \t\(target)")
      }
    }
    if count == 0 {
      let fallback =
        spec["defaultBackend"] == nil
        ? "<default>" : await backend(spec["defaultBackend"] ?? .null, object, context)
      out.line(1, "*\t*\t\(fallback)")
    }
    out.annotations("Annotations", object[path: "metadata", "annotations"])
    await context.events(of: object, out)
  }

  private func certificates(_ list: Value?, _ out: DescribeWriter) {
    guard let list = list?.array, !list.isEmpty else { return }
    out.line(0, "TLS:")
    for item in list {
      let hosts = (item["hosts"]?.array ?? []).compactMap(\.string).joined(separator: ",")
      let secret = item["secretName"]?.string ?? ""
      out.line(1, secret.isEmpty ? "SNI routes \(hosts)" : "\(secret) terminates \(hosts)")
    }
  }

  /// `web:80 (10.1.0.4:8080)`, or why there is none.
  private func backend(_ backend: Value, _ object: Value, _ context: DescribeContext) async
    -> String
  {
    if let resource = backend["resource"], resource.object != nil {
      return "APIGroup: \(resource["apiGroup"]?.string ?? "<none>"), Kind: "
        + "\(resource["kind"]?.string ?? ""), Name: \(resource["name"]?.string ?? "")"
    }
    guard let reference = backend["service"] else { return "<none>" }
    let name = reference["name"]?.string ?? ""
    let port = reference[path: "port", "name"]?.string ?? ""
    let number = reference[path: "port", "number"]?.int ?? 0
    let label = "\(name):\(port.isEmpty ? "\(number)" : port)"
    let namespace = DescribeText.namespace(object)
    do {
      let service = try await context.get(.services, namespace: namespace, name: name)
      let ports = service[path: "spec", "ports"]?.array ?? []
      let found = ports.first {
        port.isEmpty ? $0["port"]?.int == number : $0["name"]?.string == port
      }
      let slices = await context.list(
        .endpointSlices, namespace: namespace, labels: "kubernetes.io/service-name=\(name)")
      let text = EndpointText.ready(slices, port: found?["name"]?.string ?? "")
      return "\(label) (\(text))"
    } catch {
      return "\(label) (<error: \(CommandError.message(error))>)"
    }
  }
}

/// Describes IngressClasses.
struct IngressClassDescriber: Describer {
  func describe(_ object: Value, _ out: DescribeWriter, _ context: DescribeContext) async throws {
    DescribeText.head(object, out, namespaced: false)
    out.field("Controller", object[path: "spec", "controller"]?.string ?? "")
    if let parameters = object[path: "spec", "parameters"], parameters.object != nil {
      out.line(0, "Parameters:")
      if let group = parameters["apiGroup"]?.string { out.field(1, "APIGroup", group) }
      out.field(1, "Kind", parameters["kind"]?.string ?? "")
      out.field(1, "Name", parameters["name"]?.string ?? "")
    }
    await context.events(of: object, out)
  }
}

/// Describes NetworkPolicies.
struct NetworkPolicyDescriber: Describer {
  func describe(_ object: Value, _ out: DescribeWriter, _ context: DescribeContext) async throws {
    let spec = object["spec"] ?? .emptyObject
    out.field("Name", DescribeText.name(object))
    out.field("Namespace", DescribeText.namespace(object))
    out.field("Created on", Self.created(object[path: "metadata", "creationTimestamp"]))
    out.labels("Labels", object[path: "metadata", "labels"])
    out.annotations("Annotations", object[path: "metadata", "annotations"])
    out.line(0, "Spec:")
    out.write(1, "PodSelector: ")
    let selector = DescribeText.selector(spec["podSelector"])
    out.line(
      2,
      selector == "<none>"
        ? "<none> (Allowing the specific traffic to all pods in this namespace)" : selector)
    let types = (spec["policyTypes"]?.array ?? []).compactMap(\.string)
    direction("ingress", "From", "from", types.contains("Ingress"), spec["ingress"], out)
    direction("egress", "To", "to", types.contains("Egress"), spec["egress"], out)
    out.line(1, "Policy Types: \(types.joined(separator: ", "))")
  }

  /// As Go prints a time: `2026-06-01 09:00:00 +0000 UTC`.
  private static func created(_ value: Value?) -> String {
    guard let moment = value?.string.flatMap(ClockText.parse) else { return "<unset>" }
    let p = ClockText.parts(moment)
    return "\(p.year)-\(p.month)-\(p.day) \(p.hour):\(p.minute):\(p.second) +0000 UTC"
  }

  private func direction(
    _ name: String, _ title: String, _ member: String, _ isIsolated: Bool, _ rules: Value?,
    _ out: DescribeWriter
  ) {
    guard isIsolated else { return out.line(1, "Not affecting \(name) traffic") }
    out.line(1, "Allowing \(name) traffic:")
    let rules = rules?.array ?? []
    if rules.isEmpty {
      return out.line(2, "<none> (Selected pods are isolated for \(name) connectivity)")
    }
    for (index, rule) in rules.enumerated() {
      ports(rule["ports"], out)
      peers(rule[member], title, member == "from", out)
      if index < rules.count - 1 { out.line(2, "----------") }
    }
  }

  private func ports(_ list: Value?, _ out: DescribeWriter) {
    let list = list?.array ?? []
    if list.isEmpty {
      return out.line(2, "To Port: <any> (traffic allowed to all ports)")
    }
    for port in list {
      let transport = port["protocol"]?.string ?? "TCP"
      let number = port["port"].map(DescribeText.text) ?? "<nil>"
      if let end = port["endPort"]?.int {
        out.line(2, "To Port Range: \(number)-\(end)/\(transport)")
      } else {
        out.line(2, "To Port: \(number)/\(transport)")
      }
    }
  }

  private func peers(_ list: Value?, _ title: String, _ isSource: Bool, _ out: DescribeWriter) {
    let list = list?.array ?? []
    if list.isEmpty {
      return out.line(
        2,
        isSource
          ? "From: <any> (traffic not restricted by source)"
          : "To: <any> (traffic not restricted by destination)")
    }
    for peer in list {
      out.line(2, "\(title):")
      if let block = peer["ipBlock"] {
        out.line(3, "IPBlock:")
        out.line(4, "CIDR: \(block["cidr"]?.string ?? "")")
        let except = (block["except"]?.array ?? []).compactMap(\.string)
        out.line(4, "Except: \(except.joined(separator: ", "))")
      } else {
        if let selector = peer["namespaceSelector"], selector.object != nil {
          out.line(3, "NamespaceSelector: \(DescribeText.selector(selector))")
        }
        if let selector = peer["podSelector"], selector.object != nil {
          out.line(3, "PodSelector: \(DescribeText.selector(selector))")
        }
      }
    }
  }
}

/// Describes PodDisruptionBudgets.
struct PodDisruptionBudgetDescriber: Describer {
  func describe(_ object: Value, _ out: DescribeWriter, _ context: DescribeContext) async throws {
    let spec = object["spec"] ?? .emptyObject
    out.field("Name", DescribeText.name(object))
    out.field("Namespace", DescribeText.namespace(object))
    if let least = spec["minAvailable"] {
      out.field("Min available", DescribeText.text(least))
    } else if let most = spec["maxUnavailable"] {
      out.field("Max unavailable", DescribeText.text(most))
    }
    out.field(
      "Selector",
      spec["selector"]?.object == nil ? "<unset>" : DescribeText.selector(spec["selector"]))
    out.line(0, "Status:")
    for (label, member) in [
      ("Allowed disruptions", "disruptionsAllowed"), ("Current", "currentHealthy"),
      ("Desired", "desiredHealthy"), ("Total", "expectedPods"),
    ] {
      out.field(2, label, "\(object[path: "status", member]?.int ?? 0)")
    }
    await context.events(of: object, out)
  }
}
