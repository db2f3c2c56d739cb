import Documents

extension StandardFunctions {
  static let conversions: [Function] = [
    conversion("int", .int, [.int, .uint, .double, .string, .timestamp, .duration]) { integer($0) },
    conversion("uint", .uint, [.int, .uint, .double, .string]) { unsigned($0) },
    conversion("double", .double, [.int, .uint, .double, .string]) { fraction($0) },
    conversion("bool", .bool, [.bool, .string]) { flag($0) },
    conversion("bytes", .bytes, [.bytes, .string]) { value in
      switch value {
      case .bytes: value
      case .string(let text): .bytes(Array(text.utf8))
      default: nil
      }
    },
    conversion(
      "string", .string,
      [.bool, .int, .uint, .double, .string, .bytes, .timestamp, .duration]
    ) { string($0) },
    conversion("timestamp", .timestamp, [.timestamp, .string, .int]) { timestamp($0) },
    conversion("duration", .duration, [.duration, .string, .int]) { duration($0) },
  ]

  private static func conversion(
    _ name: String, _ result: Type, _ from: [Type],
    _ convert: @escaping @Sendable (Datum) -> Datum?
  ) -> Function {
    Function(name, from.map { Overload("\($0)_to_\(name)", [$0], result) }) { convert($0[0]) }
  }

  private static func impossible(_ value: Datum, _ target: String) -> Datum {
    .failure("type conversion error from '\(value.typeName)' to '\(target)'")
  }

  private static func integer(_ value: Datum) -> Datum? {
    switch value {
    case .int: value
    case .uint(let number):
      Int64(exactly: number).map { .int($0) } ?? .failure("integer overflow")
    case .double(let number):
      // The ends of the range are no doubles: what is rounded to them may be outside.
      number > -9_223_372_036_854_775_808 && number < 9_223_372_036_854_775_808
        ? .int(Int64(number)) : .failure("integer overflow")
    case .string(let text):
      GoNumber.integer(text).map { .int($0) } ?? impossible(value, "int")
    case .timestamp(let moment): .int(moment.seconds)
    case .duration(let span): .int(span)
    default: nil
    }
  }

  private static func unsigned(_ value: Datum) -> Datum? {
    switch value {
    case .uint: value
    case .int(let number):
      UInt64(exactly: number).map { .uint($0) } ?? .failure("unsigned integer overflow")
    case .double(let number):
      number >= 0 && number < 18_446_744_073_709_551_616
        ? .uint(UInt64(number)) : .failure("unsigned integer overflow")
    case .string(let text):
      text.utf8.allSatisfy { $0 >= 48 && $0 <= 57 }
        ? UInt64(text).map { .uint($0) } ?? impossible(value, "uint") : impossible(value, "uint")
    default: nil
    }
  }

  private static func fraction(_ value: Datum) -> Datum? {
    switch value {
    case .double: value
    case .int(let number): .double(Double(number))
    case .uint(let number): .double(Double(number))
    case .string(let text):
      // A number that is too large is none (strconv.ParseFloat).
      Double(text).flatMap { number in
        number.isInfinite && text.utf8.contains { 48...57 ~= $0 } ? nil : .double(number)
      } ?? impossible(value, "double")
    default: nil
    }
  }

  private static func flag(_ value: Datum) -> Datum? {
    switch value {
    case .bool: value
    case .string(let text):
      switch text {
      case "1", "t", "T", "true", "TRUE", "True": .bool(true)
      case "0", "f", "F", "false", "FALSE", "False": .bool(false)
      default: impossible(value, "bool")
      }
    default: nil
    }
  }

  static func string(_ value: Datum) -> Datum? {
    switch value {
    case .string: return value
    case .bool(let flag): return .string(flag ? "true" : "false")
    case .int(let number): return .string(String(number))
    case .uint(let number): return .string(String(number))
    case .double(let number): return .string(GoText.general(number))
    case .bytes(let bytes):
      guard let text = String(validating: bytes, as: UTF8.self) else {
        return .failure("invalid UTF-8 in bytes, cannot convert to string")
      }
      return .string(text)
    case .timestamp(let moment): return .string(CivilMoment(moment).text)
    case .duration(let span): return .string(GoNumber.seconds(span))
    default: return nil
    }
  }

  static func timestamp(_ value: Datum) -> Datum? {
    switch value {
    case .timestamp: return value
    case .int(let seconds):
      return Timestamp.range.contains(seconds)
        ? .timestamp(Timestamp(seconds: seconds, nanoseconds: 0)) : .failure("timestamp overflow")
    case .string(let text):
      guard let moment = CivilMoment.parse(text) else {
        return impossible(value, "google.protobuf.Timestamp")
      }
      return Timestamp.range.contains(moment.seconds)
        ? .timestamp(moment) : .failure("timestamp overflow")
    default: return nil
    }
  }

  static func duration(_ value: Datum) -> Datum? {
    switch value {
    case .duration: value
    case .int(let nanoseconds): .duration(nanoseconds)
    case .string(let text):
      GoNumber.duration(text).map { .duration($0) }
        ?? impossible(value, "google.protobuf.Duration")
    default: nil
    }
  }
}
