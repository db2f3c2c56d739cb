/// A natural number as large as keys need.
struct WholeNumber: Equatable {
  /// Least significant first, none of the last zero.
  private(set) var limbs: [UInt64]

  init(limbs: [UInt64]) {
    self.limbs = limbs
    while self.limbs.last == 0 { self.limbs.removeLast() }
  }

  /// From big-endian bytes.
  init(_ bytes: some Collection<UInt8>) {
    var limbs: [UInt64] = []
    var rest = Array(bytes)
    while !rest.isEmpty {
      limbs.append(rest.suffix(8).reduce(0) { $0 << 8 | UInt64($1) })
      rest.removeLast(min(8, rest.count))
    }
    self.init(limbs: limbs)
  }

  /// Big-endian, filled up to `count` bytes.
  func bytes(_ count: Int = 0) -> [UInt8] {
    var out: [UInt8] = []
    for limb in limbs.reversed() { withUnsafeBytes(of: limb.bigEndian) { out += $0 } }
    out = Array(out.drop { $0 == 0 })
    return Array(repeating: 0, count: max(0, count - out.count)) + out
  }

  static func * (left: WholeNumber, right: WholeNumber) -> WholeNumber {
    var out = [UInt64](repeating: 0, count: left.limbs.count + right.limbs.count)
    for (row, digit) in left.limbs.enumerated() {
      var carry: UInt64 = 0
      for (column, other) in right.limbs.enumerated() {
        carry = add(&out[row + column], digit.multipliedFullWidth(by: other), carry)
      }
      out[row + right.limbs.count] = carry
    }
    return WholeNumber(limbs: out)
  }

  /// Adds a product and a carry to a limb and returns the new carry.
  private static func add(
    _ limb: inout UInt64, _ product: (high: UInt64, low: UInt64), _ carry: UInt64
  ) -> UInt64 {
    let (first, over) = limb.addingReportingOverflow(product.low)
    let (second, again) = first.addingReportingOverflow(carry)
    limb = second
    return product.high &+ (over ? 1 : 0) &+ (again ? 1 : 0)
  }

  func plus(_ small: UInt64) -> WholeNumber {
    var out = limbs + [0]
    var carry = small
    for index in out.indices where carry > 0 {
      let (sum, over) = out[index].addingReportingOverflow(carry)
      out[index] = sum
      carry = over ? 1 : 0
    }
    return WholeNumber(limbs: out)
  }

  /// `other` is not larger.
  func minus(_ other: WholeNumber) -> WholeNumber {
    var out = limbs
    var borrow: UInt64 = 0
    for index in out.indices {
      let digit = index < other.limbs.count ? other.limbs[index] : 0
      let (first, under) = out[index].subtractingReportingOverflow(digit)
      let (second, again) = first.subtractingReportingOverflow(borrow)
      out[index] = second
      borrow = (under ? 1 : 0) &+ (again ? 1 : 0)
    }
    return WholeNumber(limbs: out)
  }

  func divided(by small: UInt64) -> (quotient: WholeNumber, remainder: UInt64) {
    var out = limbs
    var remainder: UInt64 = 0
    for index in out.indices.reversed() {
      (out[index], remainder) = small.dividingFullWidth((remainder, out[index]))
    }
    return (WholeNumber(limbs: out), remainder)
  }

  static func < (left: WholeNumber, right: WholeNumber) -> Bool {
    if left.limbs.count != right.limbs.count { return left.limbs.count < right.limbs.count }
    for (mine, other) in zip(left.limbs.reversed(), right.limbs.reversed()) where mine != other {
      return mine < other
    }
    return false
  }
}

/// Multiplication modulo an odd number, in Montgomery's form.
struct ModularField {
  let modulus: WholeNumber
  private let limbs: [UInt64]
  /// Minus the modulus's inverse modulo 2^64.
  private let inverse: UInt64
  /// 2^(64 n) and its square, modulo the modulus.
  private let one: [UInt64]
  private let square: [UInt64]

  init(_ modulus: WholeNumber) {
    self.modulus = modulus
    limbs = modulus.limbs
    let lowest = limbs.first ?? 1
    var inverse: UInt64 = 1
    for _ in 0..<6 { inverse = inverse &* (2 &- lowest &* inverse) }
    self.inverse = 0 &- inverse
    var power = [UInt64](repeating: 0, count: limbs.count)
    power[0] = 1
    for _ in 0..<(64 * limbs.count) { Self.double(&power, limbs) }
    one = power
    for _ in 0..<(64 * limbs.count) { Self.double(&power, limbs) }
    square = power
  }

  func product(_ left: WholeNumber, _ right: WholeNumber) -> WholeNumber {
    WholeNumber(limbs: multiply(multiply(padded(left), square), padded(right)))
  }

