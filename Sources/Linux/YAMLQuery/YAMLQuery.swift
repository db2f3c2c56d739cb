import Documents
import Shell

/// Reads and changes YAML, keeping its comments and order: `yq` (mikefarah's).
struct YAMLQuery: Program {
  let name = "yq"

  static let version = "v4.48.1"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments,
      "i,inplace r,unwrapScalar? o,output-format= p,input-format= P,prettyPrint e,exit-status "
        + "n,null-input N,no-doc s,split-exp= I,indent= C,colors M,no-colors j,tojson V,version "
        + "v,verbose f,front-matter= from-file= expression= 0,nul-output c")
    if options.has("V") {
      try await process.write(
        "yq (https://github.com/mikefarah/yq/) version \(Self.version)\n")
      return 0
    }
    do {
      return try await query(options, process)
    } catch let error as YAMLQueryError {
      let isOwn = error.text.hasPrefix("drydock: ")
      try await process.writeError(isOwn ? error.text + "\n" : "Error: \(error.text)\n")
      return 1
    }
  }

  private func query(_ options: Options, _ process: Process) async throws -> ExitStatus {
    var operands = options.operands[...]
    var joinsAll = false
    if let first = operands.first, ["e", "eval", "eval-all", "ea"].contains(first) {
      joinsAll = first == "ea" || first == "eval-all"
      operands.removeFirst()
    }
    var text = options["expression"]
    if let path = options["from-file"] {
      text = String(decoding: try await contents(path, process), as: UTF8.self)
    }
    if text == nil, let first = operands.first {
      // A lone file name shows that file.
      let isFile = process.status(first)?.kind == .file && operands.count == 1
      if !isFile { text = operands.removeFirst() }
    }
    let expression = try YAMLExpressionParser.parse(text ?? ".")
    if operands.isEmpty, text == nil, process.standardInput.isTerminal {
      throw YAMLQueryError(text: "no input")
    }
    var runtime = YAMLQueryRuntime(process)
    let paths = operands.isEmpty ? ["-"] : Array(operands)
    // Results have the form of what was read, unless told otherwise.
    let own = paths[0].hasSuffix(".json") && !options.has("n") ? "json" : "yaml"
    let input = Self.format(options, "p") ?? own
    var writer = Output(
      options: options, format: Self.format(options, "o") ?? (options.has("j") ? "json" : input))
    if options.has("n") {
      let found = try runtime.run(expression, on: .null)
      for node in found { writer.add(node, startsDocument: false) }
      try await process.write(writer.text)
      return try status(found, options)
    }
    var all: [(node: YAMLNode, input: YAMLQueryRuntime.Input)] = []
    for (fileIndex, path) in paths.enumerated() {
      let documents = try read(try await contents(path, process), path, options)
      for (index, node) in documents.enumerated() {
        all.append(
          (node, .init(fileName: path, fileIndex: fileIndex, documentIndex: index)))
      }
    }
    var last: [YAMLNode] = []
    if joinsAll {
      last = try runtime.runAll(expression, over: all)
      for node in last { writer.add(node, startsDocument: node.kind != .scalar) }
    } else {
      for (node, input) in all {
        runtime.input = input
        let found = try runtime.run(expression, on: node)
        for (index, node) in found.enumerated() { writer.add(node, startsDocument: index == 0) }
        last += found
      }
    }
    if let name = options["s"] {
      let expression = try YAMLExpressionParser.parse(name)
      for node in last {
        guard let file = try runtime.run(expression, on: node).first?.text else { continue }
        try process.replace(
          file.contains(".") ? file : file + ".yml", with: Array(YAMLNodeWriter.text(node).utf8))
      }
      return 0
    }
    if options.has("i"), let target = paths.first, target != "-" {
      try process.replace(target, with: Array(writer.text.utf8))
    } else {
      try await process.write(writer.text)
    }
    return try status(last, options)
  }

  private func status(_ found: [YAMLNode], _ options: Options) throws -> ExitStatus {
    guard options.has("e"), !found.contains(where: YAMLQueryRuntime.isTrue) else { return 0 }
    throw YAMLQueryError(text: "no matches found")
  }

  /// `-o json` and `-o=json` alike.
  private static func format(_ options: Options, _ name: String) -> String? {
    options[name].map { $0.hasPrefix("=") ? String($0.dropFirst()) : $0 }
      .map { ["j": "json", "y": "yaml"][$0] ?? $0 }
  }

  private func contents(_ path: String, _ process: Process) async throws -> [UInt8] {
    do { return try await process.contents(of: path) } catch let error as HostError
      where !error.isBudget
    {
      throw YAMLQueryError(text: "open \(path): \(error.text.lowercased())")
    }
  }

  private func read(_ bytes: [UInt8], _ path: String, _ options: Options) throws -> [YAMLNode] {
    do {
      let found = try YAMLNodeReader.read(bytes)
      // JSON is YAML; as YAML it gets the block form.
      if Self.format(options, "p") == "json" || path.hasSuffix(".json") {
        for node in found { Self.spread(node, 0) }
      }
      return found.isEmpty ? [.null] : found
    } catch let failure as YAMLNodeReader.Failure {
      throw YAMLQueryError(text: "bad file '\(path)': \(failure.message)")
    }
  }

  private static func spread(_ node: YAMLNode, _ depth: Int) {
    guard depth < 200 else { return }
    node.isFlow = false
    if node.kind == .scalar, node.style == .double {
      node.style = YAMLNode(string: node.text).style
    }
    for child in node.content { spread(child, depth + 1) }
  }

  /// Results, with a line of dashes between documents.
  private struct Output {
    let options: Options
    var text = ""
    private var isFirst = true
    private let format: String

    init(options: Options, format: String) {
      self.options = options
      self.format = format
    }

    mutating func add(_ node: YAMLNode, startsDocument: Bool) {
      let indent = options["I"].flatMap { Int($0.drop { $0 == "=" }) } ?? 2
      let isYAML = ["yaml", "y", "auto", "a"].contains(format)
      if !isFirst, startsDocument, isYAML, !options.has("N") { text += "---\n" }
      isFirst = false
      let unwraps = options["r"] != "false"
      switch format {
      case "json", "j":
        let isRaw = options.has("r") && unwraps && node.kind == .scalar
        text += (isRaw ? node.text : node.json(indent: min(8, max(0, indent)))) + "\n"
      case "props", "p": text += Self.properties(node, "")
      case "shell", "s":
        text += Self.properties(node, "").split(separator: "\n").map { line in
          let middle = line.firstRange(of: " = ")
          let name = line[..<(middle?.lowerBound ?? line.endIndex)].map {
            $0.isLetter || $0.isNumber ? $0 : "_"
          }
          let value = middle.map { String(line[$0.upperBound...]) } ?? ""
          return "\(String(name))=\(ShellQuoting.quoted(value))\n"
        }.joined()
      case "csv", "tsv", "t", "c":
        let separator = format.hasPrefix("t") ? "\t" : ","
        for row in node.content {
          let cells = row.kind == .scalar ? [row] : row.content
          text += cells.map(\.text).joined(separator: separator) + "\n"
        }
      default:
        if options.has("P") { Self.prettify(node, 0) }
        text += YAMLNodeWriter.text(node, indent: indent, unwraps: unwraps)
      }
    }

    private static func prettify(_ node: YAMLNode, _ depth: Int) {
      YAMLQuery.spread(node, depth)
      for child in node.content where child.kind == .scalar && child.style == .single {
        child.become(YAMLNode(string: child.text))
      }
      guard depth < 200 else { return }
      for child in node.content { prettify(child, depth + 1) }
    }

    private static func properties(_ node: YAMLNode, _ prefix: String) -> String {
      func joined(_ name: String) -> String { prefix.isEmpty ? name : "\(prefix).\(name)" }
      switch node.kind {
      case .scalar: return "\(prefix) = \(node.text)\n"
      case .sequence:
        return node.content.enumerated().map { properties($1, joined("\($0)")) }.joined()
      case .mapping:
        return stride(from: 0, to: node.content.count - 1, by: 2).map {
          properties(node.content[$0 + 1], joined(node.content[$0].text))
        }.joined()
      }
    }
  }
}
