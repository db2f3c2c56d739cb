import Documents
import KubeAPIServer
import KubeObjects

/// What the API server had against a write, with the lines of the learner's manifest that it is
/// about.
struct WhyRefusal {
  /// A manifest that the learner used.
  struct Source {
    var name: String
    var manifest: Manifest
  }

  private let status: Value
  private let method: String
  private let name: String
  private let found: (source: Source, document: Manifest.Document)?

  init(_ refusal: RefusedWrite, _ sources: [Source]) {
    status = refusal.status
    method = refusal.method
    let details = refusal.status["details"] ?? [:]
    let told = details.text("name")
    // A decoder's complaint names the kind in words only.
    let decoded = refusal.status.text("message").firstRange(of: " in version ").map {
      refusal.status.text("message")[..<$0.lowerBound]
    }
    let kind = (details.has("kind") ? details.text("kind") : String(decoded ?? "")).lowercased()
    name = told
    var best: (Source, Manifest.Document)?
    for source in sources where best == nil {
      let objects = source.manifest.documents.filter { $0.value.has("metadata") }
      let ofName = objects.filter { told.isEmpty || $0.value.name == told }
      // A kustomization's prefixes and suffixes stand around the file's name.
      let likeName = objects.filter {
        !$0.value.name.isEmpty && told.contains($0.value.name)
      }
      let document =
        (ofName + likeName).first { Self.isSame($0.value.kind.lowercased(), kind) }
        ?? (kind.isEmpty ? ofName.first : nil)
      best = document.map { (source, $0) }
    }
    found = best
  }

  /// A Status names the kind, or the resource: its plural.
  private static func isSame(_ kind: String, _ told: String) -> Bool {
    guard !kind.isEmpty else { return false }
    let stem = kind.hasSuffix("y") ? kind.dropLast() : kind[...]
    return told == kind
      || told.hasPrefix(stem)
        && ["s", "es", "ies"].contains(String(told.dropFirst(stem.count)))
  }

  var text: String {
    let verb = ["POST": "create", "DELETE": "delete"][method] ?? "change"
    let kind = status["details"]?.text("kind") ?? ""
    let reason = status.text("reason")
    let what = [kind, name].filter { !$0.isEmpty }.joined(separator: " ")
    var text =
      "the API server refused to \(verb) \(what.isEmpty ? "it" : what): "
      + "\(status["code"]?.int ?? 0)\(reason.isEmpty ? "" : " \(reason)")\n"
    let causes = status["details"]?.items("causes") ?? []
    guard !causes.isEmpty else {
      return text + link(status.text("message"), field: Self.field(in: status.text("message")))
    }
    for cause in causes {
      let field = cause.text("field")
      let words = field.isEmpty ? cause.text("message") : "\(field): \(cause.text("message"))"
      text += link(words, field: field.isEmpty ? Self.field(in: words) : field)
    }
    return text
  }

  private func link(_ words: String, field: String) -> String {
    var text = "└ \(words)\n"
    guard !field.isEmpty, let found else { return text }
    let place = found.document.place(of: PathStep.steps(ofField: field))
    text += "  → \(found.source.name):\(place.line):\(place.column)\n"
    return text
  }

  /// The field that a decoder complains of in words.
  private static func field(in message: String) -> String {
    for (start, end) in [("unknown field \"", "\""), ("Go struct field ", " of type")] {
      guard let from = message.firstRange(of: start)?.upperBound,
        let to = message[from...].firstRange(of: end)?.lowerBound
      else { continue }
      let field = message[from..<to]
      // Go names the structure first.
      return start.hasPrefix("Go") ? String(field.drop { $0 != "." }.dropFirst()) : String(field)
    }
    return ""
  }

  // MARK: the manifests of a line

  /// The here-documents that a line carries.
  static func hereDocuments(in line: String) -> [Source] {
    let lines = line.split(separator: "\n", omittingEmptySubsequences: false)
    var found: [Source] = []
    for (index, text) in lines.enumerated() {
      guard let start = text.firstRange(of: "<<")?.upperBound else { continue }
      let word = text[start...].drop { $0 == "-" || $0 == " " }
        .prefix { !$0.isWhitespace && $0 != "|" && $0 != ">" && $0 != ";" }
        .filter { $0 != "'" && $0 != "\"" }
      let body = lines[(index + 1)...].prefix { $0 != word }
      guard !word.isEmpty, !body.isEmpty else { continue }
      found.append(
        Source(
          name: "<<\(word)", manifest: Manifest(body.joined(separator: "\n") + "\n")))
    }
    return found
  }
}
