import Documents
import KubeAPIServer
import KubeObjects

/// What hangs together in a cluster: nodes with their Pods, Services with their endpoints, routes.
struct Topology {
  struct Node {
    var name: String
    var address: String
    var state: String
    var pods: [Pod]
    /// Pods of the system's namespaces, which are only counted.
    var hidden: Int
  }

  struct Pod {
    var name: String
    var address: String
    var state: String
  }

  struct Service {
    var name: String
    var type: String
    var address: String
    var ports: String
    /// Names of Pods, or addresses of what is no Pod.
    var endpoints: [String]
  }

  struct Route {
    var kind: String
    var name: String
    /// `shop.example.com/cart`, and the Service it leads to.
    var rules: [(from: String, to: String)]
  }

  private(set) var nodes: [Node] = []
  private(set) var services: [Service] = []
  private(set) var routes: [Route] = []
  static let systemNamespaces: Set<String> = [
    "kube-system", "kube-public", "kube-node-lease", "kube-flannel", "calico-system",
  ]

  init(_ network: ClusterNetwork, namespace: String?, showsAll: Bool) {
    func isShown(_ home: String) -> Bool {
      if let namespace { return home == namespace }
      return showsAll || !Self.systemNamespaces.contains(home)
    }
    let pods = network.pods.objects.sorted { $0.key < $1.key }.map(\.value)
    for node in network.nodes.objects.values.sorted(by: { $0.name < $1.name }) {
      let own = pods.filter { $0[path: "spec", "nodeName"]?.string == node.name }
      nodes.append(
        Node(
          name: node.name, address: ClusterNetwork.internalAddress(node) ?? "",
          state: Self.state(of: node), pods: own.filter { isShown($0.namespace) }.map(Self.pod),
          hidden: own.filter { !isShown($0.namespace) }.count))
    }
    let waiting = pods.filter {
      $0[path: "spec", "nodeName"]?.string == nil && isShown($0.namespace)
    }
    if !waiting.isEmpty {
      nodes.append(
        Node(
          name: "(no node)", address: "", state: "Pending", pods: waiting.map(Self.pod), hidden: 0))
    }
    for service in network.services.objects.sorted(by: { $0.key < $1.key }).map(\.value)
    where isShown(service.namespace) {
      services.append(Self.service(service, network))
    }
    for ingress in network.web.sortedIngresses where isShown(ingress.namespace) {
      routes.append(Self.route(ingress))
    }
    for route in network.gateways?.routes ?? [] where isShown(route.namespace) {
      routes.append(Self.route(atGateway: route))
    }
  }

  private static func route(atGateway object: Value) -> Route {
    let hosts = object[path: "spec", "hostnames"]?.array?.compactMap(\.string) ?? []
    let rules = GatewayRoute(object).rules.flatMap { rule in
      rule.matches.flatMap { match in
        (hosts.isEmpty ? ["*"] : hosts).flatMap { host in
          rule.backends.map {
            (from: host + match.path, to: "\($0.reference.key):\($0.reference.port)")
          }
        }
      }
    }
    return Route(kind: object.kind, name: object.namespacedName, rules: rules)
  }

  private static func state(of node: Value) -> String {
    var words = [node.isConditionTrue("Ready") ? "Ready" : "NotReady"]
    if node[path: "spec", "unschedulable"]?.bool == true { words.append("SchedulingDisabled") }
    return words.joined(separator: ",")
  }

  private static func pod(_ pod: Value) -> Pod {
    var state = pod[path: "status", "phase"]?.string ?? "Pending"
    if pod.isBeingDeleted {
      state = "Terminating"
    } else if state == "Running", !pod.isConditionTrue("Ready") {
      state = "not ready"
    }
    return Pod(
      name: pod.namespacedName, address: pod[path: "status", "podIP"]?.string ?? "", state: state)
  }

  private static func service(_ service: Value, _ network: ClusterNetwork) -> Service {
    let spec = service["spec"] ?? [:]
    let ports = spec.items("ports")
    var endpoints: [String] = []
    for port in ports {
      for endpoint in network.endpoints(of: service, port: port) where endpoint.isReady {
        let name = endpoint.pod.map { "\(service.namespace)/\($0)" } ?? endpoint.address
        if !endpoints.contains(name) { endpoints.append(name) }
      }
    }
    let type = spec.text("type")
    let shown = ports.map { port in
      let node = port.number("nodePort")
      return "\(port.number("port"))" + (node > 0 ? ":\(node)" : "")
    }.joined(separator: ",")
    return Service(
      name: service.namespacedName, type: type.isEmpty ? "ClusterIP" : type,
      address: type == "ExternalName" ? spec.text("externalName") : spec.text("clusterIP"),
      ports: shown, endpoints: endpoints)
  }

  private static func route(_ ingress: Value) -> Route {
    let spec = ingress["spec"] ?? [:]
    var rules: [(from: String, to: String)] = []
    func target(_ backend: Value?) -> String {
      IngressConfiguration.backend(backend, ingress.namespace).map {
        "\($0.key):\($0.port)"
      } ?? "?"
    }
    if spec.has("defaultBackend") { rules.append(("*", target(spec["defaultBackend"]))) }
    for rule in spec.items("rules") {
      let host = rule.text("host").isEmpty ? "*" : rule.text("host")
      for path in rule["http"]?.items("paths") ?? [] {
        rules.append((host + path.text("path"), target(path["backend"])))
      }
    }
    return Route(kind: "Ingress", name: ingress.namespacedName, rules: rules)
  }

  // MARK: text

  var text: String {
    var text = ""
    for node in nodes {
      text += "\(node.name)  \(node.address)  \(node.state)\n"
      let last = node.pods.count - 1
      for (index, pod) in node.pods.enumerated() {
        let isLast = index == last && node.hidden == 0
        text += "\(isLast ? "└" : "├") \(pod.name)  \(pod.address)  \(pod.state)\n"
      }
      if node.hidden > 0 {
        text += "└ and \(node.hidden) Pod\(node.hidden == 1 ? "" : "s") of other namespaces\n"
      }
    }
    for service in services {
      text += "\nService \(service.name)  \(service.type)  \(service.address)  \(service.ports)\n"
      if service.endpoints.isEmpty { text += "└ no ready endpoints\n" }
      for (index, endpoint) in service.endpoints.enumerated() {
        text += "\(index == service.endpoints.count - 1 ? "└" : "├") \(endpoint)\n"
      }
    }
    for route in routes {
      text += "\n\(route.kind) \(route.name)\n"
      for (index, rule) in route.rules.enumerated() {
        text += "\(index == route.rules.count - 1 ? "└" : "├") \(rule.from) → \(rule.to)\n"
      }
    }
    return text
  }
}
