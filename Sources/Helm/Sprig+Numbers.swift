import Documents
import Linux
import Simulation

extension SprigLibrary {
  static let numbers: [String: Function] = [
    "add": whole { $0 &+ $1 }, "sub": whole { $0 &- $1 }, "mul": whole { $0 &* $1 },
    "max": whole { max($0, $1) }, "min": whole { min($0, $1) },
    "biggest": whole { max($0, $1) },
    "add1": { _, given throws(Failure) in .int(Argument.whole(given, 0) &+ 1) },
    "div": { _, given throws(Failure) in .int(try divided(given).quotient) },
    "mod": { _, given throws(Failure) in .int(try divided(given).remainder) },
    "addf": fraction { $0 + $1 }, "subf": fraction { $0 - $1 }, "mulf": fraction { $0 * $1 },
    "divf": fraction { $0 / $1 },
    "floor": { _, given throws(Failure) in
      .double(Argument.fraction(given.first ?? nil).rounded(.down))
    },
    "ceil": { _, given throws(Failure) in
      .double(Argument.fraction(given.first ?? nil).rounded(.up))
    },
    "round": { _, given throws(Failure) in
      let scale = (0..<min(max(0, Argument.whole(given, 1)), 15)).reduce(1.0) { value, _ in
        value * 10
      }
      return .double((Argument.fraction(given.first ?? nil) * scale).rounded() / scale)
    },
    "int": { _, given throws(Failure) in .int(Argument.whole(given, 0)) },
    "int64": { _, given throws(Failure) in .int(Argument.whole(given, 0)) },
    "atoi": { _, given throws(Failure) in .int(Argument.whole(given, 0)) },
    "float64": { _, given throws(Failure) in .double(Argument.fraction(given.first ?? nil)) },
    "toDecimal": { _, given throws(Failure) in
      .int(Int64(Argument.shown(given.first ?? nil), radix: 8) ?? 0)
    },
    "until": { _, given throws(Failure) in
      .array(try steps(0, Argument.whole(given, 0), 1))
    },
    "untilStep": { _, given throws(Failure) in
      .array(
        try steps(
          Argument.whole(given, 0), Argument.whole(given, 1), Argument.whole(given, 2)))
    },
    "seq": { _, given throws(Failure) in
      let numbers = given.map { Argument.whole($0) }
      let (first, step, last): (Int64, Int64, Int64) =
        switch numbers.count {
        case 1: (1, numbers[0] >= 1 ? 1 : -1, numbers[0])
        case 2: (numbers[0], numbers[1] >= numbers[0] ? 1 : -1, numbers[1])
        case 3: (numbers[0], numbers[1], numbers[2])
        default: (1, 1, 0)
        }
      return .string(
        try steps(first, last &+ (step > 0 ? 1 : -1), step).map { Argument.shown($0) }
          .joined(separator: " "))
    },
    "now": { library, given throws(Failure) in .int(library.now.seconds) },
    "date": { library, given throws(Failure) in
      let format = try Argument.text(given, 0)
      return .string(dated(format, Argument.whole(given, 1)))
    },
    "dateInZone": { library, given throws(Failure) in
      .string(dated(try Argument.text(given, 0), Argument.whole(given, 1)))
    },
    "unixEpoch": { _, given throws(Failure) in .string("\(Argument.whole(given, 0))") },
    "randAlphaNum": random("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"),
    "randAlpha": random("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"),
    "randNumeric": random("0123456789"),
    "randAscii": random("!#$%&()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_abcxyz{|}~"),
    "randInt": { library, given throws(Failure) in
      let (low, high) = (Argument.whole(given, 0), Argument.whole(given, 1))
      guard high > low else { return .int(low) }
      return .int(low + Int64(library.random() % UInt64(high - low)))
    },
    "uuidv4": { library, given throws(Failure) in
      var hex = Array((0..<2).map { _ in library.hex(library.random()) }.joined())
      hex[12] = "4"
      hex[16] = "a"
      return .string(
        [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(hex[$0]) }.joined(separator: "-"))
    },
    "semver": { _, given throws(Failure) in
      guard let version = Version(try Argument.text(given, 0)) else {
        throw Failure(message: "Invalid Semantic Version")
      }
      return [
        "Major": .int(Int64(version.numbers[0])), "Minor": .int(Int64(version.numbers[1])),
        "Patch": .int(Int64(version.numbers[2])), "Prerelease": .string(version.before),
        "Original": .string(try Argument.text(given, 0)),
      ]
    },
    "semverCompare": { _, given throws(Failure) in
      let (range, text) = (try Argument.text(given, 0), try Argument.text(given, 1))
      guard let version = Version(text) else { throw Failure(message: "Invalid Semantic Version") }
      guard let wanted = VersionRange(range) else {
        throw Failure(message: "improper constraint: \(range)")
      }
      return .bool(wanted.holds(version))
    },
  ]

  func hex(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  private static func whole(_ combine: @escaping @Sendable (Int64, Int64) -> Int64) -> Function {
    { _, given throws(Failure) in
      guard let first = given.first else { return .int(0) }
      return .int(given.dropFirst().map(Argument.whole).reduce(Argument.whole(first), combine))
    }
  }

  private static func fraction(_ combine: @escaping @Sendable (Double, Double) -> Double)
    -> Function
  {
    { _, given throws(Failure) in
      guard let first = given.first else { return .double(0) }
      return .double(
        given.dropFirst().map(Argument.fraction).reduce(Argument.fraction(first), combine))
    }
  }

  private static func divided(
    _ given: [Value?]
  ) throws(Failure) -> (quotient: Int64, remainder: Int64) {
    let (left, right) = (Argument.whole(given, 0), Argument.whole(given, 1))
    guard right != 0 else { throw Failure(message: "runtime error: integer divide by zero") }
    let quotient = left.dividedReportingOverflow(by: right).partialValue
    return (quotient, left.remainderReportingOverflow(dividingBy: right).partialValue)
  }

  private static func steps(
    _ first: Int64, _ end: Int64, _ step: Int64
  ) throws(Failure) -> [Value] {
    guard step != 0 else { return [] }
    var found: [Value] = []
    var number = first
    while step > 0 ? number < end : number > end {
      found.append(.int(number))
      guard found.count <= 100_000 else {
        throw Failure(message: "drydock: a list of more than 100000 elements")
      }
      let (next, overflow) = number.addingReportingOverflow(step)
      if overflow { break }
      number = next
    }
    return found
  }

  private static func random(_ alphabet: String) -> Function {
    let letters = Array(alphabet)
    return { library, given throws(Failure) in
      let count = Int(min(max(0, Argument.whole(given, 0)), 100_000))
      return .string(
        String((0..<count).map { _ in letters[Int(library.random() % UInt64(letters.count))] }))
    }
  }

  /// Go's reference time as strftime's letters.
  private static func dated(_ format: String, _ seconds: Int64) -> String {
    var pattern = format
    for (own, letters) in [
      ("2006", "%Y"), ("January", "%B"), ("Jan", "%b"), ("Monday", "%A"), ("Mon", "%a"),
      ("01", "%m"), ("02", "%d"), ("15", "%H"), ("04", "%M"), ("05", "%S"), ("MST", "UTC"),
      ("Z07:00", "Z"),
    ] {
      pattern = pattern.split(separator: own, omittingEmptySubsequences: false)
        .joined(separator: letters)
    }
    return Calendar(Moment(seconds: seconds)).formatted(pattern)
  }
}
