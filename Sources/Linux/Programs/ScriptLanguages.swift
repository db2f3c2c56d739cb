import Shell
import Simulation

/// The few lines of `perl` that learners run: the digits of pi, and printed texts.
struct Perl: Program {
  let name = "perl"

  func run(_ process: Process) async throws -> ExitStatus {
    var code: String?
    var endsLines = false
    var rest = process.arguments[...]
    while let word = rest.popFirst() {
      if word == "--version" || word == "-v" {
        try await process.write(
          "\nThis is perl 5, version 42, subversion 0 (v5.42.0) built for x86_64-linux-gnu\n")
        return 0
      }
      guard word.hasPrefix("-"), !word.hasPrefix("-M") else { continue }
      if word.contains("l") { endsLines = true }
      if word.hasSuffix("e") || word.hasSuffix("E") { code = rest.popFirst() }
    }
    guard let code else {
      try await process.writeError("drydock: not simulated: perl without -e\n")
      return 1
    }
    var text = code[...].trimmedSides
    while text.last == ";" { text.removeLast() }
    guard text.hasPrefix("print") else {
      try await process.writeError("drydock: not simulated: perl -e '\(code)'\n")
      return 1
    }
    var argument = text.dropFirst(5).trimmedSides
    if argument.hasPrefix("("), argument.hasSuffix(")") {
      argument = argument.dropFirst().dropLast()
    }
    if let open = argument.firstIndex(of: "("), argument.hasPrefix("bpi"), argument.hasSuffix(")"),
      let digits = Int(argument[argument.index(after: open)...].dropLast())
    {
      guard digits <= 20_000 else {
        try await process.writeError("drydock: stopped: more than 20000 digits of pi\n")
        return 1
      }
      // A real perl takes some seconds for two thousand digits.
      try await process.compute(.milliseconds(Int64(max(1, digits)) * 2))
      try await process.write(PiDigits.text(max(1, digits)) + (endsLines ? "\n" : ""))
      return 0
    }
    guard let quote = argument.first, quote == "\"" || quote == "'", argument.last == quote,
      argument.count >= 2
    else {
      try await process.writeError("drydock: not simulated: perl -e '\(code)'\n")
      return 1
    }
    var shown = String(argument.dropFirst().dropLast())
    if quote == "\"" {
      shown = String(decoding: BackslashEscapes.expand(Array(shown.utf8)).0, as: UTF8.self)
    }
    try await process.write(shown + (endsLines ? "\n" : ""))
    return 0
  }
}

/// The digits of pi, by Machin's formula over limbs of nine decimal digits.
enum PiDigits {
  /// So many significant digits: `3.14…`, the last one rounded.
  static func text(_ digits: Int) -> String {
    let count = digits / 9 + 4
    // pi = 16 atan(1/5) - 4 atan(1/239)
    let pi = minus(arctangent(5, 16, count), arctangent(239, 4, count))
    var text = pi.dropFirst().map { limb in
      let digits = "\(limb)"
      return String(repeating: "0", count: 9 - digits.count) + digits
    }.joined().map { $0.wholeNumberValue ?? 0 }
    var kept = Array(text.prefix(digits - 1))
    text = Array(text.dropFirst(digits - 1))
    var index = kept.count - 1
    var carry = text.first ?? 0 >= 5
    while carry, index >= 0 {
      kept[index] = (kept[index] + 1) % 10
      carry = kept[index] == 0
      index -= 1
    }
    return digits == 1 ? "3" : "3." + kept.map { "\($0)" }.joined()
  }

  private static let base: UInt64 = 1_000_000_000

  /// `factor` · atan(1/x) as a whole number and limbs of fraction.
  private static func arctangent(_ x: UInt64, _ factor: UInt64, _ count: Int) -> [UInt64] {
    var term = [UInt64](repeating: 0, count: count)
    term[0] = factor
    divide(&term, x)
    var sum = term
    var number: UInt64 = 1
    var adds = false
    while term.contains(where: { $0 != 0 }) {
      divide(&term, x * x)
      number += 2
      var part = term
      divide(&part, number)
      sum = adds ? plus(sum, part) : minus(sum, part)
      adds.toggle()
    }
    return sum
  }

