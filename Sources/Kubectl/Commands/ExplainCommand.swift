import Documents
import KubeObjects

/// kubectl explain.
enum ExplainCommand {
  static let specification = CommandSpecification(
    name: "explain",
    usage: "explain TYPE [--recursive=FALSE|TRUE] [--api-version=api-version-group] "
      + "[-o|--output=plaintext|plaintext-openapiv2]",
    summary: "Get documentation for a resource",
    about: "Describe fields and structure of various resources.",
    examples: [
      ("A kind", "kubectl explain pods"),
      ("One field and what is in it", "kubectl explain pod.spec.containers.resources"),
      ("The whole structure", "kubectl explain deployment.spec --recursive"),
    ],
    flags: Flag.list("api-version:string output,o:string=plaintext recursive:bool"), run: run)

  static func run(_ call: Invocation) async throws {
    guard let word = call.arguments.first else {
      throw CommandError.text(
        "You must specify the type of resource to explain. Use \"kubectl api-resources\" for a "
          + "complete list of supported resources.")
    }
    guard call.arguments.count == 1 else {
      throw CommandError.text("We accept only this format: explain RESOURCE")
    }
    let mapper = try await call.mapper()
    let version = call.values.string("api-version")
    var parts = word.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    if parts.last?.isEmpty ?? false { parts.removeLast() }
    // `certificates.cert-manager.io` is a group, `pods.spec` a field: the longest known name wins.
    var found: APIResource?
    var path: [String] = []
    for count in stride(from: parts.count, to: 0, by: -1) {
      if let resource = mapper.find(parts[..<count].joined(separator: ".")) {
        found = resource
        path = Array(parts[count...])
        break
      }
    }
    guard var resource = found else {
      throw CommandError.text(
        "the server doesn't have a resource type \(Go.quoted(parts.first ?? word))")
    }
    if !version.isEmpty {
      let wanted = GroupVersion(apiVersion: version)
      guard
        let other = mapper.resource(
          kind: resource.kind, group: wanted.group, version: wanted.version)
      else {
        throw CommandError.text(
          "couldn't find resource for \(Go.quoted("\(version), Kind=\(resource.kind)"))")
      }
      resource = other
    }
    guard let index = Schema.builtin.index(resource.groupVersion, kind: resource.kind) else {
      throw CommandError.text(
        "drydock: not simulated: explaining \(resource.groupResource), "
          + "whose structure is not built in"
      )
    }
    let explanation = Explanation(resource: resource, isRecursive: call.values.bool("recursive"))
    call.output.print(try explanation.text(root: index, path: path))
  }
}

/// The page of `explain` for one kind or field.
struct Explanation {
  let resource: APIResource
  let isRecursive: Bool

  func text(root: Int, path: [String]) throws -> String {
    var type = FieldType.structure(root)
    var owner = root
    var name = ""
    for part in path {
      guard case .structure(let index) = Self.element(type),
        let field = Schema.builtin.types[index].field(part)
      else { throw CommandError.text("field \(Go.quoted(part)) does not exist") }
      owner = index
      type = field.type
      name = part
    }
    var text = resource.group.isEmpty ? "" : "GROUP:      \(resource.group)\n"
    text += "KIND:       \(resource.kind)\nVERSION:    \(resource.version)\n\n"
    let sentence: String
    if path.isEmpty {
      sentence = FieldSentences.kind(resource.kind)
    } else {
      text += "FIELD: \(name) <\(Self.typeName(type))>\n\n"
      sentence = FieldSentences.field(name, of: Schema.builtin.types[owner].name)
    }
    let allowed = Schema.builtin.types[owner].field(name)?.allowed ?? []
    if !path.isEmpty, !allowed.isEmpty { text += Self.choices(allowed, indent: "") }
    text += "DESCRIPTION:\n\(Self.wrapped(sentence.isEmpty ? "<empty>" : sentence, indent: 4))"
    text += "    \n"
    guard case .structure(let index) = Self.element(type) else { return text + "\n" }
    text += "FIELDS:\n"
    text += isRecursive ? tree(index, level: 1, above: []) : fields(index)
    return text + "\n"
  }

  private static func element(_ type: FieldType) -> FieldType {
    switch type {
    case .list(let inner), .map(let inner): element(inner)
    default: type
    }
  }

  static func typeName(_ type: FieldType) -> String {
    switch type {
    case .string, .time, .microTime, .bytes: "string"
    case .boolean: "boolean"
    case .int32, .int64: "integer"
    case .double: "number"
    case .quantity: "Quantity"
    case .intOrString: "IntOrString"
    case .object, .any: "Object"
    case .list(let inner): "[]" + typeName(inner)
    case .map(let inner): "map[string]" + typeName(inner)
    case .structure(let index):
      Schema.builtin.types[index].name.split(separator: ".").last.map(String.init) ?? "Object"
    }
  }

  private static func choices(_ allowed: [String], indent: String) -> String {
    "\(indent)ENUM:\n" + allowed.map { "\(indent)    \($0)\n" }.joined()
  }

  private func sorted(_ index: Int) -> [StructuralType.Field] {
    Schema.builtin.types[index].fields.sorted { $0.name < $1.name }
  }

  private func fields(_ index: Int) -> String {
    let type = Schema.builtin.types[index]
    return sorted(index).map { field in
      var text = "  \(field.name)\t<\(Self.typeName(field.type))>"
      text += field.isRequired ? " -required-\n" : "\n"
      if !field.allowed.isEmpty {
        text += "  enum: \(field.allowed.joined(separator: ", "))\n"
      }
      let sentence = FieldSentences.field(field.name, of: type.name)
      return text + Self.wrapped(sentence.isEmpty ? "<no description>" : sentence, indent: 4) + "\n"
    }.joined()
  }

  /// The bare tree; a type inside itself is not opened again.
  private func tree(_ index: Int, level: Int, above: Set<Int>) -> String {
    guard level < 20, !above.contains(index) else { return "" }
    return sorted(index).map { field in
      let indent = String(repeating: "  ", count: level)
      var text = "\(indent)\(field.name)\t<\(Self.typeName(field.type))>"
      text += field.isRequired ? " -required-\n" : "\n"
      if !field.allowed.isEmpty {
        text += "\(indent)enum: \(field.allowed.joined(separator: ", "))\n"
      }
      if case .structure(let inner) = Self.element(field.type) {
        text += tree(inner, level: level + 1, above: above.union([index]))
      }
      return text
    }.joined()
  }

  /// Lines of at most eighty columns.
  static func wrapped(_ text: String, indent: Int) -> String {
    let blank = String(repeating: " ", count: indent)
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty, indent + line.count + 1 + word.count > 80 {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    lines.append(line)
    return lines.map { blank + $0 + "\n" }.joined()
  }
}
