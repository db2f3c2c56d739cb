import Documents
import KubeAPIServer
import KubeNetwork
import KubeObjects
import Simulation

/// What kube-proxy's knowledge costs: 5,000 Services of 20 endpoints each, kept up to date, and the
/// way of a packet among few and among many of them.
enum ServiceFigures {
  private static let owner = UserInfo(name: "b", groups: ["system:masters"])

  static func measure(isTiny: Bool) throws {
    let (few, many) = isTiny ? (10, 100) : (50, 5000)
    let small = try cluster(of: few)
    let large = try cluster(of: many)
    row("packets among \(few) Services", text(small.packets()), "")
    row("packets among \(many) Services", text(large.packets()), "as much")
    let spent = try milliseconds { try large.changeEndpoints() }
    row("\(many) Services × 20 endpoints, one change in each", text(spent), "2000 ms")
    // What was changed is where packets go.
    let arrived = large.packets(count: many)
    row("of \(many * 20) packets to the changed endpoint", "\(arrived)", "about \(many)")
  }

  private static func cluster(of count: Int) throws -> Population {
    let server = APIServer(timeline: Timeline(now: Moment(seconds: 1_767_225_600)), seed: 1)
    server.bootstrap(authority: "authority", address: "172.30.1.2")
    let client = ComponentClient(server: server, user: owner, manager: "b")
    let network = ClusterNetwork(client: client, seed: 1)
    for number in 0..<count {
      _ = try client.create(.services, Population.service(number), namespace: "default")
      _ = try client.create(
        .endpointSlices, Population.slice(number, first: "10.244.0.1"), namespace: "default")
      if number % 256 == 0 { server.timeline.settle() }
    }
    server.timeline.settle()
    return Population(count: count, client: client, network: network)
  }

  private struct Population {
    let count: Int
    let client: ComponentClient
    let network: ClusterNetwork

    static func address(_ number: Int) -> String { "10.97.\(number / 250).\(number % 250 + 1)" }

    static func service(_ number: Int) -> Value {
      [
        "apiVersion": "v1", "kind": "Service", "metadata": ["name": .string("s\(number)")],
        "spec": [
          "clusterIP": .string(address(number)), "ports": [["port": 80, "targetPort": 8080]],
        ],
      ]
    }

    static func slice(_ number: Int, first: String) -> Value {
      let rest = (1..<20).map { "10.244.\(number % 200).\($0 + 1)" }
      return [
        "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
        "metadata": [
          "name": .string("s\(number)-1"),
          "labels": ["kubernetes.io/service-name": .string("s\(number)")],
        ], "ports": [["name": "", "port": 8080, "protocol": "TCP"]],
        "endpoints": .array(
          ([first] + rest).map {
            ["addresses": [.string($0)], "conditions": ["ready": true]]
          }),
      ]
    }

    func changeEndpoints() throws {
      for number in 0..<count {
        let name = "s\(number)-1"
        var slice = try client.get(.endpointSlices, name, namespace: "default")
        slice["endpoints"] = Self.slice(number, first: "10.244.9.9")["endpoints"]
        _ = try client.update(.endpointSlices, slice)
        if number % 256 == 0 { client.server.timeline.settle() }
      }
      client.server.timeline.settle()
    }

    /// A thousand packets from a node to Services by turns.
    func packets() -> Double { best(of: 3) { _ = packets(count: 50) } }

    /// Twenty packets to each of some Services; how many went to the endpoint that was changed.
    func packets(count: Int) -> Int {
      let node = network.host(node: "node01", address: "192.168.56.11")
      var found = 0
      for round in 0..<count * 20 {
        let target = Self.address(round % min(count, self.count))
        let journey = network.journey(Packet(from: node, to: target, port: 80))
        if journey.hops.contains(where: { $0.text.contains("10.244.9.9") }) { found += 1 }
      }
      return found
    }
  }
}
