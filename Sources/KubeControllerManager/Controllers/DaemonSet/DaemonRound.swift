import Documents
import KubeObjects
import Simulation

/// One look at a DaemonSet: which Pods are missing, too many, or of an old template.
struct DaemonRound {
  let set: Value
  let hash: String
  private let nodes: [(name: String, shouldRun: Bool, mayStay: Bool)]
  private let byNode: [String: [PodRecord]]
  private let now: Moment
  private let minReadySeconds: Int64

  init(set: Value, hash: String, pods: [PodRecord], nodes: [Value], now: Moment) {
    self.set = set
    self.hash = hash
    self.now = now
    minReadySeconds = set[path: "spec", "minReadySeconds"]?.int ?? 0
    let placement = DaemonPlacement(set)
    self.nodes = nodes.map { node in
      let verdict = placement.verdict(node)
      return (node.name, verdict.shouldRun, verdict.mayStay)
    }
    var found: [String: [PodRecord]] = [:]
    // Who has ended and is being removed is as good as gone.
    for pod in pods.sorted(by: { $0.key < $1.key }) where !(pod.isFinished && pod.isTerminating) {
      found[Self.node(of: pod), default: []].append(pod)
    }
    byNode = found
  }

  /// The node that a Pod is on, or is held to by its affinity.
  private static func node(of pod: PodRecord) -> String {
    if !pod.nodeName.isEmpty { return pod.nodeName }
    let required = pod.value.at([
      "spec", "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution",
    ])
    for term in required?["nodeSelectorTerms"]?.array ?? [] {
      for field in term["matchFields"]?.array ?? [] where field["key"]?.string == "metadata.name" {
        if let name = field["values"]?[0]?.string { return name }
      }
    }
    return ""
  }

  /// The Pod for one node.
  func pod(on node: String) -> Value {
    let template = set[path: "spec", "template"] ?? .null
    var pod = PodControl.pod(from: template, owner: set)
    var labels = pod[path: "metadata", "labels"] ?? .emptyObject
    labels["controller-revision-hash"] = .string(hash)
    if let generation = set.annotation(DaemonSetController.generation) {
      labels["pod-template-generation"] = .string(generation)
    }
    pod["metadata"]?["labels"] = labels
    pod["spec"] = DaemonPlacement.spec(template["spec"] ?? .emptyObject, on: node)
    return pod
  }

  private func pods(on node: String) -> [PodRecord] { byNode[node] ?? [] }

  private func isCurrent(_ pod: PodRecord) -> Bool {
    pod.labels?["controller-revision-hash"]?.string == hash
  }

  private func isAvailable(_ pod: PodRecord) -> Bool {
    pod.isAvailable(minReadySeconds: minReadySeconds, now: now)
  }

  /// Finished Pods where one may be, which make room for new ones.
  var finished: [PodRecord] {
    nodes.filter { $0.shouldRun || $0.mayStay }.flatMap { pods(on: $0.name) }
      .filter { $0.isFinished && !$0.isTerminating }
  }

  /// Nodes that should have a Pod and have none; a set that may surge does not wait until one that
  /// ends is gone.
  var missing: [String] {
    nodes.filter { node in
      guard node.shouldRun else { return false }
      let own = pods(on: node.name)
      return own.isEmpty
        || maxSurge > 0 && node.mayStay && own.allSatisfy { $0.isTerminating || $0.isFinished }
    }.map(\.name)
  }

  /// Pods held to nodes that are gone, which nobody else would remove
  /// (getUnscheduledPodsWithoutNode).
  private var stranded: [PodRecord] {
    let known = Set(nodes.map(\.name))
    return byNode.filter { !known.contains($0.key) }.flatMap(\.value)
      .filter { $0.nodeName.isEmpty && !$0.isTerminating }.sorted { $0.key < $1.key }
  }

  /// Pods where none should be, and those of which a node has too many.
  var surplus: [PodRecord] {
    nodes.flatMap { node in
      let own = pods(on: node.name).filter { !$0.isTerminating }
      if !node.shouldRun, !node.mayStay { return own }
      let running = own.filter { !$0.isFinished }.sorted(by: Self.isOlder)
      return running.count > 1 ? Array(excess(of: running)) : []
    } + stranded
  }

  /// Without surge all but the oldest; with it an old Pod may stay while the new one gets ready.
  private func excess(of running: [PodRecord]) -> [PodRecord] {
    if maxSurge == 0 { return Array(running.dropFirst()) }
    let new = running.first(where: isCurrent)
    let old = running.first { !isCurrent($0) }
    var found = running.filter { $0.uid != new?.uid && $0.uid != old?.uid }
    if let new, let old, !old.isReady || isAvailable(new) { found.append(old) }
    return found
  }

