import Documents
import Etcd
import KubeAPIServer
import KubeObjects
import Simulation

/// What the API server alone costs: one core, no controllers.
enum APIServing {
  private static let owner = UserInfo(name: "b", groups: ["system:masters"])

  private static func pod(_ number: Int) -> Value {
    [
      "apiVersion": "v1", "kind": "Pod",
      "metadata": [
        "name": .string("web-\(number)"), "namespace": "default", "labels": ["app": "web"],
      ],
      "spec": [
        "containers": [
          [
            "name": "c", "image": "nginx:1.29",
            "resources": ["requests": ["cpu": "100m", "memory": "64Mi"]],
            "ports": [["containerPort": 80]],
          ]
        ]
      ],
    ]
  }

  static func measure(isTiny: Bool) throws {
    let server = APIServer(timeline: Timeline(now: Moment(seconds: 1_767_225_600)), seed: 1)
    server.bootstrap(authority: "authority", address: "172.30.1.2")
    let client = ComponentClient(server: server, user: owner, manager: "b")
    let few = isTiny ? 50 : 1000
    let many = isTiny ? 500 : 150_000
    let before = resident()
    var spent = try milliseconds { try create(0..<few, client) }
    row("Pod creates, the first \(few)", "\(perSecond(few, spent))/s", "20000/s")
    spent = try milliseconds { try create(few..<many, client) }
    row("Pod creates, up to \(many)", "\(perSecond(many - few, spent))/s", "20000/s")
    row("memory per such Pod", "\((resident() - before) / many) bytes", "4096 bytes")
    row(
      "list of \(many) Pods as a Table", text(best(of: 3) { _ = server.handle(table) }), "1000 ms")
    try fanOut(server, client, many)
    try apply(client, isTiny ? 20 : 2000)
  }

  private static let table = APIRequest(
    method: "GET", path: "/api/v1/pods", query: [],
    headers: [("accept", "application/json;as=Table;v=v1;g=meta.k8s.io")], body: .none,
    credential: .component(owner))

  private static func perSecond(_ count: Int, _ milliseconds: Double) -> Int {
    Int(Double(count) / milliseconds * 1000)
  }

  private static func create(_ numbers: Range<Int>, _ client: ComponentClient) throws {
    for number in numbers {
      _ = try client.create(.pods, pod(number))
      if number % 256 == 0 { client.server.timeline.settle() }
    }
  }

  private static func fanOut(
    _ server: APIServer, _ client: ComponentClient, _ first: Int
  ) throws {
    let streams = (0..<1000).compactMap { _ in
      let watch = APIRequest(
        method: "GET", path: "/api/v1/pods",
        query: [
          ("watch", "1"), ("resourceVersion", String(server.etcd.revision)),
          ("fieldSelector", "spec.nodeName=n"),
        ], headers: [], body: .none, credential: .component(owner))
      if case .watch(let stream) = server.handle(watch).body { return stream }
      return nil
    }
    let spent = try milliseconds {
      for number in 0..<20 {
        var bound = pod(first + number)
        bound["spec"]?["nodeName"] = "n"
        _ = try client.create(.pods, bound)
      }
      server.timeline.settle()
    }
    let told = streams.reduce(0) { $0 + $1.take().count }
    row("20 changes told to 1000 watchers (\(told))", text(spent), "50 ms")
  }

  private static func apply(_ client: ComponentClient, _ count: Int) throws {
    let spent = try milliseconds {
      for number in 0..<count {
        _ = try client.patch(
          .configMaps, "m\(number % 100)", namespace: "default", .apply(force: true),
          [
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": ["name": .string("m\(number % 100)")],
            "data": ["a": .string("\(number)"), "b": "2"],
          ])
      }
    }
    row("server-side applies", "\(perSecond(count, spent))/s", "10000/s")
  }
}
