import Shell

/// Turns numbers into those with units and back: `numfmt`.
struct NumberUnits: Program {
  let name = "numfmt"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments,
      "to= from= to-unit= from-unit= suffix= padding= field= d,delimiter= header? format= round= "
        + "invalid= grouping debug z,zero-terminated")
    let scales = ["none", "si", "iec", "iec-i", "auto"]
    for (name, valid) in [("from", scales), ("to", scales.dropLast())] {
      guard let given = options[name], !valid.contains(given) else { continue }
      let list = valid.map { "  - '\($0)'\n" }.joined()
      throw UsageError("invalid argument '\(given)' for '--\(name)'\nValid arguments are:\n\(list)")
    }
    var heading = options.has("header") ? 1 : 0
    if let given = options["header"] {
      guard let count = Int(given), count > 0 else {
        throw UsageError("invalid header value '\(given)'", hint: false)
      }
      heading = count
    }
    let form = try NumberForm(options)
    if !options.operands.isEmpty {
      var texts: [String] = []
      for word in options.operands { texts.append(try form.line(word)) }
      try await process.write(texts.map { $0 + "\n" }.joined())
      return 0
    }
    for line in lines(of: try await process.readAll(process.standardInput)) {
      let text = String(decoding: line, as: UTF8.self)
      try await process.write((heading > 0 ? text : try form.line(text)) + "\n")
      if heading > 0 { heading -= 1 }
    }
    return 0
  }
}

/// How numfmt reads and writes the numbers of one run.
private struct NumberForm {
  private let from: String
  private let to: String
  private let units: (from: Double, to: Double)
  private let suffix: String
  private let rounding: String
  private let ignoresInvalid: Bool
  private let delimiter: Character?
  private let fields: [ClosedRange<Int>]
  private var padding = 0
  private var precision: Int?
  private var around = ("", "")
  private static let letters = Array("KMGTPEZY")
  private static let widths = -9999...9999

  init(_ options: Options) throws {
    from = options["from"] ?? "none"
    to = options["to"] ?? "none"
    units = (
      max(1, options["from-unit"].flatMap { Double($0) } ?? 1),
      max(1, options["to-unit"].flatMap { Double($0) } ?? 1)
    )
    suffix = options["suffix"] ?? ""
    rounding = options["round"] ?? "from-zero"
    ignoresInvalid = ["ignore", "warn"].contains(options["invalid"] ?? "")
    delimiter = options["d"]?.first
    fields = (options["field"] ?? "1").split(separator: ",").map { part in
      if part == "-" { return 1...Int.max }
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      let low = max(1, (ends.first ?? 1) ?? 1)
      return low...max(low, ends.count > 1 ? ends[1] ?? .max : low)
    }
    if let width = options["padding"] {
      guard let count = Int(width), count != 0, Self.widths.contains(count) else {
        throw UsageError("invalid padding value '\(width)'", hint: false)
      }
      padding = count
    }
    if let format = options["format"] { try read(format) }
  }

  /// `%[0][-][width][.precision]f` with text around it.
  private mutating func read(_ format: String) throws {
    let bad = UsageError("invalid format '\(format)', directive must be %[0]['][-][N][.][N]f")
    guard let start = format.firstIndex(of: "%"),
      let end = format[start...].firstIndex(of: "f")
    else { throw bad }
    let middle = format[format.index(after: start)..<end].drop { $0 == "'" || $0 == "0" }
    let parts = middle.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    if let width = parts.first, !width.isEmpty {
      guard let count = Int(width), Self.widths.contains(count) else { throw bad }
      padding = count
    }
    if parts.count > 1 {
      guard let digits = Int(parts[1]), (0..<40).contains(digits) else { throw bad }
      precision = digits
    }
    around = (String(format[..<start]), String(format[format.index(after: end)...]))
  }

