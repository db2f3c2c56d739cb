import Documents
import KubeObjects

/// What a Job's podFailurePolicy makes of a failed Pod.
struct PodFailurePolicy {
  enum Action: String {
    case failJob = "FailJob"
    case failIndex = "FailIndex"
    case ignore = "Ignore"
    case count = "Count"
  }

  private let rules: [Value]

  init?(_ value: Value?) {
    guard let rules = value?["rules"]?.array else { return nil }
    self.rules = rules
  }

  /// The action of the first rule that matches, with its reason; nil: none does.
  func verdict(_ pod: PodRecord) -> (action: Action, message: String)? {
    for (index, rule) in rules.enumerated() {
      guard let action = Action(rawValue: rule["action"]?.string ?? "") else { continue }
      if let codes = rule["onExitCodes"], let found = match(codes, pod) {
        return (
          action,
          "Container \(found.container) for pod \(pod.namespace)/\(pod.name) failed with exit "
            + "code \(found.code) matching \(action.rawValue) rule at index \(index)"
        )
      }
      for pattern in rule["onPodConditions"]?.array ?? [] {
        let type = pattern["type"]?.string ?? ""
        let status = pattern["status"]?.string ?? "True"
        guard pod.value.condition(type)?["status"]?.string == status else { continue }
        return (
          action,
          "Pod \(pod.namespace)/\(pod.name) has condition \(type) matching "
            + "\(action.rawValue) rule at index \(index)"
        )
      }
    }
    return nil
  }

  /// Whether a failure is one of the Job's.
  func counts(_ pod: PodRecord) -> Bool { verdict(pod).map { $0.action != .ignore } ?? true }

  private func match(_ codes: Value, _ pod: PodRecord) -> (container: String, code: Int64)? {
    let statuses =
      (pod.value[path: "status", "containerStatuses"]?.array ?? [])
      + (pod.value[path: "status", "initContainerStatuses"]?.array ?? [])
    let values = codes["values"]?.array?.compactMap(\.int) ?? []
    let wanted = codes["containerName"]?.string
    for status in statuses {
      let name = status["name"]?.string ?? ""
      guard wanted == nil || wanted == name,
        let code = status[path: "state", "terminated", "exitCode"]?.int, code != 0
      else { continue }
      let isListed = values.contains(code)
      if (codes["operator"]?.string == "NotIn") != isListed { return (name, code) }
    }
    return nil
  }
}
