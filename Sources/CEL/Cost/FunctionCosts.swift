/// What a call takes when it runs.
enum FunctionCosts {
  static func running(_ function: String, _ values: [Datum]) -> UInt64 {
    func tenth(_ size: UInt64) -> UInt64 { (size + 9) / 10 }
    let first = values.first?.cost ?? 0
    let second = values.count > 1 ? values[1].cost : 0
    switch function {
    case "check": return 350_000
    case "_+_":
      switch values.first {
      case .string, .bytes: return tenth(first + second)
      default: return 1
      }
    case "_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_": return max(1, tenth(min(first, second)))
    case "@in": return values.count > 1 && values[1].elements != nil ? second : 1
    case "startsWith", "endsWith": return tenth(second)
    case "contains": return tenth(first) * tenth(second)
    case "matches", "find", "findAll": return tenth(first + 1) * ((second + 3) / 4)
    case "replace", "split": return tenth(first * 2)
    case "isSorted", "sum", "max", "min", "indexOf", "lastIndexOf": return max(1, first)
    case "lowerAscii", "upperAscii", "substring", "trim", "url", "ip", "cidr", "isIP", "isCIDR",
      "quantity", "isQuantity", "string", "bytes":
      return max(1, tenth(first))
    case "sets.contains", "sets.intersects": return max(1, first * second)
    case "sets.equivalent": return max(1, 2 * first * second)
    case "lists.range": return max(1, UInt64(clamping: values.first?.int ?? 0))
    case "sort", "@sortByAssociatedKeys", "distinct": return max(1, first * first)
    default: return 1
    }
  }
}
