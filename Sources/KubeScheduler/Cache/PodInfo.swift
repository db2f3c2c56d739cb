import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// A Pod as the scheduler needs it, read once from its object.
final class PodInfo {
  private(set) var value: Value
  let key: Informer.Key
  let uid: String
  let labels: Mapping
  private(set) var spec: Value
  let requests: PodRequests
  let priority: Int64
  let mayPreempt: Bool
  let schedulerName: String
  private(set) var nodeName: String
  let nominatedNodeName: String
  let nodeSelector: Mapping
  let requiredNodes: NodeSelector?
  let preferredNodes: [(weight: Int64, term: NodeSelectorTerm)]
  let tolerations: [Toleration]
  let hostPorts: [HostPort]
  let affinity: PodAffinity
  let spreadConstraints: [SpreadConstraint]
  let claims: [Claim]
  let disks: [AttachedDisk]
  let deviceClaims: [DeviceClaim]
  let isGated: Bool
  let isTerminating: Bool
  /// When it started, or was made.
  let began: Moment

  var namespace: String { key.namespace }
  var name: String { key.name }

  /// A claim that one of the Pod's volumes names.
  struct Claim {
    var name: String
    /// Made for this Pod alone by the ephemeral volume controller.
    var isEphemeral: Bool
  }

  /// A claim for devices that the Pod names, or has of a template.
  struct DeviceClaim: Equatable {
    /// nil: it needs none after all.
    var name: String?
    var isOfTemplate: Bool
    /// Whether the one of its template was made.
    var isMade: Bool
  }

  init(_ value: Value) {
    self.value = value
    let metadata = value["metadata"] ?? .null
    let spec = value["spec"] ?? .null
    self.spec = spec
    let namespace = metadata["namespace"]?.string ?? ""
    let name = metadata["name"]?.string ?? ""
    key = Informer.Key(namespace: namespace, name: name)
    uid = metadata["uid"]?.string ?? ""
    let labels = metadata["labels"]?.object ?? [:]
    self.labels = labels
    requests = PodRequests(value)
    priority = spec["priority"]?.int ?? 0
    mayPreempt = spec["preemptionPolicy"]?.string != "Never"
    schedulerName = spec["schedulerName"]?.string ?? "default-scheduler"
    nodeName = spec["nodeName"]?.string ?? ""
    nominatedNodeName = value[path: "status", "nominatedNodeName"]?.string ?? ""
    nodeSelector = spec["nodeSelector"]?.object ?? [:]
    let nodeAffinity = spec[path: "affinity", "nodeAffinity"]
    requiredNodes = NodeSelector(nodeAffinity?["requiredDuringSchedulingIgnoredDuringExecution"])
    preferredNodes =
      nodeAffinity?["preferredDuringSchedulingIgnoredDuringExecution"]?.array?.compactMap {
        guard let weight = $0["weight"]?.int, weight != 0 else { return nil }
        return (weight, NodeSelectorTerm($0["preference"] ?? .null))
      } ?? []
    tolerations = spec["tolerations"]?.array?.map(Toleration.init) ?? []
    hostPorts = HostPort.all(spec)
    affinity = PodAffinity(spec["affinity"], namespace: namespace, labels: labels)
    spreadConstraints =
      spec["topologySpreadConstraints"]?.array?.map { SpreadConstraint($0, labels: labels) } ?? []
    claims = Self.claims(spec, name)
    disks = spec["volumes"]?.array?.compactMap { AttachedDisk(volume: $0) } ?? []
    deviceClaims = Self.deviceClaims(spec, value["status"])
    isGated = !(spec["schedulingGates"]?.array ?? []).isEmpty
    isTerminating = metadata["deletionTimestamp"]?.string != nil
    let start =
      value[path: "status", "startTime"]?.string ?? metadata["creationTimestamp"]?.string ?? ""
    began = Moment(rfc3339: start) ?? Moment(seconds: 0)
  }

  /// The Pod was bound as it had been decided: nothing but its node is new.
  func confirm(_ value: Value, on node: String) {
    self.value = value
    spec = value["spec"] ?? .null
    nodeName = node
  }

