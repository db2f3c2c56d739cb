/// RSA private keys from a seed: swift-crypto draws its own chance, and a replay must give the same
/// bytes, so the primes are searched here.
package enum RSAKeys {
  /// The sizes that the library behind signatures takes.
  package static let sizes = 1024...4096

  /// PKCS#1's RSAPrivateKey. `bits` is a multiple of 128; `random` gives the next random word.
  package static func make(bits: Int, random: () -> UInt64) -> DERNode {
    var first = prime(bits / 2, random)
    var second = prime(bits / 2, random)
    while first == second { second = prime(bits / 2, random) }
    if first < second { swap(&first, &second) }
    let one = WholeNumber(limbs: [1])
    let (p, q) = (first.minus(one), second.minus(one))
    let field = ModularField(first)
    let numbers = [
      first * second, WholeNumber(limbs: [exponent]), inverse(modulo: p * q), first, second,
      inverse(modulo: p), inverse(modulo: q), field.inverse(of: second),
    ]
    return .sequence([.integer([0])] + numbers.map { .integer($0.bytes()) })
  }

  private static let exponent: UInt64 = 65537

  /// Of the exponent: (1 + k·m) / e for the one k below e that makes it whole.
  private static func inverse(modulo number: WholeNumber) -> WholeNumber {
    let rest = number.divided(by: exponent).remainder
    // e is prime, so rest^(e-2) is the inverse of rest; k is minus it.
    var (power, base, left) = (UInt64(1), rest, exponent - 2)
    while left > 0 {
      if left & 1 == 1 { power = power * base % exponent }
      base = base * base % exponent
      left >>= 1
    }
    let times = (exponent - power) % exponent
    return (number * WholeNumber(limbs: [times])).plus(1).divided(by: exponent).quotient
  }

  /// A prime with its two highest bits set, and not one above a multiple of the exponent.
  private static func prime(_ bits: Int, _ random: () -> UInt64) -> WholeNumber {
    while true {
      var limbs = (0..<(bits / 64)).map { _ in random() }
      limbs[limbs.count - 1] |= 3 << 62
      limbs[0] |= 1
      let start = WholeNumber(limbs: limbs)
      if let found = prime(from: start) { return found }
    }
  }

  private static let window = 4096
  private static let smallPrimes: [UInt64] = {
    var isComposite = [Bool](repeating: false, count: 1 << 15)
    var found: [UInt64] = []
    for number in 3..<isComposite.count where number % 2 == 1 && !isComposite[number] {
      found.append(UInt64(number))
      for multiple in stride(from: number * number, to: isComposite.count, by: number) {
        isComposite[multiple] = true
      }
    }
    return found
  }()

  /// The first prime among the odd numbers of a window, after sieving it by small primes.
  private static func prime(from start: WholeNumber) -> WholeNumber? {
    var isComposite = [Bool](repeating: false, count: window)
    for small in smallPrimes {
      let rest = start.divided(by: small).remainder
      // start + 2i = 0 (mod small)
      let minus = (small - rest) % small
      let first = minus % 2 == 0 ? minus / 2 : (minus + small) / 2
      for index in stride(from: Int(first), to: window, by: Int(small)) {
        isComposite[index] = true
      }
    }
    for index in 0..<window where !isComposite[index] {
      let candidate = start.plus(UInt64(2 * index))
      guard candidate.divided(by: exponent).remainder != 1 else { continue }
      let field = ModularField(candidate)
      if field.isProbablyPrime(bases: [2]), field.isProbablyPrime(bases: [3, 5, 7, 11]) {
        return candidate
      }
    }
    return nil
  }
}