  private static func divide(_ number: inout [UInt64], _ by: UInt64) {
    var rest: UInt64 = 0
    for index in number.indices {
      let value = rest * base + number[index]
      number[index] = value / by
      rest = value % by
    }
  }

  private static func plus(_ left: [UInt64], _ right: [UInt64]) -> [UInt64] {
    var out = left
    var carry: UInt64 = 0
    for index in out.indices.reversed() {
      let value = left[index] + right[index] + carry
      out[index] = value % base
      carry = value / base
    }
    return out
  }

  private static func minus(_ left: [UInt64], _ right: [UInt64]) -> [UInt64] {
    var out = left
    var borrow: UInt64 = 0
    for index in out.indices.reversed() {
      let taken = right[index] + borrow
      borrow = left[index] < taken ? 1 : 0
      out[index] = left[index] + (borrow == 1 ? base : 0) - taken
    }
    return out
  }
}

/// The few lines of `python3` that learners run: a web server, JSON, printed texts, sleeping.
struct Python: Program {
  let name: String

  init(_ name: String) { self.name = name }

  func run(_ process: Process) async throws -> ExitStatus {
    var rest = process.arguments.filter { $0 != "-u" }[...]
    switch rest.popFirst() {
    case "--version", "-V":
      try await process.write("Python \(LanguageVersions.python(process.environment))\n")
      return 0
    case "-m":
      switch rest.popFirst() {
      case "http.server": return try await PythonWebServer(arguments: Array(rest)).run(process)
      case "json.tool":
        let input = try await process.contents(of: rest.first ?? "-")
        let (text, isError) = PythonExpressions.pretty(input)
        if isError { try await process.writeError(text) } else { try await process.write(text) }
        return isError ? 1 : 0
      default: break
      }
    case "-c":
      return try await statements(rest.first ?? "", process)
    case nil where !process.standardInput.isTerminal, "-":
      return try await statements(
        String(decoding: try await process.readAll(), as: UTF8.self), process)
    case let path?:
      guard let text = process.machine.files.text(process.absolute(path), process.caller) else {
        try await process.writeError(
          "\(name): can't open file '\(process.absolute(path))': [Errno 2] No such file or directory\n"
        )
        return 2
      }
      if ForeignInterpreter.serves(text) {
        return try await UnknownApplication(name: name, title: path, ports: []).run(process)
      }
      return try await statements(text, process)
    case nil: break
    }
    try await process.writeError(
      "drydock: not simulated: \(([name] + process.arguments).joined(separator: " "))\n")
    return 1
  }

  /// print of a literal, time.sleep and imports, one after another.
  private func statements(_ code: String, _ process: Process) async throws -> ExitStatus {
    let lines = code.split { $0 == "\n" || $0 == ";" }.map { $0.trimmedSides }
    var environment = false
    for line in lines where !line.isEmpty && !line.hasPrefix("#") {
      if line.hasPrefix("import ") || line.hasPrefix("from ") {
        environment = environment || line.contains("os")
        continue
      }
      guard let open = line.firstIndex(of: "("), line.hasSuffix(")") else {
        return try await refuse(code, process)
      }
      let argument = line[line.index(after: open)...].dropLast().trimmedSides
      switch line[..<open] {
      case "print":
        if let text = Self.literal(argument) {
          try await process.write(text + "\n")
        } else if argument.hasPrefix("os.environ"), environment {
          let key = argument.split { $0 == "\"" || $0 == "'" }.dropFirst().first.map(String.init)
          try await process.write((process.environment[key ?? ""] ?? "None") + "\n")
        } else if let text = PythonExpressions.printed(
          argument[...], input: argument.contains("sys.stdin") ? try await process.readAll() : [])
        {
          try await process.write(text + "\n")
        } else {
          return try await refuse(code, process)
        }
      case "time.sleep", "sleep":
        guard let seconds = Double(argument), seconds >= 0, seconds < 1e9 else {
          return try await refuse(code, process)
        }
        try await process.sleep(Span(nanoseconds: Int64(seconds * 1e9)))
      case "exit", "sys.exit": return ExitStatus(argument) ?? 0
      default: return try await refuse(code, process)
      }
    }
    return 0
  }