  private static func claims(_ spec: Value, _ pod: String) -> [Claim] {
    spec["volumes"]?.array?.compactMap { volume in
      if let name = volume[path: "persistentVolumeClaim", "claimName"]?.string {
        return Claim(name: name, isEphemeral: false)
      }
      if volume["ephemeral"] != nil, let name = volume["name"]?.string {
        return Claim(name: "\(pod)-\(name)", isEphemeral: true)
      }
      return nil
    } ?? []
  }

  private static func deviceClaims(_ spec: Value, _ status: Value?) -> [DeviceClaim] {
    spec["resourceClaims"]?.array?.map { claim in
      if let name = claim["resourceClaimName"]?.string {
        return DeviceClaim(name: name, isOfTemplate: false, isMade: true)
      }
      let made = status?["resourceClaimStatuses"]?.array?.first { $0["name"] == claim["name"] }
      return DeviceClaim(
        name: made?["resourceClaimName"]?.string, isOfTemplate: true, isMade: made != nil)
    } ?? []
  }

  /// Whether a Pod takes no room any more.
  static func isFinished(_ value: Value) -> Bool {
    let phase = value[path: "status", "phase"]?.string
    return phase == "Succeeded" || phase == "Failed"
  }
}

/// The four kinds of a Pod's likes and dislikes of other Pods.
struct PodAffinity {
  var required: [AffinityTerm] = []
  var requiredAnti: [AffinityTerm] = []
  var preferred: [AffinityTerm] = []
  var preferredAnti: [AffinityTerm] = []

  init(_ value: Value?, namespace: String, labels: Mapping) {
    guard let value else { return }
    func read(_ side: String) -> (required: [AffinityTerm], preferred: [AffinityTerm]) {
      let terms = value[side]
      let required = terms?["requiredDuringSchedulingIgnoredDuringExecution"]?.array ?? []
      let preferred = terms?["preferredDuringSchedulingIgnoredDuringExecution"]?.array ?? []
      return (
        required.map { AffinityTerm($0, namespace: namespace, labels: labels) },
        preferred.map {
          AffinityTerm(
            $0["podAffinityTerm"] ?? .null, namespace: namespace, labels: labels,
            weight: $0["weight"]?.int ?? 0)
        }
      )
    }
    (required, preferred) = read("podAffinity")
    (requiredAnti, preferredAnti) = read("podAntiAffinity")
  }

  var isEmpty: Bool {
    required.isEmpty && requiredAnti.isEmpty && preferred.isEmpty && preferredAnti.isEmpty
  }
  var hasPreferences: Bool { !preferred.isEmpty || !preferredAnti.isEmpty }
}

/// One topologySpreadConstraint of a Pod, with its defaults filled in.
struct SpreadConstraint {
  var maxSkew: Int64
  var topologyKey: String
  var isHard: Bool
  var selector: LabelSelector
  var minDomains: Int64
  var honoursNodeAffinity: Bool
  var honoursNodeTaints: Bool
  /// What makes two constraints count the same Pods.
  var selectorKey: Value

  init(_ value: Value, labels: Mapping) {
    maxSkew = value["maxSkew"]?.int ?? 1
    topologyKey = value["topologyKey"]?.string ?? ""
    isHard = value["whenUnsatisfiable"]?.string != "ScheduleAnyway"
    selector = AffinityTerm.selector(
      value["labelSelector"], labels: labels, matching: value["matchLabelKeys"])
    minDomains = value["minDomains"]?.int ?? 1
    honoursNodeAffinity = value["nodeAffinityPolicy"]?.string != "Ignore"
    honoursNodeTaints = value["nodeTaintsPolicy"]?.string == "Honor"
    selectorKey = [
      value["labelSelector"] ?? .null,
      .array(value["matchLabelKeys"]?.array?.map { labels[$0.string ?? ""] ?? .null } ?? []),
    ]
  }

  /// One of the scheduler's own constraints, used for Pods that have none.
  init(defaultOn topologyKey: String, maxSkew: Int64, selector: LabelSelector, key: Value) {
    self.maxSkew = maxSkew
    self.topologyKey = topologyKey
    isHard = false
    self.selector = selector
    minDomains = 1
    honoursNodeAffinity = true
    honoursNodeTaints = false
    selectorKey = key
  }
}
