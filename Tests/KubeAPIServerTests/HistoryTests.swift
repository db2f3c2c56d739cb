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
  private func watch(from version: String) -> [String] {
    let response = server.handle(
      APIRequest(
        method: "GET", path: "/api/v1/namespaces/reef/configmaps",
        query: [("watch", "1"), ("resourceVersion", version)],
        credential: .component(client.user)))
    guard case .watch(let stream) = response.body else { return [] }
    return stream.take().map(\.type)
  }

  @Test("revisions are kept for five to ten minutes, then a watch from them is told so")
  func compaction() throws {
    let first = try write("one")
    _ = try write("two")
    timeline.advance(by: .minutes(4))
    #expect(watch(from: first.resourceVersion) == ["ADDED"])
    timeline.advance(by: .minutes(5))
    #expect(watch(from: first.resourceVersion) == ["ADDED"])
    timeline.advance(by: .minutes(2))
    #expect(watch(from: first.resourceVersion) == ["ERROR"])
    let late = try write("three")
    _ = try write("four")
    #expect(watch(from: late.resourceVersion) == ["ADDED"])
    timeline.advance(by: .hours(24))
    #expect(watch(from: late.resourceVersion) == ["ERROR"])
    #expect(watch(from: String(server.etcd.revision)) == [])
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
