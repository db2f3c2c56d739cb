/// The order in which go-yaml writes members: digits by their number, letters behind other signs.
enum YAMLNameOrder {
  static func precedes(_ a: String, _ b: String) -> Bool {
    let left = Array(a.unicodeScalars)
    let right = Array(b.unicodeScalars)
    var afterDigit = false
    for index in 0..<min(left.count, right.count) {
      if left[index] == right[index] {
        afterDigit = isDigit(left[index])
        continue
      }
      let leftIsLetter = left[index].properties.isAlphabetic
      let rightIsLetter = right[index].properties.isAlphabetic
      if leftIsLetter && rightIsLetter { return left[index] < right[index] }
      if leftIsLetter || rightIsLetter { return afterDigit ? leftIsLetter : rightIsLetter }
      // Zeros inside a number count, zeros before it do not.
      var start: Int64 = 0
      if left[index] == "0" || right[index] == "0" {
        var before = index - 1
        while before >= 0, isDigit(left[before]) {
          if left[before] != "0" {
            start = 1
            break
          }
          before -= 1
        }
      }
      let (leftNumber, leftEnd) = number(left, from: index, start)
      let (rightNumber, rightEnd) = number(right, from: index, start)
      if leftNumber != rightNumber { return leftNumber < rightNumber }
      if leftEnd != rightEnd { return leftEnd < rightEnd }
      return left[index] < right[index]
    }
    return left.count < right.count
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.generalCategory == .decimalNumber
  }

  private static func number(
    _ scalars: [Unicode.Scalar], from index: Int, _ start: Int64
  ) -> (Int64, Int) {
    var value = start
    var end = index
    while end < scalars.count, isDigit(scalars[end]) {
      value = value &* 10 &+ (Int64(scalars[end].value) - 48)
      end += 1
    }
    return (value, end)
  }
}
