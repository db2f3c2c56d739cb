import Documents
import KubeObjects

/// The canonical writing of amounts: `1000m` becomes `1`, a plain number a text.
enum ResourceDefaulting {
  /// A list of amounts by resource; amounts finer than a thousandth are rounded up.
  static func apply(toList list: inout Value) {
    guard case .object(let amounts) = list else { return }
    for (name, amount) in amounts {
      guard let quantity = try? Quantity(parsing: amount) else { continue }
      let text = quantity.roundedUpToMilli.description
      if amount.string != text { list[name] = .string(text) }
    }
  }

  /// The limits and requests of a container, a Pod or a claim.
  static func apply(toRequirements resources: inout Value) {
    resources.update("limits") { apply(toList: &$0) }
    resources.update("requests") { apply(toList: &$0) }
  }

  /// A single amount.
  static func canonicalize(_ object: inout Value, _ key: String) {
    guard let amount = object[key], !amount.isNull,
      let quantity = try? Quantity(parsing: amount)
    else { return }
    let text = quantity.description
    if amount.string != text { object[key] = .string(text) }
  }
}
