import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Plays the kubelets of all nodes: a Pod on a node runs after half a second and ends when told to.
final class StandInKubelet {
  private let client: ComponentClient
  private let timeline: Timeline
  private let pods: Informer
  private var started: Set<String> = []
  private var nextAddress = 0
  private var nextDelay: Int64 = 0
  /// Nodes whose kubelet fell silent, or never spoke.
  var silent: Set<String> = ["mute-ns"]

  /// What a kubelet says once of its node's conditions, without another sign of life.
  func say(_ name: String, _ conditions: [Value]) {
    guard var node = try? client.get(.nodes, name) else { return }
    let stamp = Value.string(timeline.now.rfc3339)
    var all = node[path: "status", "conditions"]?.array ?? []
    for var condition in conditions {
      condition["lastHeartbeatTime"] = stamp
      condition["lastTransitionTime"] = stamp
      if let place = all.firstIndex(where: { $0["type"] == condition["type"] }) {
        all[place] = condition
      } else {
        all.append(condition)
      }
    }
    node["status"] = node["status"] ?? .emptyObject
    node["status"]?["conditions"] = .array(all)
    _ = try? client.update(.nodes, node, subresource: "status")
  }

  init(_ server: APIServer) {
    timeline = server.timeline
    client = ComponentClient(
      server: server, user: UserInfo(name: "kubelet", groups: ["system:masters"]),
      manager: "kubelet")
    pods = client.informer(.pods)
    pods.onChange { [weak self] old, new in self?.changed(old, new) }
  }

  func register(_ name: String, taints: [Value] = []) throws {
    var node = try client.create(
      .nodes,
      [
        "apiVersion": "v1", "kind": "Node",
        "metadata": [
          "name": .string(name),
          "labels": [
            "kubernetes.io/hostname": .string(name), "kubernetes.io/os": "linux",
            "kubernetes.io/arch": "amd64",
          ],
        ],
        "spec": taints.isEmpty ? .emptyObject : ["taints": .array(taints)],
      ])
    let room: Value = [
      "cpu": "4", "memory": "8Gi", "pods": "110", "ephemeral-storage": "50Gi",
    ]
    node["status"] = [
      "capacity": room, "allocatable": room,
      "conditions": [
        [
          "type": "Ready", "status": "True", "reason": "KubeletReady",
          "message": "kubelet is posting ready status",
          "lastHeartbeatTime": .string(timeline.now.rfc3339),
          "lastTransitionTime": .string(timeline.now.rfc3339),
        ]
      ],
    ]
    _ = try client.update(.nodes, node, subresource: "status")
    beat(name)
  }

  private func beat(_ name: String) {
    let lease: Value = [
      "apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
      "metadata": ["name": .string(name), "namespace": "kube-node-lease"],
      "spec": ["holderIdentity": .string(name), "renewTime": .string(timeline.now.rfc3339Micro)],
    ]
    if var known = try? client.get(.leases, name, namespace: "kube-node-lease") {
      known["spec"] = lease["spec"]
      _ = try? client.update(.leases, known)
    } else {
      _ = try? client.create(.leases, lease, namespace: "kube-node-lease")
    }
    timeline.after(.seconds(10)) { [weak self] in
      guard let self, !silent.contains(name) else { return }
      beat(name)
    }
  }

  private func changed(_ old: Value?, _ new: Value?) {
    guard let new else {
      if let old { started.remove(old.uid) }
      return
    }
    guard let node = new[path: "spec", "nodeName"]?.string, !node.isEmpty,
      !silent.contains(node)
    else { return }
    let uid = new.uid
    if new.isBeingDeleted {
      if old?.isBeingDeleted != true {
        timeline.after(.milliseconds(100)) { [weak self] in self?.finish(new) }
      }
    } else if started.insert(uid).inserted {
      // No two Pods get ready at the very same moment.
      nextDelay = (nextDelay + 40) % 200
      timeline.after(.milliseconds(500 + nextDelay)) { [weak self] in self?.run(new) }
    } else if old?.annotations != new.annotations {
      timeline.after(.milliseconds(100)) { [weak self] in self?.report(new, restarts: 0) }
    }
  }

