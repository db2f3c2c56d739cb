import Shell

/// Filters JSON: `jq`.
struct QueryProgram: Program {
  let name = "jq"

  func run(_ process: Process) async throws -> ExitStatus {
    if process.arguments.contains("--version") || process.arguments.first == "-V" {
      try await process.write("jq-1.7.1\n")
      return 0
    }
    var scope: QueryRuntime.Scope?
    var named = QueryObject()
    var words: [String] = []
    var rest = process.arguments[...]
    while let word = rest.popFirst() {
      guard ["--arg", "--argjson", "--slurpfile", "--rawfile"].contains(word) else {
        words.append(word)
        continue
      }
      guard let key = rest.popFirst(), let text = rest.popFirst() else {
        try await process.complain("\(word) takes two parameters (e.g. \(word) varname value)")
        return 2
      }
      var value = QueryValue.string(text)
      if word == "--argjson" {
        var reader = QueryReader(Array(text.utf8))
        guard let read = try? reader.next() else {
          try await process.complain("Invalid JSON text passed to --argjson")
          return 2
        }
        value = read
      } else if word != "--arg" {
        let bytes = try await process.contents(of: text)
        value =
          word == "--rawfile"
          ? .string(String(decoding: bytes, as: UTF8.self))
          : .array(try Self.all(bytes))
      }
      named[key] = value
      scope = .init(.variable(key, value), scope)
    }
    let options = try Options(
      words,
      "r,raw-output j,join-output c,compact-output n,null-input s,slurp R,raw-input e,exit-status "
        + "S,sort-keys a,ascii-output C,color-output M,monochrome-output tab indent= f,from-file= "
        + "args jsonargs V,version unbuffered seq stream raw-output0", status: 2)
    var operands = options.operands[...]
    let text: [UInt8]
    if let path = options["f"] {
      text = try await process.contents(of: path)
    } else {
      guard let first = operands.popFirst() else {
        try await process.writeError("Usage:\tjq [OPTIONS] FILTER [FILES...]\n")
        return 2
      }
      text = Array(first.utf8)
    }
    var arguments = QueryObject()
    arguments["named"] = .object(named)
    scope = .init(
      .variable("__prog_args", .null), .init(.variable("ARGS", .object(arguments)), scope))
    do {
      let query = try QueryParser.parse(text)
      return try await run(query, Array(operands), options, scope, process)
    } catch let problem as QueryProblem {
      let shown = String(decoding: text, as: UTF8.self)
      try await process.writeError(
        "jq: error: \(problem.text) at <top-level>, line 1:\n\(shown)\njq: 1 compile error\n")
      return 3
    }
  }

  private static func all(_ bytes: [UInt8]) throws -> [QueryValue] {
    var reader = QueryReader(bytes)
    var found: [QueryValue] = []
    while let value = try reader.next() { found.append(value) }
    return found
  }

  private func run(
    _ query: Query, _ paths: [String], _ options: Options, _ scope: QueryRuntime.Scope?,
    _ process: Process
  ) async throws -> ExitStatus {
    var bytes: [UInt8] = []
    var status: ExitStatus = 0
    for path in paths.isEmpty ? (options.has("n") ? [] : ["-"]) : paths {
      do { bytes += try await process.contents(of: path) } catch let error as HostError
        where !error.isBudget
      {
        try await process.writeError("jq: error: Could not open \(path): \(error.text)\n")
        status = 2
      }
    }
    let runtime = try QueryRuntime(process)
    var source = Source(bytes, options)
    runtime.inputs = { try source.next() }
    var writer = QueryText()
    writer.limit = process.machine.budgets.output
    writer.sortsKeys = options.has("S")
    writer.isASCII = options.has("a")
    if options.has("c") { writer.indent = nil }
    if options.has("tab") { writer.indent = "\t" }
    if let width = options["indent"].flatMap({ Int($0) }), (0...7).contains(width) {
      writer.indent = width == 0 ? nil : String(repeating: " ", count: width)
    }
    let isRaw = options.has("r") || options.has("j")
    var last: QueryValue?
    var out: [UInt8] = []
    var isFirst = true
    while true {
      let input: QueryValue
      do {
        if options.has("n") {
          guard isFirst else { break }
          input = .null
        } else {
          guard let value = try source.next() else { break }
          input = value
        }
      } catch let error as QueryError {
        try await process.write(out)
        try await process.writeError("jq: error (at <stdin>:0): \(error.text)\n".replacingParse)
        return 2
      }
      isFirst = false
      do {
        try runtime.run(query, input, nil, scope) { _, value in
          last = value
          if isRaw, case .string(let text) = value {
            out += Array(text.utf8)
          } else {
            writer.write(value, 0, &out)
          }
          if !options.has("j") { out.append(.newline) }
          try process.machine.budgets.check(output: out.count)
        }
      } catch let error as QueryError {
        try await process.write(out)
        out = []
        try await process.writeError("jq: error (at <stdin>:0): \(error.text)\n")
        status = 5
      } catch let halt as QueryHalt {
        try await process.write(out)
        try await process.writeError(halt.text)
        return halt.status
      } catch is QueryRuntime.Leave {
        try await process.writeError("jq: error (at <stdin>:0): break\n")
        status = 5
      }
      for line in runtime.debugging { try await process.writeError(line) }
      runtime.debugging = []
      try await process.write(out)
      out = []
      try await process.step(64)
    }
    if status == 0, options.has("e") { return last.map { $0.isTrue ? 0 : 1 } ?? 4 }
    return status
  }

  /// The inputs, as -s and -R have them.
  private struct Source {
    private var reader: QueryReader
    private var ready: ArraySlice<QueryValue>?

    private let wantsAll: Bool

    init(_ bytes: [UInt8], _ options: Options) {
      reader = QueryReader(bytes)
      wantsAll = options.has("s") && !options.has("R")
      if options.has("R") {
        ready =
          options.has("s")
          ? [.string(String(decoding: bytes, as: UTF8.self))]
          : lines(of: bytes).map { .string(String(decoding: $0, as: UTF8.self)) }[...]
      }
    }

    mutating func next() throws -> QueryValue? {
      if ready == nil, wantsAll {
        var all: [QueryValue] = []
        while let value = try reader.next() { all.append(value) }
        ready = [.array(all)]
      }
      if ready != nil { return ready?.popFirst() }
      return try reader.next()
    }
  }
}

extension String {
  /// Faults of the input itself are parse errors.
  fileprivate var replacingParse: String {
    "jq: parse error: " + dropFirst("jq: error (at <stdin>:0): ".count)
  }
}
