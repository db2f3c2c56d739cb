import Documents
import KubeObjects

/// Where a DaemonSet's Pods belong.
struct DaemonPlacement {
  private let nodeName: String
  private let selector: Mapping
  private let required: NodeSelector?
  private let tolerations: [Toleration]

  init(_ set: Value) {
    let spec = set[path: "spec", "template", "spec"] ?? .null
    nodeName = spec["nodeName"]?.string ?? ""
    selector = spec["nodeSelector"]?.object ?? [:]
    required = NodeSelector(
      spec[path: "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution"])
    tolerations = Self.tolerations(spec).map(Toleration.init)
  }

  /// Whether a Pod should run on the node, and whether one that is there may stay.
  func verdict(_ node: Value) -> (shouldRun: Bool, mayStay: Bool) {
    if !nodeName.isEmpty, nodeName != node.name { return (false, false) }
    let labels = node.labels?.object ?? [:]
    guard selector.allSatisfy({ labels[$0.key] == $0.value }),
      required?.matches(labels: labels, name: node.name) ?? true
    else { return (false, false) }
    let taints = (node[path: "spec", "taints"]?.array ?? []).map(Taint.init)
    let refused = taints.filter {
      ($0.effect == "NoSchedule" || $0.effect == "NoExecute") && !tolerations.tolerate($0)
    }
    return (refused.isEmpty, !refused.contains { $0.effect == "NoExecute" })
  }

  /// The template's tolerations and those that every daemon has.
  static func tolerations(_ spec: Value) -> [Value] {
    var all = spec["tolerations"]?.array ?? []
    var added = [
      ("node.kubernetes.io/not-ready", "NoExecute"),
      ("node.kubernetes.io/unreachable", "NoExecute"),
      ("node.kubernetes.io/disk-pressure", "NoSchedule"),
      ("node.kubernetes.io/memory-pressure", "NoSchedule"),
      ("node.kubernetes.io/pid-pressure", "NoSchedule"),
      ("node.kubernetes.io/unschedulable", "NoSchedule"),
    ]
    if spec["hostNetwork"]?.bool == true {
      added.append(("node.kubernetes.io/network-unavailable", "NoSchedule"))
    }
    for (key, effect) in added {
      let toleration: Value = [
        "key": .string(key), "operator": "Exists", "effect": .string(effect),
      ]
      if !all.contains(toleration) { all.append(toleration) }
    }
    return all
  }

  /// A Pod's spec held to one node by affinity, so that the scheduler still has its say.
  static func spec(_ template: Value, on node: String) -> Value {
    var spec = template
    spec["tolerations"] = .array(tolerations(template))
    let field: Value = [
      "key": "metadata.name", "operator": "In", "values": [.string(node)],
    ]
    let path = ["affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution"]
    var terms = spec.at(path)?["nodeSelectorTerms"]?.array ?? []
    if terms.isEmpty {
      terms = [["matchFields": [field]]]
    } else {
      for index in terms.indices { terms[index]["matchFields"] = [field] }
    }
    spec.set(path[...], ["nodeSelectorTerms": .array(terms)])
    return spec
  }
}
