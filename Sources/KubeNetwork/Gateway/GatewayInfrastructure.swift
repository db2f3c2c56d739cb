import Documents
import KubeAPIServer
import KubeObjects
import Linux

/// The Deployment and the Service that a controller makes for a Gateway.
struct GatewayInfrastructure {
  let client: ComponentClient
  let network: ClusterNetwork

  /// Makes or changes them; the Service as it is now.
  func provide(_ gateway: GatewayPlan.Gateway) -> Value? {
    let ports = gateway.ports
    guard gateway.accepted.isTrue, !ports.isEmpty else { return nil }
    let object = gateway.object
    let implementation = gateway.implementation
    let home = implementation.namespace.isEmpty ? object.namespace : implementation.namespace
    let name = implementation.name(
      gateway: object.name, className: gateway.className, namespace: object.namespace)
    if network.namespaces["", home] == nil {
      let made: Value = [
        "apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(home)],
      ]
      _ = try? client.create(.namespaces, made)
    }
    let labels: Value = [
      GatewayProxy.gatewayLabel: .string(object.name),
      GatewayProxy.homeLabel: .string(object.namespace),
      "app.kubernetes.io/name": .string(name),
    ]
    var metadata: Value = [
      "name": .string(name), "namespace": .string(home), "labels": labels,
    ]
    if home == object.namespace {
      metadata["ownerReferences"] = [
        [
          "apiVersion": .string(object.apiVersion), "kind": "Gateway",
          "name": .string(object.name), "uid": .string(object.uid), "controller": true,
          "blockOwnerDeletion": true,
        ]
      ]
    }
    provideDeployment(name, home, metadata, labels, ports, implementation)
    return provideService(name, home, metadata, labels, ports, serviceType(gateway))
  }

  /// What the class's parameters want; NGINX's are a NginxProxy.
  private func serviceType(_ gateway: GatewayPlan.Gateway) -> String {
    let group = "gateway.networking.k8s.io"
    let known = try? client.get(.init(group, "v1", "gatewayclasses"), gateway.className)
    guard let reference = known?[path: "spec", "parametersRef"],
      reference.text("group") == "gateway.nginx.org", reference.text("kind") == "NginxProxy",
      let proxy = try? client.get(
        .init("gateway.nginx.org", "v1alpha2", "nginxproxies"), reference.text("name"),
        namespace: reference.text("namespace"))
    else { return "LoadBalancer" }
    return proxy[path: "spec", "kubernetes", "service", "type"]?.string ?? "LoadBalancer"
  }

  private func provideDeployment(
    _ name: String, _ home: String, _ metadata: Value, _ labels: Value, _ ports: [GatewayPort],
    _ implementation: GatewayProvider
  ) {
    let container: Value = [
      "name": .string(implementation.style == .envoy ? "envoy" : "nginx"),
      "image": .string(implementation.image),
      "ports": .array(
        ports.map {
          [
            "name": .string($0.name), "containerPort": .int(Int64($0.number)),
            "protocol": .string($0.transport.rawValue),
          ]
        }),
    ]
    let spec: Value = [
      "replicas": 1, "selector": ["matchLabels": labels],
      "template": ["metadata": ["labels": labels], "spec": ["containers": [container]]],
    ]
    guard let known = try? client.get(.deployments, name, namespace: home) else {
      _ = try? client.create(
        .deployments,
        ["apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec],
        namespace: home)
      return
    }
    let open = known[path: "spec", "template", "spec", "containers"]?.array?.first?.items("ports")
    guard (open ?? []).map({ $0.text("name") }) != ports.map(\.name) else {
      return
    }
    var changed = known
    changed.set(["spec", "template", "spec", "containers"], [container])
    _ = try? client.update(.deployments, changed)
  }

  private func provideService(
    _ name: String, _ home: String, _ metadata: Value, _ labels: Value, _ ports: [GatewayPort],
    _ type: String
  ) -> Value? {
    let wanted = ports.map { port -> Value in
      [
        "name": .string(port.name), "port": .int(Int64(port.number)),
        "protocol": .string(port.transport.rawValue),
        "targetPort": .int(Int64(port.number)),
      ]
    }
    guard
      let known = network.services[home, name]
        ?? (try? client.get(.services, name, namespace: home))
    else {
      return try? client.create(
        .services,
        [
          "apiVersion": "v1", "kind": "Service", "metadata": metadata,
          "spec": ["type": .string(type), "selector": labels, "ports": .array(wanted)],
        ], namespace: home)
    }
    let names = (known["spec"]?.items("ports") ?? []).map { $0.text("name") }
    guard names != ports.map(\.name) else { return known }
    var changed = known
    changed["spec"]?["ports"] = .array(wanted)
    return (try? client.update(.services, changed)) ?? known
  }
}
