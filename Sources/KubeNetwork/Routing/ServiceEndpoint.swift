import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// One place that a Service's port may send a connection to.
struct ServiceEndpoint {
  var address: String
  var port: Int
  var node: String?
  var pod: String?
  var isReady: Bool
  var isServing: Bool
  var isTerminating: Bool
  var zones: [String]
  var nodesHinted: [String]
}

extension ClusterNetwork {
  /// All endpoints of a Service's port, in the order of their addresses, by what the API has.
  func endpoints(of service: Value, port: Value) -> [ServiceEndpoint] {
    rules[nil].endpoints(of: service, port: port)
  }
}

extension ServiceBook {
  /// All endpoints of a Service's port, in the order of their addresses.
  func endpoints(of service: Value, port: Value) -> [ServiceEndpoint] {
    let name = port["name"]?.string ?? ""
    let transport = port["protocol"]?.string ?? "TCP"
    var found: [ServiceEndpoint] = []
    for slice in slices["\(service.namespace)/\(service.name)"]
    where slice["addressType"]?.string != "FQDN" {
      let match = slice.items("ports").first {
        ($0["name"]?.string ?? "") == name && ($0["protocol"]?.string ?? "TCP") == transport
      }
      guard let number = match?["port"]?.int else { continue }
      for endpoint in slice.items("endpoints") {
        let conditions = endpoint["conditions"]
        let isReady = conditions?["ready"]?.bool ?? true
        for address in endpoint.texts("addresses") {
          found.append(
            ServiceEndpoint(
              address: address, port: Int(clamping: number),
              node: endpoint["nodeName"]?.string,
              pod: endpoint[path: "targetRef", "name"]?.string, isReady: isReady,
              isServing: conditions?["serving"]?.bool ?? isReady,
              isTerminating: conditions?["terminating"]?.bool ?? false,
              zones: endpoint[path: "hints", "forZones"]?.array?.compactMap {
                $0["name"]?.string
              } ?? [],
              nodesHinted: endpoint[path: "hints", "forNodes"]?.array?.compactMap {
                $0["name"]?.string
              } ?? []))
        }
      }
    }
    return found.sorted { ($0.address, $0.port) < ($1.address, $1.port) }
  }
}

/// The endpoints of a Service's port that a node may use.
struct NodeEndpoints {
  /// Those of policy Cluster, and those of policy Local.
  var cluster: [ServiceEndpoint] = []
  var local: [ServiceEndpoint] = []
  /// Whether there is one on any node.
  var isAnyUsable = false
}

extension ClusterNetwork {
  /// kube-proxy's CategorizeEndpoints.
  func categorize(_ all: [ServiceEndpoint], on node: String) -> NodeEndpoints {
    func usable(_ list: [ServiceEndpoint]) -> [ServiceEndpoint] {
      let ready = list.filter(\.isReady)
      // When all endpoints are on their way out, those that still serve are used.
      return ready.isEmpty ? list.filter { $0.isServing && $0.isTerminating } : ready
    }
    let everywhere = usable(all)
    return NodeEndpoints(
      cluster: near(everywhere, node: node), local: usable(all.filter { $0.node == node }),
      isAnyUsable: !everywhere.isEmpty)
  }

  /// Topology hints, obeyed only when every endpoint has one for somewhere.
  private func near(_ all: [ServiceEndpoint], node: String) -> [ServiceEndpoint] {
    if all.allSatisfy({ !$0.nodesHinted.isEmpty }) {
      let here = all.filter { $0.nodesHinted.contains(node) }
      if !here.isEmpty { return here }
    }
    guard let zone = nodes["", node]?.label("topology.kubernetes.io/zone"),
      all.allSatisfy({ !$0.zones.isEmpty })
    else { return all }
    let here = all.filter { $0.zones.contains(zone) }
    return here.isEmpty ? all : here
  }

  /// One of them by chance, or the one the client had before.
  func choose(
    _ candidates: [ServiceEndpoint], _ entry: ServiceEntry, client: String, at node: String
  ) -> ServiceEndpoint? {
    guard !candidates.isEmpty else { return nil }
    let spec = entry.service["spec"] ?? [:]
    let isSticky = spec.text("sessionAffinity") == "ClientIP"
    let key = "\(entry.service.uid)/\(entry.port.number("port"))/\(client)"
    if isSticky, let known = affinities[key], known.until > timeline.now,
      let same = candidates.first(where: { $0.address == known.endpoint })
    {
      remember(key, same, spec)
      return same
    }
    let chosen = candidates[turn(candidates.count, entry, client: client, at: node)]
    if isSticky { remember(key, chosen, spec) }
    return chosen
  }

  /// By chance; virtual servers go round instead, or keep to a client's address.
  private func turn(_ count: Int, _ entry: ServiceEntry, client: String, at node: String) -> Int {
    let configuration = rules[node].configuration
    guard configuration.mode == "ipvs" else { return chance.below(count) }
    if configuration.scheduler == "sh" {
      return client.utf8.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xffff } % count
    }
    let key = "\(node)/\(entry.service.uid)/\(entry.port.number("port"))/\(entry.kind)"
    let turn = rules.turns[key] ?? 0
    rules.turns[key] = turn &+ 1
    return turn % count
  }

  private func remember(_ key: String, _ endpoint: ServiceEndpoint, _ spec: Value) {
    let seconds = spec[path: "sessionAffinityConfig", "clientIP", "timeoutSeconds"]?.int ?? 10800
    if affinities.count > 10_000 {
      affinities = affinities.filter { $0.value.until > timeline.now }
    }
    affinities[key] = (endpoint.address, timeline.now + .seconds(seconds))
  }
}
