import Documents
import Etcd
import KubeObjects
import Simulation
import Testing

@testable import KubeAPIServer

/// What the API server has etcd remember, and for how long.
@Suite struct HistoryTests {
  let timeline = Timeline(now: Moment(seconds: 1_767_225_600))
  let server: APIServer
  let client: ComponentClient

  init() throws {
    server = APIServer(timeline: timeline, seed: 1)
    client = ComponentClient(
      server: server, user: UserInfo(name: "a", groups: ["system:masters"]), manager: "a")
    _ = try client.create(
      .namespaces, ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": "reef"]])
  }

  private func write(_ name: String) throws -> Value {
    try client.create(
      .configMaps, ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": .string(name)]],
      namespace: "reef")
  }

  /// The types of the events that a watch from a revision begins with.
  private func watch(from version: String, _ resource: String = "configmaps") -> [String] {
    let response = server.handle(
      APIRequest(
        method: "GET", path: "/api/v1/namespaces/reef/\(resource)",
        query: [("watch", "1"), ("resourceVersion", version)],
        credential: .component(client.user)))
    guard case .watch(let stream) = response.body else { return [] }
    return stream.take().map(\.type)
  }

  @Test("a resource that seldom changes can be watched from long ago, one that often does cannot")
  func window() throws {
    let first = try write("first")
    for number in 0..<99 { _ = try write("a\(number)") }
    timeline.advance(by: .hours(24))
    #expect(watch(from: first.resourceVersion).count == 99)
    // The hundred and first change takes the place of the oldest, which is not fresh.
    _ = try write("b")
    #expect(watch(from: first.resourceVersion).count == 100)
    _ = try write("c")
    #expect(watch(from: first.resourceVersion) == ["ERROR"])
    #expect(watch(from: String(server.etcd.revision)) == [])
    // While changes are fresh the window grows with them.
    let last = try write("d")
    for number in 0..<500 { _ = try write("e\(number)") }
    #expect(watch(from: last.resourceVersion).count == 500)
    timeline.advance(by: .minutes(2))
    for number in 0..<400 { _ = try write("f\(number)") }
    #expect(watch(from: last.resourceVersion) == ["ERROR"])
  }

  @Test("a list of a revision is told so when etcd has forgotten it, and so is a watch of events")
  func compaction() throws {
    func list(_ version: String) -> Int {
      server.handle(
        APIRequest(
          method: "GET", path: "/api/v1/namespaces/reef/configmaps",
          query: [("resourceVersion", version), ("resourceVersionMatch", "Exact")],
          credential: .component(client.user))
      ).code
    }
    let first = try write("one")
    _ = try event(0)
    timeline.advance(by: .minutes(4))
    #expect(list(first.resourceVersion) == 200)
    timeline.advance(by: .minutes(5))
    #expect(list(first.resourceVersion) == 200)
    #expect(watch(from: first.resourceVersion, "events") == ["ADDED"])
    timeline.advance(by: .minutes(2))
    #expect(list(first.resourceVersion) == 410)
    #expect(watch(from: first.resourceVersion, "events") == ["ERROR"])
  }

  private func event(_ number: Int) throws -> Int64 {
    let name = "e\(number)"
    _ = try client.create(
      .events,
      [
        "apiVersion": "v1", "kind": "Event", "metadata": ["name": .string(name)],
        "involvedObject": ["namespace": "reef", "kind": "Pod", "name": "p"],
      ], namespace: "reef")
    return server.etcd["/registry/events/reef/" + name]?.lease ?? 0
  }

  @Test("events of a minute share a lease, up to a thousand, and go an hour later")
  func leases() throws {
    let first = try event(0)
    #expect(first != 0)
    timeline.advance(by: .seconds(59))
    #expect(try event(1) == first)
    timeline.advance(by: .seconds(2))
    let second = try event(2)
    #expect(second != first)
    let others = try (3..<1003).map { try event($0) }
    #expect(others[..<999].allSatisfy { $0 == second })
    #expect(others[999] != second)
    timeline.advance(by: .minutes(59) + .seconds(58))
    #expect(server.etcd["/registry/events/reef/e0"] != nil)
    timeline.advance(by: .seconds(2))
    #expect(server.etcd["/registry/events/reef/e0"] == nil)
    #expect(server.etcd["/registry/events/reef/e2"] != nil)
  }

  @Test("what all Pods get from admission is one piece of memory")
  func sharing() throws {
    _ = try client.create(
      .serviceAccounts,
      ["apiVersion": "v1", "kind": "ServiceAccount", "metadata": ["name": "default"]],
      namespace: "reef")
    let pods = try ["a", "b"].map { name in
      try client.create(
        .pods,
        [
          "apiVersion": "v1", "kind": "Pod", "metadata": ["name": .string(name)],
          "spec": ["containers": [["name": "c", "image": "nginx"]]],
        ], namespace: "reef")
    }
    let tolerations = try pods.map { try #require($0["spec"]?["tolerations"]) }
    #expect(tolerations[0].sharesStorage(with: tolerations[1]))
    let fields = try pods.map {
      try #require($0["metadata"]?["managedFields"]?[0]?["fieldsV1"])
    }
    #expect(fields[0].sharesStorage(with: fields[1]))
  }
}
