import Documents
import KubeAPIServer
import KubeControllerManager
import KubeObjects
import KubeScheduler
import Simulation

/// An API server with a scheduler and controllers, on which a recorded scenario is played.
final class Reef {
  let timeline = Timeline(now: Moment(seconds: 1_767_225_600))
  let server: APIServer
  let client: ComponentClient
  let scheduler: Scheduler
  let controllers: ControllerManager
  private var differences: [String] = []

  init() throws {
    server = APIServer(timeline: timeline, seed: 7)
    client = ComponentClient(
      server: server, user: UserInfo(name: "admin", groups: ["system:masters"]), manager: "tests")
    scheduler = Scheduler(server: server, seed: 7, host: "controlplane")
    controllers = ControllerManager(server: server, seed: 7)
    for name in ["kube-system", "NS"] {
      _ = try? client.create(
        .namespaces,
        ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(name.lowercased())]])
    }
    for (name, value) in [
      ("system-cluster-critical", 2_000_000_000), ("system-node-critical", 2_000_001_000),
    ] as [(String, Int64)] {
      _ = try client.create(
        .priorityClasses,
        [
          "apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass",
          "metadata": ["name": .string(name)], "value": .int(value),
        ])
    }
    scheduler.start()
    controllers.start()
    timeline.advance(by: .seconds(1))
  }

  static let namespace = "ns"

  static func resource(of kind: String, _ apiVersion: String) -> GroupVersionResource {
    let version = GroupVersion(apiVersion: apiVersion)
    var plural = kind.lowercased()
    plural += plural.hasSuffix("s") ? "es" : plural.hasSuffix("y") ? "" : "s"
    if plural.hasSuffix("y") { plural = plural.dropLast() + "ies" }
    return GroupVersionResource(version.group, version.version, plural)
  }

  static let clusterKinds: Set<String> = [
    "Node", "PriorityClass", "RuntimeClass", "StorageClass", "PersistentVolume", "Namespace",
    "DeviceClass", "ResourceSlice", "CSINode", "CSIDriver",
  ]

  func create(_ object: Value, namespace: String = Reef.namespace) throws {
    var object = object
    if !Self.clusterKinds.contains(object.kind) {
      object["metadata"]?["namespace"] = .string(namespace)
    }
    let resource = Self.resource(of: object.kind, object.apiVersion)
    let made = try client.create(resource, object, namespace: object.namespace)
    if object.kind == "Node" {
      var node = made
      node["status"] = object["status"]
      _ = try client.update(.nodes, node, subresource: "status")
    }
  }

  /// Plays all steps; what came otherwise than recorded, line by line.
  func play(_ scenario: Value) throws -> [String] {
    for node in scenario["nodes"]?.array ?? [] { try create(node) }
    for object in scenario["objects"]?.array ?? [] { try create(object) }
    timeline.advance(by: .seconds(1))
    for (index, step) in (scenario["steps"]?.array ?? []).enumerated() {
      do {
        try play(step, index)
      } catch {
        differences.append("step \(index): refused: \(error)")
      }
    }
    compareEvents(scenario)
    return differences
  }

  private func play(_ step: Value, _ index: Int) throws {
    if let pod = step["create"] {
      let namespace = step["create in namespace"]?.string ?? Self.namespace
      if let refused = step["refused"] {
        do {
          try create(pod, namespace: namespace)
          differences.append("step \(index): was to be refused: \(refused)")
        } catch {}
        return
      }
      try create(pod, namespace: namespace)
      timeline.advance(by: .seconds(1))
      check(pod.name, step, index)
    } else if let name = step["check"]?.string {
      timeline.advance(by: .seconds(2))
      check(name, step, index)
    } else if let object = step["apply"] {
      try create(object)
      timeline.advance(by: .seconds(1))
    } else if let node = step["create node"] {
      try create(node)
      timeline.advance(by: .seconds(1))
    } else if let space = step["create in namespace"]?.string, let pod = step["pod"] {
      _ = try? client.create(
        .namespaces,
        ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(space)]])
      try create(pod, namespace: space)
      timeline.advance(by: .seconds(1))
    } else if let name = step["kubelet sets"]?.string {
      _ = try client.patch(
        .pods, name, namespace: Self.namespace, .merge, ["status": step["status"] ?? .null],
        subresource: "status")
      timeline.advance(by: .seconds(1))
    } else if let names = step["kubelet finishes"]?.array {
      for name in names.compactMap(\.string) {
        try client.delete(
          .pods, name, namespace: Self.namespace, options: ["gracePeriodSeconds": 0])
      }
      timeline.advance(by: .seconds(1))
    } else {
      try change(step)
      timeline.advance(by: .seconds(1))
    }
  }

  private func change(_ step: Value) throws {
    func named(_ text: String) -> (GroupVersionResource, String) {
      let parts = text.split(separator: "/").map(String.init)
      guard parts.count == 2 else { return (.pods, text) }
      let resources: [String: GroupVersionResource] = [
        "Node": .nodes, "PersistentVolumeClaim": .persistentVolumeClaims, "Pod": .pods,
        "PersistentVolume": .persistentVolumes,
      ]
      return (resources[parts[0]] ?? .pods, parts[1])
    }
    if let text = step["delete"]?.string {
      let (resource, name) = named(text)
      let options: Value = resource == .pods ? ["gracePeriodSeconds": 0] : [:]
      try client.delete(resource, name, namespace: Self.namespace, options: options)
    } else if let text = step["patch"]?.string, let patch = step["merge"] {
      let (resource, name) = named(text)
      _ = try client.patch(
        resource, name, namespace: resource == .nodes ? "" : Self.namespace, .merge, patch)
    } else {
      differences.append("step not understood: \(step)")
    }
  }

  private func check(_ name: String, _ step: Value, _ index: Int) {
    guard let wanted = step["result"] else { return }
    guard let pod = try? client.get(.pods, name, namespace: Self.namespace) else {
      differences.append("step \(index): no pod \(name)")
      return
    }
    let isChance = step["decided by"]?.string == "chance among equals"
    let alternatives = [wanted] + (step["other result"].map { [$0] } ?? [])
    if !alternatives.contains(where: { mismatch(pod, $0, isChance) == nil }) {
      differences.append("step \(index) \(name): \(mismatch(pod, wanted, isChance) ?? "")")
    }
    for victim in step["terminating"]?.array ?? [] {
      let there = try? client.get(.pods, victim.name(in: "name"), namespace: Self.namespace)
      let condition = there?.condition("DisruptionTarget")
      let recorded = victim["conditions"]?[0]
      if there?.isBeingDeleted != true || condition?["reason"] != recorded?["reason"]
        || condition?["message"] != recorded?["message"]
      {
        differences.append("step \(index): victim \(victim): \(condition ?? .null)")
      }
    }
  }

  private func mismatch(_ pod: Value, _ wanted: Value, _ isChance: Bool) -> String? {
    let node = pod[path: "spec", "nodeName"]?.string
    let recorded = wanted["node"]?.string
    if isChance ? (node == nil) != (recorded == nil) : node != recorded {
      let condition = pod.condition("PodScheduled")?["message"]?.string ?? ""
      return "node \(node ?? "none") instead of \(recorded ?? "none") \(condition)"
    }
    if let condition = wanted["condition"] {
      let own = pod.condition("PodScheduled")
      for field in ["status", "reason", "message"] where own?[field] != condition[field] {
        return "\(field)\n  is  \(own?[field]?.string ?? "-")\n  was \(condition[field] ?? .null)"
      }
    }
    let nominated = pod[path: "status", "nominatedNodeName"]?.string
    let wantedNominated = wanted["nominatedNodeName"]?.string
    if !isChance, nominated != wantedNominated {
      return "nominated \(nominated ?? "-") instead of \(wantedNominated ?? "-")"
    }
    return nil
  }

  private func compareEvents(_ scenario: Value) {
    if scenario["events vary"] != nil { return }
    func line(_ object: String, _ reason: String, _ message: String) -> String {
      "\(object) \(reason) \(message)"
    }
    let own = ((try? client.list(.events)) ?? []).compactMap { event -> String? in
      guard event["reportingComponent"]?.string == "default-scheduler" else { return nil }
      let kind = event[path: "involvedObject", "kind"]?.string ?? ""
      let name = event[path: "involvedObject", "name"]?.string ?? ""
      return line(
        "\(kind)/\(name)", event["reason"]?.string ?? "", event["message"]?.string ?? "")
    }
    let recorded = (scenario["events"]?.array ?? []).compactMap { event -> String? in
      guard event["source"]?.string == "default-scheduler" else { return nil }
      let message = event["message"]?.string ?? ""
      return line(
        event["object"]?.string ?? "", event["reason"]?.string ?? "",
        message.replacing("NS/", with: "ns/"))
    }
    let chance = (scenario["steps"]?.array ?? []).contains {
      $0["decided by"]?.string == "chance among equals"
    }
    guard !chance else { return }
    for event in Set(recorded).subtracting(own).sorted() {
      differences.append("missing event: \(event)")
    }
    for event in Set(own).subtracting(recorded).sorted() {
      differences.append("surplus event: \(event)")
    }
  }
}

extension Value {
  fileprivate func name(in key: String) -> String { self[key]?.string ?? "" }
}
