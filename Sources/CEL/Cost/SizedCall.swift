/// A call whose arguments' sizes are known, with the rules of what such calls cost.
struct SizedCall {
  let name: String
  let overload: String
  let target: CostEstimate?
  let targetType: Type?
  /// The size of an element, where the target is a list.
  let item: CostEstimate?
  let arguments: [CostEstimate]
  /// Whether two values of one opaque type are its arguments.
  let isOfOpaques: Bool
  /// A whole number that was written as the last argument.
  let limit: UInt64?

  private func argument(_ index: Int) -> CostEstimate {
    index < arguments.count ? arguments[index] : .unknown
  }

  /// The call's own cost and its result's size, where that is known.
  var cost: (CostEstimate, CostEstimate?) {
    library ?? (standard, standardSize)
  }

  private var standard: CostEstimate {
    switch overload {
    case "string_format", "string_to_bytes", "bytes_to_string", "strings_quote":
      return (target ?? argument(0)).scaled(0.1)
    case "starts_with_string", "ends_with_string": return argument(0).scaled(0.1)
    case "in_list": return argument(1)
    case "matches_string": return pattern(target ?? .unknown, argument(0))
    case "contains_string":
      return (target ?? .unknown).scaled(0.1) * argument(0).scaled(0.1)
    case "add_string", "add_bytes": return (argument(0) + argument(1)).scaled(0.1)
    default: break
    }
    switch name {
    case "_==_" where isOfOpaques: return .fixed(1)
    case "_==_", "_!=_": return comparison
    case "sets.contains", "sets.intersects": return argument(0) * argument(1) + .fixed(1)
    case "sets.equivalent": return (argument(0) * argument(1)).scaled(2) + .fixed(1)
    case "_<_", "_<=_", "_>_", "_>=_":
      return overload.hasSuffix("_string") || overload.hasSuffix("_bytes")
        ? comparison : .fixed(1)
    default: return .fixed(1)
    }
  }

  private var comparison: CostEstimate {
    let most = min(argument(0).most, argument(1).most)
    return CostEstimate(most > 0 ? 1 : 0, most).scaled(0.1)
  }

  private var standardSize: CostEstimate? {
    switch overload {
    case "add_string", "add_bytes": return argument(0) + argument(1)
    case "string_to_bytes":
      return CostEstimate(argument(0).least, CostEstimate.multiply(argument(0).most, 4))
    case "bytes_to_string": return CostEstimate(argument(0).least / 4, argument(0).most)
    case "strings_quote":
      return argument(0) * CostEstimate(1, 2) + .fixed(2)
    default: return nil
    }
  }

  private func pattern(_ text: CostEstimate, _ pattern: CostEstimate) -> CostEstimate {
    (text + .fixed(1)).scaled(0.1) * pattern.scaled(0.25)
  }

  private var library: (CostEstimate, CostEstimate?)? {
    switch name {
    case "check": return (.fixed(350_000), nil)
    case "isSorted", "sum", "max", "min", "indexOf", "lastIndexOf":
      guard let target else { return nil }
      guard let item else { return (target.scaled(0.1), nil) }
      var each = CostEstimate.fixed(1)
      if case .list(let element)? = targetType, element == .string || element == .bytes {
        each = each + item.scaled(0.1)
      }
      return (target * each, nil)
    case "url" where arguments.count == 1: return (argument(0).scaled(0.1), argument(0))
    case "validate" where target != nil: return (argument(0).scaled(0.1).scaled(32), nil)
    case "lowerAscii", "upperAscii", "substring", "trim":
      return target.map { ($0.scaled(0.1), $0) }
    case "replace": return target.map { ($0.scaled(0.2), replaced($0)) }
    case "split": return target.map { ($0.scaled(0.2), CostEstimate(0, limit ?? $0.most)) }
    case "join": return target.map { joined($0) }
    case "find", "findAll":
      return target.map { (pattern($0, argument(0)), CostEstimate(0, $0.most)) }
    case "containsIP", "containsCIDR": return target.map { _ in (contained, nil) }
    default: return nil
    }
  }

  private var contained: CostEstimate {
    let address = CostEstimate(4, 16)
    var cost = (address + address).scaled(0.1)
    if name == "containsCIDR" { cost = cost + address.scaled(0.1) + .fixed(1) }
    if overload.hasSuffix("_string") { cost = cost + argument(0).scaled(0.1) }
    return cost
  }

  private func joined(_ list: CostEstimate) -> (CostEstimate, CostEstimate?) {
    var size = item.map { list * $0 } ?? .zero
    if !arguments.isEmpty {
      let gaps = CostEstimate(
        list.least > 0 ? list.least - 1 : 0, list.most > 0 ? list.most - 1 : 0)
      size = size + argument(0) * gaps
    }
    return (size.scaled(0.1), size)
  }

  /// From the fewest to the most replacements, with what stays of the text.
  private func replaced(_ text: CostEstimate) -> CostEstimate {
    let (old, new) = (argument(0), argument(1))
    var count = CostEstimate.zero
    var kept = CostEstimate.zero
    if old.least == 0 {
      count.most = CostEstimate.add(text.most, 1)
      kept.most = text.most
    } else if new.most <= old.least {
      kept.most = text.most
    } else {
      count.most = text.most == .max ? .max : (text.most + old.least - 1) / old.least
    }
    if old.most == 0 {
      count.least = CostEstimate.add(text.least, 1)
      kept.least = text.least
    } else if old.most <= new.least {
      kept.least = text.least
    } else {
      count.least = text.least / old.most
    }
    return count * new + kept
  }
}
