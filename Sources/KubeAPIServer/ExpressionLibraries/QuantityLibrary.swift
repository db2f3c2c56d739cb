import CEL
import KubeObjects

/// Amounts of resources, compared and added by what they mean.
enum QuantityLibrary {
  struct Amount: OpaqueDatum {
    let quantity: Quantity
    var typeName: String { "kubernetes.Quantity" }
    func isEqual(_ other: any OpaqueDatum) -> Bool {
      (other as? Amount).map { $0.quantity == quantity } ?? false
    }
  }

  private static let type = Type.opaque("kubernetes.Quantity")

  private static func amount(_ value: Datum) -> Quantity? {
    if case .opaque(let datum) = value { (datum as? Amount)?.quantity } else { nil }
  }

  private static func datum(_ quantity: Quantity) -> Datum { .opaque(Amount(quantity: quantity)) }

  static let all: [Function] = [
    Function("quantity", [Overload("string_to_quantity", [.string], type)]) { values in
      guard let text = values[0].string else { return nil }
      do {
        return datum(try Quantity(text))
      } catch {
        return .failure("\(error)")
      }
    },
    Function("isQuantity", [Overload("is_quantity_string", [.string], .bool)]) { values in
      values[0].string.map { .bool((try? Quantity($0)) != nil) }
    },
    // Upstream declares this one as a function of its argument: sign(quantity("1")).
    Function("sign", [Overload("quantity_sign", [type], .int)]) { values in
      amount(values[0]).map { .int(Int64($0.sign)) }
    },
    one("isInteger", .bool) { .bool(isWhole($0)) },
    one("asInteger", .int) {
      isWhole($0) ? .int($0.value) : .failure("cannot convert value to integer")
    },
    one("asApproximateFloat", .double) { .double($0.approximate) },
    sum("add", "quantity_add") { $0 + $1 },
    sum("sub", "quantity_sub") { $0 - $1 },
    comparison("isGreaterThan", "quantity_is_greater_than", .bool) { .bool($1 < $0) },
    comparison("isLessThan", "quantity_is_less_than", .bool) { .bool($0 < $1) },
    comparison("compareTo", "quantity_compare_to", .int) {
      .int($0 < $1 ? -1 : $0 == $1 ? 0 : 1)
    },
  ]

  private static func isWhole(_ quantity: Quantity) -> Bool {
    quantity.isInteger && Quantity(quantity.value) == quantity
  }

  private static func one(
    _ name: String, _ result: Type, _ evaluate: @escaping @Sendable (Quantity) -> Datum
  ) -> Function {
    .member(name, "quantity_\(name)", [type], result) { amount($0[0]).map(evaluate) }
  }

  private static func comparison(
    _ name: String, _ id: String, _ result: Type,
    _ evaluate: @escaping @Sendable (Quantity, Quantity) -> Datum
  ) -> Function {
    .member(name, id, [type, type], result) { values in
      guard let one = amount(values[0]), let other = amount(values[1]) else { return nil }
      return evaluate(one, other)
    }
  }

  private static func sum(
    _ name: String, _ id: String, _ evaluate: @escaping @Sendable (Quantity, Quantity) -> Quantity
  ) -> Function {
    Function(
      name,
      [
        Overload(id, isMember: true, [type, type], type),
        Overload("\(id)_int", isMember: true, [type, .int], type),
      ]
    ) { values in
      guard let one = amount(values[0]) else { return nil }
      if let number = values[1].int { return datum(evaluate(one, Quantity(number))) }
      return amount(values[1]).map { datum(evaluate(one, $0)) }
    }
  }
}
