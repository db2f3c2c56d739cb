import Glibc

/// The functions of C's math library that awk and jq have.
enum AwkMath {
  static func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
  static func sine(_ x: Double) -> Double { sin(x) }
  static func cosine(_ x: Double) -> Double { cos(x) }
  static func arcTangent(_ y: Double, _ x: Double) -> Double { atan2(y, x) }
  static func exponential(_ x: Double) -> Double { exp(x) }
  static func logarithm(_ x: Double) -> Double { log(x) }
  static func logarithm10(_ x: Double) -> Double { log10(x) }
  static func logarithm2(_ x: Double) -> Double { log2(x) }
}
