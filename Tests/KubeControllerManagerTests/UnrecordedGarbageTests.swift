import Documents
import KubeAPIServer
import KubeObjects
import Simulation
import Testing

/// Who goes with its owner and who stays (attemptToDeleteItem): ConfigMaps, their owners, what is
/// deleted and how, and what is left a while later.
@Suite struct UnrecordedGarbageTests {
  struct Rule: Sendable, CustomTestStringConvertible {
    var name: String
    /// Objects and the owners that they name, made in this order: `b: a!` is owned by `a` and blocks
    /// its deletion, `b: a~x` names it `x`, `@a` is an owner of that name whose uid is nobody's,
    /// `?` one of a kind that is not served.
    var objects: [String]
    /// Objects that a finalizer of somebody else's holds.
    var held: [String] = []
    /// Who is deleted, and by what policy.
    var deletes = "a Background"
    /// Done afterwards: `b: a` sets the owners of `b` anew.
    var changes: [String] = []
    /// What is there then, with its owners; `!` marks what is being deleted.
    var left: [String]
    var testDescription: String { name }
  }

  static let rules: [Rule] = [
    Rule(name: "dependents go after their owner", objects: ["a", "b: a", "c: b"], left: []),
    Rule(
      name: "orphans stay without the reference", objects: ["a", "b: a", "c: b"],
      deletes: "a Orphan", left: ["b", "c: b"]),
    Rule(
      name: "another owner keeps it, and the reference to the lost one goes",
      objects: ["a", "o", "b: a o"], left: ["b: o", "o"]),
    Rule(name: "all owners are gone", objects: ["a", "b: a @z"], left: []),
    Rule(
      name: "an owner that nobody knows is none", objects: ["o", "b: @z", "c: @o"],
      deletes: "", left: ["o"]),
    Rule(
      name: "an owner under another name is none, whatever its uid", objects: ["a", "b: a~x"],
      deletes: "", left: ["a"]),
    Rule(
      name: "of an owner whose kind is not served nothing is concluded, nor of the other one",
      objects: ["a", "b: a ?"], left: ["b: a ?"]),
    Rule(
      name: "in the foreground a dependent that blocks goes first", objects: ["a", "b: a!"],
      held: ["b"], deletes: "a Foreground", left: ["!a", "!b: a!"]),
    Rule(
      name: "one that does not block is not waited for", objects: ["a", "b: a"], held: ["b"],
      deletes: "a Foreground", left: ["!b: a"]),
    Rule(
      name: "dependents of dependents are waited for as well", objects: ["a", "b: a!", "c: b!"],
      held: ["c"], deletes: "a Foreground", left: ["!a", "!b: a!", "!c: b!"]),
    Rule(
      name: "a second owner saves it from the foreground",
      objects: ["a", "o", "b: a! o"], deletes: "a Foreground", left: ["b: o", "o"]),
    Rule(
      name: "who blocks no longer lets its owner go", objects: ["a", "b: a!"], held: ["b"],
      deletes: "a Foreground", changes: ["b: a"], left: ["!b: a"]),
    Rule(
      name: "who has another owner now lets it go as well", objects: ["a", "o", "b: a!"],
      held: ["b"], deletes: "a Foreground", changes: ["b: o!"], left: ["!b: o!", "o"]),
    Rule(
      name: "a circle of owners is broken", objects: ["a", "b: a!"], deletes: "",
      changes: ["a: b!", "-a Foreground"], left: []),
    Rule(
      name: "a reference that comes later counts from then on", objects: ["a", "b"],
      deletes: "a Background", changes: ["b: @a"], left: []),
  ]

  @Test("owners and their dependents", arguments: rules)
  func rule(_ rule: Rule) throws {
    let scene = try Scene()
    let uids = Uids()
    for text in rule.objects {
      let (name, owners) = Self.parse(text)
      var object: Value = [
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": .string(name)],
      ]
      if !owners.isEmpty { object["metadata"]?["ownerReferences"] = uids.references(owners) }
      if rule.held.contains(name) { object["metadata"]?["finalizers"] = ["example.com/held"] }
      let made = try scene.client.create(.configMaps, object, namespace: Scene.namespace)
      uids.known[name] = made.uid
    }
    scene.advance(by: .seconds(2))
    try delete(rule.deletes, scene)
    scene.advance(by: .seconds(2))
    for change in rule.changes {
      if change.hasPrefix("-") {
        try delete(String(change.dropFirst()), scene)
        continue
      }
      let (name, owners) = Self.parse(change)
      _ = try scene.client.patch(
        .configMaps, name, namespace: Scene.namespace, .merge,
        ["metadata": ["ownerReferences": uids.references(owners)]])
    }
    scene.advance(by: .seconds(5))
    let left = try scene.client.list(.configMaps, namespace: Scene.namespace)
      .filter { uids.known[$0.name] != nil }.map { object in
        let owners = object.ownerReferences.map {
          ($0.kind == "Widget" ? "?" : $0.name) + ($0.blockOwnerDeletion ? "!" : "")
        }
        return (object.isBeingDeleted ? "!" : "") + object.name
          + (owners.isEmpty ? "" : ": " + owners.joined(separator: " "))
      }
    #expect(left == rule.left)
  }

  private func delete(_ text: String, _ scene: Scene) throws {
    let words = text.split(separator: " ").map(String.init)
    guard words.count == 2 else { return }
    _ = try scene.client.delete(
      .configMaps, words[0], namespace: Scene.namespace,
      options: ["propagationPolicy": .string(words[1])])
  }

  private static func parse(_ text: String) -> (name: String, owners: [String]) {
    let halves = text.split(separator: ":").map(String.init)
    return (halves[0], halves.dropFirst().flatMap { $0.split(separator: " ").map(String.init) })
  }

  private final class Uids {
    var known: [String: String] = [:]

    func references(_ owners: [String]) -> Value {
      .array(
        owners.map { text in
          if text == "?" {
            return [
              "apiVersion": "example.com/v1", "kind": "Widget", "name": "w",
              "uid": "00000000-0000-4000-8000-000000000001",
            ]
          }
          let plain = text.filter { $0 != "!" && $0 != "@" }
          let parts = plain.split(separator: "~").map(String.init)
          let isNobody = text.hasPrefix("@")
          var reference: Value = [
            "apiVersion": "v1", "kind": "ConfigMap", "name": .string(parts.last ?? ""),
            "uid": .string(
              isNobody ? "ffffffff-0000-4000-8000-000000000000" : known[parts[0]] ?? ""),
          ]
          if text.hasSuffix("!") { reference["blockOwnerDeletion"] = true }
          return reference
        })
    }
  }
}
