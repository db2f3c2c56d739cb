import Documents
import KubeObjects
import Simulation

/// How fast an autoscaler may scale: spec.behavior.
struct ScalingBehavior {
  struct Policy {
    var isPercent: Bool
    var value: Int64
    var seconds: Int64
  }
  struct Rules {
    var selects: String
    var policies: [Policy]
    var stabilization: Int64?
    var tolerance: Double?

    init(_ value: Value?) {
      selects = value?["selectPolicy"]?.string ?? "Max"
      policies = (value?["policies"]?.array ?? []).map {
        Policy(
          isPercent: $0["type"]?.string == "Percent", value: $0.number("value"),
          seconds: $0.number("periodSeconds"))
      }
      stabilization = value?["stabilizationWindowSeconds"]?.int
      tolerance = value?["tolerance"].flatMap { try? Quantity(parsing: $0) }?.approximate
    }

    var longestPeriod: Int64 { policies.map(\.seconds).max() ?? 0 }
  }

  let up: Rules
  let down: Rules

  init?(_ value: Value?) {
    guard let value, !value.isNull else { return nil }
    up = Rules(value["scaleUp"])
    down = Rules(value["scaleDown"])
  }

  /// The most replicas that the policies allow now (calculateScaleUpLimitWithScalingRules).
  func upperLimit(_ current: Int64, _ history: ScalingHistory, _ now: Moment) -> Int64 {
    if up.selects == "Disabled" { return current }
    let proposals = up.policies.map { policy in
      let start = start(of: policy, current, history, now)
      guard policy.isPercent else { return start + policy.value }
      // Rounded up, or a small target would never grow.
      return Int64(
        clamping: Int((Double(start) * (1 + Double(policy.value) / 100)).rounded(.up)))
    }
    return (up.selects == "Min" ? proposals.min() : proposals.max()) ?? current
  }

  /// The fewest replicas that the policies allow now (calculateScaleDownLimitWithBehaviors).
  func lowerLimit(_ current: Int64, _ history: ScalingHistory, _ now: Moment) -> Int64 {
    if down.selects == "Disabled" { return current }
    let proposals = down.policies.map { policy in
      let start = start(of: policy, current, history, now)
      guard policy.isPercent else { return start - policy.value }
      return Int64(Double(start) * (1 - Double(policy.value) / 100))
    }
    return (down.selects == "Min" ? proposals.max() : proposals.min()) ?? current
  }

  private func start(
    of policy: Policy, _ current: Int64, _ history: ScalingHistory, _ now: Moment
  ) -> Int64 {
    current - ScalingHistory.change(history.ups, seconds: policy.seconds, now: now)
      + ScalingHistory.change(history.downs, seconds: policy.seconds, now: now)
  }
}
