import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// k3s' ServiceLB: for each Service of type LoadBalancer a DaemonSet svclb-NAME takes its ports on
/// the nodes, and the nodes that have one are the Service's addresses.
final class ServiceLoadBalancer {
  private let client: ComponentClient
  private let timeline: Timeline
  private let services: Informer
  private let pods: Informer
  private let nodes: Informer
  private var due: Set<Informer.Key> = []

  private static let serviceName = "svccontroller.k3s.cattle.io/svcname"
  private static let serviceNamespace = "svccontroller.k3s.cattle.io/svcnamespace"
  private static let home = "kube-system"

  init(server: APIServer) {
    client = ComponentClient(
      server: server, user: UserInfo(name: "system:k3s-controller", groups: ["system:masters"]),
      manager: "k3s-supervisor@server")
    timeline = server.timeline
    services = client.informer(.services)
    pods = client.informer(.pods)
    nodes = client.informer(.nodes)
  }

  func start() {
    services.onChange { [weak self] old, new in
      guard let self, let service = new ?? old else { return }
      if let new, Self.isBalanced(new) {
        lookSoon(Informer.Key(namespace: new.namespace, name: new.name))
      } else if let old, Self.isBalanced(old) {
        remove(service, uid: old.uid)
      }
    }
    pods.onChange { [weak self] old, new in
      guard let pod = new ?? old, let name = pod.label(Self.serviceName),
        let namespace = pod.label(Self.serviceNamespace)
      else { return }
      self?.lookSoon(Informer.Key(namespace: namespace, name: name))
    }
  }

  private static func isBalanced(_ service: Value) -> Bool {
    service[path: "spec", "type"]?.string == "LoadBalancer" && !service.isBeingDeleted
      && (service[path: "spec", "loadBalancerClass"]?.string ?? "").isEmpty
  }

  /// Once for all changes of a moment.
  private func lookSoon(_ key: Informer.Key) {
    guard due.insert(key).inserted else { return }
    timeline.after(.milliseconds(50)) { [weak self] in
      guard let self else { return }
      due.remove(key)
      if let service = services.objects[key], Self.isBalanced(service) { look(service) }
    }
  }

  private static func setName(_ service: Value, uid: String) -> String {
    "svclb-\(service.name)-\(uid.prefix(8))"
  }

  private func look(_ service: Value) {
    let name = Self.setName(service, uid: service.uid)
    let wanted = daemonSet(service, name)
    if var known = try? client.get(.daemonSets, name, namespace: Self.home) {
      if known[path: "metadata", "annotations", Self.digest]?.string
        != wanted[path: "metadata", "annotations", Self.digest]?.string
      {
        known["spec"] = wanted["spec"]
        known["metadata"]?["annotations"]?[Self.digest] = .string(Self.digest(of: service))
        _ = try? client.update(.daemonSets, known)
      }
    } else {
      _ = try? client.create(.daemonSets, wanted, namespace: Self.home)
    }
    tell(service)
  }

  private static let digest = "svccontroller.k3s.cattle.io/ports"

  /// The ports, by which a changed Service is known.
  private static func digest(of service: Value) -> String {
    (service[path: "spec", "ports"]?.array ?? []).map {
      "\($0["protocol"]?.string ?? "TCP")-\($0["port"]?.int ?? 0)-\($0["nodePort"]?.int ?? 0)"
    }.joined(separator: ".")
  }

  private func daemonSet(_ service: Value, _ name: String) -> Value {
    let containers = (service[path: "spec", "ports"]?.array ?? []).map { port -> Value in
      let transport = port["protocol"]?.string ?? "TCP"
      let number = port["port"] ?? 0
      let title = "lb-\(transport.lowercased())-\(number.int ?? 0)"
      return [
        "name": .string(title), "image": "rancher/klipper-lb:v0.4.13",
        "imagePullPolicy": "IfNotPresent",
        "ports": [
          [
            "name": .string(title), "containerPort": number, "hostPort": number,
            "protocol": .string(transport),
          ]
        ],
        "env": [
          ["name": "SRC_PORT", "value": .string("\(number.int ?? 0)")],
          ["name": "DEST_PROTO", "value": .string(transport)],
          ["name": "DEST_PORT", "value": .string("\(number.int ?? 0)")],
          ["name": "DEST_IPS", "value": service[path: "spec", "clusterIP"] ?? ""],
        ], "securityContext": ["capabilities": ["add": ["NET_ADMIN"]]],
      ]
    }
    let labels: Value = [
      "app": .string(name), Self.serviceName: .string(service.name),
      Self.serviceNamespace: .string(service.namespace),
    ]
    return [
      "apiVersion": "apps/v1", "kind": "DaemonSet",
      "metadata": [
        "name": .string(name), "namespace": .string(Self.home),
        "labels": [
          Self.serviceName: .string(service.name),
          Self.serviceNamespace: .string(service.namespace),
        ], "annotations": [Self.digest: .string(Self.digest(of: service))],
      ],
      "spec": [
        "selector": ["matchLabels": ["app": .string(name)]],
        "template": [
          "metadata": ["labels": labels],
          "spec": [
            "automountServiceAccountToken": false,
            "tolerations": [
              [
                "key": "node-role.kubernetes.io/control-plane", "operator": "Exists",
                "effect": "NoSchedule",
              ], ["key": "CriticalAddonsOnly", "operator": "Exists"],
            ], "containers": .array(containers),
          ],
        ],
      ],
    ]
  }

  /// The nodes on which all its ports are taken become the Service's addresses.
  private func tell(_ service: Value) {
    let ready = pods.objects.values.filter {
      $0.namespace == Self.home && $0.label(Self.serviceName) == service.name
        && $0.label(Self.serviceNamespace) == service.namespace && $0.isConditionTrue("Ready")
        && !$0.isBeingDeleted
    }
    let addresses = Set(ready.compactMap { $0[path: "spec", "nodeName"]?.string })
      .compactMap { nodes["", $0] }
      .compactMap { node in
        (node[path: "status", "addresses"]?.array ?? []).first {
          $0["type"]?.string == "InternalIP"
        }?["address"]?.string
      }.sorted()
    let told: Value =
      addresses.isEmpty
      ? [:] : ["ingress": .array(addresses.map { ["ip": .string($0), "ipMode": "VIP"] })]
    guard service[path: "status", "loadBalancer"] ?? [:] != told else { return }
    var changed = service
    changed["status"]?["loadBalancer"] = told
    _ = try? client.update(.services, changed, subresource: "status")
  }

  private func remove(_ service: Value, uid: String) {
    _ = try? client.delete(.daemonSets, Self.setName(service, uid: uid), namespace: Self.home)
  }
}
