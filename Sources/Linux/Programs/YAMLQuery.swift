import Documents
import Shell

/// Filters and changes YAML in the manner of jq: `yq`.
struct YAMLQuery: Program {
  let name = "yq"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments,
      "i,inplace r,unwrapScalar? o,output-format= p,input-format= P,prettyPrint e,exit-status "
        + "n,null-input N,no-doc s I,indent= C,colors M y,yaml-output j,tojson c")
    var operands = options.operands[...]
    if let first = operands.first, ["e", "eval", "eval-all", "ea"].contains(first) {
      operands.removeFirst()
    }
    let filter = operands.popFirst() ?? "."
    // A lone file name shows that file.
    let isFile = process.status(filter)?.kind == .file && operands.isEmpty
    let query: Query
    do { query = try QueryParser.parse(Array((isFile ? "." : filter).utf8)) } catch let problem
      as QueryProblem
    {
      try await process.writeError(
        "Error: bad expression, please check expression syntax: \(problem.text)\n")
      return 1
    }
    var status: ExitStatus = 0
    for path in isFile ? [filter] : operands.isEmpty ? ["-"] : Array(operands) {
      let bytes: [UInt8]
      do { bytes = options.has("n") ? [] : try await process.contents(of: path) } catch let error
        as HostError where !error.isBudget
      {
        try await process.writeError("Error: open \(path): \(error.text.lowercased())\n")
        return 1
      }
      let manifest = Manifest(bytes)
      if let problem = manifest.problems.first {
        try await process.writeError("Error: bad file '\(path)': \(problem.message)\n")
        return 1
      }
      let documents = options.has("n") ? [.null] : manifest.documents.map(\.value)
      var texts: [String] = []
      for document in documents {
        guard let made = try await results(query, document, process) else { return 1 }
        if made.isEmpty || made.last == .null || made.last == .bool(false) { status = 1 }
        texts += [made.map { shown($0, options) }.joined()]
      }
      let text = texts.joined(separator: "---\n")
      if options.has("i") {
        try process.replace(path, with: Array(text.utf8))
      } else {
        try await process.write(text)
      }
    }
    return options.has("e") ? status : 0
  }

  private func results(
    _ query: Query, _ document: Value, _ process: Process
  ) async throws -> [Value]? {
    let runtime = try QueryRuntime(process)
    var reader = QueryReader(JSON.bytes(document))
    let input = try reader.next() ?? .null
    var found: [Value] = []
    do {
      var writer = QueryText()
      writer.indent = nil
      try runtime.run(query, input, nil, nil) { _, value in
        var out: [UInt8] = []
        writer.write(value, 0, &out)
        found.append((try? JSON.parse(out)) ?? .null)
        guard found.count < 100_000 else { throw HostError.budget("drydock: too many results") }
      }
    } catch let error as QueryError {
      try await process.writeError("Error: \(error.text)\n")
      return nil
    }
    return found
  }

  private func shown(_ value: Value, _ options: Options) -> String {
    if options["o"] == "json" || options["o"] == "j" || options.has("j") {
      return JSON.text(value, .init(indent: "  ")) + "\n"
    }
    switch value {
    case .string(let text): return text + "\n"
    case .null: return "null\n"
    default: return YAML.text(value)
    }
  }
}
