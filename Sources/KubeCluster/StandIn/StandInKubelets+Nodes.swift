import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// The Node objects of stand-in kubelets, as the recordings show them, and their leases.
extension StandInKubelets {
  func register(_ plan: Blueprint.NodePlan) {
    var labels = [
      "beta.kubernetes.io/arch": "amd64", "beta.kubernetes.io/os": "linux",
      "kubernetes.io/arch": "amd64", "kubernetes.io/hostname": plan.name,
      "kubernetes.io/os": "linux",
    ]
    var spec: Value = [:]
    if plan.isControlPlane {
      labels["node-role.kubernetes.io/control-plane"] = ""
      labels["node.kubernetes.io/exclude-from-external-load-balancers"] = ""
      spec["taints"] = [
        ["key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"]
      ]
    }
    let node: Value = [
      "apiVersion": "v1", "kind": "Node",
      "metadata": [
        "name": .string(plan.name), "labels": .strings(labels),
        "annotations": ["volumes.kubernetes.io/controller-managed-attach-detach": "true"],
      ], "spec": spec,
    ]
    guard let made = try? client.create(.nodes, node) else { return }
    _ = try? client.patch(
      .nodes, plan.name, .merge, ["status": status(plan)], subresource: "status")
    let lease: Value = [
      "apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
      "metadata": [
        "name": .string(plan.name), "namespace": "kube-node-lease",
        "ownerReferences": [
          [
            "apiVersion": "v1", "kind": "Node", "name": .string(plan.name),
            "uid": .string(made.uid),
          ]
        ],
      ],
      "spec": [
        "holderIdentity": .string(plan.name), "leaseDurationSeconds": 40,
        "renewTime": .string(timeline.now.rfc3339Micro),
      ],
    ]
    _ = try? client.create(.leases, lease, namespace: "kube-node-lease")
    timeline.after(.seconds(10)) { [weak self] in self?.beat(plan.name) }
  }

  private func beat(_ name: String) {
    _ = try? client.patch(
      .leases, name, namespace: "kube-node-lease", .merge,
      ["spec": ["renewTime": .string(timeline.now.rfc3339Micro)]])
    timeline.after(.seconds(10)) { [weak self] in self?.beat(name) }
  }

  private func status(_ plan: Blueprint.NodePlan) -> Value {
    let room: Value = [
      "cpu": .string("\(plan.cpus)"), "memory": .string("\(plan.memoryKiB / 1_048_576)Gi"),
      "pods": "110", "ephemeral-storage": "50Gi", "hugepages-1Gi": "0", "hugepages-2Mi": "0",
    ]
    let now = Value.string(timeline.now.rfc3339)
    let conditions = [
      (
        "MemoryPressure", "False", "KubeletHasSufficientMemory",
        "kubelet has sufficient memory available"
      ),
      ("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
      (
        "PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"
      ),
      ("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
    ].map { type, status, reason, message -> Value in
      [
        "type": .string(type), "status": .string(status), "lastHeartbeatTime": now,
        "lastTransitionTime": now, "reason": .string(reason), "message": .string(message),
      ]
    }
    var chance = SeededRandom(seed: 7, for: "machine/\(plan.name)")
    let made = Self.hexadecimal(32, &chance)
    return [
      "addresses": [
        ["type": "InternalIP", "address": .string(plan.address)],
        ["type": "Hostname", "address": .string(plan.name)],
      ],
      "capacity": room, "allocatable": room, "conditions": .array(conditions),
      "daemonEndpoints": ["kubeletEndpoint": ["Port": 10250]],
      "nodeInfo": [
        "architecture": "amd64", "bootID": .string(Self.identifier(&chance)),
        "containerRuntimeVersion": "containerd://2.1.4", "kernelVersion": "6.8.0-51-generic",
        "kubeProxyVersion": "", "kubeletVersion": "v1.36.2",
        "machineID": .string(Self.machineIDs[plan.name] ?? made), "operatingSystem": "linux",
        "osImage": "Ubuntu 24.04.3 LTS", "systemUUID": .string(Self.identifier(&chance)),
      ],
    ]
  }

  /// The recorded machines' own.
  private static let machineIDs = [
    "controlplane": "c85fd69e01ad1d2197092aed07714718",
    "node01": "8562d4c1ad015c6dc0426b290aab15c9",
  ]

  static func hexadecimal(_ count: Int, _ chance: inout SeededRandom) -> String {
    let digits = Array("0123456789abcdef")
    return String((0..<count).map { _ in digits[chance.below(16)] })
  }

  private static func identifier(_ chance: inout SeededRandom) -> String {
    [8, 4, 4, 4, 12].map { hexadecimal($0, &chance) }.joined(separator: "-")
  }
}
