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
    flags: Flag.list("api-version:string output,o:string=plaintext recursive,R:bool"), run: run)

  static func run(_ call: Invocation) async throws {
    guard let word = call.arguments.first else {
      throw CommandError.text(
        "You must specify the type of resource to explain. Use \"kubectl api-resources\" for a "
          + "complete list of supported resources.")
    }
    guard call.arguments.count == 1 else {
      throw CommandError.text("We accept only this format: explain RESOURCE")
    }
    let form = call.values.string("output")
    guard ["plaintext", "plaintext-openapiv2"].contains(form) else {
      throw CommandError.text("unrecognized format: \(form)")
    }
    guard !word.isEmpty else {
      throw CommandError.text("a resource must be present, got: /, Resource=")
    }
    guard !word.hasPrefix("."), !word.contains(".."), !word.contains("[") else {
      throw CommandError.text("invalid jsonpath syntax, first node must be field node")
    }
    let (resource, path) = try await target(word, call)
    let root: any ExplainedField
    if let index = Schema.builtin.index(resource.groupVersion, kind: resource.kind) {
      root = BuiltinField(root: index, kind: resource.kind)
    } else {
      root = try await CustomField.root(of: resource, call)
    }
    let explanation = Explanation(resource: resource, isRecursive: call.values.bool("recursive"))
    call.output.print(explanation.head)
    call.output.print(try explanation.text(root, path: path))
  }

  /// `certificates.cert-manager.io` is a group, `pods.spec` a field: the longest known name wins.
  private static func target(_ word: String, _ call: Invocation) async throws -> (
    APIResource, [String]
  ) {
    let mapper = try await call.mapper()
    var parts = word.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    if parts.last?.isEmpty ?? false { parts.removeLast() }
    var found: APIResource?
    var path: [String] = []
    for count in stride(from: parts.count, to: 0, by: -1) {
      if let resource = mapper.find(parts[..<count].joined(separator: ".")) {
        found = resource
        path = Array(parts[count...])
        break
      }
    }
    guard let resource = found else {
      throw CommandError.noMatch(resource: parts.first ?? word, group: "", version: "")
    }
    let version = call.values.string("api-version")
    if version.isEmpty { return (resource, path) }
    guard version.count(where: { $0 == "/" }) < 2 else {
      throw CommandError.text("unexpected GroupVersion string: \(version)")
    }
    let wanted = GroupVersion(apiVersion: version)
    guard
      let other = mapper.resource(
        kind: resource.kind, group: wanted.group, version: wanted.version)
    else {
      throw CommandError.text(
        "couldn't find resource for \(Go.quoted("\(wanted.group)/\(wanted.version), Resource=\(resource.name)"))"
      )
    }
    return (other, path)
  }
}

/// The page of `explain` for one kind or field.
struct Explanation {
  let resource: APIResource
  let isRecursive: Bool

  /// What stands above even what cannot be found.
  var head: String {
    (resource.group.isEmpty ? "" : "GROUP:      \(resource.group)\n")
      + "KIND:       \(resource.kind)\nVERSION:    \(resource.version)\n\n"
  }

  func text(_ root: any ExplainedField, path: [String]) throws -> String {
    var field = root
    for part in path {
      guard let next = field.fields.first(where: { $0.name == part }) else {
        throw CommandError.text("field \(Go.quoted(path.last ?? part)) does not exist")
      }
      field = next
    }
    var text = ""
    if !path.isEmpty {
      text += "FIELD: \(field.name) <\(field.typeName)>\n"
      text +=
        field.allowed.isEmpty
        ? "\n" : "ENUM:\n" + field.allowed.map { "    \($0)\n" }.joined()
      text += "\n"
    }
    text += "DESCRIPTION:\n"
    if field.sentence.isEmpty {
      text += "    <empty>\n"
    } else {
      text += Self.wrapped(field.sentence, indent: 4) + "    \n"
    }
    let fields = field.fields
    if fields.isEmpty { return text + "\n" }
    text += "FIELDS:\n"
    text += isRecursive ? tree(field, level: 1, above: []) : fields.map(Self.entry).joined()
    return text + "\n"
  }

  private static func line(_ field: any ExplainedField, indent: String) -> String {
    var text = "\(indent)\(field.name)\t<\(field.typeName)>"
    text += field.isRequired ? " -required-\n" : "\n"
    if !field.allowed.isEmpty {
      // Four at most are told here.
      let more = field.allowed.count > 4 ? ", ...." : ""
      text += "\(indent)enum: \(field.allowed.prefix(4).joined(separator: ", "))\(more)\n"
    }
    return text
  }

  private static func entry(_ field: any ExplainedField) -> String {
    let sentence = field.sentence.isEmpty ? "<no description>" : field.sentence
    return line(field, indent: "  ") + wrapped(sentence, indent: 4) + "\n"
  }

  /// The bare tree; a type inside itself is not opened again.
  private func tree(_ field: any ExplainedField, level: Int, above: Set<Int>) -> String {
    guard level < 20, field.identity.map({ !above.contains($0) }) ?? true else { return "" }
    let below = field.identity.map { above.union([$0]) } ?? above
    return field.fields.map { inner in
      Self.line(inner, indent: String(repeating: "  ", count: level))
        + tree(inner, level: level + 1, above: below)
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