  private func finish(_ pod: Value) {
    guard let fresh = try? client.get(.pods, pod.name, namespace: pod.namespace),
      fresh.uid == pod.uid
    else { return }
    _ = try? client.delete(
      .pods, pod.name, namespace: pod.namespace, options: ["gracePeriodSeconds": 0])
  }

  private func run(_ pod: Value) { report(pod, restarts: 0) }

  private func report(_ pod: Value, restarts: Int64) {
    guard let fresh = try? client.get(.pods, pod.name, namespace: pod.namespace),
      fresh.uid == pod.uid, !fresh.isBeingDeleted
    else { return }
    let phase = fresh[path: "status", "phase"]?.string
    guard phase != "Succeeded", phase != "Failed" else { return }
    let state = State(fresh, restarts: restarts, now: timeline.now)
    var status = fresh["status"] ?? .emptyObject
    if status["podIP"] == nil {
      nextAddress += 1
      status["podIP"] = .string("10.244.0.\(nextAddress)")
      status["podIPs"] = [["ip": .string("10.244.0.\(nextAddress)")]]
      status["startTime"] = .string(timeline.now.rfc3339)
    }
    state.fill(&status)
    var changed = fresh
    changed["status"] = status
    _ = try? client.update(.pods, changed, subresource: "status")
    if state.isRestarting {
      timeline.after(.seconds(2)) { [weak self] in self?.report(pod, restarts: restarts + 1) }
    } else if state.phase == "Running", fresh.annotation("stand-in/exit-code") != nil {
      timeline.after(.milliseconds(500)) { [weak self] in
        self?.report(pod, restarts: restarts)
      }
    }
  }

  /// What a Pod's annotations say of its containers.
  private struct State {
    let pod: Value
    let restarts: Int64
    let now: Moment
    var phase = "Running"
    var isReady = true
    var isRestarting = false
    var exitCode: Int64?

    init(_ pod: Value, restarts: Int64, now: Moment) {
      self.pod = pod
      self.restarts = restarts
      self.now = now
      isReady = pod.annotation("stand-in/not-ready") != "true"
      guard pod[path: "status", "phase"]?.string == "Running",
        let code = pod.annotation("stand-in/exit-code").flatMap({ Int64($0) })
      else { return }
      let policy = pod[path: "spec", "restartPolicy"]?.string ?? "Always"
      if policy == "Never" || policy == "OnFailure" && code == 0 {
        exitCode = code
        phase = code == 0 ? "Succeeded" : "Failed"
        isReady = false
      } else {
        isRestarting = true
      }
    }

    func fill(_ status: inout Value) {
      status["phase"] = .string(phase)
      let stamp = Value.string(now.rfc3339)
      var conditions = status["conditions"]?.array ?? []
      for (type, isTrue) in [
        ("Initialized", true), ("ContainersReady", isReady), ("Ready", isReady),
      ] {
        let value: Value = isTrue ? "True" : "False"
        let place = conditions.firstIndex { $0["type"]?.string == type }
        if let place, conditions[place]["status"] == value { continue }
        let condition: Value = [
          "type": .string(type), "status": value, "lastProbeTime": .null,
          "lastTransitionTime": stamp,
        ]
        if let place { conditions[place] = condition } else { conditions.append(condition) }
      }
      status["conditions"] = .array(conditions)
      status["containerStatuses"] = .array(
        (pod[path: "spec", "containers"]?.array ?? []).map { container in
          [
            "name": container["name"] ?? "c", "image": container["image"] ?? "", "imageID": "x",
            "ready": .bool(isReady), "restartCount": .int(restarts),
            "state": exitCode.map {
              ["terminated": ["exitCode": .int($0), "finishedAt": stamp, "startedAt": stamp]]
            } ?? ["running": ["startedAt": stamp]],
          ]
        })
    }
  }
}
