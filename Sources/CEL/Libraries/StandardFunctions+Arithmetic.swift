extension StandardFunctions {
  static let arithmetic: [Function] = [
    Function(
      "_+_",
      numbers("add", [.int, .uint, .double]) + [
        Overload("add_string", [.string, .string], .string),
        Overload("add_bytes", [.bytes, .bytes], .bytes),
        Overload("add_list", [.list(a), .list(a)], .list(a)),
        Overload("add_timestamp_duration", [.timestamp, .duration], .timestamp),
        Overload("add_duration_timestamp", [.duration, .timestamp], .timestamp),
        Overload("add_duration_duration", [.duration, .duration], .duration),
      ]
    ) { add($0[0], $0[1]) },
    Function(
      "_-_",
      numbers("subtract", [.int, .uint, .double]) + [
        Overload("subtract_timestamp_timestamp", [.timestamp, .timestamp], .duration),
        Overload("subtract_timestamp_duration", [.timestamp, .duration], .timestamp),
        Overload("subtract_duration_duration", [.duration, .duration], .duration),
      ]
    ) { subtract($0[0], $0[1]) },
    Function("_*_", numbers("multiply", [.int, .uint, .double])) { values in
      switch (values[0], values[1]) {
      case (.int(let a), .int(let b)): int(a.multipliedReportingOverflow(by: b))
      case (.uint(let a), .uint(let b)): uint(a.multipliedReportingOverflow(by: b))
      case (.double(let a), .double(let b)): .double(a * b)
      default: nil
      }
    },
    Function("_/_", numbers("divide", [.int, .uint, .double])) { values in
      switch (values[0], values[1]) {
      case (.int, .int(0)), (.uint, .uint(0)): .failure("division by zero")
      case (.int(let a), .int(let b)): int(a.dividedReportingOverflow(by: b))
      case (.uint(let a), .uint(let b)): .uint(a / b)
      case (.double(let a), .double(let b)): .double(a / b)
      default: nil
      }
    },
    Function("_%_", numbers("modulo", [.int, .uint])) { values in
      switch (values[0], values[1]) {
      case (.int, .int(0)), (.uint, .uint(0)): .failure("modulus by zero")
      case (.int(let a), .int(let b)): int(a.remainderReportingOverflow(dividingBy: b))
      case (.uint(let a), .uint(let b)): .uint(a % b)
      default: nil
      }
    },
    Function(
      "-_", [Overload("negate_int64", [.int], .int), Overload("negate_double", [.double], .double)]
    ) { values in
      switch values[0] {
      case .int(let number): int(Int64(0).subtractingReportingOverflow(number))
      case .double(let number): .double(-number)
      default: nil
      }
    },
  ]

  private static func numbers(_ name: String, _ types: [Type]) -> [Overload] {
    types.map { Overload("\(name)_\($0)", [$0, $0], $0) }
  }

  private static func int(_ result: (partialValue: Int64, overflow: Bool)) -> Datum {
    result.overflow ? .failure("integer overflow") : .int(result.partialValue)
  }

  private static func uint(_ result: (partialValue: UInt64, overflow: Bool)) -> Datum {
    result.overflow ? .failure("unsigned integer overflow") : .uint(result.partialValue)
  }

  private static func duration(_ result: (partialValue: Int64, overflow: Bool)) -> Datum {
    result.overflow ? .failure("duration overflow") : .duration(result.partialValue)
  }

  private static func moment(_ result: Timestamp?) -> Datum {
    result.map { .timestamp($0) } ?? .failure("timestamp overflow")
  }

  private static func add(_ one: Datum, _ other: Datum) -> Datum? {
    switch (one, other) {
    case (.int(let a), .int(let b)): int(a.addingReportingOverflow(b))
    case (.uint(let a), .uint(let b)): uint(a.addingReportingOverflow(b))
    case (.double(let a), .double(let b)): .double(a + b)
    case (.string(let a), .string(let b)): .string(a + b)
    case (.bytes(let a), .bytes(let b)): .bytes(a + b)
    case (.list(let a), .list(let b)): .list(a.adding(b))
    case (.duration(let a), .duration(let b)): duration(a.addingReportingOverflow(b))
    case (.timestamp(let a), .duration(let b)): moment(a.adding(b))
    case (.duration(let a), .timestamp(let b)): moment(b.adding(a))
    default: nil
    }
  }

  private static func subtract(_ one: Datum, _ other: Datum) -> Datum? {
    switch (one, other) {
    case (.int(let a), .int(let b)): return int(a.subtractingReportingOverflow(b))
    case (.uint(let a), .uint(let b)): return uint(a.subtractingReportingOverflow(b))
    case (.double(let a), .double(let b)): return .double(a - b)
    case (.duration(let a), .duration(let b)):
      return duration(a.subtractingReportingOverflow(b))
    case (.timestamp(let a), .duration(let b)):
      return b == .min ? .failure("timestamp overflow") : moment(a.adding(-b))
    case (.timestamp(let a), .timestamp(let b)):
      let seconds = (a.seconds - b.seconds).multipliedReportingOverflow(by: 1_000_000_000)
      if seconds.overflow { return .failure("duration overflow") }
      return duration(
        seconds.partialValue.addingReportingOverflow(a.nanoseconds - b.nanoseconds))
    default: return nil
    }
  }
}