  private static func literal(_ text: Substring) -> String? {
    if text.isEmpty { return "" }
    if Int(text) != nil { return String(text) }
    guard let quote = text.first, quote == "'" || quote == "\"", text.last == quote, text.count > 1,
      !text.dropFirst().dropLast().contains(quote)
    else { return nil }
    return String(
      decoding: BackslashEscapes.expand(Array(text.dropFirst().dropLast().utf8)).0, as: UTF8.self)
  }

  private func refuse(_ code: String, _ process: Process) async throws -> ExitStatus {
    try await process.writeError("drydock: not simulated: \(name) code beyond print and sleep\n")
    return 1
  }
}

/// `python3 -m http.server`: the files of a folder.
struct PythonWebServer: NetworkServer {
  let name = "python3"
  var arguments: [String] = []

  func start(_ process: Process) async throws -> [ServerSocket] {
    var port = 8000
    var folder = process.directory
    var rest = arguments[...]
    while let word = rest.popFirst() {
      if word == "-d" || word == "--directory" {
        folder = process.absolute(rest.popFirst() ?? ".")
      } else if word == "-b" || word == "--bind" {
        _ = rest.popFirst()
      } else if let number = Int(word) {
        port = number
      }
    }
    try await process.write(
      "Serving HTTP on 0.0.0.0 port \(port) (http://0.0.0.0:\(port)/) ...\n")
    let root = folder
    let service = WebService(
      note: { [weak process] request, response in
        guard let process else { return }
        let when = Calendar(process.machine.now).formatted("%d/%b/%Y %H:%M:%S")
        try await process.writeError(
          "\(request.client) - - [\(when)] \"\(request.method) \(request.target) "
            + "\(request.version)\" \(response.status) -\n")
      },
      answer: { [weak process] request in
        guard let process else { return WebResponse(503) }
        return Self.page(root, request, process)
      })
    return [ServerSocket(port) { try await service.serve($0) }]
  }

  private static func page(
    _ root: String, _ request: WebRequest, _ process: Process
  ) -> WebResponse {
    let parts = PercentCoding.decode(request.path).split(separator: "/").filter { $0 != ".." }
    let path = ([root == "/" ? "" : root] + parts.map(String.init)).joined(separator: "/")
    let files = process.machine.files
    let status = files.status(path.isEmpty ? "/" : path, in: "/", process.caller)
    if status?.kind == .directory {
      if let text = files.text(path + "/index.html", process.caller) {
        return WebResponse(200, headers: [("Content-type", "text/html")], body: Array(text.utf8))
      }
      let names = ((try? files.names(in: path.isEmpty ? "/" : path)) ?? []).filter {
        $0 != "." && $0 != ".."
      }.sorted()
      let list = names.map { "<li><a href=\"\($0)\">\($0)</a></li>\n" }.joined()
      let text =
        "<!DOCTYPE HTML>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        + "<title>Directory listing for \(request.path)</title>\n</head>\n<body>\n"
        + "<h1>Directory listing for \(request.path)</h1>\n<hr>\n<ul>\n\(list)</ul>\n<hr>\n</body>\n"
        + "</html>\n"
      return WebResponse(
        200, headers: [("Content-type", "text/html; charset=utf-8")], body: Array(text.utf8))
    }
    guard let bytes = try? files.read(path, in: "/", process.caller) else {
      return WebResponse(404, text: "File not found\n")
    }
    return WebResponse(200, headers: [("Content-type", "text/plain")], body: bytes)
  }
}