  /// `base` is below the modulus.
  func power(_ base: WholeNumber, _ exponent: WholeNumber) -> WholeNumber {
    let factor = multiply(padded(base), square)
    var result = one
    for limb in exponent.limbs.reversed() {
      for bit in (0..<64).reversed() {
        result = multiply(result, result)
        if limb >> UInt64(bit) & 1 == 1 { result = multiply(result, factor) }
      }
    }
    return WholeNumber(limbs: multiply(result, padded(WholeNumber(limbs: [1]))))
  }

  /// The inverse, when the modulus is prime (Fermat).
  func inverse(of number: WholeNumber) -> WholeNumber {
    power(number, modulus.minus(WholeNumber(limbs: [2])))
  }

  /// Whether a strong probable prime to these bases (Miller and Rabin).
  func isProbablyPrime(bases: [UInt64]) -> Bool {
    let minusOne = modulus.minus(WholeNumber(limbs: [1]))
    var odd = minusOne
    var twos = 0
    while let lowest = odd.limbs.first, lowest & 1 == 0 {
      odd = odd.divided(by: 2).quotient
      twos += 1
    }
    for base in bases {
      var value = power(WholeNumber(limbs: [base]), odd)
      if value.limbs == [1] || value == minusOne { continue }
      var isStrong = false
      for _ in 1..<max(1, twos) where !isStrong {
        value = product(value, value)
        isStrong = value == minusOne
      }
      if !isStrong { return false }
    }
    return true
  }

  private func padded(_ number: WholeNumber) -> [UInt64] {
    number.limbs + Array(repeating: 0, count: max(0, limbs.count - number.limbs.count))
  }

  private static func double(_ number: inout [UInt64], _ modulus: [UInt64]) {
    var carry: UInt64 = 0
    for index in number.indices {
      let limb = number[index]
      number[index] = limb << 1 | carry
      carry = limb >> 63
    }
    reduce(&number, carry, modulus)
  }

  /// Takes the modulus away once, when the number is not below it.
  private static func reduce(_ number: inout [UInt64], _ carry: UInt64, _ modulus: [UInt64]) {
    if carry == 0 {
      for index in number.indices.reversed() where number[index] != modulus[index] {
        if number[index] < modulus[index] { return }
        break
      }
    }
    var borrow: UInt64 = 0
    for index in number.indices {
      let (first, under) = number[index].subtractingReportingOverflow(modulus[index])
      let (second, again) = first.subtractingReportingOverflow(borrow)
      number[index] = second
      borrow = (under ? 1 : 0) &+ (again ? 1 : 0)
    }
  }

  /// Montgomery's product. Pointers, because a key takes a hundred million of these steps.
  private func multiply(_ left: [UInt64], _ right: [UInt64]) -> [UInt64] {
    let count = limbs.count
    var carryOut: UInt64 = 0
    var out = [UInt64](unsafeUninitializedCapacity: count) { buffer, made in
      made = count
      guard let sum = buffer.baseAddress else { return }
      sum.initialize(repeating: 0, count: count)
      left.withUnsafeBufferPointer { left in
        right.withUnsafeBufferPointer { right in
          limbs.withUnsafeBufferPointer { modulus in
            guard let left = left.baseAddress, let right = right.baseAddress,
              let modulus = modulus.baseAddress
            else { return }
            for row in 0..<count {
              let top = Self.row(sum, left[row], right, count, shifts: false, carryOut)
              let factor = sum[0] &* inverse
              let low = Self.row(sum, factor, modulus, count, shifts: true, 0)
              let (first, over) = top.limb.addingReportingOverflow(low.limb)
              sum[count - 1] = first
              carryOut = top.carry &+ (over ? 1 : 0)
            }
          }
        }
      }
    }
    Self.reduce(&out, carryOut, limbs)
    return out
  }

  /// Adds `digit` times `factor` to `sum`; with `shifts` the sum moves down by one limb. Returns
  /// what is above the highest limb.
  @inline(__always)
  private static func row(
    _ sum: UnsafeMutablePointer<UInt64>, _ digit: UInt64, _ factor: UnsafePointer<UInt64>,
    _ count: Int, shifts: Bool, _ above: UInt64
  ) -> (limb: UInt64, carry: UInt64) {
    var carry: UInt64 = 0
    let shift = shifts ? 1 : 0
    var index = 0
    while index < count {
      let product = digit.multipliedFullWidth(by: factor[index])
      let (first, over) = sum[index].addingReportingOverflow(product.low)
      let (second, again) = first.addingReportingOverflow(carry)
      carry = product.high &+ (over ? 1 : 0) &+ (again ? 1 : 0)
      if index >= shift { sum[index &- shift] = second }
      index &+= 1
    }
    let (limb, over) = carry.addingReportingOverflow(above)
    return (limb, over ? 1 : 0)
  }
}