  /// podByCreationTimestampAndPhase: who has a node, then who came earlier.
  private static func isOlder(_ a: PodRecord, _ b: PodRecord) -> Bool {
    if a.nodeName.isEmpty != b.nodeName.isEmpty { return b.nodeName.isEmpty }
    return a.creation == b.creation ? a.key < b.key : a.creation < b.creation
  }

  private var wanted: Int { nodes.count(where: \.shouldRun) }

  private func amount(_ name: String, or standard: Int64) -> Int {
    let rolling = set[path: "spec", "updateStrategy", "rollingUpdate"]
    let value = IntOrString(rolling?[name])?.scaled(of: Int64(wanted), roundingUp: true)
    return Int(clamping: value ?? standard)
  }

  private var maxSurge: Int { amount("maxSurge", or: 0) }

  /// What the rolling update may do now: Pods to remove, nodes to give a second Pod.
  var rollingChanges: (removed: [PodRecord], added: [String]) {
    let surge = maxSurge
    if surge > 0 { return surging(surge) }
    let limit = max(amount("maxUnavailable", or: 1), 1)
    var unavailable = 0
    var broken: [PodRecord] = []
    var candidates: [PodRecord] = []
    for node in updated {
      guard let (current, old) = versions(on: node) else {
        unavailable += 1
        continue
      }
      switch (current, old) {
      case (nil, nil), (_?, _?): unavailable += 1
      case (let pod?, nil): if !isAvailable(pod) { unavailable += 1 }
      case (nil, let pod?):
        if !isAvailable(pod) {
          broken.append(pod)
          unavailable += 1
        } else if unavailable < limit {
          candidates.append(pod)
        }
      }
    }
    let room = min(max(limit - unavailable, 0), candidates.count)
    return (broken + candidates.prefix(room), [])
  }

  /// Nodes that the update looks at: those that have Pods, and those that should.
  private var updated: [String] {
    Set(byNode.keys).union(nodes.filter(\.shouldRun).map(\.name)).sorted()
  }

  /// The Pods of the new and of the old template that a node has; nil: two of one kind
  /// (findUpdatedPodsOnNode).
  private func versions(on node: String) -> (new: PodRecord?, old: PodRecord?)? {
    let own = pods(on: node).filter { !$0.isTerminating }
    let new = own.filter(isCurrent)
    let old = own.filter { !isCurrent($0) }
    return new.count > 1 || old.count > 1 ? nil : (new.first, old.first)
  }

  private func surging(_ surge: Int) -> (removed: [PodRecord], added: [String]) {
    let suitable = Set(nodes.filter(\.shouldRun).map(\.name))
    var used = 0
    var available = 0
    var removed: [PodRecord] = []
    var misplaced: [PodRecord] = []
    var urgent: [String] = []
    var candidates: [String] = []
    for node in updated {
      guard let (current, old) = versions(on: node) else {
        used += 1
        continue
      }
      if let pod = old ?? current, isAvailable(pod) { available += 1 }
      switch (current, old) {
      case (nil, let pod?) where !suitable.contains(node):
        if isAvailable(pod) { misplaced.append(pod) } else { removed.append(pod) }
      case (nil, let pod?):
        if !isAvailable(pod) { urgent.append(node) } else { candidates.append(node) }
      case (let pod?, let other?):
        if isAvailable(pod) { removed.append(other) } else { used += 1 }
      default: break
      }
    }
    // Where a Pod may only stay it goes when enough others are available.
    removed += misplaced.prefix(max(available - wanted, 0))
    let room = min(max(surge - used, 0), candidates.count)
    return (removed, urgent + candidates.prefix(room))
  }

  /// When a Pod will have been ready long enough.
  var nextLook: Span? {
    byNode.values.flatMap { $0 }.compactMap {
      $0.availability(minReadySeconds: minReadySeconds, now: now)
    }.min().map { $0 - now }
  }

  /// `isObserved`: what the set asks for was acted on.
  func status(isObserved: Bool) -> Value {
    var (current, misplaced, ready, available, updated) = (0, 0, 0, 0, 0)
    for node in nodes {
      // With two on a node, the older counts.
      guard let first = pods(on: node.name).min(by: Self.isOlder) else { continue }
      guard node.shouldRun else {
        misplaced += 1
        continue
      }
      current += 1
      if first.isReady { ready += 1 }
      if isAvailable(first) { available += 1 }
      if isCurrent(first) { updated += 1 }
    }
    var status = set["status"] ?? .emptyObject
    status["desiredNumberScheduled"] = .int(Int64(wanted))
    status["currentNumberScheduled"] = .int(Int64(current))
    status["numberMisscheduled"] = .int(Int64(misplaced))
    status["numberReady"] = .int(Int64(ready))
    if isObserved { status["observedGeneration"] = .int(set.generation) }
    for (name, count) in [
      ("updatedNumberScheduled", updated), ("numberAvailable", available),
      ("numberUnavailable", wanted - available),
    ] {
      status[name] = count == 0 ? nil : .int(Int64(count))
    }
    return status
  }
}
