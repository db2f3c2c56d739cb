import CEL

/// Sums, extremes and places in lists.
enum ListLibrary {
  private static let a = Type.parameter("A")

  static let all: [Function] = [
    each("isSorted", .bool) { elements in
      for (one, next) in zip(elements, elements.dropFirst()) where (one.compare(next) ?? 0) > 0 {
        return .bool(false)
      }
      return .bool(true)
    },
    Function(
      "sum",
      [Type.int, .uint, .double, .duration].map {
        Overload("list_\($0)_sum", isMember: true, [.list($0)], $0)
      }
    ) { values in
      guard let elements = values[0].elements else { return nil }
      return sum(elements)
    },
    each("min", nil) { extreme($0, "min") { $0 < 0 } },
    each("max", nil) { extreme($0, "max") { $0 > 0 } },
    .member("indexOf", "list_a_index_of_int", [.list(a), a], .int) { values in
      guard let elements = values[0].elements else { return nil }
      return .int(Int64(elements.firstIndex { $0.equals(values[1]) } ?? -1))
    },
    .member("lastIndexOf", "list_a_last_index_of_int", [.list(a), a], .int) { values in
      guard let elements = values[0].elements else { return nil }
      return .int(Int64(elements.lastIndex { $0.equals(values[1]) } ?? -1))
    },
  ]

  /// `result` nil: the type of an element.
  private static func each(
    _ name: String, _ result: Type?, _ evaluate: @escaping @Sendable ([Datum]) -> Datum?
  ) -> Function {
    let overloads = ListFunctions.comparable.map { type in
      Overload("list_\(type)_\(name)", isMember: true, [.list(type)], result ?? type)
    }
    return Function(name, overloads) { values in values[0].elements.flatMap(evaluate) }
  }

  private static func extreme(
    _ elements: [Datum], _ name: String, _ isBetter: (Int) -> Bool
  ) -> Datum {
    guard var best = elements.first else { return .failure("\(name) called on empty list") }
    for one in elements.dropFirst() {
      guard let order = one.compare(best) else { return .failure("no such overload") }
      if isBetter(order) { best = one }
    }
    return best
  }

  private static func sum(_ elements: [Datum]) -> Datum {
    guard var total = elements.first else { return .int(0) }
    for one in elements.dropFirst() {
      switch (total, one) {
      case (.int(let a), .int(let b)):
        let (sum, overflow) = a.addingReportingOverflow(b)
        if overflow { return .failure("integer overflow") }
        total = .int(sum)
      case (.uint(let a), .uint(let b)):
        let (sum, overflow) = a.addingReportingOverflow(b)
        if overflow { return .failure("unsigned integer overflow") }
        total = .uint(sum)
      case (.double(let a), .double(let b)): total = .double(a + b)
      case (.duration(let a), .duration(let b)):
        let (sum, overflow) = a.addingReportingOverflow(b)
        if overflow { return .failure("duration overflow") }
        total = .duration(sum)
      default: return .failure("no such overload")
      }
    }
    return total
  }
}