  func line(_ text: String) throws -> String {
    var out = ""
    var number = 0
    var rest = text[...]
    while true {
      number += 1
      // Without a delimiter a field is blanks and what follows them.
      let lead = delimiter == nil ? rest.prefix { $0 == " " || $0 == "\t" } : ""
      let body = rest.dropFirst(lead.count)
      let field = body.prefix { letter in
        delimiter.map { letter != $0 } ?? (letter != " " && letter != "\t")
      }
      if fields.contains(where: { $0.contains(number) }), !field.isEmpty {
        let shown = try converted(String(field))
        // One blank parts fields; more of them are the field's own width.
        let width =
          padding != 0
          ? 0
          : lead.count > 1 || number == 1 && !lead.isEmpty
            ? lead.count + field.count - (number == 1 ? 0 : 1) : 0
        let pad = String(repeating: " ", count: max(0, width - shown.count))
        out += (number > 1 && !lead.isEmpty ? " " : "") + pad + shown
      } else {
        out += lead + field
      }
      rest = body.dropFirst(field.count)
      guard let delimiter else {
        if rest.isEmpty { return out }
        continue
      }
      guard rest.first == delimiter else { return out }
      out.append(delimiter)
      rest = rest.dropFirst()
    }
  }

  private func converted(_ text: String) throws -> String {
    do {
      let value = try parsed(text) * units.from / units.to
      let places = text.drop { $0 != "." }.dropFirst().prefix { $0.isNumber }.count
      let shown = written(value, places: from == "none" && units.to == 1 ? places : 0)
      return around.0 + padded(shown + suffix) + around.1
    } catch let error as UsageError {
      if ignoresInvalid { return text }
      throw error
    }
  }

  private func padded(_ text: String) -> String {
    let blanks = String(repeating: " ", count: max(0, abs(padding) - text.count))
    return padding < 0 ? text + blanks : blanks + text
  }

  private func parsed(_ given: String) throws -> Double {
    func fail(_ text: String) -> UsageError { UsageError(text, hint: false, status: 2) }
    var text = given
    if !suffix.isEmpty, text.hasSuffix(suffix) { text.removeLast(suffix.count) }
    let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == "." || $0 == "-") }
    guard let value = Double(digits), value.isFinite else {
      throw fail("invalid number: '\(given)'")
    }
    var rest = text.dropFirst(digits.count)
    guard let letter = rest.popFirst() else { return value }
    guard let power = Self.letters.firstIndex(of: letter == "k" ? "K" : letter) else {
      throw fail("invalid suffix in input: '\(given)'")
    }
    var base = from == "si" || from == "auto" ? 1000.0 : 1024
    switch from {
    case "none":
      throw fail("rejecting suffix in input: '\(given)' (consider using --from)")
    case "auto" where rest.first == "i":
      base = 1024
      rest.removeFirst()
    case "iec-i":
      guard rest.popFirst() == "i" else {
        throw fail("missing 'i' suffix in input: '\(given)' (e.g Ki/Mi/Gi)")
      }
    default: break
    }
    guard rest.isEmpty else { throw fail("invalid suffix in input '\(given)': '\(rest)'") }
    return (0...power).reduce(value) { product, _ in product * base }
  }

  private func rounded(_ value: Double) -> Double {
    switch rounding {
    case "up": value.rounded(.up)
    case "down": value.rounded(.down)
    case "towards-zero": value.rounded(.towardZero)
    case "nearest": value.rounded(.toNearestOrAwayFromZero)
    default: value.rounded(.awayFromZero)
    }
  }

  /// numfmt's double_to_human.
  private func written(_ given: Double, places: Int) -> String {
    if to == "none" {
      let value = precision == nil && places == 0 ? rounded(given) : given
      return DecimalText.fixed(value, precision ?? places)
    }
    let base = to == "si" ? 1000.0 : 1024
    var (value, power) = (given, 0)
    while abs(value) >= base, power < Self.letters.count {
      value /= base
      power += 1
    }
    let kept = precision.map { min(power * 3, $0) } ?? (abs(value) < 10 && power > 0 ? 1 : 0)
    let scale = (0..<kept).reduce(1.0) { product, _ in product * 10 }
    value = rounded(value * scale) / scale
    if abs(value) >= base, power < Self.letters.count {
      value /= base
      power += 1
    }
    let shown = precision ?? (value != 0 && abs(value) < 10 && power > 0 ? 1 : 0)
    guard power > 0 else { return DecimalText.fixed(value, shown) }
    return DecimalText.fixed(value, shown) + String(Self.letters[power - 1])
      + (to == "iec-i" ? "i" : "")
  }
}
