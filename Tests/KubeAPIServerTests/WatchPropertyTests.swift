import Documents
import KubeObjects
import Simulation
import Testing

@testable import KubeAPIServer

/// What a follower of a list and a watch knows is what there is.
@Suite struct WatchPropertyTests {
  @Test("a list and the events after it rebuild what is stored", arguments: [1, 2, 3, 4, 5])
  func rebuild(_ seed: UInt64) throws {
    let server = RecordedCasesTests.server()
    let client = ComponentClient(
      server: server, user: UserInfo(name: "a", groups: ["system:masters"]), manager: "a")
    var chance = SeededRandom(seed: seed, for: "writes")
    var known: [String: Value] = [:]
    var isMarked: [String: Value] = [:]
    for number in 0..<5 { change(client, number, &chance) }
    server.follow(call("")) { old, new in
      if let old { known[old.name] = nil }
      if let new { known[new.name] = new }
    }
    server.follow(call("mark=yes")) { old, new in
      if let old { isMarked[old.name] = nil }
      if let new { isMarked[new.name] = new }
    }
    for _ in 0..<200 {
      change(client, chance.below(12), &chance)
      if chance.below(5) == 0 { server.timeline.settle() }
    }
    server.timeline.settle()
    let all = try client.list(.configMaps, namespace: "default")
      .filter { $0.name.hasPrefix("m") }
    #expect(known.filter { $0.key.hasPrefix("m") }.count == all.count)
    for object in all { #expect(known[object.name] == object) }
    let marked = all.filter { $0.label("mark") == "yes" }
    #expect(isMarked.count == marked.count)
    for object in marked { #expect(isMarked[object.name] == object) }
  }

  @Test("a configuration that is applied again changes nothing", arguments: [1, 2, 3])
  func applyAgain(_ seed: UInt64) throws {
    let server = RecordedCasesTests.server()
    let client = ComponentClient(
      server: server, user: UserInfo(name: "a", groups: ["system:masters"]), manager: "a")
    var chance = SeededRandom(seed: seed, for: "configurations")
    for _ in 0..<40 {
      var data: Value = [:]
      for _ in 0..<(1 + chance.below(4)) { data["k\(chance.below(6))"] = "\(chance.below(3))" }
      let configuration: Value = [
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "m"], "data": data,
      ]
      let first = try client.patch(
        .configMaps, "m", namespace: "default", .apply(force: true), configuration)
      let again = try client.patch(
        .configMaps, "m", namespace: "default", .apply(force: true), configuration)
      #expect(first == again)
      #expect(first["data"] == data)
    }
  }

  private func call(_ labels: String) -> ResourceCall {
    var call = ResourceCall(
      verb: .watch, resource: .configMaps, namespace: "default", name: "",
      user: UserInfo(name: "a", groups: ["system:masters"]), manager: "a")
    call.labelSelector = labels
    return call
  }

  private func change(_ client: ComponentClient, _ number: Int, _ chance: inout SeededRandom) {
    let name = "m\(number)"
    if chance.below(3) == 0 {
      _ = try? client.delete(.configMaps, name, namespace: "default")
      return
    }
    var object: Value = [
      "apiVersion": "v1", "kind": "ConfigMap",
      "metadata": ["name": .string(name), "namespace": "default"],
      "data": ["a": .string("\(chance.below(4))")],
    ]
    if chance.below(2) == 0 { object["metadata"]?["labels"] = ["mark": "yes"] }
    do throws(StatusError) {
      _ = try client.create(.configMaps, object)
    } catch {
      _ = try? client.update(.configMaps, object)
    }
  }
}
