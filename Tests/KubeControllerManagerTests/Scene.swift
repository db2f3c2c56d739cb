import Documents
import KubeAPIServer
import KubeControllerManager
import KubeObjects
import KubeScheduler
import Simulation

/// A cluster of three nodes with stand-in kubelets, on which a recorded scenario is played.
final class Scene {
  let timeline = Timeline(now: Moment(seconds: 1_767_225_600))
  let server: APIServer
  let client: ComponentClient
  let kubelet: StandInKubelet
  private let scheduler: Scheduler
  private var controllers: ControllerManager
  private let signer = StandInSigner()
  var differences: [String] = []
  var names = Placeholders()
  private var sets: Informer?
  private(set) var sizes: [(name: String, replicas: Int64)] = []

  static let namespace = "ns"
  private var request = ""

  /// `isCrowded`: a fourth node is there that takes nothing, as when some cases were recorded.
  /// `isGuarded`: everybody may only do what the roles of a fresh cluster allow.
  init(isCrowded: Bool = false, isGuarded: Bool = false) throws {
    server = APIServer(timeline: timeline, seed: 7)
    if isGuarded {
      server.bootstrap(authority: "authority", address: "192.0.2.1")
      server.authorizesByRole = true
    }
    client = ComponentClient(
      server: server, user: UserInfo(name: "admin", groups: ["system:masters"]), manager: "tests")
    scheduler = Scheduler(server: server, seed: 7, host: "vm")
    controllers = Self.controllers(server, signer)
    server.requestedOrganizations = { [signer] in
      signer.subject(of: $0)?.organizations ?? []
    }
    for name in ["kube-system", "kube-node-lease", Self.namespace] {
      _ = try? client.create(
        .namespaces,
        ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(name)]])
    }
    kubelet = StandInKubelet(server)
    try kubelet.register(
      "controlplane",
      taints: [["key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"]])
    try kubelet.register("node01")
    try kubelet.register("node02")
    if isCrowded {
      try kubelet.register("mute", taints: [["key": "dd-side", "effect": "NoSchedule"]])
    }
    scheduler.start()
    controllers.start()
    timeline.advance(by: .seconds(1))
    sets = client.informer(.replicaSets)
    sets?.onChange { [weak self] old, new in
      guard let self, let new, let size = new[path: "spec", "replicas"]?.int,
        old?[path: "spec", "replicas"]?.int != size
      else { return }
      sizes.append((new.name, size))
    }
  }

  private static func controllers(
    _ server: APIServer, _ signer: StandInSigner
  ) -> ControllerManager {
    var configuration = ControllerManager.Configuration()
    configuration.rootCA = "authority"
    configuration.signer = signer
    return ControllerManager(server: server, seed: 7, configuration: configuration)
  }

  /// The controllers end and others begin, which know nothing of what those did.
  func restartControllers() {
    controllers = Self.controllers(server, signer)
    controllers.start()
  }

  static let clusterKinds: Set<String> = [
    "Node", "PriorityClass", "RuntimeClass", "StorageClass", "PersistentVolume", "Namespace",
    "ClusterRole", "CertificateSigningRequest",
  ]

  static let groups: [String: String] = [
    "Deployment": "apps/v1", "ReplicaSet": "apps/v1", "StatefulSet": "apps/v1",
    "DaemonSet": "apps/v1", "ControllerRevision": "apps/v1", "Job": "batch/v1",
    "CronJob": "batch/v1", "HorizontalPodAutoscaler": "autoscaling/v2",
    "PodDisruptionBudget": "policy/v1", "EndpointSlice": "discovery.k8s.io/v1",
    "ClusterRole": "rbac.authorization.k8s.io/v1", "StorageClass": "storage.k8s.io/v1",
    "CertificateSigningRequest": "certificates.k8s.io/v1",
  ]

  static func resource(of kind: String) -> GroupVersionResource {
    let version = GroupVersion(apiVersion: groups[kind] ?? "v1")
    var plural = kind.lowercased()
    if kind == "Endpoints" {
      plural = "endpoints"
    } else if plural.hasSuffix("s") {
      plural += "es"
    } else if plural.hasSuffix("y") {
      plural = plural.dropLast() + "ies"
    } else {
      plural += "s"
    }
    return GroupVersionResource(version.group, version.version, plural)
  }

  static func local(_ text: String) -> String { text.replacing("NS", with: namespace) }

  static func local(_ value: Value) -> Value {
    switch value {
    case .string(let text): return .string(local(text))
    case .array(let elements): return .array(elements.map { local($0) })
    case .object(let members):
      return .object(Mapping(members.map { (local($0.key), local($0.value)) }))
    default: return value
    }
  }

  /// Plays all steps; what came otherwise than recorded, line by line.
  func play(_ scenario: Value) -> [String] {
    for (index, step) in (scenario["steps"]?.array ?? []).enumerated() {
      let step = Self.local(step)
      if let action = step["do"]?.string {
        perform(action, step, index)
        // A request and its answer took the recorder's client some time.
        advance(by: .milliseconds(action == "evict" ? 100 : 20))
      } else if let wait = step["settle"]?.string {
        settle(wait)
      } else if step["see"] != nil {
        see(step, index)
      } else if step["sequence"]?.string?.hasPrefix("ReplicaSet") == true {
        compareSizes(step, index)
      }
    }
    compareEvents(Self.local(scenario["events"] ?? []))
    return differences
  }

  private func settle(_ wait: String) {
    let words = wait.split(separator: " ")
    if words.count >= 2, words[1] == "running", let count = Int(words[0]) {
      waitUntil { [self] in
        let pods = objects(.pods, Self.namespace).filter { !$0.isBeingDeleted }
        return pods.count { $0[path: "status", "phase"]?.string == "Running" } >= count
      }
    } else if words.count >= 3, words[1] == "s", let seconds = Double(words[0]) {
      advance(by: .milliseconds(Int64(seconds * 1000)))
    } else {
      if wait == "conditions", waitForAutoscaler() { return }
      let isLong = ["finished", "gone", "conditions", "first job", "Ready is Unknown"]
        .contains(wait)
      advance(by: .seconds(isLong ? 60 : 10))
    }
  }

  private func waitForAutoscaler() -> Bool {
    guard !objects(.horizontalPodAutoscalers, Self.namespace).isEmpty else { return false }
    waitUntil { [self] in
      objects(.horizontalPodAutoscalers, Self.namespace).allSatisfy {
        $0[path: "status", "conditions"]?.array?.isEmpty == false
      }
    }
    return true
  }

  private func waitUntil(_ isThere: () -> Bool) {
    for _ in 0..<300 where !isThere() { advance(by: .milliseconds(100)) }
  }

  /// Lets time pass; controllers that answer each other for ever are a difference, not a hang.
  func advance(by span: Span) {
    let end = timeline.now + span
    var steps = 0
    while steps < 20_000, timeline.step(until: end) {
      timeline.fibers.run()
      steps += 1
    }
    if steps == 20_000 {
      differences.append("the controllers do not come to rest")
    } else {
      timeline.advance(to: end)
    }
  }

  /// The resource and name behind `Kind/name`, placeholders filled in.
  func target(_ text: String) -> (GroupVersionResource, String, String)? {
    let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { return nil }
    let resource = Self.resource(of: parts[0])
    let namespace = Self.clusterKinds.contains(parts[0]) ? "" : Self.namespace
    var name = names.filled(parts[1])
    if name.contains("<") {
      // First heard of here: any object that it may mean.
      for object in objects(resource, namespace) where names.match(parts[1], object.name) {
        name = object.name
        break
      }
    }
    return (resource, namespace, name)
  }

  /// In the order of creation.
  func objects(_ resource: GroupVersionResource, _ namespace: String) -> [Value] {
    let found = (try? client.list(resource, namespace: namespace)) ?? []
    return found.sorted {
      let (a, b) = (Int64($0.resourceVersion) ?? 0, Int64($1.resourceVersion) ?? 0)
      let (timeA, timeB) = (
        $0.creationTimestamp ?? Moment(seconds: 0), $1.creationTimestamp ?? Moment(seconds: 0)
      )
      return timeA == timeB ? a < b : timeA < timeB
    }
  }

  private func perform(_ action: String, _ step: Value, _ index: Int) {
    do throws(StatusError) {
      try carryOut(action, step, index)
      if let refused = step["refused"] {
        differences.append("step \(index): was to be refused: \(Placeholders.brief(refused))")
      }
    } catch {
      guard let refused = step["refused"] else {
        differences.append("step \(index) \(action): refused: \(error.message)")
        return
      }
      if let text = refused["message"]?.string, !names.match(text, error.message) {
        differences.append("step \(index): refused with \(error.message) instead of \(text)")
      }
    }
  }

  private func carryOut(
    _ action: String, _ step: Value, _ index: Int
  ) throws(StatusError) {
    if action == "create", var object = step["object"] {
      let isGlobal = Self.clusterKinds.contains(object.kind)
      if !isGlobal { object["metadata"]?["namespace"] = .string(Self.namespace) }
      fillOwners(&object)
      _ = try client.create(
        Self.resource(of: object.kind), object, namespace: isGlobal ? "" : Self.namespace)
      return
    }
    if try carryOutSpecial(action, step) { return }
    guard let text = step["object"]?.string, let (resource, namespace, name) = target(text) else {
      differences.append("step \(index): not understood: \(action)")
      return
    }
    switch action {
    case "patch":
      let kind: ComponentClient.Patch =
        switch step["type"]?.string {
        case "merge": .merge
        case "json": .json
        default: .strategic
        }
      _ = try client.patch(
        resource, name, namespace: namespace, kind, step["patch"] ?? .null,
        subresource: step["subresource"]?.string ?? "")
    case "delete":
      try client.delete(resource, name, namespace: namespace, options: step["options"] ?? [:])
    default: evict(name, namespace, step, index)
    }
  }

  /// What is done to nodes and certificate requests.
  private func carryOutSpecial(_ action: String, _ step: Value) throws(StatusError) -> Bool {
    switch action {
    case "create CertificateSigningRequest":
      let request = step.text("name")
      _ = try client.create(
        .certificateSigningRequests,
        [
          "apiVersion": "certificates.k8s.io/v1", "kind": "CertificateSigningRequest",
          "metadata": ["name": .string(request)],
          "spec": [
            "signerName": step["signerName"] ?? "", "usages": step["usages"] ?? [],
            "request": .string(
              StandInSigner.request(
                step.text("subject") + (step["subjectAltName"]?.string.map { "/" + $0 } ?? ""))),
          ],
        ])
      self.request = request
    case "approval: Approved":
      guard var object = try? client.get(.certificateSigningRequests, request) else {
        return true
      }
      object["status"] = object["status"] ?? .emptyObject
      object["status"]?["conditions"] = [
        [
          "type": "Approved", "status": "True", "reason": "ByHand", "message": "a person did it",
        ]
      ]
      _ = try client.update(.certificateSigningRequests, object, subresource: "approval")
    case "kubelet sets Ready and MemoryPressure once, then falls silent":
      kubelet.say(
        "mute-ns",
        [
          [
            "type": "Ready", "status": "True", "reason": "KubeletReady",
            "message": "kubelet is posting ready status",
          ],
          [
            "type": "MemoryPressure", "status": "False", "reason": "KubeletHasSufficientMemory",
            "message": "kubelet has sufficient memory available",
          ],
        ])
    case "kubelet sets Ready False and MemoryPressure True":
      break  // What it then says is overwritten at once: it is silent again.
    default: return false
    }
    return true
  }

  private func evict(_ name: String, _ namespace: String, _ step: Value, _ index: Int) {
    let eviction: Value = [
      "apiVersion": "policy/v1", "kind": "Eviction",
      "metadata": ["name": .string(name), "namespace": .string(namespace)],
      "deleteOptions": step["options"] ?? .null,
    ]
    var answer: Value = ["code": 201]
    do throws(StatusError) {
      _ = try client.create(
        .pods, eviction, namespace: namespace, name: name, subresource: "eviction")
    } catch { answer = ["code": .int(Int64(error.code)), "message": .string(error.message)] }
    guard let recorded = step["answer"]?["code"], recorded != answer["code"] else { return }
    differences.append(
      "step \(index): evict: \(Placeholders.brief(answer)) instead of "
        + Placeholders.brief(step["answer"] ?? .null))
  }

  private func fillOwners(_ object: inout Value) {
    guard var owners = object[path: "metadata", "ownerReferences"]?.array else { return }
    for index in owners.indices where owners[index]["uid"]?.string?.hasPrefix("<") == true {
      let kind = owners[index]["kind"]?.string ?? ""
      let owner = try? client.get(
        Self.resource(of: kind), owners[index]["name"]?.string ?? "", namespace: Self.namespace)
      owners[index]["uid"] = .string(owner?.uid ?? "00000000-0000-4000-8000-000000000000")
    }
    object["metadata"]?["ownerReferences"] = .array(owners)
  }
}
