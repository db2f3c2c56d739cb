import Documents
import KubeAPIServer
import KubeObjects

/// Why an Ingress has no address or leads nowhere.
extension WhyQuestion {
  func ingress() throws(StatusError) -> String {
    let ingress = try client.get(.ingresses, name, namespace: namespace)
    let spec = ingress["spec"] ?? [:]
    let addresses = ingress[path: "status", "loadBalancer", "ingress"]?.array ?? []
    let shown = addresses.compactMap { $0["ip"]?.string ?? $0["hostname"]?.string }
    var findings = WhyFindings(
      "ingress/\(name) has "
        + (shown.isEmpty ? "no address" : "the address \(shown.joined(separator: ", "))"))
    try tellClass(ingress, isServed: !shown.isEmpty, &findings)
    var backends: [(field: String, service: Value)] = []
    if let service = spec[path: "defaultBackend", "service"] {
      backends.append(("spec.defaultBackend", service))
    }
    for (number, rule) in spec.items("rules").enumerated() {
      for (place, path) in (rule[path: "http", "paths"]?.array ?? []).enumerated() {
        guard let service = path[path: "backend", "service"] else { continue }
        backends.append(("spec.rules[\(number)].http.paths[\(place)].backend", service))
      }
    }
    for (field, service) in backends { tellBackend(field, service, &findings) }
    for (number, entry) in spec.items("tls").enumerated() {
      let secret = entry.text("secretName")
      guard !secret.isEmpty, (try? client.get(.secrets, secret, namespace: namespace)) == nil else {
        continue
      }
      findings.add(
        "spec.tls[\(number)].secretName: there is no Secret \(secret) in namespace \(namespace)",
        "kubectl create secret tls \(secret) --cert=FILE --key=FILE -n \(namespace)")
    }
    if findings.links.isEmpty { findings.add("its class, Services and Secrets are there") }
    return findings.text
  }

  private func tellClass(
    _ ingress: Value, isServed: Bool, _ findings: inout WhyFindings
  ) throws(StatusError) {
    let classes = try client.list(.ingressClasses)
    let known = classes.map(\.name).joined(separator: ", ")
    let named =
      ingress[path: "spec", "ingressClassName"]?.string
      ?? ingress.annotation("kubernetes.io/ingress.class")
    guard let named else {
      findings.add(
        "spec.ingressClassName is not set, and there is no default class",
        known.isEmpty
          ? "install an Ingress controller, which brings its class"
          : "spec.ingressClassName: one of \(known)")
      return
    }
    if !classes.contains(where: { $0.name == named }) {
      findings.add(
        "spec.ingressClassName: there is no IngressClass \(named)",
        known.isEmpty
          ? "install an Ingress controller, which brings its class" : "there are: \(known)")
    } else if !isServed {
      findings.add(
        "no controller of class \(named) has taken it up yet",
        "do its Pods run? kubectl get pods -A")
    }
  }

  private func tellBackend(_ field: String, _ backend: Value, _ findings: inout WhyFindings) {
    let own = backend.text("name")
    guard let service = try? client.get(.services, own, namespace: namespace) else {
      findings.add(
        "\(field): there is no Service \(own) in namespace \(namespace)",
        "kubectl get services -n \(namespace)")
      return
    }
    let ports = service[path: "spec", "ports"]?.array ?? []
    let number = backend[path: "port", "number"]?.int
    let portName = backend[path: "port", "name"]?.string
    let isThere = ports.contains { port in
      number == nil ? port.text("name") == portName : port["port"]?.int == number
    }
    if !isThere {
      let has = ports.map { "\($0.number("port"))" }.joined(separator: ", ")
      findings.add(
        "\(field): Service \(own) has no port \(number.map { "\($0)" } ?? portName ?? "")",
        "it has \(has)")
    }
    let slices =
      (try? client.list(
        .endpointSlices, namespace: namespace,
        labelSelector: "kubernetes.io/service-name=\(own)")) ?? []
    let hasReady = slices.contains { slice in
      slice.items("endpoints").contains { $0[path: "conditions", "ready"]?.bool != false }
    }
    if !hasReady, service[path: "spec", "type"]?.string != "ExternalName" {
      findings.add("Service \(own) has no ready endpoints", "why svc/\(own) -n \(namespace)")
    }
  }
}
