/// The functions of C's math library that awk and jq have, from the standard library's own.
enum AwkMath {
  static func sine(_ x: Double) -> Double { _sin(x) }
  static func cosine(_ x: Double) -> Double { _cos(x) }
  static func exponential(_ x: Double) -> Double { _exp(x) }
  static func logarithm(_ x: Double) -> Double { _log(x) }
  static func logarithm10(_ x: Double) -> Double { _log10(x) }
  static func logarithm2(_ x: Double) -> Double { _log2(x) }

  static func power(_ base: Double, _ exponent: Double) -> Double {
    if exponent == 0.5 { return base.squareRoot() }
    if base == 0 { return exponent < 0 ? .infinity : 0 }
    if base < 0 { return .nan }
    return _exp2(exponent * _log2(base))
  }

  static func arcTangent(_ y: Double, _ x: Double) -> Double {
    if y.isNaN || x.isNaN { return .nan }
    if y == 0 { return x.sign == .minus ? (y.sign == .minus ? -Double.pi : .pi) : y }
    if x == 0 { return y > 0 ? .pi / 2 : -.pi / 2 }
    if x.isInfinite || y.isInfinite {
      return arcTangent(
        y.isInfinite ? y.sign == .minus ? -1 : 1 : y < 0 ? -1e-300 : 1e-300,
        x.isInfinite ? x.sign == .minus ? -1 : 1 : x)
    }
    let scale = max(x.magnitude, y.magnitude)
    let (a, b) = (x / scale, y / scale)
    let length = (a * a + b * b).squareRoot()
    // A rough angle, then steps that turn the rest away; each doubles the good digits.
    let ratio = min(a.magnitude, b.magnitude) / max(a.magnitude, b.magnitude)
    var angle = ratio * (Double.pi / 4 + 0.273 * (1 - ratio))
    if b.magnitude > a.magnitude { angle = .pi / 2 - angle }
    if a < 0 { angle = .pi - angle }
    if b < 0 { angle = -angle }
    for _ in 0..<4 { angle += (b * _cos(angle) - a * _sin(angle)) / length }
    return angle
  }
}
