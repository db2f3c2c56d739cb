/// A layer of policies: an earlier one decides before a later one is asked.
struct PolicyTier: Hashable {
  var name: String
  /// Its place among the others.
  var order: Double
  /// Whether what no rule of it decides is refused, for Pods that a policy of it concerns.
  var refuses: Bool

  // The places that Calico gives them among its own tiers.
  static let admin = PolicyTier(name: "Admin", order: 1000, refuses: false)
  /// Cilium's denials: they hold whatever is allowed.
  static let denial = PolicyTier(name: "denial", order: 900_000, refuses: false)
  /// NetworkPolicies, and what names no tier.
  static let standard = PolicyTier(name: "default", order: 1_000_000, refuses: true)
  static let baseline = PolicyTier(name: "Baseline", order: 10_000_000, refuses: false)
}

extension PolicyTier: Comparable {
  static func < (a: PolicyTier, b: PolicyTier) -> Bool { (a.order, a.name) < (b.order, b.name) }
}
