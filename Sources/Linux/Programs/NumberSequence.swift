import Shell

/// Prints a sequence of numbers.
struct NumberSequence: Program {
  let name = "seq"

  func run(_ process: Process) async throws -> ExitStatus {
    // Negative numbers are operands.
    var arguments: [String] = []
    for argument in process.arguments {
      if argument.hasPrefix("-"), Double(argument) != nil, !arguments.contains("--") {
        arguments.append("--")
      }
      arguments.append(argument)
    }
    let options = try Options(
      arguments, "s,separator= w,equal-width f,format=", stopsEarly: true)
    let operands = options.operands.filter { $0 != "--" }
    guard !operands.isEmpty else { throw UsageError("missing operand") }
    guard operands.count <= 3 else { throw UsageError("extra operand '\(operands[3])'") }
    let numbers = try operands.map { text throws in
      guard let value = Double(text), value.isFinite else {
        throw UsageError("invalid floating point argument: '\(text)'", busyBox: nil)
      }
      return value
    }
    let first = numbers.count > 1 ? numbers[0] : 1
    let step = numbers.count > 2 ? numbers[1] : 1
    guard step != 0 else { throw UsageError("invalid Zero increment value: '\(operands[1])'") }
    let last = numbers[numbers.count - 1]
    let decimals =
      operands.dropLast(numbers.count > 1 ? 1 : 0).map { text in
        text.firstIndex(of: ".").map { text.distance(from: $0, to: text.endIndex) - 1 } ?? 0
      }.max() ?? 0
    let places = numbers.count == 1 ? 0 : decimals
    let width =
      options.has("w")
      ? max(DecimalText.fixed(first, places).count, DecimalText.fixed(last, places).count) : 0
    let separator = options["s"] ?? "\n"
    var index = 0.0
    var out: [UInt8] = []
    var isFirst = true
    while true {
      let value = first + index * step
      if step > 0 ? value > last + 1e-12 * abs(step) : value < last - 1e-12 * abs(step) { break }
      if !isFirst { out += Array(separator.utf8) }
      isFirst = false
      out += Array(text(value, places, width, options["f"]).utf8)
      index += 1
      if out.count > 1 << 15 {
        try await process.write(out)
        out = []
      }
    }
    if !isFirst { out.append(.newline) }
    try await process.write(out)
    return 0
  }

  private func text(_ value: Double, _ places: Int, _ width: Int, _ format: String?) -> String {
    if let format {
      var source = FormatArguments(["\(value)"])
      return String(decoding: PrintfFormat.render(Array(format.utf8), &source).bytes, as: UTF8.self)
    }
    let text = DecimalText.fixed(value, places)
    guard text.count < width else { return text }
    let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
    return (text.hasPrefix("-") ? "-" : "")
      + String(repeating: "0", count: width - text.count) + digits
  }
}
