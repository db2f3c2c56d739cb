extension Quantity: CustomStringConvertible {
  /// The canonical text: no fraction, the largest suffix that keeps it exact.
  package var description: String {
    if format == .binarySI, isInteger, nanos.magnitude >= 1024 * Self.one.magnitude {
      return binaryText
    }
    return decimalText
  }

  private var binaryText: String {
    var amount = nanos / Self.one
    var step = 0
    while amount % 1024 == 0 && step < 6 {
      amount /= 1024
      step += 1
    }
    return String(amount) + ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"][step]
  }

  private var decimalText: String {
    guard nanos != 0 else { return "0" }
    var amount = nanos
    var exponent = -9
    while amount % 1000 == 0 && (exponent < 18 || format == .decimalExponent) {
      amount /= 1000
      exponent += 3
    }
    if format == .decimalExponent { return "\(amount)e\(exponent)" }
    return String(amount) + ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"][(exponent + 9) / 3]
  }
}
