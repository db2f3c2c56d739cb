import Documents
import KubeObjects

/// What nodes answered to a question, for as long as it is asked and they are as they were: of a
/// thousand Pods that want the same, only the first asks all nodes (upstream signs Pods for its
/// opportunistic batching, KEP-5598).
final class NodeMemo<Question: Equatable, Answer> {
  private var question: Question?
  /// By slot: the generation of the node that answered; 0: none did.
  private var generations: [UInt64] = []
  private var answers: [Answer?] = []

  func ask(_ question: Question) {
    if self.question == question { return }
    self.question = question
    for slot in generations.indices { generations[slot] = 0 }
  }

  /// The node's answer to the question that was asked last; nil: it was not asked, or has changed.
  subscript(node: NodeInfo) -> Answer? {
    get {
      let slot = node.slot
      guard slot < generations.count, generations[slot] == node.generation else { return nil }
      return answers[slot]
    }
    set {
      while generations.count <= node.slot {
        generations.append(0)
        answers.append(nil)
      }
      generations[node.slot] = node.generation
      answers[node.slot] = newValue
    }
  }
}

/// All that nodes are told of a Pod by filters that look at nothing but the node.
struct PodSignature: Equatable {
  private let priority: Int64
  private let requests: ResourceAmounts
  private let nodeName: String
  private let nodeSelector: Mapping
  private let nodeAffinity: Value?
  private let tolerations: Value?
  private let hostPorts: [HostPort]

  init(_ pod: PodInfo) {
    priority = pod.priority
    requests = pod.requests.exact
    nodeName = pod.nodeName
    nodeSelector = pod.nodeSelector
    nodeAffinity = pod.spec[path: "affinity", "nodeAffinity"]
    tolerations = pod.spec["tolerations"]
    hostPorts = pod.hostPorts
  }
}
