import Shell

/// Fills environment variables into a text: `envsubst`.
struct EnvironmentSubstitution: Program {
  let name = "envsubst"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(process.arguments, "v,variables V,version")
    // Only variables that the format names are replaced.
    let format = options.operands.first.map { Array($0.utf8) }
    var named: Set<String>?
    if let format {
      var found: Set<String> = []
      _ = Self.replace(format) { name in
        found.insert(name)
        return nil
      }
      named = found
      if options.has("v") {
        try await process.write(found.sorted().map { $0 + "\n" }.joined())
        return 0
      }
    }
    let environment = process.environment
    let text = try await process.readAll()
    try await process.write(
      Self.replace(text) { name in
        named?.contains(name) == false ? nil : Array((environment[name] ?? "").utf8)
      })
    return 0
  }

  /// `$name` and `${name}`; what `value` does not know stays as it is.
  private static func replace(_ text: [UInt8], _ value: (String) -> [UInt8]?) -> [UInt8] {
    var out: [UInt8] = []
    var index = 0
    while index < text.count {
      guard text[index] == UInt8(ascii: "$") else {
        out.append(text[index])
        index += 1
        continue
      }
      var end = index + 1
      let isBraced = end < text.count && text[end] == UInt8(ascii: "{")
      if isBraced { end += 1 }
      let start = end
      while end < text.count, isName(text[end], isFirst: end == start) { end += 1 }
      let isClosed = !isBraced || end < text.count && text[end] == UInt8(ascii: "}")
      let name = String(decoding: text[start..<end], as: UTF8.self)
      if isBraced, isClosed { end += 1 }
      if !name.isEmpty, isClosed, let found = value(name) {
        out += found
      } else {
        out += text[index..<end]
      }
      index = end
    }
    return out
  }

  private static func isName(_ byte: UInt8, isFirst: Bool) -> Bool {
    switch byte {
    case 0x41...0x5A, 0x61...0x7A, 0x5F: true
    case 0x30...0x39: !isFirst
    default: false
    }
  }
}
