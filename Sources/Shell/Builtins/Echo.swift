extension Builtin {
  static let echo = Builtin("echo") { call in
    var arguments = call.arguments[...]
    var newline = true
    var escapes = call.shell.dialect.echoInterpretsEscapes || call.shell.shopt.contains("xpg_echo")
    while let first = arguments.first, first.utf8.first == UInt8(ascii: "-"),
      first.utf8.count > 1
    {
      let letters = first.dropFirst()
      let known = call.shell.dialect.family == .dash ? "n" : "neE"
      guard letters.allSatisfy({ known.contains($0) }) else { break }
      for letter in letters {
        switch letter {
        case "n": newline = false
        case "e": escapes = true
        default: escapes = false
        }
      }
      arguments.removeFirst()
    }
    let text = arguments.joined(separator: " ")
    var bytes: [UInt8]
    if escapes, text.utf8.contains(UInt8(ascii: "\\")) {
      let decoded = EscapeDecoder(style: .echo).decode(Array(text.utf8)[...])
      bytes = decoded.bytes
      if decoded.stops { newline = false }
    } else {
      bytes = Array(text.utf8)
    }
    if newline { bytes.append(UInt8(ascii: "\n")) }
    try await call.write(bytes)
    return 0
  }
}
