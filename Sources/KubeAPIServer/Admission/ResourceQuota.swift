import Documents
import KubeObjects
import Simulation

/// A namespace uses no more than its quotas allow; what a new object takes is written down.
struct ResourceQuota: ValidatingAdmissionPlugin {
  let name = "ResourceQuota"

  func handles(_ operation: AdmissionAttributes.Operation) -> Bool {
    operation == .create || operation == .update
  }

  func validate(
    _ attributes: inout AdmissionAttributes, _ objects: any ObjectAccess
  ) throws(StatusError) {
    guard !attributes.namespace.isEmpty, attributes.resource.resource != "namespaces",
      !Self.ignored.contains(attributes.resource.resource),
      attributes.subresource.isEmpty
        || attributes.concerns(.pods, "resize")
    else { return }
    // A Pod takes what it takes when it is made or resized.
    if attributes.concerns(.pods), attributes.operation == .update { return }
    let quotas = objects.list(.resourceQuotas, namespace: attributes.namespace)
    guard !quotas.isEmpty else { return }
    let evaluator = QuotaEvaluator(attributes.resource)
    for quota in quotas where QuotaScopes.matches(quota, attributes.object, evaluator.resource) {
      try check(quota, evaluator, attributes)
    }
    var usage = evaluator.usage(attributes.object)
    if attributes.operation == .update {
      let old = evaluator.usage(attributes.oldObject)
      for (name, amount) in old { usage[name] = (usage[name] ?? .zero) - amount }
    }
    usage = usage.filter { $0.value.sign > 0 }
    guard !usage.isEmpty else { return }
    var changed: [Value] = []
    for quota in quotas {
      guard
        let new = try charge(quota, usage, evaluator, attributes)
      else { continue }
      changed.append(new)
    }
    guard !attributes.dryRun else { return }
    for quota in changed { try objects.update(.resourceQuotas, quota, dryRun: false) }
  }

  /// What is never counted (the plug-in's IgnoredResources).
  private static let ignored: Set<String> = [
    "events", "bindings", "tokenreviews", "tokenrequests", "subjectaccessreviews",
    "localsubjectaccessreviews", "selfsubjectaccessreviews", "selfsubjectrulesreviews",
    "selfsubjectreviews",
  ]

  /// What a quota counts has to be said, and how much of it is used known.
  private func check(
    _ quota: Value, _ evaluator: QuotaEvaluator, _ attributes: AdmissionAttributes
  ) throws(StatusError) {
    let hard = quota["status"]?.members("hard").keys.sorted() ?? []
    let missing = evaluator.missing(attributes.object, hard)
    if !missing.isEmpty {
      throw attributes.forbidden(
        "failed quota: \(quota.name): must specify \(missing.joined(separator: "; "))")
    }
    let concerned = hard.filter(evaluator.counts)
    let used = quota["status"]?.members("used") ?? [:]
    if concerned.contains(where: { used[$0] == nil }) {
      throw attributes.forbidden(
        "status unknown for quota: \(quota.name), resources: "
          + concerned.joined(separator: ","))
    }
  }

  /// The quota with the usage added, or nil when it has nothing to do with it.
  private func charge(
    _ quota: Value, _ usage: PodResources.Amounts, _ evaluator: QuotaEvaluator,
    _ attributes: AdmissionAttributes
  ) throws(StatusError) -> Value? {
    let hard = PodResources.amounts(quota["status"]?["hard"])
    guard QuotaScopes.matches(quota, attributes.object, evaluator.resource) else { return nil }
    let charged = usage.filter { hard[$0.key] != nil }
    guard !charged.isEmpty else { return nil }
    let used = PodResources.amounts(quota["status"]?["used"])
    var exceeded: [String] = []
    var updated = quota
    for (name, amount) in charged.sorted(by: { $0.key < $1.key }) {
      let total = (used[name] ?? .zero) + amount
      if let limit = hard[name], total > limit { exceeded.append(name) }
      updated["status"]?.fillAbsent("used", [:])
      updated["status"]?["used"]?[name] = .string(total.description)
    }
    guard exceeded.isEmpty else {
      func list(_ amounts: PodResources.Amounts) -> String {
        exceeded.map { "\($0)=\(amounts[$0] ?? .zero)" }.joined(separator: ",")
      }
      throw attributes.forbidden(
        "exceeded quota: \(quota.name), requested: \(list(usage)), used: \(list(used)), "
          + "limited: \(list(hard))")
    }
    return updated
  }
}
